// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"

namespace dmsc::codec {

// A SyncML DM 1.2 message as a value. Absent members are absent, empty elements are "" (or {}); commands keep their
// order, members stand in the order of the DTD whatever the order of the elements was.
//
//   message   ver_dtd ver_proto session_id msg_id target target_name source source_name resp_uri no_resp cred
//             max_msg_size max_obj_size commands final
//   cred      type format data                 chal   type format next_nonce
//   command   command ("status", "alert", "get", "add", "replace", "delete", "copy", "exec", "results", "sequence",
//             "atomic", or "unknown" with its element's `name`) cmd_id, and what the DTD gives the command of: no_resp
//             lang archive soft_delete msg_ref cmd_ref cmd target_refs source_refs cred meta chal data correlator
//             items commands
//   item      target target_name source source_name source_parent target_parent meta data more_data
//   meta      format type mark size version next_nonce max_msg_size max_obj_size emi
//
// Flags (final, no_resp, more_data, archive, soft_delete) are true where the element is present. Sizes are numbers, and
// text where they are no number. Markup within Data is kept as its text; Data that is no XML text (no valid UTF-8, or
// with control characters) is `data_hex` instead of `data`. `unread` names the elements for which the shape has no
// place, those that come twice, and "#text" for text between elements: for whoever judges.
// Source: OMA SyncML Representation Protocol DM 1.2; dm.md 4.1, 4.2

enum class SyncmlCoding { xml, wbxml };

/// application/vnd.syncml.dm+xml or application/vnd.syncml.dm+wbxml.
std::string_view media_type(SyncmlCoding coding);

/// The coding a Content-Type names; parameters are ignored, either case is taken.
std::optional<SyncmlCoding> coding_of(std::string_view media_type);

/// Bounds of what is read. Text taken from a WBXML string table counts each time it is used.
struct SyncmlLimits {
  std::size_t octets = 65536;
  std::size_t depth = 32;       ///< nested elements; no more than 256 whatever is asked
  std::size_t elements = 4096;  ///< of a whole message
};

/// Reads a message; judges nothing.
/// @return  the value; Errc::truncated where data ran out, Errc::range where a limit is passed, Errc::malformed for
///          anything else that cannot be read, with the offset in octets where one is known
Result<Value> read_syncml(ByteView octets, SyncmlCoding coding, const SyncmlLimits& limits = {});

/// Writes a message with the members it has and no others: nothing is added or checked, so that a peer can leave out
/// what is mandatory. A whole message {"raw": text} or {"raw_hex": octets} is written as these octets.
/// WBXML is version 1.2, without string table; Data of the Items of Add and Replace is opaque.
/// @return  Errc::data with the JSON pointer of a member that is unknown, of the wrong kind, or that the coding cannot
///          carry: octets in XML, an element without a token in WBXML
Result<Octets> write_syncml(const Value& message, SyncmlCoding coding);

// Both codings are read to and written from the same elements.

/// An element, or text between tags where the name is empty.
struct SyncmlElement {
  std::string name;                     ///< as sent, with its prefix
  std::string text;                     ///< of text only: any octets
  std::string attributes;               ///< as in XML, with a leading space
  std::vector<SyncmlElement> children;  ///< elements and text in their order
  std::size_t offset = 0;               ///< where it was read

  std::string_view local_name() const;
};

Result<SyncmlElement> read_xml_elements(ByteView octets, const SyncmlLimits& limits);
Result<SyncmlElement> read_wbxml_elements(ByteView octets, const SyncmlLimits& limits);
Result<Octets> write_xml_elements(const SyncmlElement& root);
Result<Octets> write_wbxml_elements(const SyncmlElement& root);

/// What an element holds: its text alone as it is, or text and markup as XML.
std::string content_of(const SyncmlElement& element);

/// Valid UTF-8 without the control characters that XML forbids.
bool is_xml_text(std::string_view text);

inline constexpr std::size_t max_syncml_depth = 256;

}  // namespace dmsc::codec

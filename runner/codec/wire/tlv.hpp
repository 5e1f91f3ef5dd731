// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/codec/wire/cursor.hpp"

namespace dmsc::codec {

/// Something odd that does not stop a reader: kept with its place, judged elsewhere.
struct Anomaly {
  std::size_t offset;  ///< in the whole input
  std::string text;
};

/// So many are told of one text or name at most: what is hostile is not repeated for each octet.
inline constexpr std::size_t oddities_most = 16;

enum class TlvForm {
  ber,            ///< tag of one or more octets as ISO/IEC 8825-1 writes it (5F.., 9F21..)
  comprehension,  ///< TS 101 220, 7.1.1: bit 8 of the tag is comprehension-required, 7F opens a tag of three octets
};

/// One data object as found. `value` points into the input.
struct Tlv {
  std::uint32_t tag = 0;          ///< comprehension: without bit 8; three-octet form: hh ll without bit 8 of hh
  bool three_octet = false;       ///< comprehension-TLV whose tag was written 7F hh ll
  bool comprehension = false;     ///< bit 8; always false in BER form
  std::size_t offset = 0;         ///< of the tag in the whole input
  std::size_t length_offset = 0;  ///< of the first length octet
  std::size_t length = 0;         ///< as stated
  ByteView octets;                ///< tag, length and value
  ByteView value;
  std::vector<Anomaly> anomalies;  ///< non-minimal length

  std::size_t value_offset() const { return offset + octets.size() - value.size(); }
};

/// Reads one data object and moves behind it; on an error the cursor stays where it was.
/// Lengths of one octet (00 to 7F) and of the forms 81, 82 and 83 are taken; 80 and 84 to FF are refused.
/// @return  Errc::truncated with the offset of the length octet that says more than there is, or where a tag or length
///          ran out; Errc::malformed for a reserved tag (00, 80, FF) or length
/// Source: ETSI TS 101 220, 7.1; ISO/IEC 8825-1
Result<Tlv> read_tlv(Cursor& cursor, TlvForm form);

/// Reads tag and length alone and moves behind them, whether or not so much follows; `octets` are those two.
Result<Tlv> read_tlv_head(Cursor& cursor, TlvForm form);

/// Writes tag and the shortest length that holds `length`, without a value.
Octets tlv_header(std::uint32_t tag, TlvForm form, bool comprehension, bool three_octet, std::size_t length);

/// Writes a comprehension-TLV; tags above 7E use the three-octet form.
Octets write_tlv(std::uint32_t tag, bool comprehension, ByteView value);

/// Writes a BER-TLV around `value`.
Octets write_ber(std::uint32_t tag, ByteView value);

}  // namespace dmsc::codec

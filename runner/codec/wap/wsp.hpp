// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/node.hpp"
#include "runner/codec/wire/spec.hpp"

/// WSP as WAP push uses it: one connectionless push PDU, unacknowledged. Source: WAP-230-WSP 8.2 and 8.4; OMA DM
/// Notification 1.2.1, 6.3.1; numbers from OMNA (dm.md 2.5)
namespace dmsc::codec {

inline constexpr std::uint16_t wap_push_port = 2948;  ///< non-secure connectionless push
inline constexpr std::uint32_t notification_type = 0x44;
inline constexpr std::uint32_t dm_application = 0x07;
/// DM Notification 1.2.1, 6.3.1: WDP and WSP headers together have at most so many octets.
inline constexpr std::size_t push_headers_most = 48;

Names content_types();    ///< well-known media types, keys as MIME writes them
Names application_ids();  ///< keys as URIs

/// Content type of a push with a DM Notification. Source: DM Notification 1.2.1, 6.3.1
constexpr const char* notification_mime = "application/vnd.syncml.notification";

/// The PDU with its layers: transaction_id, pdu_type, headers_length, content_type and headers, body; a body of type
/// application/vnd.syncml.notification is decoded as a DM Notification.
/// `content_type` is {type, form, parameters}, form short, long or text; each of `headers` {header, value, form} with
/// form short, long, text or octets, and more members as read_wsp_header says; a shift of the code
/// page is `shift` of the header behind it, and what could not be read is one more item, `raw` alone. Forms say which
/// of the allowed codings was used.
/// @param part  more of the body follows in other messages: it is not looked into
Decoded decode_wsp(ByteView octets, bool part = false);

/// Writes a push from members named as in decode_wsp. Left out: transaction_id 1, pdu_type push, content_type the DM
/// Notification in short form, headers the application id of OMA DM in short form; `headers_length` may lie.
/// @return  Errc::malformed, Errc::range or Errc::unknown with the member as `place`
Result<Octets> encode_wsp(const Value& members);

/// Flat facts about a push for the judge: transaction_id, pdu_type, headers_length, headers, content_type and
/// content_type_form, application_id with its _form, _name_form (short or text) and _place (2: behind the content
/// type), body.
Value wsp_facts(const Decoded& push);

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "runner/codec/cat/spec.hpp"
#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

/// Proactive command: what FETCH returns, from D0 on. Octets behind the object are an error.
/// Source: ETSI TS 102 223, 6.6
Decoded decode_proactive(ByteView octets);

/// Body of TERMINAL RESPONSE: bare objects, no BER tag. Source: ETSI TS 102 223, 6.8
Decoded decode_terminal_response(ByteView octets);

/// Body of ENVELOPE, from D1 to DF on; event downloads are told apart by their event list.
/// Source: ETSI TS 102 223, 7
Decoded decode_envelope(ByteView octets);

/// Comprehension-TLVs without a message around them.
Decoded decode_tlvs(ByteView octets);

/// Writes a message. Members are row keys; `command_details` needs `number` and may leave out `type` and `qualifier`
/// (0); `device_identities` may be left out. A member the row does not name is written behind the others when it is the
/// key of an object; null leaves an object out, a list writes it once an item. `comprehension` may map keys to booleans
/// that replace the row's bit. A member `append` holds octets in hexadecimal put behind all objects, inside the
/// message. A member `wire` says how to write what may be written in several ways: `order`, keys of objects that stand
/// behind the minimum set (command details, device identities, result) in that order, before all others, or of the
/// minimum set itself; `long_lengths` and `long_ber`, whether lengths below 128 of the objects, and of the message,
/// take the form 81 XX.
/// @return  the octets as decode_* takes them; errors as encode_fields, `place` is the member
Result<Octets> encode_message(const MessageSpec& row, const Value& members);

/// Writes again what was read; the lengths come out minimal.
Result<Octets> encode_decoded(const Decoded& decoded);

/// Objects of a message with a row that want to be understood (the comprehension bit is set) and have no place there:
/// who receives them may perform nothing. Source: ETSI TS 102 223, 6.10; GSM 11.14, 6.9.4 and 6.9.5
std::vector<const Node*> misplaced_objects(const Decoded& message);

/// What tells the layouts of a message apart.
struct Distinction {
  bool bearer_description = false;
  bool cdma_sms_tpdu = false;
  bool transport_level = false;
  std::string_view protocol = {};  ///< of the transport level: key of its code; empty where it has none
};

/// MessageSpec::variant of a message with these objects. Without a bearer description the transport protocol tells the
/// two server modes of OPEN CHANNEL apart. Source: ETSI TS 102 223, 6.6.27
std::string_view variant_of(std::string_view key, const Distinction& seen);

/// Row by kind, key and, where there are several, variant; null where there is none.
const MessageSpec* find_message(MessageKind kind, std::string_view key, std::string_view variant = {});

std::span<const MessageSpec> messages(MessageKind kind);

}  // namespace dmsc::codec

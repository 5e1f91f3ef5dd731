// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/tpdu.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/decode.hpp"

namespace dmsc::codec {
namespace {

/// Class bytes of ETSI TS 102 221, 10.1.1: 0X, 4X, 6X (ISO), 8X, AX, CX, EX; the low nibble is logical channel and
/// secure messaging.
bool is_class(std::uint8_t cla) {
  switch (cla & 0xF0) {
    case 0x00:
    case 0x40:
    case 0x60:
    case 0x80:
    case 0xA0:
    case 0xC0:
    case 0xE0:
      return true;
    default:
      return false;
  }
}

/// 6X and 9X are no instructions: T=0 would take them for a status word. Source: ISO/IEC 7816-3, 10.3.3
bool is_instruction(std::uint8_t ins) {
  return (ins & 0xF0) != 0x60 && (ins & 0xF0) != 0x90;
}

bool is_well_formed_apdu(ByteView octets) {
  return is_exchange(octets) || read_command(octets).has_value();
}

}  // namespace

InputKind guess_kind(ByteView octets) {
  if (octets.empty()) return InputKind::tlv;
  if (looks_like_response(octets)) return InputKind::response;
  if (octets[0] == 0xD0) return InputKind::proactive;
  if (octets[0] >= 0xD1 && octets[0] <= 0xDF) return InputKind::envelope;
  const bool details = octets.size() > 1 && (octets[0] & 0x7F) == 0x01 && octets[1] == 0x03;
  if (details) return InputKind::terminal_response;
  if (octets.size() < 4 || !is_class(octets[0]) || !is_instruction(octets[1])) return InputKind::tlv;
  // 00, 80, 01 to 03 with an instruction that we know are commands whatever else they could be; of the other classes
  // many are tags of data objects too, and there the octets must not be a list of objects.
  const bool known = find_name(instruction_names(), octets[1]) != nullptr;
  const bool usual_class = octets[0] <= 0x03 || octets[0] == 0x80 || octets[0] == 0xA0;
  if (known && usual_class) return InputKind::apdu;
  const bool no_objects = decode_tlvs(octets).error.has_value();
  return no_objects && (known || is_well_formed_apdu(octets)) ? InputKind::apdu : InputKind::tlv;
}

}  // namespace dmsc::codec

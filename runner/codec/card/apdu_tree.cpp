// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/apdu_tree.hpp"

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/card/authentication.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"

namespace dmsc::codec {
namespace {

std::optional<Decoded> decode_body(const Command& command) {
  if (command.data.empty()) return {};
  switch (command.ins) {
    case 0x10:
      return decode_profile(command.data);
    case 0x14:
      return decode_terminal_response(command.data);
    case 0x88:
      return decode_authentication(command);
    case 0xC2:
      return decode_envelope(command.data);
    default:
      return {};
  }
}

void add_body(const Command& command, std::size_t offset, Decoded& decoded) {
  auto node = plain_node("data", "Data", offset, command.data);
  if (auto body = decode_body(command)) {
    if (const auto error = nest(node, std::move(*body))) decoded.error = error;
  }
  decoded.fields.push_back(std::move(node));
}

/// Logical channel and secure messaging, where the class byte names any. Source: ETSI TS 102 221, 10.1.1
std::string class_words(std::uint8_t cla) {
  const bool further = (cla & 0x40) != 0;  // 4X, 6X, CX, EX: channels 4 to 19
  const bool first = (cla & 0x70) == 0 || (cla & 0xF0) == 0xA0;
  if (!further && !first) return {};
  const int channel = further ? (cla & 0x0F) + 4 : cla & 0x03;
  const bool secure = further ? (cla & 0x20) != 0 : (cla & 0x0C) != 0;
  std::string words = channel > 0 ? "logical channel " + std::to_string(channel) : "";
  if (secure) words += std::string(words.empty() ? "" : ", ") + "secure messaging";
  return words;
}

}  // namespace

Decoded decode_apdu(ByteView octets) {
  Decoded decoded;
  decoded.kind = "apdu";
  decoded.key = "apdu";
  decoded.name = "Command APDU";
  decoded.clause = "ETSI TS 102 221, 10.1";
  const auto header = octets.first(std::min<std::size_t>(4, octets.size()));
  constexpr const char* keys[] = {"cla", "ins", "p1", "p2"};
  constexpr const char* names[] = {"CLA", "INS", "P1", "P2"};
  for (std::size_t at = 0; at < header.size(); ++at) {
    decoded.fields.push_back(plain_node(keys[at], names[at], at, header.subspan(at, 1)));
  }
  if (header.size() > 1) {
    if (const auto* name = find_name(instruction_names(), octets[1])) {
      decoded.fields[1].note = name->label;
      decoded.key = name->key;
      decoded.name = name->label;
    }
  }
  if (!header.empty()) decoded.fields[0].note = class_words(octets[0]);
  const auto command = read_command(octets);
  if (!command) {
    decoded.error = command.error();
    return decoded;
  }
  const std::size_t lc_size = command->data.empty() ? 0 : command->extended ? 3 : 1;
  if (lc_size > 0) {
    decoded.fields.push_back(plain_node("lc", "Lc", 4, octets.subspan(4, lc_size)));
    decoded.fields.back().value = command->data.size();
    add_body(*command, 4 + lc_size, decoded);
  }
  if (command->le) {
    const std::size_t at = 4 + lc_size + command->data.size();
    decoded.fields.push_back(plain_node("le", "Le", at, octets.subspan(at)));
    decoded.fields.back().value = std::int64_t{*command->le};
  }
  return decoded;
}

}  // namespace dmsc::codec

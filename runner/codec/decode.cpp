// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/decode.hpp"

#include "runner/codec/apdu.hpp"
#include "runner/codec/message.hpp"
#include "runner/codec/package0.hpp"
#include "runner/codec/profile.hpp"

namespace dmsc::codec {
namespace {

void shift(std::vector<Node>& nodes, std::size_t by) {
  for (auto& node : nodes) {
    node.offset += by;
    for (auto& anomaly : node.anomalies) anomaly.offset += by;
    shift(node.fields, by);
  }
}

Node header_node(const char* key, const char* name, std::size_t offset, ByteView octets) {
  Node node;
  node.key = key;
  node.name = name;
  node.offset = offset;
  node.octets = to_octets(octets);
  node.value = to_hex(octets);
  return node;
}

std::optional<Decoded> decode_body(const Command& command) {
  if (command.data.empty()) return {};
  switch (command.ins) {
    case 0x10:
      return decode_profile(command.data);
    case 0x14:
      return decode_terminal_response(command.data);
    case 0xC2:
      return decode_envelope(command.data);
    default:
      return {};
  }
}

void add_body(const Command& command, std::size_t offset, Decoded& decoded) {
  auto node = header_node("data", "Data", offset, command.data);
  if (auto body = decode_body(command)) {
    shift(body->fields, offset);
    node.key = body->key;
    node.name = body->name;
    node.clause = body->clause;
    node.value = body->value();
    node.fields = std::move(body->fields);
    for (auto& anomaly : body->anomalies) node.anomalies.push_back({anomaly.offset + offset, anomaly.text});
    if (body->error) {
      decoded.error = body->error;
      decoded.error->offset = body->error->offset.value_or(0) + offset;
    }
  }
  decoded.fields.push_back(std::move(node));
}

}  // namespace

std::optional<InputKind> input_kind(std::string_view name) {
  if (name == "proactive") return InputKind::proactive;
  if (name == "envelope") return InputKind::envelope;
  if (name == "terminal-response") return InputKind::terminal_response;
  if (name == "profile") return InputKind::profile;
  if (name == "apdu") return InputKind::apdu;
  if (name == "package0") return InputKind::package0;
  if (name == "tlv") return InputKind::tlv;
  return {};
}

InputKind guess_kind(ByteView octets) {
  if (octets.empty()) return InputKind::tlv;
  if (octets[0] == 0xD0) return InputKind::proactive;
  if (octets[0] >= 0xD1 && octets[0] <= 0xDF) return InputKind::envelope;
  const bool details = octets.size() > 1 && (octets[0] & 0x7F) == 0x01 && octets[1] == 0x03;
  if (details) return InputKind::terminal_response;
  const bool known_class = octets[0] <= 0x03 || octets[0] == 0x80 || octets[0] == 0xA0;
  const bool known_instruction = octets.size() >= 4 && find_name(instruction_names(), octets[1]) != nullptr;
  return known_class && known_instruction ? InputKind::apdu : InputKind::tlv;
}

Decoded decode(InputKind kind, ByteView octets) {
  switch (kind) {
    case InputKind::proactive:
      return decode_proactive(octets);
    case InputKind::envelope:
      return decode_envelope(octets);
    case InputKind::terminal_response:
      return decode_terminal_response(octets);
    case InputKind::profile:
      return decode_profile(octets);
    case InputKind::apdu:
      return decode_apdu(octets);
    case InputKind::package0:
      return decode_package0(octets);
    case InputKind::tlv:
      break;
  }
  return decode_tlvs(octets);
}

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
    decoded.fields.push_back(header_node(keys[at], names[at], at, header.subspan(at, 1)));
  }
  if (header.size() > 1) {
    if (const auto* name = find_name(instruction_names(), octets[1])) {
      decoded.fields[1].note = name->label;
      decoded.key = name->key;
      decoded.name = name->label;
    }
  }
  const auto command = read_command(octets);
  if (!command) {
    decoded.error = command.error();
    return decoded;
  }
  const std::size_t lc_size = command->data.empty() ? 0 : command->extended ? 3 : 1;
  if (lc_size > 0) {
    decoded.fields.push_back(header_node("lc", "Lc", 4, octets.subspan(4, lc_size)));
    decoded.fields.back().value = command->data.size();
    add_body(*command, 4 + lc_size, decoded);
  }
  if (command->le) {
    const std::size_t at = 4 + lc_size + command->data.size();
    decoded.fields.push_back(header_node("le", "Le", at, octets.subspan(at)));
    decoded.fields.back().value = std::int64_t{*command->le};
  }
  return decoded;
}

}  // namespace dmsc::codec

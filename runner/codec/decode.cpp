// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/decode.hpp"

#include <algorithm>

#include "runner/codec/apdu.hpp"
#include "runner/codec/authentication.hpp"
#include "runner/codec/cdma_sms.hpp"
#include "runner/codec/message.hpp"
#include "runner/codec/modem_tpdu.hpp"
#include "runner/codec/package0.hpp"
#include "runner/codec/profile.hpp"
#include "runner/codec/sms.hpp"
#include "runner/codec/syncml_tree.hpp"
#include "runner/codec/tpdu.hpp"
#include "runner/codec/wdp.hpp"
#include "runner/codec/wsp.hpp"

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

constexpr std::pair<std::string_view, InputKind> kinds[] = {
    {"proactive", InputKind::proactive},
    {"envelope", InputKind::envelope},
    {"terminal-response", InputKind::terminal_response},
    {"profile", InputKind::profile},
    {"apdu", InputKind::apdu},
    {"response", InputKind::response},
    {"package0", InputKind::package0},
    {"sms-submit", InputKind::sms_submit},
    {"sms-deliver", InputKind::sms_deliver},
    {"sms-command", InputKind::sms_command},
    {"sms-submit-report", InputKind::sms_submit_report},
    {"sms-deliver-report", InputKind::sms_deliver_report},
    {"sms-status-report", InputKind::sms_status_report},
    {"cdma-sms", InputKind::cdma_sms},
    {"authentication-answer", InputKind::authentication_answer},
    {"wdp", InputKind::wdp},
    {"wsp", InputKind::wsp},
    {"tlv", InputKind::tlv},
    {"syncml", InputKind::syncml},
    {"wbxml", InputKind::wbxml},
};

}  // namespace

std::optional<InputKind> input_kind(std::string_view name) {
  const auto* found = std::ranges::find(kinds, name, &std::pair<std::string_view, InputKind>::first);
  return found == std::end(kinds) ? std::nullopt : std::optional(found->second);
}

std::vector<std::string> input_kind_names() {
  std::vector<std::string> names;
  for (const auto& row : kinds) names.emplace_back(row.first);
  return names;
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
      return is_exchange(octets) ? decode_exchange(read_exchange(octets)) : decode_apdu(octets);
    case InputKind::response:
      return decode_response(octets);
    case InputKind::package0:
      return decode_package0(octets);
    case InputKind::sms_submit:
      return decode_modem_tpdu(octets, *find_tpdu("submit"));
    case InputKind::sms_deliver:
      return decode_modem_tpdu(octets, *find_tpdu("deliver"));
    case InputKind::sms_command:
      return decode_modem_tpdu(octets, *find_tpdu("command"));
    case InputKind::sms_submit_report:
      return decode_modem_tpdu(octets, *find_tpdu("submit_report"));
    case InputKind::sms_deliver_report:
      return decode_modem_tpdu(octets, *find_tpdu("deliver_report"));
    case InputKind::sms_status_report:
      return decode_modem_tpdu(octets, *find_tpdu("status_report"));
    case InputKind::cdma_sms:
      return decode_cdma_sms(octets);
    case InputKind::authentication_answer:
      return decode_authentication_answer(octets);
    case InputKind::wdp:
      return decode_wdp(octets);
    case InputKind::wsp:
      return decode_wsp(octets);
    case InputKind::syncml:
      return decode_syncml(octets, SyncmlCoding::xml);
    case InputKind::wbxml:
      return decode_syncml(octets, SyncmlCoding::wbxml);
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

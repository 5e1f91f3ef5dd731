// SPDX-License-Identifier: Apache-2.0
#include "runner/fuzz/targets.hpp"

#include <algorithm>
#include <stdexcept>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/card/apdu.hpp"
#include "runner/codec/card/apdu_tree.hpp"
#include "runner/codec/card/atr.hpp"
#include "runner/codec/card/authentication.hpp"
#include "runner/codec/card/gsmtap.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/decode.hpp"
#include "runner/codec/dm/package0.hpp"
#include "runner/codec/dm/syncml.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/modem_tpdu.hpp"
#include "runner/codec/sms/segments.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/sms/user_data.hpp"
#include "runner/codec/wap/wdp.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/codec/wap/wsp_headers.hpp"
#include "runner/codec/wire/text.hpp"
#include "runner/peer/session/http_client.hpp"
#include "runner/peer/session/http_server.hpp"
#include "runner/peer/terminal/push_inbox.hpp"
#include "runner/peer/terminal/terminal.hpp"
#include "runner/peer/terminal/web_address.hpp"
#include "runner/peer/uicc/uicc.hpp"

namespace dmsc::fuzz {
namespace {

void must(bool holds, const char* what) {
  if (!holds) throw std::logic_error(what);
}

std::string_view as_text(ByteView octets) {
  return {reinterpret_cast<const char*>(octets.data()), octets.size()};
}

/// A node lies in the input, and says which octets it stands for.
void check_places(const std::vector<codec::Node>& nodes, std::size_t size) {
  for (const auto& node : nodes) {
    for (const auto& anomaly : node.anomalies) must(anomaly.offset <= size, "an anomaly lies behind the input");
    check_places(node.fields, size);
  }
}

/// Printing and JSON take any tree; errors and anomalies lie inside the input.
void check_tree(const codec::Decoded& decoded, ByteView octets) {
  check_places(decoded.fields, octets.size());
  for (const auto& anomaly : decoded.anomalies)
    must(anomaly.offset <= octets.size(), "an anomaly lies behind the input");
  if (decoded.error && decoded.error->offset)
    must(*decoded.error->offset <= octets.size(), "an error lies behind the input");
  (void)codec::to_text(decoded);
  must(valid_utf8_prefix(write_json(codec::to_json(decoded))) > 0, "the JSON is empty");
}

/// What was read without an error is written again, and reads the same.
template <codec::Decoded (*Decode)(ByteView)>
void objects(ByteView octets) {
  const auto decoded = Decode(octets);
  check_tree(decoded, octets);
  if (decoded.error) return;
  const auto back = codec::encode_decoded(decoded);
  must(back.has_value(), "what was read cannot be written");
  const auto again = Decode(*back);
  must(!again.error, "what was written cannot be read");
  must(again.value() == decoded.value(), "what was written reads otherwise");
  if (decoded.clean()) must(same(*back, octets), "a clean message is not written as it was");
}

void apdu(ByteView octets) {
  check_tree(codec::decode_apdu(octets), octets);
  if (const auto command = codec::read_command(octets)) {
    must(codec::read_command(codec::write_command(*command)).has_value(), "a command that was written cannot be read");
  }
  (void)codec::read_response(octets);
}

void profile(ByteView octets) {
  const auto decoded = codec::decode_profile(octets);
  check_tree(decoded, octets);
  for (const auto& row : codec::profile_bits()) (void)codec::profile_value(octets, row);
}

void atr(ByteView octets) {
  (void)codec::read_atr(octets);
  (void)codec::describe_atr(octets);
}

void text(ByteView octets) {
  for (const auto scheme : {0x00, 0x04, 0x08, 0x0C}) {
    const auto read = codec::decode_text(static_cast<std::uint8_t>(scheme), octets);
    must(valid_utf8_prefix(read) == read.size(), "a text is no UTF-8");
  }
  const auto alpha = codec::decode_alpha(octets);
  must(valid_utf8_prefix(alpha) == alpha.size(), "an alpha identifier is no UTF-8");
  (void)codec::decode_digits(octets);
  (void)codec::decode_plmn(octets);
  (void)codec::encode_alpha(as_text(octets));
  (void)codec::encode_digits(as_text(octets));
}

void package0(ByteView octets) {
  check_tree(codec::decode_package0(octets), octets);
  const auto package = codec::read_package0(octets);
  (void)codec::judge_digest(octets, "com.example", "secret", octets.first(std::min<std::size_t>(4, octets.size())));
  if (!package) return;
  const auto trigger = codec::write_trigger(*package);
  must(trigger && same(*trigger, octets.subspan(16)), "a notification is not written as it was");
}

template <codec::SyncmlCoding Coding>
void syncml(ByteView octets) {
  const auto message = codec::read_syncml(octets, Coding);
  if (!message) return;
  const auto written = codec::write_syncml(*message, Coding);
  if (!written) return;  // a token that the coding cannot carry
  must(codec::read_syncml(*written, Coding).has_value(), "a message that was written cannot be read");
}

template <codec::SmsWay Way>
void tpdu(ByteView octets) {
  const auto decoded = codec::decode_tpdu(octets, Way);
  check_tree(decoded, octets);
  if (decoded.error) return;
  const auto back = codec::encode_tpdu(*codec::find_tpdu(decoded.key), decoded.value());
  must(back && same(*back, octets), "a TPDU is not written as it was");
}

/// As modems print them, with a service centre in front or not: read as one of the kinds that both ways have.
void modem_tpdu(ByteView octets) {
  for (const auto& row : codec::tpdus()) {
    const auto decoded = codec::decode_modem_tpdu(octets, row);
    check_tree(decoded, octets);
    if (decoded.error) continue;
    const auto back = codec::encode_modem_tpdu(row, decoded.value());
    must(back && same(*back, octets), "a TPDU of a modem is not written as it was");
  }
}

/// The first octet is the class, the second P2.
void authentication(ByteView octets) {
  check_tree(codec::decode_authentication_answer(octets), octets);
  if (octets.size() < 2) return;
  const codec::Command command{octets[0], 0x88, 0, octets[1], to_octets(octets.subspan(2)), {}, false};
  check_tree(codec::decode_authentication(command), command.data);
}

void user_data_header(ByteView octets) {
  const auto header = codec::decode_header(octets, 0);
  check_places(header.nodes, octets.size());
  (void)codec::summary_of(header.elements);
  const auto back = codec::encode_header(header.elements);
  if (octets.size() <= 0xFF)
    must(back && same(ByteView(*back).subspan(1), octets), "a header is not written as it was");
}

void wsp(ByteView octets) {
  const auto push = codec::decode_wsp(octets);
  check_tree(push, octets);
  (void)codec::wsp_facts(push);
  const auto* headers = push.find("headers");
  if (push.error || headers == nullptr) return;
  for (const auto& header : headers->as_list())
    must(codec::write_wsp_header(header).has_value(), "a header that was read cannot be written");
}

void wdp(ByteView octets) {
  check_tree(codec::decode_wdp(octets), octets);
  const auto segment = codec::read_wdp(octets);
  if (segment) must(same(codec::write_wdp(*segment), octets), "a segment is not written as it was");
}

void cdma_sms(ByteView octets) {
  const auto decoded = codec::decode_cdma_sms(octets);
  (void)codec::to_text(decoded);
  (void)write_json(codec::to_json(decoded));
  (void)codec::segment_of(codec::SmsBearer::cdma, decoded);
  if (!decoded.error) must(codec::encode_cdma_sms(decoded.value()).has_value(), "what was read cannot be written");
}

void cdma_bearer(ByteView octets) {
  const auto decoded = codec::decode_bearer_data(octets);
  check_tree(decoded, octets);
  if (!decoded.error) must(codec::encode_bearer_data(decoded.value()).has_value(), "what was read cannot be written");
}

/// The input as pieces, each with a length octet in front.
template <class Take>
void for_each_piece(ByteView octets, Take take) {
  while (!octets.empty()) {
    const auto size = std::min<std::size_t>(octets[0], octets.size() - 1);
    take(octets.subspan(1, size));
    octets = octets.subspan(1 + size);
  }
}

void push_inbox(ByteView octets) {
  peer::PushInbox inbox;
  for_each_piece(octets, [&](ByteView piece) {
    const bool gsm = !piece.empty() && (piece[0] & 0x03) == 0 && piece[0] != 0;
    const auto message = gsm ? codec::decode_tpdu(piece, codec::SmsWay::to_terminal) : codec::decode_cdma_sms(piece);
    (void)inbox.take(gsm ? codec::SmsBearer::gsm : codec::SmsBearer::cdma, message, {});
  });
}

template <codec::LinkType Link>
void gsmtap(ByteView octets) {
  (void)codec::read_gsmtap(octets, Link);
}

void http_request(ByteView octets) {
  peer::HttpServer server;
  for_each_piece(octets, [&](ByteView piece) { server.on_data(piece); });
  while (const auto request = server.take_request()) server.respond({});
  (void)server.take_output();
}

void http_response(ByteView octets) {
  peer::HttpClient client;
  client.sent({});
  for_each_piece(octets, [&](ByteView piece) { client.on_data(piece); });
  client.on_end();
  (void)client.take_response();
}

void json(ByteView octets) {
  if (octets.size() > 4096) return;
  const auto value = parse_json(as_text(octets), "input");
  if (!value) return;
  const auto again = parse_json(write_json(*value), "output");
  must(again && *again == *value, "JSON that was written reads otherwise");
}

void web_address(ByteView octets) {
  (void)peer::parse_web_address(as_text(octets));
}

/// A terminal that sends whatever it likes to the card that we play.
void card_commands(ByteView octets) {
  peer::Personality self;
  self.atr = {0x3B, 0x00};
  self.wake_ups = {"power_on", "timer", "status", "call", "location", "sms"};
  self.methods = {"off_line", "on_line"};
  self.sms_bearers = {codec::SmsBearer::gsm, codec::SmsBearer::cdma};
  self.server_id = "com.example.dmsc";
  self.own_number = "+15550177";
  self.https_channels = 1;
  peer::Uicc card(std::move(self));
  (void)card.power_on();
  for_each_piece(octets, [&](ByteView piece) { (void)card.command(piece); });
}

/// A card that answers whatever it likes to the terminal that we play.
void card_responses(ByteView octets) {
  peer::Terminal terminal;
  peer::Behaviour behaviour;
  behaviour.own_number = "+15550177";
  terminal.behave(std::move(behaviour));
  static const Octets facilities(34, 0xFF);
  terminal.send_profile(facilities);
  for_each_piece(octets, [&](ByteView piece) {
    if (terminal.idle()) terminal.send_status();
    if (terminal.next_command()) terminal.on_response(piece);
  });
  while (terminal.take_pushed()) {
  }
}

constexpr Target table[] = {
    {"proactive", objects<codec::decode_proactive>},
    {"envelope", objects<codec::decode_envelope>},
    {"terminal_response", objects<codec::decode_terminal_response>},
    {"tlv", objects<codec::decode_tlvs>},
    {"apdu", apdu},
    {"profile", profile},
    {"atr", atr},
    {"text", text},
    {"package0", package0},
    {"syncml_xml", syncml<codec::SyncmlCoding::xml>},
    {"syncml_wbxml", syncml<codec::SyncmlCoding::wbxml>},
    {"sms_from_terminal", tpdu<codec::SmsWay::from_terminal>},
    {"sms_to_terminal", tpdu<codec::SmsWay::to_terminal>},
    {"modem_tpdu", modem_tpdu},
    {"authentication", authentication},
    {"user_data_header", user_data_header},
    {"wsp", wsp},
    {"wdp", wdp},
    {"cdma_sms", cdma_sms},
    {"cdma_bearer", cdma_bearer},
    {"push_inbox", push_inbox},
    {"gsmtap", gsmtap<codec::LinkType::ethernet>},
    {"http_request", http_request},
    {"http_response", http_response},
    {"json", json},
    {"web_address", web_address},
    {"card_commands", card_commands},
    {"card_responses", card_responses},
};

}  // namespace

std::span<const Target> targets() {
  return table;
}

const Target* find_target(std::string_view name) {
  const auto* found = std::ranges::find(table, name, &Target::name);
  return found == std::end(table) ? nullptr : found;
}

}  // namespace dmsc::fuzz

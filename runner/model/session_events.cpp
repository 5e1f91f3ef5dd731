// SPDX-License-Identifier: Apache-2.0
#include "runner/model/session_events.hpp"

#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/model/wire_shapes.hpp"

namespace dmsc::model {
namespace {

using Words = std::vector<std::string>;

Member text(const char* key) {
  return {.key = key, .kind = MemberKind::text};
}
Member number(const char* key) {
  return {.key = key, .kind = MemberKind::number};
}
Member flag(const char* key, Words words = {}) {
  return {.key = key, .kind = MemberKind::flag, .words = std::move(words)};
}
Member words(const char* key, Words words) {
  return {.key = key, .kind = MemberKind::words, .words = std::move(words)};
}
Member octets(const char* key) {
  return {.key = key, .kind = MemberKind::octets};
}
Member list(Member member) {
  member.list = true;
  return member;
}
/// Of a code without a name its number.
Member open(Member member) {
  member.open = true;
  return member;
}
/// A map that the peer fills.
Member filled(const char* key) {
  return {.key = key, .kind = MemberKind::map, .unnamed = Unnamed::any};
}

Member bearer() {
  return words("bearer", {"3gpp", "3gpp2"});
}
Member road() {
  return words("road", {"bip", "tcp"});
}

/// What engine::short_message_fields adds to the rows of a short message, or lifts from below one.
std::vector<Member> lifted_members() {
  return {bearer(),
          text("number"),
          number("reference"),
          flag("concatenated"),
          number("total"),
          number("sequence"),
          number("source_port"),
          number("destination_port"),
          number("payload_length"),
          octets("hex"),
          number("length"),
          text("malformed"),
          text("anomaly"),
          words("alphabet", {"gsm7", "octets", "ucs2", "reserved"}),
          number("message_class"),
          number("message_id"),
          number("wdp_type"),
          number("segment"),
          flag("duplicated_ports"),
          open(words("submit_type", codec::words_of(codec::bearer_parameters()[0].fields, "message_type"))),
          open(words("encoding", {"octet", "is_91", "ascii_7", "ia5", "unicode", "shift_jis", "korean", "latin_hebrew",
                                  "latin", "gsm7", "gsm_dcs"})),
          open(words("message_type", {"point_to_point", "broadcast", "acknowledge"}))};
}

EventShape short_message(const char* key, const char* name, std::vector<Member> more) {
  auto members = lifted_members();
  for (auto& member : short_message_rows()) merge(members, std::move(member));
  for (auto& member : more) merge(members, std::move(member));
  return {.key = key,
          .name = name,
          .origin = "3GPP TS 23.040, 9.2; 3GPP2 C.S0015",
          .members = std::move(members),
          .unnamed = Unnamed::parameters};
}

EventShape dm_message(const char* key, const char* name) {
  return {.key = key,
          .name = name,
          .origin = "OMA DM Representation Protocol 1.2",
          .members = {text("ver_dtd"),
                      text("ver_proto"),
                      text("session_id"),
                      text("msg_id"),
                      text("target"),
                      text("target_name"),
                      text("source"),
                      text("source_name"),
                      text("resp_uri"),
                      flag("no_resp"),
                      filled("cred"),
                      number("max_msg_size"),
                      number("max_obj_size"),
                      list(filled("commands")),
                      flag("final"),
                      list(text("unread")),
                      words("coding", {"xml", "wbxml"}),
                      text("next_nonce"),
                      words("server_credentials", {"right", "wrong", "missing", "not_needed", "unconfirmed_nonce"}),
                      words("client_credentials", {"right", "wrong", "missing", "not_needed"}),
                      number("number")}};
}

}  // namespace

const std::vector<EventShape>& session_events() {
  static const std::vector<EventShape> events = {
      {.key = "card.reset",
       .name = "Reset, with the answer to it",
       .origin = "ISO/IEC 7816-3, 8",
       .members = {octets("atr")}},
      {.key = "dm.notification",
       .name = "General Package#0, whole",
       .origin = "OMA DM Notification 1.2.1, 6.2",
       .members = {words("bearer", {"channel", "3gpp", "3gpp2"}),
                   number("channel"),
                   text("channel_name"),
                   number("port"),
                   words("protocol", {"udp_local", "tcp_local"}),
                   number("parts"),
                   number("length"),
                   text("malformed"),
                   octets("digest"),
                   flag("digest_valid", {"unconfirmed_nonce"}),
                   words("digest_reading",
                         {"stored", "previous", "zero_octets", "zero_text", "none", "unconfirmed_nonce"}),
                   number("version"),
                   words("ui_mode", {"not_specified", "background", "informative", "user_interaction"}),
                   words("initiator", {"client", "server"}),
                   number("future_use"),
                   number("session_id"),
                   text("session_text"),
                   text("server_id"),
                   octets("server_id_hex"),
                   octets("vendor_specific")}},
      short_message("sms.submit", "A short message that leaves the card", {text("service_centre"), flag("packing")}),
      short_message("network.sms", "What the network saw of a short message",
                    {words("outcome", {"message", "other", "none"}), text("service_centre")}),
      short_message("sms.deliver", "A short message that the network delivers",
                    {words("outcome", {"accepted", "refused", "no_answer"}), octets("answer")}),
      {.key = "wap.push",
       .name = "A WAP push, whole",
       .origin = "WAP-230-WSP, 8.2 and 8.4",
       .members = {bearer(),
                   number("parts"),
                   flag("in_order"),
                   number("source_port"),
                   number("destination_port"),
                   number("length"),
                   text("malformed"),
                   number("transaction_id"),
                   open(words("pdu_type", {"push", "confirmed_push"})),
                   number("headers_length"),
                   number("header_octets"),
                   text("content_type"),
                   words("content_type_form", {"short", "long", "text"}),
                   text("application_id"),
                   words("application_id_form", {"short", "long", "text", "octets"}),
                   words("application_id_name_form", {"short", "text"}),
                   number("application_id_place"),
                   list(filled("headers")),
                   octets("body"),
                   number("body_length")}},
      {.key = "dm.delivered",
       .name = "A notification that was given to the device",
       .origin = "our bench",
       .members = {bearer(), text("server_id"), number("session_id"), number("length")}},
      {.key = "stream.opened",
       .name = "A connection between a local client and the card's web server",
       .origin = "our bench",
       .members = {text("transport"), number("port"), text("host"), number("channel"), road(), flag("secure"),
                   number("connection"), words("family", {"ipv4", "ipv6", "in_process"})}},
      {.key = "stream.refused",
       .name = "A connection that did not come about",
       .origin = "our bench",
       .members = {text("transport"), number("port"), text("host"), text("reason")}},
      {.key = "stream.closed",
       .name = "A connection that ended",
       .origin = "our bench",
       .members = {words("by", {"card", "terminal"}), road(), number("connection")}},
      {.key = "tls.handshake",
       .name = "TLS is there",
       .origin = "RFC 5246; RFC 8446",
       .members = {words("version", {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}), text("suite"),
                   words("credential", {"certificate", "psk"}), text("psk_identity"), text("subject"), text("issuer"),
                   list(text("names")), text("not_before"), text("not_after"), text("verified"), flag("name_matches"),
                   flag("resumed")}},
      {.key = "tls.alert",
       .name = "An alert of TLS",
       .origin = "RFC 5246, 7.2",
       .members = {words("direction", {"sent", "received"}), words("level", {"warning", "fatal"}),
                   text("description")}},
      {.key = "tls.end",
       .name = "The end of TLS",
       .origin = "RFC 5246, 7.2.1",
       .members = {words("how", {"close_notify", "truncated", "failed"}), text("reason")}},
      {.key = "http.response",
       .name = "What the card's web server answers",
       .origin = "RFC 7230",
       .members = {number("status"), text("reason"), number("version"), number("asked_in"), text("content_type"),
                   text("media_type"), filled("headers"), number("length"), text("body"), flag("chunked")}},
      {.key = "http.request",
       .name = "What the device asks of the card's web server",
       .origin = "RFC 7230",
       .members = {text("method"), text("target"), number("version"), text("host"), text("content_type"),
                   text("media_type"), number("length"), filled("headers"), flag("secure"), road()}},
      {.key = "http.trouble", .name = "No message of HTTP", .origin = "RFC 7230", .members = {text("reason")}},
      {.key = "net.fetched",
       .name = "What a local program of the device was given",
       .origin = "the adapter",
       .members = {number("status"), text("reason")}},
      {.key = "uicc.listening",
       .name = "Whether the card's web server has a channel that listens",
       .origin = "our card",
       .members = {flag("listening")}},
      {.key = "dm.account",
       .name = "The DM account, read back",
       .origin = "the adapter",
       .members = {text("app_addr")}},
      {.key = "network.probed",
       .name = "Whether a host of the network got through",
       .origin = "the adapter",
       .members = {flag("reachable")}},
      {.key = "network.call",
       .name = "What the network saw of a call",
       .origin = "the adapter",
       .members = {words("outcome", {"call", "none"}), text("number")}},
      {.key = "http.split",
       .name = "A request in two pieces, at every boundary",
       .origin = "our bench",
       .members = {number("boundaries"), number("served"), number("first_bad")}},
      dm_message("dm.server_message", "A message of the DM server"),
      dm_message("dm.client_message", "A message of the DM Client"),
      {.key = "dm.malformed",
       .name = "What is no message of SyncML",
       .origin = "OMA DM Representation Protocol 1.2",
       .members = {text("reason"), text("content_type")}},
      {.key = "dm.session",
       .name = "How a DM session ended",
       .origin = "our bench",
       .members = {words("outcome", {"finished", "aborted", "refused", "cut", "http_refused", "malformed",
                                     "no_response", "too_long", "no_connection"}),
                   number("messages"), text("session_id"), number("http_status")}},
  };
  return events;
}

}  // namespace dmsc::model

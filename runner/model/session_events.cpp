// SPDX-License-Identifier: Apache-2.0
#include "runner/model/session_events.hpp"

#include <algorithm>

#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"

namespace dmsc::model {
namespace {

/// Members of a short message: those of its codec rows, and what engine::short_message_fields adds.
std::vector<SessionMember> short_message_members(std::vector<SessionMember> more) {
  std::vector<SessionMember> members = {
      {"bearer", {"3gpp", "3gpp2"}},
      {"number"},
      {"reference"},
      {"concatenated"},
      {"total"},
      {"sequence"},
      {"source_port"},
      {"destination_port"},
      {"payload_length"},
      {"hex"},
      {"length"},
      {"malformed"},
      {"anomaly"},
      {"alphabet", {"gsm7", "octets", "ucs2", "reserved"}},
      {"message_class"},
      {"message_id"},
      {"wdp_type"},
      {"segment"},
      {"duplicated_ports"},
  };
  const auto known = [&](std::string_view key) {
    return std::any_of(members.begin(), members.end(), [&](const SessionMember& member) { return member.key == key; });
  };
  const auto add = [&](std::string key, std::vector<std::string> words) {
    if (!known(key)) members.push_back({std::move(key), std::move(words)});
  };
  for (const auto& row : codec::tpdus()) {
    for (auto& key : codec::keys_of(row.fields)) add(key, codec::words_of(row.fields, key));
  }
  for (const auto& row : codec::transport_parameters()) {
    auto words = codec::words_of(row.fields, "");
    add(row.key, std::move(words));
  }
  const auto rows = codec::bearer_parameters();
  add("submit_type", codec::words_of(rows[0].fields, "message_type"));
  add("encoding", {"octet", "is_91", "ascii_7", "ia5", "unicode", "shift_jis", "korean", "latin_hebrew", "latin",
                   "gsm7", "gsm_dcs"});
  for (auto& member : members) {
    if (member.key == "message_type") {
      member.words = {"submit",  "deliver",        "deliver_report", "submit_report", "status_report",
                      "command", "point_to_point", "broadcast",      "acknowledge"};
    }
  }
  for (auto& member : more) members.push_back(std::move(member));
  return members;
}

}  // namespace

const std::vector<SessionEvent>& session_events() {
  static const std::vector<SessionMember> message = {
      {"ver_dtd"},
      {"ver_proto"},
      {"session_id"},
      {"msg_id"},
      {"target"},
      {"target_name"},
      {"source"},
      {"source_name"},
      {"resp_uri"},
      {"no_resp"},
      {"cred"},
      {"max_msg_size"},
      {"max_obj_size"},
      {"commands"},
      {"final"},
      {"unread"},
      {"coding", {"xml", "wbxml"}},
      {"next_nonce"},
      {"server_credentials", {"right", "wrong", "missing", "not_needed", "unconfirmed_nonce"}},
      {"client_credentials", {"right", "wrong", "missing", "not_needed"}},
      {"number"},
  };
  static const std::vector<SessionEvent> events = {
      {"dm.notification",
       {{"bearer", {"channel", "3gpp", "3gpp2"}},
        {"channel"},
        {"channel_name"},
        {"port"},
        {"protocol", {"udp_local", "tcp_local"}},
        {"parts"},
        {"length"},
        {"malformed"},
        {"digest"},
        {"digest_valid"},
        {"digest_reading", {"stored", "previous", "zero_octets", "zero_text", "none", "unconfirmed_nonce"}},
        {"version"},
        {"ui_mode", {"not_specified", "background", "informative", "user_interaction"}},
        {"initiator", {"client", "server"}},
        {"future_use"},
        {"session_id"},
        {"session_text"},
        {"server_id"},
        {"server_id_hex"},
        {"vendor_specific"}}},
      {"sms.submit", short_message_members({{"service_centre"}, {"packing"}})},
      {"network.sms", short_message_members({{"outcome", {"message", "none"}}, {"service_centre"}})},
      {"sms.deliver", short_message_members({{"outcome", {"accepted", "refused", "no_answer"}}, {"answer"}})},
      {"wap.push",
       {{"bearer", {"3gpp", "3gpp2"}},
        {"parts"},
        {"in_order"},
        {"source_port"},
        {"destination_port"},
        {"length"},
        {"malformed"},
        {"transaction_id"},
        {"pdu_type", {"push", "confirmed_push"}},
        {"headers_length"},
        {"header_octets"},
        {"content_type"},
        {"content_type_form", {"short", "long", "text"}},
        {"application_id"},
        {"application_id_form", {"short", "long", "text", "octets"}},
        {"application_id_name_form", {"short", "text"}},
        {"application_id_place"},
        {"headers"},
        {"body"},
        {"body_length"}}},
      {"dm.delivered", {{"bearer", {"3gpp", "3gpp2"}}, {"server_id"}, {"session_id"}, {"length"}}},
      {"stream.opened",
       {{"transport"},
        {"port"},
        {"host"},
        {"channel"},
        {"road", {"bip", "tcp"}},
        {"secure"},
        {"connection"},
        {"family", {"ipv4", "ipv6", "in_process"}}}},
      {"stream.refused", {{"transport"}, {"port"}, {"host"}, {"reason"}}},
      {"stream.closed", {{"by", {"card", "terminal"}}, {"road", {"bip", "tcp"}}, {"connection"}}},
      {"tls.handshake",
       {{"version", {"TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"}},
        {"suite"},
        {"credential", {"certificate", "psk"}},
        {"psk_identity"},
        {"subject"},
        {"issuer"},
        {"names"},
        {"not_before"},
        {"not_after"},
        {"verified"},
        {"name_matches"},
        {"resumed"}}},
      {"tls.alert", {{"direction", {"sent", "received"}}, {"level", {"warning", "fatal"}}, {"description"}}},
      {"tls.end", {{"how", {"close_notify", "truncated", "failed"}}, {"reason"}}},
      {"http.response",
       {{"status"},
        {"reason"},
        {"version"},
        {"asked_in"},
        {"content_type"},
        {"media_type"},
        {"headers"},
        {"length"},
        {"body"},
        {"chunked"}}},
      {"http.request",
       {{"method"},
        {"target"},
        {"version"},
        {"host"},
        {"content_type"},
        {"media_type"},
        {"length"},
        {"headers"},
        {"secure"},
        {"road", {"bip", "tcp"}}}},
      {"http.trouble", {{"reason"}}},
      {"net.fetched", {{"status"}, {"reason"}}},
      {"uicc.listening", {{"listening"}}},
      {"dm.account", {{"app_addr"}}},
      {"network.probed", {{"reachable"}}},
      {"network.call", {{"outcome", {"call", "none"}}, {"number"}}},
      {"http.split", {{"boundaries"}, {"served"}, {"first_bad"}}},
      {"dm.server_message", message},
      {"dm.client_message", message},
      {"dm.malformed", {{"reason"}, {"content_type"}}},
      {"dm.session",
       {{"outcome",
         {"finished", "aborted", "refused", "cut", "http_refused", "malformed", "no_response", "too_long",
          "no_connection"}},
        {"messages"},
        {"session_id"},
        {"http_status"}}},
  };
  return events;
}

const SessionEvent* find_session_event(std::string_view key) {
  const auto& events = session_events();
  const auto found =
      std::find_if(events.begin(), events.end(), [&](const SessionEvent& row) { return row.key == key; });
  return found == events.end() ? nullptr : &*found;
}

}  // namespace dmsc::model

// SPDX-License-Identifier: Apache-2.0
#include "runner/model/session_events.hpp"

#include <algorithm>

namespace dmsc::model {

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
      {"server_credentials", {"right", "wrong", "missing", "not_needed"}},
      {"client_credentials", {"right", "wrong", "missing", "not_needed"}},
      {"number"},
  };
  static const std::vector<SessionEvent> events = {
      {"dm.notification",
       {{"channel"},
        {"channel_name"},
        {"port"},
        {"protocol", {"udp_local", "tcp_local"}},
        {"parts"},
        {"length"},
        {"malformed"},
        {"digest"},
        {"digest_valid"},
        {"digest_reading", {"stored", "previous", "zero_octets", "zero_text", "none"}},
        {"version"},
        {"ui_mode", {"not_specified", "background", "informative", "user_interaction"}},
        {"initiator", {"client", "server"}},
        {"future_use"},
        {"session_id"},
        {"session_text"},
        {"server_id"},
        {"server_id_hex"},
        {"vendor_specific"}}},
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
       {{"status"}, {"reason"}, {"version"}, {"content_type"}, {"headers"}, {"length"}, {"body"}, {"chunked"}}},
      {"http.request",
       {{"method"},
        {"target"},
        {"version"},
        {"host"},
        {"content_type"},
        {"length"},
        {"headers"},
        {"secure"},
        {"road", {"bip", "tcp"}}}},
      {"http.trouble", {{"reason"}}},
      {"net.fetched", {{"status"}, {"reason"}}},
      {"uicc.listening", {{"listening"}}},
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

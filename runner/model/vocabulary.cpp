// SPDX-License-Identifier: Apache-2.0
#include "runner/model/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "runner/codec/apdu.hpp"
#include "runner/codec/message.hpp"

namespace dmsc::model {
namespace {

constexpr std::array<std::string_view, 7> wake_up_names = {"power_on", "timer", "status", "call",
                                                           "location", "scws",  "any"};
constexpr std::string_view listen_words[] = {"in_response", "by_event"};
constexpr std::string_view mode_words[] = {"terminal_server", "uicc_server"};
constexpr std::string_view transport_words[] = {"bip_ipv4", "bip_ipv6", "bip_localhost", "tcp_ipv4", "tcp_ipv6"};
constexpr std::string_view tls_words[] = {"modern", "legacy_2009"};
constexpr std::string_view credential_words[] = {"certificate", "psk"};
constexpr std::string_view coding_words[] = {"xml", "wbxml"};
constexpr std::string_view credentials_words[] = {"right", "wrong", "none", "late", "stale"};
constexpr std::string_view cut_words[] = {"handshake", "request"};

constexpr Parameter start_parameters[] = {
    {"profile", "text", true, "name of a file in testcases/profiles, or hexadecimal"},
    {"without", "list", false, "facilities taken out of the profile"},
    {"registry", "list", false, "registry application data sent by ENVELOPE (Terminal Applications)"},
    {"plmn", "text", false, "network the terminal is on"},
    {"first_channel", "number", false, "channel number that the terminal hands out first, 1 when left out"},
    {"listen", "text", false, "in_response (default) or by_event: how the terminal says that a channel listens (AMB-6)",
     listen_words},
};
constexpr Parameter wake_up_parameters[] = {
    {"kind", "text", true, "power_on, timer, status, call, location or scws; any: the first that the ICS claims",
     wake_up_names},
};
constexpr Parameter status_parameters[] = {{"count", "number", false, "how many, 1 when left out"}};
constexpr Parameter call_parameters[] = {{"number", "text", true, "digits as dialled, + in front for international"}};
constexpr Parameter location_parameters[] = {
    {"status", "text", false, "normal_service, limited_service or no_service"},
    {"plmn", "text", false, "MCC and MNC digits; the event names a place only in normal service"},
};
constexpr Parameter timer_parameters[] = {{"timer", "number", true, "1 to 8"}};
constexpr Parameter wait_parameters[] = {{"for", "duration", true, "time that passes on the terminal's clock"}};
constexpr Parameter registry_parameters[] = {{"registry", "list", true, "registry application data"}};
constexpr Parameter envelope_parameters[] = {
    {"key", "text", true, "row key of the envelope"},
    {"fields", "map", false, "its objects by row key"},
};
constexpr Parameter drop_parameters[] = {
    {"mode", "text", true, "terminal_server or uicc_server: the first open channel of that mode", mode_words},
};
constexpr Parameter connect_parameters[] = {
    {"transport", "text", false, "bip_ipv4 (default), bip_ipv6, bip_localhost, tcp_ipv4 or tcp_ipv6", transport_words},
    {"secure", "flag", false, "https (default), or plain http on its own port"},
    {"port", "number", false, "another port than the transport's own"},
    {"tls", "text", false, "modern or legacy_2009, in place of the PIXIT's tls_profile", tls_words},
    {"credential", "text", false, "certificate or psk, in place of the PIXIT's tls_credential", credential_words},
};
constexpr Parameter request_parameters[] = {
    {"method", "text", false, "GET when left out"},
    {"path", "text", true, "of the request line"},
    {"headers", "map", false, "beside Host and User-Agent; null leaves Host out"},
    {"body", "text", false, "as text"},
    {"body_hex", "text", false, "as hexadecimal"},
    {"chunked", "flag", false, "chunked coding in place of Content-Length"},
    {"pieces", "number", false, "octets sent at a time; all at once when left out"},
    {"pause", "duration", false, "terminal's time between two pieces"},
};
constexpr Parameter send_parameters[] = {
    {"text", "text", false, "octets as text"},
    {"hex", "text", false, "octets as hexadecimal"},
    {"past_tls", "flag", false, "sent as they are, outside of TLS"},
};
constexpr Parameter close_parameters[] = {
    {"abrupt", "flag", false, "the connection ends without a word"},
};
constexpr Parameter dm_session_parameters[] = {
    {"transport", "text", false, "bip_ipv4 (default), bip_ipv6, bip_localhost, tcp_ipv4 or tcp_ipv6", transport_words},
    {"coding", "text", false, "xml (default) or wbxml", coding_words},
    {"session_id", "text", false, "of SyncML; that of the last notification, or 1, when left out"},
    {"credentials", "text", false, "right (default), wrong, none, late or stale", credentials_words},
    {"max_msg_size", "number", false, "MaxMsgSize of the client"},
    {"abort_at", "number", false, "number of the message that is Alert 1223"},
    {"switch_session_at", "number", false, "number of the message that carries another session id"},
    {"unknown_command", "flag", false, "Pkg#1 holds an element that no DM Client sends"},
    {"large_object", "flag", false, "Pkg#1 holds an item with MoreData"},
    {"split_package", "flag", false, "Pkg#1 comes in two messages, the first without Final"},
    {"secure", "flag", false, "https (default), or plain http on its own port"},
    {"credential", "text", false, "certificate or psk, in place of the PIXIT's tls_credential", credential_words},
    {"tls", "text", false, "modern or legacy_2009, in place of the PIXIT's tls_profile", tls_words},
    {"cut", "text", false, "handshake or request: where the client is gone without a word, in the first message",
     cut_words},
    {"chunked", "flag", false, "chunked coding in place of Content-Length"},
    {"pieces", "number", false, "octets sent at a time"},
    {"pause", "duration", false, "terminal's time between two pieces"},
};
constexpr Parameter apdu_parameters[] = {{"command", "text", true, "command APDU in hexadecimal"}};

constexpr Stimulus table[] = {
    {"terminal.start", "The terminal resets the card and powers on: SELECT MF, TERMINAL PROFILE, registry data",
     start_parameters},
    {"wake_up", "The card is woken up", wake_up_parameters},
    {"terminal.status", "The terminal sends STATUS", status_parameters},
    {"terminal.call", "The user dials, the terminal sends ENVELOPE (Call Control)", call_parameters},
    {"terminal.location", "The terminal sends ENVELOPE (Event Download - Location Status)", location_parameters},
    {"terminal.expire_timer", "A timer that the card started comes to its end", timer_parameters},
    {"terminal.foreign_timer", "The terminal reports a timer that the card did not start", timer_parameters},
    {"terminal.wait", "Time passes; timers expire and polling happens", wait_parameters},
    {"terminal.registry", "The terminal sends ENVELOPE (Terminal Applications)", registry_parameters},
    {"terminal.envelope", "The terminal sends an ENVELOPE", envelope_parameters},
    {"card.apdu", "The terminal sends a command APDU", apdu_parameters},
    {"terminal.default_answers", "The terminal answers by its defaults again", {}},
    {"terminal.drop_link", "The link of a channel drops", drop_parameters},
    {"web.connect", "A local client connects to the card's web server", connect_parameters},
    {"web.request", "The local client sends a request and waits for the response", request_parameters},
    {"web.split", "The local client sends a request in two pieces, once for every boundary", request_parameters},
    {"web.send", "The local client sends octets", send_parameters},
    {"web.close", "The local client closes its connection", close_parameters},
    {"dm.session", "The DM Client holds a session with the DM_SC Server", dm_session_parameters},
};

constexpr std::array<std::string_view, 7> matcher_names = {"in", "range", "not", "present", "matches", "bits", "any"};

constexpr std::string_view response_prefix = "response.";

// Events of the layers above the APDU: what the sessions of the terminal's local programs learn.
struct SessionMember {
  const char* key;
  std::vector<std::string> words = {};  ///< all it can be, where that is known
};
struct SessionEvent {
  const char* key;
  std::vector<SessionMember> members;
};

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
      {"stream.opened", {{"transport"}, {"port"}, {"host"}, {"channel"}}},
      {"stream.refused", {{"transport"}, {"port"}, {"host"}, {"reason"}}},
      {"stream.closed", {{"by", {"card", "terminal"}}}},
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
      {"http.trouble", {{"reason"}}},
      {"http.split", {{"boundaries"}, {"served"}, {"first_bad"}}},
      {"dm.message", message},
      {"dm.sent", message},
      {"dm.malformed", {{"reason"}, {"content_type"}}},
      {"dm.session",
       {{"outcome",
         {"finished", "aborted", "refused", "cut", "http_refused", "malformed", "no_response", "too_long",
          "no_connection"}},
        {"messages"},
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

std::vector<std::string> build_event_keys() {
  std::set<std::string> keys = {"card.reset"};
  const auto add = [&](const char* prefix, codec::MessageKind kind) {
    for (const auto& row : codec::messages(kind)) keys.insert(std::string(prefix) + row.key);
  };
  add("proactive.", codec::MessageKind::proactive);
  add("terminal_response.", codec::MessageKind::terminal_response);
  add("envelope.", codec::MessageKind::envelope);
  add("response.envelope.", codec::MessageKind::envelope);
  for (const auto& row : session_events()) keys.insert(row.key);
  for (const auto& name : codec::instruction_names()) keys.insert(std::string(response_prefix) + name.key);
  return {keys.begin(), keys.end()};
}

void add_members(codec::MessageKind kind, std::string_view key, std::set<std::string>& members) {
  for (const auto& row : codec::messages(kind)) {
    if (row.key != key) continue;
    if (*row.variant != '\0') members.insert("mode");
    for (const auto& slot : row.slots) members.insert(slot.key);
  }
}

struct EventRows {
  codec::MessageKind kind;
  std::string_view key;
};

/// The table and the row key behind a message event.
std::optional<EventRows> rows_of(std::string_view event) {
  constexpr std::pair<std::string_view, codec::MessageKind> prefixes[] = {
      {"proactive.", codec::MessageKind::proactive},
      {"terminal_response.", codec::MessageKind::terminal_response},
      {"envelope.", codec::MessageKind::envelope},
  };
  for (const auto& [prefix, kind] : prefixes) {
    if (event.starts_with(prefix)) return EventRows{kind, event.substr(prefix.size())};
  }
  return {};
}

void add_words(codec::Names names, std::vector<std::string>& words) {
  for (const auto& name : names) words.emplace_back(name.key);
}

/// Words of one field of an object; of its only field when `key` is empty.
std::vector<std::string> object_words(const codec::ObjectSpec& object, std::string_view key) {
  std::vector<std::string> words;
  for (const auto& field : object.fields) {
    if (field.key == key) add_words(field.names, words);
    for (const auto& part : field.parts) {
      if (part.key == key) add_words(part.names, words);
    }
  }
  return words;
}

}  // namespace

std::vector<std::string> field_words(std::string_view event, std::string_view path) {
  if (const auto* row = find_session_event(event)) {
    for (const auto& member : row->members) {
      if (member.key == path) return member.words;
    }
    return {};
  }
  if (event.starts_with(response_prefix)) {
    std::vector<std::string> words;
    if (path == "status") {
      for (const auto& row : codec::status_rows()) words.emplace_back(row.key);
    }
    if (path == "control_result") words = {"allowed", "not_allowed", "allowed_with_modifications", "malformed", "none"};
    return words;
  }
  const auto rows = rows_of(event);
  if (!rows) return {};
  const auto dot = path.find('.');
  const auto member = path.substr(0, dot);
  for (const auto& row : codec::messages(rows->kind)) {
    if (row.key != rows->key) continue;
    if (member == "mode") return {"packet", "uicc_server", "terminal_server"};
    for (const auto& slot : row.slots) {
      if (slot.key != member) continue;
      const auto words = object_words(*codec::find_object(slot.object),
                                      dot == std::string_view::npos ? std::string_view{} : path.substr(dot + 1));
      if (!words.empty()) return words;
    }
  }
  return {};
}

std::span<const Stimulus> stimuli() {
  return table;
}

const Stimulus* find_stimulus(std::string_view name) {
  const auto found =
      std::find_if(std::begin(table), std::end(table), [&](const Stimulus& row) { return row.name == name; });
  return found == std::end(table) ? nullptr : &*found;
}

std::span<const std::string_view> wake_ups() {
  return wake_up_names;
}
std::span<const std::string_view> matchers() {
  return matcher_names;
}

std::string_view matcher_of(const Value& value) {
  if (!value.is_map() || value.as_map().size() != 1) return {};
  const auto found = std::find(matcher_names.begin(), matcher_names.end(), value.as_map()[0].first);
  return found == matcher_names.end() ? std::string_view{} : *found;
}

const std::vector<std::string>& event_keys() {
  static const std::vector<std::string> keys = build_event_keys();
  return keys;
}

std::vector<std::string> event_members(std::string_view event) {
  std::set<std::string> members;
  if (event.starts_with(response_prefix)) {
    members = {"sw", "status", "data", "proactive"};
    if (event == "response.envelope.call_control" || event == "response.envelope.mo_sms_control") {
      members.insert("control_result");
    }
  } else if (event == "card.reset") {
    members = {"atr"};
  } else if (const auto* row = find_session_event(event)) {
    for (const auto& member : row->members) members.insert(member.key);
  } else if (const auto rows = rows_of(event)) {
    add_members(rows->kind, rows->key, members);
  }
  return {members.begin(), members.end()};
}

}  // namespace dmsc::model

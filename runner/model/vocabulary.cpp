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

constexpr Parameter start_parameters[] = {
    {"profile", "text", true, "name of a file in testcases/profiles, or hexadecimal"},
    {"without", "list", false, "facilities taken out of the profile"},
    {"registry", "list", false, "registry application data sent by ENVELOPE (Terminal Applications)"},
    {"plmn", "text", false, "network the terminal is on"},
};
constexpr Parameter wake_up_parameters[] = {
    {"kind", "text", true, "power_on, timer, status, call or location"},
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
};

constexpr std::array<std::string_view, 5> wake_up_names = {"power_on", "timer", "status", "call", "location"};
constexpr std::array<std::string_view, 7> matcher_names = {"in", "range", "not", "present", "matches", "bits", "any"};

constexpr std::string_view response_prefix = "response.";

std::vector<std::string> build_event_keys() {
  std::set<std::string> keys = {"card.reset"};
  const auto add = [&](const char* prefix, codec::MessageKind kind) {
    for (const auto& row : codec::messages(kind)) keys.insert(std::string(prefix) + row.key);
  };
  add("proactive.", codec::MessageKind::proactive);
  add("terminal_response.", codec::MessageKind::terminal_response);
  add("envelope.", codec::MessageKind::envelope);
  add("response.envelope.", codec::MessageKind::envelope);
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
  } else if (const auto rows = rows_of(event)) {
    add_members(rows->kind, rows->key, members);
  }
  return {members.begin(), members.end()};
}

}  // namespace dmsc::model

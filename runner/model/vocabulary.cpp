// SPDX-License-Identifier: Apache-2.0
#include "runner/model/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <set>

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/model/session_events.hpp"

namespace dmsc::model {
namespace {

constexpr std::array<std::string_view, 9> matcher_names = {"in",   "range", "not", "present", "matches",
                                                           "bits", "any",   "all", "distinct"};

constexpr std::string_view response_prefix = "response.";
constexpr std::string_view registry_event = "envelope.terminal_applications";  // its order of items is AMB-17
constexpr std::string_view command_prefix = "command.";

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
  for (const auto& name : codec::instruction_names()) keys.insert(std::string(command_prefix) + name.key);
  for (const auto* told_otherwise : {"command.envelope", "command.terminal_response", "command.get_response"}) {
    keys.erase(told_otherwise);
  }
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
  if (event == registry_event && path == "item_order") return {"scheme_first", "type_first"};
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
    if (event == "response.envelope.call_control" || event == "response.envelope.mo_short_message_control") {
      members.insert("control_result");
    }
  } else if (event == "card.reset") {
    members = {"atr"};
  } else if (event.starts_with(command_prefix)) {
    members = {"p1", "p2", "data", "le"};
    if (event == "command.terminal_profile") members.insert("facilities");
  } else if (const auto* row = find_session_event(event)) {
    for (const auto& member : row->members) members.insert(member.key);
  } else if (const auto rows = rows_of(event)) {
    add_members(rows->kind, rows->key, members);
    if (event == registry_event) members.insert("item_order");
  }
  return {members.begin(), members.end()};
}

}  // namespace dmsc::model

// SPDX-License-Identifier: Apache-2.0
#include "runner/model/vocabulary.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <optional>
#include <set>

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/model/session_events.hpp"
#include "runner/model/wire_shapes.hpp"

namespace dmsc::model {
namespace {

constexpr std::array<std::string_view, 9> matcher_names = {"in",   "range", "not", "present", "matches",
                                                           "bits", "any",   "all", "distinct"};

constexpr std::string_view response_prefix = "response.";
constexpr std::string_view envelope_response_prefix = "response.envelope.";
constexpr std::string_view command_prefix = "command.";

struct MessagePrefix {
  std::string_view prefix;
  codec::MessageKind kind;
  const char* without_code;  ///< key of a message that does not even say what it is
};
constexpr MessagePrefix message_prefixes[] = {
    {"proactive.", codec::MessageKind::proactive, "unknown_command"},
    {"terminal_response.", codec::MessageKind::terminal_response, "unknown_command"},
    {"envelope.", codec::MessageKind::envelope, "unknown_envelope"},
};

// Told as messages, or as the end of what they continue.
constexpr std::string_view told_otherwise[] = {"command.envelope", "command.terminal_response", "command.get_response"};

std::vector<std::string> build_event_keys() {
  std::set<std::string> keys;
  for (const auto& [prefix, kind, without_code] : message_prefixes) {
    keys.insert(std::string(prefix) + without_code);
    for (const auto& row : codec::messages(kind)) keys.insert(std::string(prefix) + row.key);
  }
  for (const auto& row : codec::envelopes()) keys.insert(std::string(envelope_response_prefix) + row.key);
  keys.insert(std::string(envelope_response_prefix) + "unknown_envelope");
  for (const auto& row : session_events()) keys.insert(row.key);
  for (const auto& name : codec::instruction_names()) {
    keys.insert(std::string(response_prefix) + name.key);
    keys.insert(std::string(command_prefix) + name.key);
  }
  for (const auto key : told_otherwise) keys.erase(std::string(key));
  return {keys.begin(), keys.end()};
}

// What a code is called, where it is.

const char* name_of_code(codec::Names names, std::uint32_t code) {
  const auto* name = codec::find_name(names, code);
  return name == nullptr ? nullptr : name->key;
}

template <class Test>
const char* row_with(std::span<const codec::MessageSpec> rows, Test test) {
  const auto found = std::ranges::find_if(rows, test);
  return found == rows.end() ? nullptr : found->key;
}

const char* command_of(std::uint32_t code) {
  return row_with(codec::proactive_commands(), [&](const auto& row) { return row.code == code; });
}
const char* answer_of(std::uint32_t code) {
  return row_with(codec::terminal_responses(), [&](const auto& row) { return row.code == code; });
}
const char* envelope_of(std::uint32_t code) {
  return row_with(codec::envelopes(), [&](const auto& row) { return row.event < 0 && row.code == code; });
}
const char* download_of(std::uint32_t code) {
  return row_with(codec::envelopes(), [&](const auto& row) { return row.event == static_cast<int>(code); });
}
const char* instruction_of(std::uint32_t code) {
  return name_of_code(codec::instruction_names(), code);
}

constexpr UnknownEvents unknown_rows[] = {
    {"proactive.unknown_command_", "type of command", false, command_of},
    {"terminal_response.unknown_command_", "type of command", false, answer_of},
    {"envelope.unknown_envelope_", "tag", true, envelope_of},
    {"envelope.unknown_event_", "event", false, download_of},
    {"response.envelope.unknown_envelope_", "tag", true, envelope_of},
    {"response.envelope.unknown_event_", "event", false, download_of},
    {"command.unknown_", "instruction", false, instruction_of},
    {"response.unknown_", "instruction", false, instruction_of},
};

std::uint32_t number_of(std::string_view digits) {
  return static_cast<std::uint32_t>(std::stoul(std::string(digits), nullptr, 16));
}

/// The rule by which an event without a row has this key.
const UnknownEvents* unknown_of(std::string_view key) {
  for (const auto& row : unknown_rows) {
    if (!key.starts_with(row.prefix)) continue;
    const auto digits = key.substr(row.prefix.size());
    const bool wide = row.wide && (is_hex(digits, 4) || is_hex(digits, 6));
    if (!wide && !is_hex(digits, 2)) continue;
    if (row.row_of(number_of(digits)) == nullptr) return &row;
  }
  return nullptr;
}

const MessagePrefix* message_prefix_of(std::string_view key) {
  const auto found =
      std::ranges::find_if(message_prefixes, [&](const auto& row) { return key.starts_with(row.prefix); });
  return found == std::end(message_prefixes) ? nullptr : found;
}

const codec::MessageSpec* row_of(const MessagePrefix& prefix, std::string_view key) {
  return codec::find_message(prefix.kind, key.substr(prefix.prefix.size()));
}

EventShape message_shape(const MessagePrefix& prefix, std::string_view key) {
  EventShape shape{.key = std::string(key), .unnamed = Unnamed::objects};
  const auto* row = row_of(prefix, key);
  if (row == nullptr) {
    shape.name = "A message without a row";
    shape.origin = "ETSI TS 102 223, 8";
    shape.members = any_object_members();
    return shape;
  }
  shape.name = row->name;
  shape.origin = row->clause;
  shape.members = message_members(prefix.kind, row->key);
  if (key == "envelope.terminal_applications") {
    shape.members.push_back(
        {.key = "item_order", .kind = MemberKind::words, .words = {"scheme_first", "type_first"}, .origin = "AMB-17"});
  }
  return shape;
}

EventShape response_shape(std::string_view key) {
  EventShape shape{.key = std::string(key), .name = "Response of the card", .origin = "ETSI TS 102 221, 10.2"};
  Member status{.key = "status", .kind = MemberKind::words};
  for (const auto& row : codec::status_rows()) status.words.emplace_back(row.key);
  status.words.emplace_back("unknown");
  shape.members = {{.key = "sw", .kind = MemberKind::octets},
                   std::move(status),
                   {.key = "data", .kind = MemberKind::octets},
                   {.key = "proactive", .kind = MemberKind::flag}};
  // As the observer asks: by the end of the key.
  if (key.ends_with("call_control") || key.ends_with("mo_short_message_control")) {
    shape.members.push_back({.key = "control_result",
                             .kind = MemberKind::words,
                             .words = {"allowed", "not_allowed", "allowed_with_modifications", "malformed", "none"},
                             .origin = "ETSI TS 102 268, cre_apt_eccn"});
  }
  return shape;
}

EventShape command_shape(std::string_view key) {
  EventShape shape{.key = std::string(key), .name = "Command of the terminal", .origin = "ETSI TS 102 221, 10.1"};
  shape.members = {{.key = "p1", .kind = MemberKind::number},
                   {.key = "p2", .kind = MemberKind::number},
                   {.key = "data", .kind = MemberKind::octets},
                   {.key = "le", .kind = MemberKind::number}};
  if (key == "command.terminal_profile") shape.members.push_back(facilities_member());
  return shape;
}

EventShape build_event(std::string_view key) {
  for (const auto& row : session_events()) {
    if (row.key == key) return row;
  }
  if (const auto* prefix = message_prefix_of(key)) return message_shape(*prefix, key);
  return key.starts_with(response_prefix) ? response_shape(key) : command_shape(key);
}

}  // namespace

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

std::span<const UnknownEvents> unknown_events() {
  return unknown_rows;
}

const EventShape* find_event(std::string_view key) {
  static std::mutex one_at_a_time;
  static std::map<std::string, EventShape, std::less<>> built;  // those that somebody asked for
  const std::lock_guard lock(one_at_a_time);
  if (const auto found = built.find(key); found != built.end()) return &found->second;
  const auto& keys = event_keys();
  if (std::binary_search(keys.begin(), keys.end(), key)) return &built.emplace(key, build_event(key)).first->second;
  const auto* unknown = unknown_of(key);
  if (unknown == nullptr) return nullptr;
  const auto shared = std::string(unknown->prefix) + "XX";
  auto& shape = built[shared];
  if (shape.key.empty()) shape = build_event(shared);
  return &shape;
}

std::vector<std::string> channel_modes() {
  return member_of(*find_event("proactive.open_channel"), "mode")->words;
}

}  // namespace dmsc::model

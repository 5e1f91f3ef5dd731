// SPDX-License-Identifier: Apache-2.0
#include "runner/model/vocabulary.hpp"

#include <algorithm>
#include <set>

#include "runner/base/catch.hpp"
#include "runner/codec/cat/message.hpp"

using namespace dmsc;
using namespace dmsc::model;
using Words = std::vector<std::string>;

namespace {

Words members_of(std::string_view event) {
  const auto* shape = find_event(event);
  if (shape == nullptr) return {};
  auto keys = keys_of(shape->members);
  std::sort(keys.begin(), keys.end());
  return keys;
}

Words words_at(std::string_view event, std::string_view path) {
  const auto* shape = find_event(event);
  const auto* member = shape == nullptr ? nullptr : member_at(*shape, path);
  return member == nullptr ? Words{} : member->words;
}

bool holds(const Words& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

/// Every key that a member of an event's fields can have, at any depth, with the row it comes from.
std::vector<std::pair<std::string, std::string>> all_row_keys() {
  std::vector<std::pair<std::string, std::string>> keys;
  for (const auto& object : codec::objects()) {
    keys.emplace_back(object.key, object.key);
    for (const auto& field : object.fields) {
      keys.emplace_back(field.key, std::string(object.key) + "." + field.key);
      for (const auto& part : field.parts) keys.emplace_back(part.key, std::string(object.key) + "." + part.key);
    }
  }
  for (const auto kind :
       {codec::MessageKind::proactive, codec::MessageKind::terminal_response, codec::MessageKind::envelope}) {
    for (const auto& row : codec::messages(kind)) {
      for (const auto& slot : row.slots) keys.emplace_back(slot.key, std::string(row.key) + "." + slot.key);
      for (const auto& part : row.qualifier) keys.emplace_back(part.key, std::string(row.key) + "." + part.key);
    }
  }
  return keys;
}

}  // namespace

TEST_CASE("events are those of the codec and of the interface", "[vocabulary]") {
  const auto& keys = event_keys();
  CHECK(std::is_sorted(keys.begin(), keys.end()));
  CHECK(std::set(keys.begin(), keys.end()).size() == keys.size());
  for (const char* key : {"card.reset", "proactive.open_channel", "proactive.send_data", "proactive.timer_management",
                          "terminal_response.open_channel", "envelope.terminal_applications",
                          "envelope.timer_expiration", "response.envelope.call_control", "response.terminal_profile",
                          "response.fetch", "response.status", "response.select"}) {
    INFO(key);
    CHECK(holds(keys, key));
  }
  for (const char* key : {"", "card", "open_channel", "proactive.terminal_applications", "envelope.open_channel"}) {
    INFO(key);
    CHECK_FALSE(holds(keys, key));
  }
  for (const auto& row : codec::proactive_commands()) CHECK(holds(keys, std::string("proactive.") + row.key));
  for (const auto& row : codec::terminal_responses()) CHECK(holds(keys, std::string("terminal_response.") + row.key));
  for (const auto& row : codec::envelopes()) {
    CHECK(holds(keys, std::string("envelope.") + row.key));
    CHECK(holds(keys, std::string("response.envelope.") + row.key));
  }
}

TEST_CASE("members of an event are the places of its rows", "[vocabulary]") {
  CHECK(members_of("card.reset") == Words{"atr"});
  CHECK(members_of("response.fetch") == Words{"data", "proactive", "status", "sw"});
  CHECK(members_of("response.envelope.call_control") == Words{"control_result", "data", "proactive", "status", "sw"});
  CHECK(members_of("response.envelope.timer_expiration") == Words{"data", "proactive", "status", "sw"});
  CHECK(members_of("envelope.timer_expiration") == Words{"device_identities", "timer_identifier", "timer_value"});
  CHECK(members_of("proactive.close_channel") == Words{"alpha_identifier", "command_details", "device_identities",
                                                       "frame_identifier", "icon_identifier", "text_attribute"});
  const auto open = members_of("proactive.open_channel");
  for (const char* key : {"mode", "command_details", "device_identities", "buffer_size", "transport_level"}) {
    INFO(key);
    CHECK(holds(open, key));
  }
  CHECK(members_of("proactive.none") == Words{});
  CHECK(members_of("elsewhere.open_channel") == Words{});
}

TEST_CASE("every event has members", "[vocabulary]") {
  for (const auto& key : event_keys()) {
    INFO(key);
    CHECK_FALSE(members_of(key).empty());
  }
}

TEST_CASE("words of a coded field are those of its row", "[vocabulary]") {
  CHECK(words_at("proactive.open_channel", "mode") == Words{"packet", "uicc_server", "terminal_server"});
  const auto protocols = words_at("proactive.open_channel", "transport_level.protocol");
  CHECK(holds(protocols, "udp_local"));
  CHECK(holds(protocols, "tcp_local"));
  CHECK_FALSE(holds(protocols, "sctp"));
  const auto results = words_at("terminal_response.open_channel", "result.general");
  CHECK(holds(results, "performed"));
  CHECK(holds(words_at("terminal_response.open_channel", "result.additional"), "no_channel_available"));
  CHECK(words_at("envelope.sms_pp_download", "mode") == Words{"cdma"});
  CHECK(words_at("proactive.close_channel", "mode") == Words{});
  CHECK(words_at("network.sms", "outcome") == Words{"message", "other", "none"});
  CHECK(holds(words_at("response.fetch", "status"), "ok"));
  CHECK(holds(words_at("response.fetch", "status"), "unknown"));
  CHECK(holds(words_at("response.terminal_profile", "status"), "proactive_command_pending"));
  CHECK(words_at("response.envelope.call_control", "control_result") ==
        Words{"allowed", "not_allowed", "allowed_with_modifications", "malformed", "none"});
  CHECK(words_at("proactive.open_channel", "transport_level.port") == Words{});
  CHECK(words_at("proactive.open_channel", "none") == Words{});
  CHECK(words_at("proactive.none", "mode") == Words{});
  CHECK(words_at("card.reset", "atr") == Words{});
  CHECK(words_at("response.fetch", "sw") == Words{});
}

TEST_CASE("members have a kind", "[vocabulary]") {
  struct Row {
    const char* event;
    const char* path;
    MemberKind kind;
    bool list;
  };
  const Row rows[] = {
      {"proactive.open_channel", "transport_level", MemberKind::map, false},
      {"proactive.open_channel", "transport_level.port", MemberKind::number, false},
      {"proactive.open_channel", "transport_level.protocol", MemberKind::words, false},
      {"proactive.open_channel", "transport_level.raw", MemberKind::octets, false},
      {"proactive.send_data", "channel_data", MemberKind::octets, false},
      {"proactive.set_up_event_list", "event_list", MemberKind::words, true},
      {"envelope.terminal_applications", "registry_application_data", MemberKind::map, true},
      {"envelope.terminal_applications", "registry_application_data.name", MemberKind::text, false},
      {"envelope.location_status", "location_information.nr_cell", MemberKind::octets, false},
      {"envelope.timer_expiration", "unknown_5F", MemberKind::octets, false},
      {"command.terminal_profile", "facilities.octets", MemberKind::number, false},
      {"command.terminal_profile", "facilities.bit_31_8", MemberKind::flag, false},
      {"sms.submit", "destination.number", MemberKind::text, false},
      {"sms.submit", "reply_path", MemberKind::flag, false},
      {"sms.submit", "bearer_data.message_identifier.message_id", MemberKind::number, false},
      {"dm.notification", "digest_valid", MemberKind::flag, false},
      {"dm.client_message", "commands.cmd", MemberKind::any, false},
  };
  for (const auto& row : rows) {
    INFO(row.event << " " << row.path);
    const auto* shape = find_event(row.event);
    REQUIRE(shape != nullptr);
    const auto* member = member_at(*shape, row.path);
    REQUIRE(member != nullptr);
    CHECK(member->kind == row.kind);
    CHECK(member->list == row.list);
  }
  const auto& open = *find_event("proactive.open_channel");
  for (const char* path : {"unknown_5", "unknown_5f", "unknown_5F0", "timer_value", "transport_level.none", "mode.raw",
                           "transport_level.port.none"}) {
    INFO(path);
    CHECK(member_at(open, path) == nullptr);
  }
  for (const char* bit : {"bit_0_1", "bit_1_9", "bit_1", "bit_256_1", "bit_01_1", "bit_"}) {
    INFO(bit);
    CHECK(member_at(*find_event("command.terminal_profile"), std::string("facilities.") + bit) == nullptr);
  }
}

TEST_CASE("what has no row is an event by its code", "[vocabulary]") {
  for (const char* key : {"proactive.unknown_command", "proactive.unknown_command_7F", "envelope.unknown_envelope",
                          "envelope.unknown_envelope_9F", "envelope.unknown_envelope_DF1F", "envelope.unknown_event_7F",
                          "terminal_response.unknown_command_7F", "response.envelope.unknown_envelope_9F",
                          "response.envelope.unknown_event_7F", "command.unknown_00", "response.unknown_F5"}) {
    INFO(key);
    CHECK(find_event(key) != nullptr);
  }
  for (const char* key : {"proactive.unknown_command_40", "proactive.unknown_command_7f", "proactive.unknown_command_7",
                          "proactive.unknown_command_007F", "envelope.unknown_envelope_DC", "command.unknown_C2",
                          "envelope.unknown_event_0A", "proactive.unknown_", "response.unknown_command_7F"}) {
    INFO(key);
    CHECK(find_event(key) == nullptr);
  }
  const auto& shape = *find_event("proactive.unknown_command_7F");
  CHECK(shape.key == "proactive.unknown_command_XX");
  CHECK(member_at(shape, "timer_value.hours") != nullptr);
}

TEST_CASE("no row key is a word of the case language", "[vocabulary]") {
  Words taken(matchers().begin(), matchers().end());
  taken.insert(taken.end(), {"raw", "length"});  // how an encoder is told to lie
  for (const auto& [key, row] : all_row_keys()) {
    INFO(row);
    CHECK_FALSE(holds(taken, key));
  }
}

TEST_CASE("a matcher is a map of one word", "[vocabulary]") {
  for (const auto word : matchers()) CHECK(matcher_of(Value::Map{{std::string(word), 1}}) == word);
  CHECK(matcher_of(Value::Map{{"port", 1}}).empty());
  CHECK(matcher_of(Value::Map{{"in", 1}, {"not", 2}}).empty());
  CHECK(matcher_of(Value::Map{}).empty());
  CHECK(matcher_of(Value("in")).empty());
  CHECK(matcher_of(Value{}).empty());
}

TEST_CASE("stimuli have names, sentences and known kinds of parameters", "[vocabulary]") {
  const std::set<std::string_view> kinds = {"text", "number", "flag", "duration", "list", "map", "any"};
  std::set<std::string_view> names;
  for (const auto& row : stimuli()) {
    INFO(row.name);
    CHECK(names.insert(row.name).second);
    CHECK(find_stimulus(row.name) == &row);
    CHECK(*row.meaning != '\0');
    std::set<std::string_view> keys;
    for (const auto& parameter : row.parameters) {
      CHECK(keys.insert(parameter.key).second);
      CHECK(kinds.contains(parameter.kind));
      CHECK(*parameter.meaning != '\0');
    }
  }
  CHECK(find_stimulus("terminal.begin") == nullptr);
  CHECK(std::vector(wake_ups().begin(), wake_ups().end()) ==
        std::vector<std::string_view>{"power_on", "timer", "status", "call", "location", "scws", "sms", "menu", "event",
                                      "any"});
}

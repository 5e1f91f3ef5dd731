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
  CHECK(event_members("card.reset") == Words{"atr"});
  CHECK(event_members("response.fetch") == Words{"data", "proactive", "status", "sw"});
  CHECK(event_members("response.envelope.call_control") ==
        Words{"control_result", "data", "proactive", "status", "sw"});
  CHECK(event_members("response.envelope.timer_expiration") == Words{"data", "proactive", "status", "sw"});
  CHECK(event_members("envelope.timer_expiration") == Words{"device_identities", "timer_identifier", "timer_value"});
  CHECK(event_members("proactive.close_channel") == Words{"alpha_identifier", "command_details", "device_identities",
                                                          "frame_identifier", "icon_identifier", "text_attribute"});
  const auto open = event_members("proactive.open_channel");
  for (const char* key : {"mode", "command_details", "device_identities", "buffer_size", "transport_level"}) {
    INFO(key);
    CHECK(holds(open, key));
  }
  CHECK(event_members("proactive.none") == Words{});
  CHECK(event_members("elsewhere.open_channel") == Words{});
}

TEST_CASE("every event has members", "[vocabulary]") {
  for (const auto& key : event_keys()) {
    INFO(key);
    CHECK_FALSE(event_members(key).empty());
  }
}

TEST_CASE("words of a coded field are those of its row", "[vocabulary]") {
  CHECK(field_words("proactive.open_channel", "mode") == Words{"packet", "uicc_server", "terminal_server"});
  const auto protocols = field_words("proactive.open_channel", "transport_level.protocol");
  CHECK(holds(protocols, "udp_local"));
  CHECK(holds(protocols, "tcp_local"));
  CHECK_FALSE(holds(protocols, "sctp"));
  const auto results = field_words("terminal_response.open_channel", "result.general");
  CHECK(holds(results, "performed"));
  CHECK(holds(field_words("response.fetch", "status"), "ok"));
  CHECK(holds(field_words("response.terminal_profile", "status"), "proactive_command_pending"));
  CHECK(field_words("response.envelope.call_control", "control_result") ==
        Words{"allowed", "not_allowed", "allowed_with_modifications", "malformed", "none"});
  CHECK(field_words("proactive.open_channel", "transport_level.port") == Words{});
  CHECK(field_words("proactive.open_channel", "none") == Words{});
  CHECK(field_words("proactive.none", "mode") == Words{});
  CHECK(field_words("card.reset", "atr") == Words{});
  CHECK(field_words("response.fetch", "sw") == Words{});
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

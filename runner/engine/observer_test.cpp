// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/observer.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

namespace dmsc::engine {
namespace {

/// Feeds exchanges, `COMMAND RESPONSE` in hexadecimal, and returns `key fields` a line; message events without fields.
std::vector<std::string> observe(std::vector<std::pair<const char*, const char*>> exchanges) {
  Observer observer;
  std::vector<std::string> lines;
  std::size_t number = 0;
  for (const auto& [command, response] : exchanges) {
    for (const auto& event : observer.observe({{}, *parse_hex(command), *parse_hex(response)}, number)) {
      CHECK(event.exchange == number);
      lines.push_back(event.key + (event.decoded ? "" : " " + write_json(event.fields)));
    }
    ++number;
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a reset is an event with the ATR", "[observer]") {
  CHECK(observe({{"", "3B00"}}) == Lines{R"(card.reset {"atr":"3B00"})"});
}

TEST_CASE("a fetched command and its terminal response are events", "[observer]") {
  CHECK(
      observe({{"801000000121", "910B"},
               {"801200000B", "D0098103010400820281829000"},
               {"801400000C810301040082028281830100", "9000"}}) ==
      Lines{
          R"(command.terminal_profile {"p1":0,"p2":0,"data":"21","facilities":{"octets":1,"profile_download":true,"timer_expiration":true}})",
          R"(response.terminal_profile {"sw":"910B","status":"proactive_command_pending","data":"","proactive":true})",
          R"(command.fetch {"p1":0,"p2":0,"data":"","le":11})",
          R"(response.fetch {"sw":"9000","status":"ok","data":"D009810301040082028182","proactive":false})",
          "proactive.polling_off", "terminal_response.polling_off",
          R"(response.terminal_response {"sw":"9000","status":"ok","data":"","proactive":false})"});
}

TEST_CASE("GET RESPONSE and 6CXX are joined to the command they belong to", "[observer]") {
  // ETSI TS 102 268, cre_apt_eccn: call control answered with a changed number
  CHECK(
      observe({{"80C2000013D41182028281860281019307 81F2A33405 7667", "6109"},
               {"00C0000009",
                "020786059111223344"
                "9114"}}) ==
      Lines{
          "envelope.call_control",
          R"(response.envelope.call_control {"sw":"9114","status":"proactive_command_pending","data":"020786059111223344","proactive":true,"control_result":"allowed_with_modifications"})"});
  CHECK(observe({{"8012000010", "6C0B"}, {"801200000B", "D0098103010400820281829000"}}).back() ==
        "proactive.polling_off");
}

TEST_CASE("61XX that nobody follows up does not swallow the next command", "[observer]") {
  const auto lines = observe({{"00A40004023F00", "610D"}, {"80F2000C00", "9000"}});
  REQUIRE(lines.size() == 4);
  CHECK(lines[0] == R"(command.select {"p1":0,"p2":4,"data":"3F00"})");
  CHECK(lines[1].starts_with("response.select {\"sw\":\"6100\""));
  CHECK(lines[2] == R"(command.status {"p1":0,"p2":12,"data":"","le":256})");
  CHECK(lines[3].starts_with("response.status {\"sw\":\"9000\""));
}

TEST_CASE("answers to call control by their layout", "[observer]") {
  const std::pair<const char*, const char*> rows[] = {
      {"9000", "allowed"},       {"00009000", "allowed"},     {"01009000", "not_allowed"},
      {"00059000", "malformed"}, {"009000", "malformed"},     {"03009000", "malformed"},
      {"6F00", "none"},          {"0100910B", "not_allowed"},
  };
  for (const auto& [response, expected] : rows) {
    INFO(response);
    Observer observer;
    const auto events =
        observer.observe({{}, *parse_hex("80C200000DD40B8202828186058151551000"), *parse_hex(response)}, 0);
    REQUIRE(events.size() == 2);
    CHECK(events[1].fields.text_or("control_result", "") == expected);
  }
}

TEST_CASE("octets that are no APDU give no event and no harm", "[observer]") {
  CHECK(observe({{"80", "90"}}).empty());
  CHECK(observe({{"80F2000C", ""}}) == Lines{R"(command.status {"p1":0,"p2":12,"data":""})"});
  CHECK(observe({{"8012000003", "D001819000"}}).back() == "proactive.unknown_command");
}

}  // namespace dmsc::engine

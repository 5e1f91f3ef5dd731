// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/script.hpp"

#include "runner/base/catch.hpp"

// Which of our own messages the case words itself.
namespace dmsc::engine {
namespace {

bool covers(const Script& script, const char* key, std::size_t number) {
  model::Event event;
  event.key = key;
  event.number = number;
  return script.covers(event);
}

}  // namespace

TEST_CASE("a stimulus words its own messages, while it lasts", "[script]") {
  Script script;
  script.act("terminal.envelope", {}, 5);
  CHECK_FALSE(covers(script, "envelope.call_control", 4));
  CHECK(covers(script, "envelope.call_control", 5));
  CHECK_FALSE(covers(script, "terminal_response.more_time", 5));
  script.done(8);
  CHECK(covers(script, "envelope.call_control", 7));
  CHECK_FALSE(covers(script, "envelope.call_control", 8));
}

TEST_CASE("an APDU of the case is all its own", "[script]") {
  Script script;
  script.act("card.apdu", {}, 0);
  for (const auto* key : {"command.select", "envelope.x", "terminal_response.more_time"}) CHECK(covers(script, key, 0));
}

TEST_CASE("a stimulus without words covers nothing", "[script]") {
  Script script;
  script.act("terminal.status", {}, 0);
  script.act("uicc.server", Value::Map{{"nodes", Value::Map{}}}, 0);
  CHECK_FALSE(covers(script, "command.status", 0));
  CHECK_FALSE(covers(script, "dm.server_message", 0));
}

TEST_CASE("parameters make a session the case's words", "[script]") {
  Script script;
  script.act("dm.session", Value::Map{{"accept", "x"}}, 0);
  CHECK_FALSE(covers(script, "dm.client_message", 0));
  script.act("dm.session", Value::Map{{"abort_at", 2}}, 4);
  CHECK_FALSE(covers(script, "dm.client_message", 3));
  CHECK(covers(script, "dm.client_message", 4));
}

TEST_CASE("what our card queues is said after the stimulus is over", "[script]") {
  Script script;
  script.act("uicc.proactive", {}, 2);
  script.done(3);
  CHECK(covers(script, "proactive.more_time", 100));
  CHECK_FALSE(covers(script, "terminal_response.more_time", 100));
  CHECK_FALSE(covers(script, "proactive.more_time", 1));
}

TEST_CASE("an answer holds until it is taken back", "[script]") {
  Script script;
  script.answer("proactive.open_channel", Value::Map{{"result", "x"}}, 2);
  script.done(3);
  CHECK(covers(script, "terminal_response.open_channel", 50));
  CHECK_FALSE(covers(script, "proactive.open_channel", 50));
  CHECK_FALSE(covers(script, "terminal_response.close_channel", 50));
  script.answer_by_default(60);
  CHECK(covers(script, "terminal_response.open_channel", 59));
  CHECK_FALSE(covers(script, "terminal_response.open_channel", 60));
}

TEST_CASE("an answer of our card is to the message it names, and what stands before an answer is anything",
          "[script]") {
  Script script;
  script.answer("response.status", {}, 0);
  CHECK(covers(script, "response.status", 9));
  CHECK_FALSE(covers(script, "response.select", 9));
  script.answer("proactive.more_time", Value::Map{{"before", Value::List{"80F20000"}}}, 10);
  CHECK(covers(script, "command.status", 10));
}

}  // namespace dmsc::engine

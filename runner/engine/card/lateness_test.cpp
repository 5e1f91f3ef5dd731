// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/lateness.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

model::Pixit pixit(Value values = Value::Map{}) {
  model::Pixit out;
  out.values = std::move(values);
  return out;
}

}  // namespace

TEST_CASE("a card of which nothing is known rests as its PIXIT says", "[lateness]") {
  Lateness lateness(pixit());
  CHECK(lateness.occasions_of_rest() == 3);
  CHECK(lateness.time_of_rest() == 0s);
  CHECK(lateness.patience() == 8s);
  CHECK(lateness.most_occasions() == 30);
  CHECK(Lateness(pixit(Value::Map{{"settle_occasions", 5}, {"late_wait", "2 s"}})).occasions_of_rest() == 5);
  CHECK(Lateness(pixit(Value::Map{{"settle_occasions", -5}})).occasions_of_rest() == 0);
  CHECK(Lateness(pixit(Value::Map{{"occasion_period", "0 s"}})).most_occasions() == 1000);
}

TEST_CASE("the latest announcement decides when the card is at rest", "[lateness]") {
  Lateness lateness(pixit());
  lateness.announced(0, 0s);
  CHECK(lateness.occasions_of_rest() == 3);
  lateness.announced(1, 0s);
  CHECK(lateness.occasions_of_rest() == 3);
  lateness.announced(10, 0s);
  lateness.announced(2, 0s);
  CHECK(lateness.occasions_of_rest() == 12);
  CHECK(lateness.time_of_rest() == 0s);
  lateness.announced(4, 1s);
  CHECK(lateness.time_of_rest() == 1300ms);
  CHECK(lateness.known() == model::Lateness{true, 10, 1s});
}

TEST_CASE("what comes later than any wait for it is a command of its own", "[lateness]") {
  Lateness lateness(pixit());
  lateness.announced(31, 0s);
  lateness.announced(5, 10'001ms);
  CHECK(lateness.known() == model::Lateness{true, 0, 0s});
  lateness.announced(30, 10s);
  CHECK(lateness.known() == model::Lateness{true, 30, 10s});
}

TEST_CASE("patience that was in vain becomes shorter, and comes back", "[lateness]") {
  Lateness lateness(pixit());
  const auto fail_once = [&] {
    lateness.waited_in_vain();
    return lateness.patience();
  };
  for (const auto expected : {8s, 8s, 8s, 4s, 2s, 1s, 1s, 1s}) CHECK(fail_once() == expected);
  for (int more = 0; more < 1000; ++more) lateness.waited_in_vain();
  CHECK(lateness.patience() == 1s);
  lateness.announced(0, 0s);
  CHECK(lateness.patience() == 1s);
  lateness.announced(4, 2s);
  CHECK(lateness.patience() == 8s);
  for (int more = 0; more < 1000; ++more) lateness.waited_in_vain();
  CHECK(lateness.patience() == 2550ms);
  CHECK(Lateness(pixit(Value::Map{{"late_wait", "200 ms"}})).patience() == 200ms);
}

TEST_CASE("silence before the first trigger takes all patience, then what is known", "[lateness]") {
  Lateness lateness(pixit());
  CHECK(lateness.time_of_silence() == 8s);
  lateness.triggered();
  CHECK(lateness.time_of_silence() == 0s);
  lateness.announced(4, 1s);
  CHECK(lateness.time_of_silence() == 1300ms);
}

TEST_CASE("the lesson is given once", "[lateness]") {
  Lateness lateness(pixit());
  CHECK(lateness.takes_lesson());
  CHECK_FALSE(lateness.takes_lesson());
}

TEST_CASE("lateness in words", "[lateness]") {
  const std::pair<model::Lateness, const char*> rows[] = {
      {{}, "the card announced no command"},
      {{true, 0, 0s}, "the card announces its commands at once"},
      {{true, 1, 0s}, "the card announces its commands up to 1 command after the event"},
      {{true, 3, 1180ms}, "the card announces its commands up to 3 commands and 1.2 s of real time after the event"},
  };
  for (const auto& [lateness, words] : rows) CHECK(model::in_words(lateness) == words);
}

}  // namespace dmsc::engine

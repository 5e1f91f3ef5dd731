// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/toolkit.hpp"

#include <numeric>

#include "runner/base/catch.hpp"
#include "runner/codec/cat/message.hpp"

namespace dmsc::peer {
namespace {

using Reception = Toolkit::Reception;

codec::Decoded response(const char* hex) {
  return codec::decode_terminal_response(*parse_hex(hex));
}

codec::Decoded more_time_done() {
  return response("8103010200 82028281 830100");
}

codec::Decoded polling_off_done() {
  return response("8103010400 82028281 830100");
}

void more_time(Toolkit& toolkit, Toolkit::Responded then = {}) {
  toolkit.queue("more_time", "", Value::Map{}, std::move(then));
}

/// FETCHes what is announced, in hexadecimal; empty where nothing is.
std::string fetch(Toolkit& toolkit) {
  const auto command = toolkit.fetch();
  return command ? to_hex(*command) : std::string{};
}

constexpr Numbering always_one{1, 0};
constexpr const char* more_time_hex = "D009810301020082028182";
constexpr const char* polling_off_hex = "D009810301040082028182";

/// Numbers of so many commands, fetched one by one.
std::vector<int> numbers(Toolkit& toolkit, int count) {
  std::vector<int> out;
  for (; count > 0; --count) {
    more_time(toolkit);
    out.push_back(toolkit.fetch()->at(4));
    toolkit.reset();
  }
  return out;
}

}  // namespace

TEST_CASE("commands go out one at a time, in their order", "[toolkit]") {
  Toolkit toolkit({}, true, always_one);
  CHECK(toolkit.announced() == nullptr);
  CHECK_FALSE(toolkit.fetch());
  more_time(toolkit);
  toolkit.queue("polling_off", "", Value::Map{});
  REQUIRE(toolkit.announced() != nullptr);
  CHECK(to_hex(*toolkit.announced()) == more_time_hex);
  CHECK_FALSE(toolkit.with_terminal());
  CHECK(fetch(toolkit) == more_time_hex);
  CHECK(toolkit.with_terminal());
  // cre_pcs_igco: nothing is announced before the terminal response
  CHECK(toolkit.announced() == nullptr);
  CHECK_FALSE(toolkit.fetch());
  CHECK(toolkit.responded(more_time_done()) == Reception::taken);
  CHECK_FALSE(toolkit.with_terminal());
  CHECK(fetch(toolkit) == polling_off_hex);
  CHECK(toolkit.responded(polling_off_done()) == Reception::taken);
  CHECK(toolkit.announced() == nullptr);
}

TEST_CASE("the terminal response reaches who asked, once", "[toolkit]") {
  Toolkit toolkit({}, true, always_one);
  std::vector<std::string> heard;
  const auto hear = [&](const codec::Decoded& answer) {
    heard.push_back(answer.find("result")->text_or("general", ""));
  };
  more_time(toolkit, hear);
  CHECK(toolkit.responded(more_time_done()) == Reception::not_expected);  // not fetched yet
  fetch(toolkit);
  CHECK(heard.empty());
  CHECK(toolkit.responded(response("8103010200 82028281 83022001")) == Reception::taken);
  CHECK(heard == std::vector<std::string>{"terminal_unable"});
  CHECK(toolkit.responded(more_time_done()) == Reception::not_expected);
  CHECK(heard.size() == 1);
}

TEST_CASE("the response to another command leaves the command where it is", "[toolkit]") {
  Toolkit toolkit({}, true, always_one);
  int heard = 0;
  more_time(toolkit, [&](const codec::Decoded&) { ++heard; });
  fetch(toolkit);
  const auto* why = GENERATE("8103010400 82028281 830100",  // another type
                             "8103020200 82028281 830100",  // another number
                             "82028281 830100");            // none
  CAPTURE(why);
  CHECK(toolkit.responded(response(why)) == Reception::of_another_command);
  CHECK(toolkit.with_terminal());
  CHECK(heard == 0);
  SECTION("the right one is still taken") {
    CHECK(toolkit.responded(more_time_done()) == Reception::taken);
    CHECK(heard == 1);
  }
  SECTION("a card that does not look takes it") {
    CHECK(toolkit.responded(response(why), {.command = false, .number = false}) == Reception::taken);
    CHECK(heard == 1);
  }
}

TEST_CASE("who hears a response may ask for the next command", "[toolkit]") {
  Toolkit toolkit({}, true, always_one);
  more_time(toolkit, [&](const codec::Decoded&) { toolkit.queue("polling_off", "", Value::Map{}); });
  fetch(toolkit);
  toolkit.responded(more_time_done());
  CHECK(fetch(toolkit) == polling_off_hex);
}

TEST_CASE("after a reset nothing waits and nobody hears", "[toolkit]") {
  Toolkit toolkit({}, true, always_one);
  int heard = 0;
  more_time(toolkit, [&](const codec::Decoded&) { ++heard; });
  more_time(toolkit, [&](const codec::Decoded&) { ++heard; });
  fetch(toolkit);
  toolkit.reset();
  CHECK_FALSE(toolkit.with_terminal());
  CHECK(toolkit.announced() == nullptr);
  CHECK(toolkit.responded(more_time_done()) == Reception::not_expected);
  CHECK(heard == 0);
}

TEST_CASE("a tamper changes, repeats, swallows or delays a command", "[toolkit]") {
  std::string seen;
  Toolkit toolkit(
      [&](Outgoing& out) {
        seen += out.key + " ";
        if (out.key == "proactive.more_time") out.copies = 2;
        if (out.key == "proactive.polling_off") out.copies = 0;
        if (out.key == "proactive.poll_interval")
          out.members["duration"] = Value::Map{{"unit", "seconds"}, {"interval", 7}};
        if (out.key == "proactive.set_up_event_list") out.delay = 2;
      },
      true, always_one);
  SECTION("repeated") {
    int heard = 0;
    more_time(toolkit, [&](const codec::Decoded&) { ++heard; });
    for (int copy = 0; copy < 2; ++copy) {
      CHECK(fetch(toolkit) == more_time_hex);
      toolkit.responded(more_time_done());
    }
    CHECK(heard == 2);
    CHECK(toolkit.announced() == nullptr);
    CHECK(seen == "proactive.more_time ");
  }
  SECTION("swallowed") {
    toolkit.queue("polling_off", "", Value::Map{});
    CHECK(toolkit.announced() == nullptr);
  }
  SECTION("changed") {
    toolkit.queue("poll_interval", "", Value::Map{{"duration", Value::Map{{"unit", "seconds"}, {"interval", 30}}}});
    CHECK(fetch(toolkit) == "D00D81030103008202818284020107");
  }
  SECTION("delayed, and those behind it too") {
    toolkit.queue("set_up_event_list", "", Value::Map{{"event_list", Value::List{"location_status"}}});
    more_time(toolkit);
    CHECK(toolkit.announced() == nullptr);
    toolkit.tick();
    CHECK(toolkit.announced() == nullptr);
    CHECK_FALSE(toolkit.fetch());
    toolkit.tick();
    CHECK(fetch(toolkit) == "D00C810301050082028182990103");
  }
}

TEST_CASE("each command has another number until all were used", "[toolkit]") {
  Toolkit toolkit;
  const auto first = numbers(toolkit, 254);  // over resets
  std::vector<int> all(254);
  std::iota(all.begin(), all.end(), 1);
  CHECK(first == all);
  CHECK(numbers(toolkit, 2) == std::vector<int>{1, 2});
}

TEST_CASE("a card may number otherwise", "[toolkit]") {
  struct Row {
    Numbering numbering;
    std::vector<int> numbers;
  };
  const Row rows[] = {{{5, 0}, {5, 5, 5}},
                      {{2, -1}, {2, 1, 254, 253}},
                      {{254, 0}, {254, 254}},
                      {{253, 1}, {253, 254, 1}},
                      {{1, 253}, {1, 254, 253}}};
  for (const auto& row : rows) {
    Toolkit toolkit({}, true, row.numbering);
    CHECK(numbers(toolkit, static_cast<int>(row.numbers.size())) == row.numbers);
  }
}

TEST_CASE("a number that is named is kept, and takes none from the others", "[toolkit]") {
  Toolkit toolkit;
  toolkit.queue("more_time", "", Value::Map{{"command_details", Value::Map{{"number", 99}}}});
  toolkit.queue("more_time", "", Value::Map{{"command_details", Value::Map{{"qualifier", 0}}}});
  toolkit.queue("more_time", "", Value::Map{{"command_details", Value::Map{{"raw", "AA"}}}});
  CHECK(fetch(toolkit) == "D009810363020082028182");
  toolkit.responded(response("8103630200 82028281 830100"));
  CHECK(fetch(toolkit) == more_time_hex);
  toolkit.responded(more_time_done());
  CHECK(fetch(toolkit) == "D0078101AA82028182");
}

TEST_CASE("the tamper sees the number, and may change it", "[toolkit]") {
  std::int64_t seen = 0;
  Toolkit toolkit([&](Outgoing& out) {
    auto& number = out.members["command_details"]["number"];
    seen = number.as_int();
    number = 7;
  });
  CHECK(numbers(toolkit, 1) == std::vector<int>{7});
  CHECK(seen == 1);
}

TEST_CASE("a tamper may put other commands before one, and is not asked of them", "[toolkit]") {
  int asked = 0;
  Toolkit toolkit([&](Outgoing& out) {
    ++asked;
    out.before =
        Value::List{Value::Map{{"command", "more_time"}},
                    Value::Map{{"command", "poll_interval"},
                               {"fields", Value::Map{{"duration", Value::Map{{"unit", "seconds"}, {"interval", 7}}}}}}};
  });
  toolkit.queue("polling_off", "", Value::Map{});
  CHECK(asked == 1);
  CHECK(fetch(toolkit) == "D009810302020082028182");
  toolkit.reset();
  toolkit.queue("polling_off", "", Value::Map{});
  toolkit.fetch();
  toolkit.responded(response("8103050200 82028281 830100"));
  CHECK(fetch(toolkit) == "D00D81030603008202818284020107");
  toolkit.responded(response("8103060300 82028281 830100"));
  CHECK(fetch(toolkit) == "D009810304040082028182");
}

TEST_CASE("a card that does not hold back announces before the terminal response", "[toolkit]") {
  Toolkit toolkit({}, false, always_one);
  more_time(toolkit);
  toolkit.queue("polling_off", "", Value::Map{});
  fetch(toolkit);
  REQUIRE(toolkit.announced() != nullptr);
  CHECK(to_hex(*toolkit.announced()) == polling_off_hex);
}

TEST_CASE("a command that no row describes is our mistake", "[toolkit]") {
  Toolkit toolkit({}, true, always_one);
  CHECK_THROWS_WITH(toolkit.queue("make_coffee", "", Value::Map{}), "no row for proactive command make_coffee");
  CHECK_THROWS_WITH(toolkit.queue("poll_interval", "", Value::Map{{"duration", "long"}}),
                    Catch::StartsWith("proactive command poll_interval: duration"));
}

}  // namespace dmsc::peer

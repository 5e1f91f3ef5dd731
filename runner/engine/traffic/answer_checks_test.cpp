// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/traffic/testing/talk.hpp"

// Rules on what a card answers.
namespace dmsc::engine::testing {
namespace {

constexpr const char* fetch_11 = "801200000B";
constexpr const char* more_time_and_ok = "D009 8103010200 82028182 9000";
constexpr const char* call = "D418 82028281 860791103204214365 130900F11000010001 0001";

}  // namespace

TEST_CASE("announced_length: XX of 91XX is the length of the command", "[traffic]") {
  auto talk = Talk::of_card();
  talk.fetch(more_time);
  CHECK(talk.breaches("announced_length").empty());
  CHECK(talk.occasions("announced_length") == 1);
  talk.status("910A");
  talk.command("801200000A", more_time_and_ok);
  talk.status("910C");
  talk.command("801200000C", more_time_and_ok);
  CHECK(talk.breaches("announced_length") == Words{"length: fail, 910A before a command of 11 octets, 2 times"});
  CHECK(talk.occasions("announced_length") == 3);
  CHECK(talk.broken() == Rules{"announced_length"});
}

TEST_CASE("announced_length: 00 is 256", "[traffic]") {
  // DISPLAY TEXT: D0 81 FD, details, identities, 8D 81 EF 04 and 238 letters: 256 octets.
  const auto text = "D081FD 8103012180 82028102 8D81EF04" + to_hex(Octets(241 - 3, 0x41));
  REQUIRE(parse_hex(text).value().size() == 3 + 9 + 3 + 1 + 238);
  auto talk = Talk::of_card();
  talk.status("9100");
  talk.command("8012000000", text + "41419000");
  CHECK(talk.breaches("announced_length").empty());
  talk.status("9100");
  talk.command("8012000000", more_time_and_ok);
  CHECK(talk.breaches("announced_length") == Words{"length: fail, 9100 before a command of 11 octets"});
}

TEST_CASE("announced_length: GET RESPONSE and 6CXX are the same FETCH", "[traffic]") {
  auto talk = Talk::of_card();
  SECTION("61XX") {
    talk.status("910B");
    talk.command(fetch_11, "610B");
    talk.command("80C000000B", more_time_and_ok);
  }
  SECTION("61XX in two parts") {
    talk.status("910B");
    talk.command(fetch_11, "D0098103010261 06");
    talk.command("80C0000005", "0082028182 9000");
  }
  SECTION("6CXX") {
    talk.status("910B");
    talk.command("8012000000", "6C0B");
    talk.command(fetch_11, more_time_and_ok);
  }
  SECTION("another command that asks for nothing between") {
    talk.status("910B");
    talk.command("00A4000C023F00", "910B");
    talk.command(fetch_11, more_time_and_ok);
  }
  CHECK(talk.occasions("announced_length") == 1);
  CHECK(talk.broken().empty());
}

TEST_CASE("announced_length: the last announcement counts, and a FETCH without one is no occasion", "[traffic]") {
  auto talk = Talk::of_card();
  talk.status("9120");
  talk.status("910B");
  talk.command(fetch_11, more_time_and_ok);
  CHECK(talk.breaches("announced_length").empty());
  talk.command(fetch_11, more_time_and_ok);
  CHECK(talk.occasions("announced_length") == 1);
}

TEST_CASE("announced_fetched: what was announced can be fetched", "[traffic]") {
  auto talk = Talk::of_card();
  talk.status("910B");
  talk.command(fetch_11, "6F00");
  talk.status("910B");
  talk.command(fetch_11, "9000");
  CHECK(talk.breaches("announced_fetched") ==
        Words{"nothing: fail, FETCH answered 9000 without data", "refused: fail, FETCH answered 6F00"});
  CHECK(talk.occasions("announced_fetched") == 2);
  talk.command(fetch_11, "6A82");  // nothing is announced
  CHECK(talk.occasions("announced_fetched") == 2);
}

TEST_CASE("response_status: an error ending of TERMINAL RESPONSE is told, a warning is not", "[traffic]") {
  auto talk = Talk::of_card();
  for (const auto* sw : {"9000", "9300", "6200", "6310", "910B"}) {
    talk.fetch(more_time);
    talk.respond(more_time_done, sw);
  }
  CHECK(talk.breaches("response_status").empty());
  CHECK(talk.occasions("response_status") == 5);
  talk.fetch(more_time);
  talk.respond(more_time_done, "6F00");
  CHECK(talk.breaches("response_status") == Words{"6F00: advisory, terminal_response.more_time answered 6F00"});
}

TEST_CASE("response_status: what we sent broken may be refused", "[traffic]") {
  auto talk = Talk::of_card();
  talk.scripted = [](const model::Event& event) { return event.key.starts_with("terminal_response."); };
  talk.fetch(more_time);
  talk.respond("8103010200 82028281 830132", "6F00");
  CHECK(talk.occasions("response_status") == 0);
}

TEST_CASE("envelope_status: one kind for each envelope and ending", "[traffic]") {
  auto talk = Talk::of_card();
  const std::string registry = "DC15 82028281 710D80010407444D20436C69656E74 7000";
  talk.envelope(registry, "9000");
  talk.envelope(registry, "6A81");
  talk.envelope(registry, "6A81");
  talk.envelope("D607 990104 82028281", "6A81");
  CHECK(talk.breaches("envelope_status") ==
        Words{"envelope.terminal_applications 6A81: advisory, envelope.terminal_applications answered 6A81, 2 times",
              "envelope.user_activity 6A81: advisory, envelope.user_activity answered 6A81"});
  CHECK(talk.occasions("envelope_status") == 4);
}

TEST_CASE("command_status: TERMINAL PROFILE, STATUS and SELECT", "[traffic]") {
  Talk talk(model::Dut::card);
  talk.profile("FF", "6F00");
  talk.status("6D00");
  talk.command("00A4000C023F00", "6A82");
  talk.command("00A4000C023F00", "6283");
  talk.command("0084000008", "6D00");  // GET CHALLENGE: not of this rule
  CHECK(talk.breaches("command_status") == Words{"select 6A82: advisory, select answered 6A82",
                                                 "status 6D00: advisory, status answered 6D00",
                                                 "terminal_profile 6F00: advisory, terminal_profile answered 6F00"});
  CHECK(talk.occasions("command_status") == 4);
}

TEST_CASE("status_class: a status word of class 6X or 9X", "[traffic]") {
  auto talk = Talk::of_card();
  talk.status("6985");
  talk.status("9F10");
  CHECK(talk.breaches("status_class").empty());
  talk.status("A000");
  talk.status("6000");
  CHECK(talk.breaches("status_class") == Words{"class: advisory, status answered A000, 2 times"});
  CHECK(talk.occasions("status_class") == 5);
}

TEST_CASE("nothing_behind: no data where none were asked for", "[traffic]") {
  Talk talk(model::Dut::card);
  talk.profile("FF", "019000");
  talk.fetch(more_time);
  talk.respond(more_time_done, "01029000");
  talk.command("00A4000C023F00", "62009000");
  talk.command("80F2000C", "629000");
  CHECK(talk.breaches("nothing_behind") == Words{"select, advisory: advisory, 2 octets behind select",
                                                 "status, advisory: advisory, 1 octets behind status",
                                                 "terminal_profile: fail, 1 octets behind terminal_profile",
                                                 "terminal_response: fail, 2 octets behind terminal_response"});
}

TEST_CASE("nothing_behind: SELECT and STATUS that ask for data may bring them", "[traffic]") {
  auto talk = Talk::of_card();
  talk.command("00A40004023F00", "62029000");
  talk.command("80F2000010", "62029000");
  talk.command("80F2000110", "4F029000");
  CHECK(talk.breaches("nothing_behind").empty());
  CHECK(talk.occasions("nothing_behind") == 1);  // the profile
}

TEST_CASE("call_answer: result, length, and as many octets", "[traffic]") {
  auto talk = Talk::of_card();
  for (const auto* fine : {"9000", "00009000", "01009000", "0204 860291F1 9000"}) talk.envelope(call, fine);
  CHECK(talk.breaches("call_answer").empty());
  CHECK(talk.occasions("call_answer") == 4);
  talk.envelope(call, "0005 9000");
  talk.envelope(call, "0300 9000");
  CHECK(talk.breaches("call_answer") == Words{"malformed: fail, call control answered 0005, 2 times"});
}

TEST_CASE("answer_version: HTTP/1.0 is told", "[traffic]") {
  auto talk = Talk::of_card();
  talk.fact("http.response", Value::Map{{"version", 11}, {"status", 200}});
  CHECK(talk.breaches("answer_version").empty());
  talk.fact("http.response", Value::Map{{"version", 10}, {"status", 200}});
  CHECK(talk.breaches("answer_version") == Words{"HTTP/1.0: advisory, an answer in HTTP/1.0"});
  talk.fact("http.response", Value::Map{{"version", 10}, {"asked_in", 10}, {"status", 200}});
  CHECK(talk.breaches("answer_version") == Words{"HTTP/1.0: advisory, an answer in HTTP/1.0"});
  CHECK(talk.occasions("answer_version") == 2);
}

}  // namespace dmsc::engine::testing

// SPDX-License-Identifier: Apache-2.0
// What a terminal is beyond what its card asks of it: tampered messages, polling of its own, events by list.
#include "runner/base/catch.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/peer/terminal/terminal.hpp"

namespace dmsc::peer {
namespace {

using namespace std::chrono_literals;

std::string next(Terminal& terminal) {
  const auto command = terminal.next_command();
  return command ? to_hex(*command) : std::string{};
}

void answer(Terminal& terminal, const std::string& hex) {
  terminal.on_response(*parse_hex(hex));
}

/// A terminal whose messages with that key are changed.
Terminal changing(const std::string& key, std::function<void(Outgoing&)> change) {
  Terminal terminal;
  terminal.behave({{},
                   [key, change](Outgoing& message) {
                     if (message.key == key) change(message);
                   },
                   {},
                   false});
  return terminal;
}

const Octets profile = *codec::encode_profile(Value::Map{{"udp_local", true}, {"terminal_applications", true}});

}  // namespace

TEST_CASE("the terminal profile can be changed, and the terminal stays what it is", "[behaviour]") {
  auto terminal = changing("terminal_profile", [](Outgoing& out) { out.members["facilities"]["udp_local"] = 0; });
  terminal.send_profile(profile);
  auto sent = profile;
  sent[16] = 0;
  CHECK(next(terminal) == "801000001E" + to_hex(sent));
  CHECK(codec::profile_has(terminal.profile(), "udp_local"));
  auto lying = changing("terminal_profile", [](Outgoing& out) { out.members["hex"] = "FF"; });
  lying.send_profile(profile);
  CHECK(next(lying) == "8010000001FF");
}

TEST_CASE("envelopes and responses can be changed, doubled, delayed and swallowed", "[behaviour]") {
  auto terminal = changing("envelope.location_status", [](Outgoing& out) {
    out.members["location_status"] = "limited_service";
    out.copies = 2;
    out.delay = 1;
  });
  REQUIRE(terminal.send_envelope("location_status", Value::Map{{"location_status", "no_service"}}));
  CHECK(next(terminal).empty());
  terminal.send_status();
  CHECK(next(terminal) == "80F2000C");
  answer(terminal, "9000");
  CHECK(next(terminal) == "80C200000CD60A990103820282819B0101");
  answer(terminal, "9000");
  CHECK(next(terminal) == "80C200000CD60A990103820282819B0101");
  answer(terminal, "9000");
  CHECK(next(terminal).empty());

  auto silent = changing("terminal_response.more_time", [](Outgoing& out) { out.copies = 0; });
  silent.send_status();
  next(silent);
  answer(silent, "910B");
  CHECK(next(silent) == "801200000B");
  answer(silent, "D0098103010200820281829000");
  CHECK(next(silent).empty());
  CHECK(silent.idle());
}

TEST_CASE("a plain command that is swallowed comes back as if the card had failed", "[behaviour]") {
  auto terminal = changing("command.status", [](Outgoing& out) { out.copies = 0; });
  terminal.send_status();
  terminal.send(*parse_hex("00A4000C023F00"));
  CHECK(next(terminal) == "00A4000C023F00");
  const auto swallowed = terminal.take_finished();
  REQUIRE(swallowed);
  CHECK(to_hex(swallowed->command) == "80F2000C");
  CHECK(swallowed->status.value == 0x6F00);
  answer(terminal, "9000");
  CHECK(terminal.take_finished()->status.value == 0x9000);
  CHECK_FALSE(terminal.take_finished());

  auto other = changing("command.status", [](Outgoing& out) { out.members["p2"] = 0; });
  other.send_status();
  CHECK(next(other) == "80F20000");
}

TEST_CASE("an exchange is finished with all that came back for its first command", "[behaviour]") {
  Terminal terminal;
  terminal.send(*parse_hex("00A40004023F00"));
  next(terminal);
  answer(terminal, "6104");
  CHECK_FALSE(terminal.take_finished());
  CHECK(next(terminal) == "00C0000004");
  answer(terminal, "620282009000");
  const auto finished = terminal.take_finished();
  REQUIRE(finished);
  CHECK(to_hex(finished->command) == "00A40004023F00");
  CHECK(to_hex(finished->data) == "62028200");
  CHECK(finished->status.value == 0x9000);
}

TEST_CASE("a terminal of its own accord polls, and says when", "[behaviour]") {
  Terminal terminal;
  CHECK_FALSE(terminal.next_due());
  terminal.behave({{}, {}, 30s, false});
  CHECK(terminal.next_due() == 30s);
  REQUIRE(terminal.pass(29s));
  CHECK(terminal.idle());
  REQUIRE(terminal.pass(1s));
  CHECK(next(terminal) == "80F2000C");
  answer(terminal, "9000");
  CHECK(terminal.next_due() == 60s);
  terminal.reset();
  CHECK(terminal.next_due() == 30s);  // behaviour outlives the reset
}

TEST_CASE("channel events go to those who listed them, where the terminal is strict", "[behaviour]") {
  for (const bool strict : {false, true}) {
    Terminal terminal;
    terminal.behave({{}, {}, {}, strict});
    terminal.send_profile(
        *codec::encode_profile(Value::Map{{"tcp_uicc_server", true}, {"event_channel_status", true}}));
    next(terminal);
    answer(terminal, "9114");
    next(terminal);
    answer(terminal, "D012810301400082028182B9020578BC030310149000");
    CHECK(next(terminal).starts_with("80140000"));
    answer(terminal, "9000");
    REQUIRE(terminal.gateway().connect(4116));
    CHECK(next(terminal).empty() == strict);
  }
}

TEST_CASE("a terminal does in its own way what it may do in several", "[behaviour]") {
  Terminal terminal;
  Behaviour behaviour;
  behaviour.ways = {
      .registry_most = 1, .buffer_most = 200, .receive_most = 10, .first_channel = 5, .tells_limited = true};
  terminal.behave(behaviour);
  terminal.send_profile(*codec::encode_profile(
      Value::Map{{"udp_local", true}, {"terminal_applications", true}, {"tcp_uicc_server", true}}));
  const auto perform = [&](const std::string& command) {
    terminal.send({0x80, 0xF2, 0x00, 0x0C});
    next(terminal);
    answer(terminal, "91" + hex_number(command.size() / 2, 2));
    next(terminal);
    answer(terminal, command + "9000");
    auto response = next(terminal);
    answer(terminal, "9000");
    return response;
  };
  next(terminal);
  answer(terminal, "9000");
  const auto application = [](std::int64_t port) {
    return Value(Value::Map{{"port", port}, {"dcs", "gsm7"}, {"application_type", 7}, {"name", "x"}});
  };
  REQUIRE(terminal.send_registry({application(2), application(3)}));
  CHECK(next(terminal) == "80C200000DDC0B8202828171050002040778");
  answer(terminal, "9000");
  CHECK(next(terminal) == "80C200000FDC0D82028281710500030407787000");
  answer(terminal, "9000");
  CHECK(perform("D012810301400082028182B9020578BC03040002") ==
        "80140000148103014000820282818301073802850039"
        "0200C8");
  REQUIRE(terminal.move_to({"limited_service", "00101", 1, 1}));
  CHECK(perform("D00C810301430082028125B60101") ==
        "801400000F8103014300820282818301"
        "06B701C7");
  CHECK(perform("D00C810301420082028125B701ED")
            .substr(10)
            .starts_with("8103014200"
                         "82028281"
                         "830102"));
}

}  // namespace dmsc::peer

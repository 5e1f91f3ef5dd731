// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/terminal.hpp"

#include <random>

#include "runner/base/catch.hpp"
#include "runner/codec/profile.hpp"

namespace dmsc::peer {
namespace {

using namespace std::chrono_literals;

/// What the terminal sends next, in hexadecimal; empty when it waits.
std::string next(Terminal& terminal) {
  const auto command = terminal.next_command();
  return command ? to_hex(*command) : std::string{};
}

void answer(Terminal& terminal, const std::string& hex) {
  terminal.on_response(*parse_hex(hex));
}

/// Hands a proactive command to the terminal and returns the body of its terminal response.
std::string perform(Terminal& terminal, const std::string& command_hex) {
  const auto command = *parse_hex(command_hex);
  terminal.send({0x80, 0xF2, 0x00, 0x0C});
  next(terminal);
  answer(terminal, "91" + hex_number(command.size(), 2));
  CHECK(next(terminal) == "80120000" + hex_number(command.size(), 2));
  answer(terminal, to_hex(command) + "9000");
  const auto response = next(terminal);
  REQUIRE(response.substr(0, 8) == "80140000");
  answer(terminal, "9000");
  CHECK(next(terminal).empty());
  return response.substr(10);
}

Terminal with_everything() {
  Terminal terminal;
  terminal.send_profile(*codec::encode_profile(Value::Map{
      {"call_control", true}, {"set_up_event_list", true}, {"event_location_status", true}, {"udp_local", true}}));
  next(terminal);
  answer(terminal, "9000");
  const Value::List registry = {
      Value::Map{{"port", 32769}, {"dcs", "gsm7"}, {"application_type", 7}, {"name", "DM Client"}}};
  REQUIRE(terminal.send_registry(registry));
  CHECK(next(terminal) == "80C2000017DC1582028281710D80010407444D20436C69656E747000");
  answer(terminal, "9000");
  return terminal;
}

}  // namespace

TEST_CASE("GET RESPONSE, the repetition after 6CXX and FETCH are commands of their own", "[terminal]") {
  Terminal terminal;
  terminal.send(*parse_hex("00A40004023F00"));
  CHECK(next(terminal) == "00A40004023F00");
  answer(terminal, "610D");
  CHECK(next(terminal) == "00C000000D");
  answer(terminal, "620B8202782183023F008A0105910B");
  CHECK(next(terminal) == "801200000B");
  answer(terminal, "6C0A");
  CHECK(next(terminal) == "801200000A");
  answer(terminal, "6700");
  CHECK(next(terminal).empty());
}

TEST_CASE("a length of 00 in 91XX means 256", "[terminal]") {
  Terminal terminal;
  terminal.send_status();
  CHECK(next(terminal) == "80F2000C");
  answer(terminal, "9100");
  CHECK(next(terminal) == "8012000000");
}

TEST_CASE("a card that repeats 6CXX for ever is not followed for ever", "[terminal]") {
  Terminal terminal;
  terminal.send_status();
  next(terminal);
  answer(terminal, "9110");
  next(terminal);
  answer(terminal, "6C12");
  CHECK(next(terminal) == "8012000012");
  answer(terminal, "6C12");
  CHECK(next(terminal).empty());
}

TEST_CASE("each command gets its terminal response", "[terminal]") {
  auto terminal = with_everything();
  const auto check = [&](const char* command, const char* response) {
    INFO(command);
    CHECK(perform(terminal, command) == response);
  };
  // POLL INTERVAL 20 s, 3GPP TS 31.124 sequence
  check("D00D 8103010300 82028182 84020114", "81030103008202828183010084020114");
  check("D00D81030103008202818284020100", "810301030082028281830132");
  check("D009810301020082028182", "810301020082028281830100");
  check("D009810301040082028182", "810301040082028281830100");
  check("D00C810301050082028182990103", "810301050082028281830100");
  // TIMER MANAGEMENT start timer 1 with 5 s, deactivate, deactivate again
  check("D011 8103012700 82028182 A40101 A503000050", "810301270082028281830100A40101");
  check("D00C810301270182028182A40101", "810301270182028281830100A40101A503000050");
  check("D00C810301270182028182A40101", "810301270182028281830124A40101");
  check("D00C810301270182028182A40109", "810301270182028281830132");
  // PROVIDE LOCAL INFORMATION: location, then something this terminal has not
  check("D009810301260082028182", "810301260082028281830100130700F11000010001");
  check("D009 8103012601 82028182", "810301260182028281830130");
  // DISPLAY TEXT "ABC" is beyond this terminal; a type that nobody knows is not understood
  check("D00F 8103012180 82028102 8D0404414243", "810301218082028281830130");
  check("D009 8103017F00 82028182", "8103017F0082028281830131");
}

TEST_CASE("a local channel opens to a registered port, takes data and closes", "[terminal]") {
  auto terminal = with_everything();
  const char* open = "D012 8103014000 82028182 B9020578 BC03048001";
  CHECK(perform(terminal, open) == "8103014000820282818301003802810039020578");
  CHECK(perform(terminal, "D00F 8103014301 82028121 B604DEADBEEF") == "810301430182028281830100B701FF");
  CHECK(perform(terminal, "D00F 8103014301 82028122 B604DEADBEEF") == "81030143018202828183023A02");
  CHECK(perform(terminal, "D009 8103014100 82028121") == "810301410082028281830100");
  CHECK(perform(terminal, "D009 8103014100 82028121") == "81030141008202828183023A02");
  CHECK(perform(terminal, "D009 8103014100 82028182") == "81030141008202828183023A03");
}

TEST_CASE("a channel is refused for the reason that holds", "[terminal]") {
  auto terminal = with_everything();
  CHECK(perform(terminal, "D012 8103014000 82028182 B9020578 BC03048002") == "81030140008202828183023A10");
  CHECK(perform(terminal, "D012 8103014000 82028182 B9020578 BC03058001") == "81030140008202828183023A06");
  CHECK(perform(terminal, "D00E 8103014000 82028182 BC03048001") == "810301400082028281830136");
  CHECK(perform(terminal, "D012 8103014000 82028182 B9020578 BC03031014") == "810301400082028281830130");
  for (int channel = 1; channel <= 7; ++channel) perform(terminal, "D012 8103014000 82028182 B9020578 BC03048001");
  CHECK(perform(terminal, "D012 8103014000 82028182 B9020578 BC03048001") == "81030140008202828183023A01");
}

TEST_CASE("an answer of the case replaces the default as often as it says", "[terminal]") {
  auto terminal = with_everything();
  const Value refused =
      Value::Map{{"result", Value::Map{{"general", "bip_error"}, {"additional", "port_not_available"}}}};
  REQUIRE(terminal.answer({"open_channel", refused, 1}));
  const char* open = "D012 8103014000 82028182 B9020578 BC03048001";
  CHECK(perform(terminal, open) == "81030140008202828183023A10");
  CHECK(perform(terminal, open) == "8103014000820282818301003802810039020578");
  const auto bad = terminal.answer({"open_channel", Value::Map{{"buffer_size", "big"}}, 1});
  REQUIRE_FALSE(bad);
  CHECK(bad.error().text() == "buffer_size: is not a number");
  CHECK_FALSE(terminal.answer({"no_such_command", {}, 0}));
}

TEST_CASE("timers end and polling happens as time passes, and not while they are held", "[terminal]") {
  auto terminal = with_everything();
  perform(terminal, "D011 8103012700 82028182 A40102 A503000050");
  perform(terminal, "D00D 8103010300 82028182 84020103");
  terminal.pass_held(1h);
  CHECK(next(terminal).empty());
  REQUIRE(terminal.pass(4s));
  CHECK(next(terminal) == "80F2000C");
  answer(terminal, "9000");
  CHECK(next(terminal).empty());
  CHECK(terminal.timer_runs(2));
  REQUIRE(terminal.pass(1s));
  CHECK(next(terminal) == "80C200000ED70C82028281A40102A503000050");
  answer(terminal, "9000");
  CHECK_FALSE(terminal.timer_runs(2));
  CHECK_FALSE(terminal.expire_timer(2).value());
}

TEST_CASE("location status is sent only when the card asked for it", "[terminal]") {
  auto terminal = with_everything();
  CHECK_FALSE(terminal.move_to({"normal_service", "00201", 1, 2}).value());
  perform(terminal, "D00C 8103010500 82028182 990103");
  CHECK(terminal.move_to({"normal_service", "00201", 1, 2}).value());
  CHECK(next(terminal).substr(0, 34) == "80C2000015D613990103820282819B0100");
  answer(terminal, "9000");
  CHECK(terminal.move_to({"no_service", "00201", 1, 2}).value());
  CHECK(next(terminal) == "80C200000CD60A990103820282819B0102");
  answer(terminal, "9000");
  perform(terminal, "D00B 8103010500 82028182 9900");  // an empty list clears
  CHECK_FALSE(terminal.move_to({"normal_service", "00301", 1, 2}).value());
}

TEST_CASE("a long registry goes out in several envelopes, the last one marked", "[terminal]") {
  Terminal terminal;
  Value::List registry;
  for (int port = 1; port <= 12; ++port) {
    registry.push_back(
        Value::Map{{"port", port}, {"dcs", "gsm7"}, {"application_type", 1}, {"name", std::string(30, 'x')}});
  }
  REQUIRE(terminal.send_registry(registry));
  std::size_t envelopes = 0;
  std::size_t marked = 0;
  for (auto command = next(terminal); !command.empty(); command = next(terminal)) {
    ++envelopes;
    CHECK(command.size() / 2 <= 5 + 255);
    const bool last = command.ends_with("7000");
    marked += last ? 1 : 0;
    answer(terminal, "9000");
  }
  CHECK(envelopes == 2);
  CHECK(marked == 1);
}

TEST_CASE("whatever a card sends, the terminal answers and goes on", "[terminal]") {
  std::mt19937 random(7);
  auto terminal = with_everything();
  for (int round = 0; round < 20000; ++round) {
    Octets inside = {0x81,
                     0x03,
                     0x01,
                     static_cast<std::uint8_t>(random() % 0x60),
                     static_cast<std::uint8_t>(random()),
                     0x82,
                     0x02,
                     0x81,
                     static_cast<std::uint8_t>(random() % 2 == 0 ? 0x82 : 0x20 + random() % 8)};
    const auto objects = random() % 4;
    for (std::uint32_t at = 0; at < objects; ++at) {
      inside.push_back(static_cast<std::uint8_t>(random()));
      const auto size = random() % 8;
      inside.push_back(static_cast<std::uint8_t>(size));
      for (std::uint32_t i = 0; i < size; ++i) inside.push_back(static_cast<std::uint8_t>(random()));
    }
    if (random() % 3 == 0) inside[random() % inside.size()] = static_cast<std::uint8_t>(random());
    Octets command = {0xD0, static_cast<std::uint8_t>(inside.size())};
    append(command, inside);
    terminal.send_status();
    REQUIRE(terminal.next_command());
    answer(terminal, "91" + hex_number(command.size(), 2));
    REQUIRE(terminal.next_command());
    append(command, Octets{0x90, 0x00});
    terminal.on_response(command);
    const auto response = terminal.next_command();
    REQUIRE(response);
    REQUIRE((*response)[1] == 0x14);
    answer(terminal, random() % 5 == 0 ? "6F00" : "9000");
  }
}

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/terminal.hpp"

#include <random>

#include "runner/base/catch.hpp"
#include "runner/codec/cat/profile.hpp"

namespace dmsc::peer {
namespace {

using namespace std::chrono_literals;

/// Hexadecimal without the spaces that make it readable.
std::string operator""_packed(const char* hex, std::size_t size) {
  std::string out;
  for (const char c : std::string_view(hex, size)) {
    if (c != ' ') out += c;
  }
  return out;
}

/// What the terminal sends next, in hexadecimal; empty when it waits.
std::string next(Terminal& terminal) {
  const auto command = terminal.next_command();
  return command ? to_hex(*command) : std::string{};
}

void answer(Terminal& terminal, const std::string& hex) {
  terminal.on_response(*parse_hex(hex));
}

/// Hands a proactive command to the terminal; what comes next is the terminal's answer.
void hand_over(Terminal& terminal, const std::string& command_hex) {
  const auto command = *parse_hex(command_hex);
  terminal.send({0x80, 0xF2, 0x00, 0x0C});
  next(terminal);
  answer(terminal, "91" + hex_number(command.size(), 2));
  CHECK(next(terminal) == "80120000" + hex_number(command.size(), 2));
  answer(terminal, to_hex(command) + "9000");
}

/// The body of the terminal response that comes next.
std::string response_body(Terminal& terminal) {
  const auto response = next(terminal);
  REQUIRE(response.substr(0, 8) == "80140000");
  answer(terminal, "9000");
  return response.substr(10);
}

/// Hands a proactive command to the terminal and returns the body of its terminal response, the last it has to say.
std::string perform(Terminal& terminal, const std::string& command_hex) {
  hand_over(terminal, command_hex);
  auto body = response_body(terminal);
  CHECK(next(terminal).empty());
  return body;
}

/// What the terminal downloads next, taken with 9000.
std::string event(Terminal& terminal) {
  const auto command = next(terminal);
  answer(terminal, "9000");
  return command;
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

// OPEN CHANNEL for port 4116 in UICC server mode, buffer 1400: cat.md 4.2
constexpr const char* open_server = "D012 8103014000 82028182 B9020578 BC03031014";
constexpr const char* open_local = "D012 8103014000 82028182 B9020578 BC03048001";

/// With UICC server mode and both channel events.
Terminal with_server() {
  Terminal terminal;
  terminal.send_profile(*codec::encode_profile(
      Value::Map{{"tcp_uicc_server", true}, {"event_data_available", true}, {"event_channel_status", true}}));
  next(terminal);
  answer(terminal, "9000");
  return terminal;
}

/// The same with channel 1 open and a program on it, of which the card knows.
Terminal with_program() {
  auto terminal = with_server();
  perform(terminal, open_server);
  REQUIRE(terminal.gateway().connect(4116) == 1);
  event(terminal);
  return terminal;
}

std::string hex_of(const std::string& text) {
  return to_hex(Octets(text.begin(), text.end()));
}

Octets octets_of(const std::string& text) {
  return {text.begin(), text.end()};
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
  CHECK(perform(terminal, "D012 8103014000 82028182 B9020578 BC03031014") == "81030140008202828183023A06");
  CHECK(perform(terminal, "D011 8103014000 82028182 35020300 B9020578") == "810301400082028281830130");
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

TEST_CASE("a card that serves gets a listening channel", "[terminal]") {
  auto terminal = with_server();
  // cat.md 3.4: byte 1 of the status is 4n for LISTEN
  CHECK(perform(terminal, open_server) == "8103014000 82028281 830100 38024100 39020578"_packed);
  CHECK(terminal.gateway().listens_on(4116));
  CHECK(perform(terminal, open_server) == "8103014000 82028281 830100 38024200 39020578"_packed);
  CHECK(perform(terminal, "D00E 8103014000 82028182 BC03031014") == "8103014000 82028281 830136"_packed);
  CHECK(perform(terminal, "D012 8103014000 82028182 B9020578 BC03030000") == "8103014000 82028281 83023A10"_packed);
}

TEST_CASE("listen can come by an event behind the response", "[terminal]") {
  auto terminal = with_server();
  terminal.listen_by_event(true);
  hand_over(terminal, open_server);
  CHECK(response_body(terminal) == "8103014000 82028281 830100 38020100 39020578"_packed);
  CHECK(event(terminal) == "80C200000D D60B 99010A 82028281 B8024100"_packed);
  CHECK(next(terminal).empty());
}

TEST_CASE("channel events tell the card of its clients", "[terminal]") {
  // Lengths by hand: event list 3, device identities 4, channel status 4, channel data length 3
  auto terminal = with_server();
  perform(terminal, open_server);
  auto& gateway = terminal.gateway();
  REQUIRE(gateway.connect(4116) == 1);
  CHECK(event(terminal) == "80C200000D D60B 99010A 82028281 B8028100"_packed);
  gateway.write(1, octets_of("GET / HTTP"));
  CHECK(event(terminal) == "80C2000010 D60E 990109 82028281 B8028100 B7010A"_packed);
  CHECK(next(terminal).empty());
  SECTION("the program leaves, and its data with it") {
    gateway.disconnect(1);
    CHECK(event(terminal) == "80C200000D D60B 99010A 82028281 B8024100"_packed);
  }
  SECTION("the link drops") {
    REQUIRE(gateway.drop(1));
    CHECK(event(terminal) == "80C200000D D60B 99010A 82028281 B8020105"_packed);
  }
  SECTION("more than 255 octets are told as FF") {
    perform(terminal, "D00C 8103014200 82028121 B701ED");
    gateway.write(1, Octets(300));
    CHECK(event(terminal) == "80C2000010 D60E 990109 82028281 B8028100 B701FF"_packed);
  }
  CHECK(next(terminal).empty());
}

TEST_CASE("a program that leaves waits until the terminal has nothing else to say", "[terminal]") {
  auto terminal = with_program();
  terminal.gateway().write(1, octets_of("GET"));
  terminal.gateway().disconnect(1);
  // The card may read what is left: the data are told first, and what the card asks then is performed.
  CHECK(next(terminal) == "80C2000010 D60E 990109 82028281 B8028100 B70103"_packed);
  answer(terminal, "910E");
  CHECK(next(terminal) == "801200000E");
  answer(terminal, "D00C 8103014200 82028121 B701ED 9000");
  CHECK(response_body(terminal) == "8103014200 82028281 830102 B603474554 B70100"_packed);
  CHECK(event(terminal) == "80C200000D D60B 99010A 82028281 B8024100"_packed);
  CHECK(next(terminal).empty());
}

TEST_CASE("a terminal tells only the events that its profile claims", "[terminal]") {
  Terminal terminal;
  terminal.send_profile(*codec::encode_profile(Value::Map{{"tcp_uicc_server", true}, {"event_data_available", true}}));
  next(terminal);
  answer(terminal, "9000");
  perform(terminal, open_server);
  terminal.gateway().connect(4116);
  CHECK(next(terminal).empty());
  terminal.gateway().write(1, octets_of("x"));
  CHECK(event(terminal) == "80C2000010 D60E 990109 82028281 B8028100 B70101"_packed);
}

TEST_CASE("RECEIVE DATA gives what is there and what remains", "[terminal]") {
  auto terminal = with_program();
  const auto receive = [&](const char* wanted) {
    return perform(terminal, "D00C 8103014200 82028121 B701" + std::string(wanted));
  };
  terminal.gateway().write(1, octets_of("GET"));
  event(terminal);
  CHECK(receive("02") == "8103014200 82028281 830100 B6024745 B70101"_packed);
  CHECK(receive("ED") == "8103014200 82028281 830102 B60154 B70100"_packed);
  CHECK(receive("ED") == "8103014200 82028281 830102 B600 B70100"_packed);
  const auto text = std::string(300, 'a') + std::string(300, 'b');
  terminal.gateway().write(1, octets_of(text));
  event(terminal);
  // 237 octets fill the response to Lc = FF; 363 remain, which FF stands for
  CHECK(receive("FF") == "8103014200 82028281 830100 B681ED"_packed + hex_of(text.substr(0, 237)) + "B701FF");
  CHECK(receive("ED") == "8103014200 82028281 830100 B681ED"_packed + hex_of(text.substr(237, 237)) + "B7017E");
  CHECK(receive("7E") == "8103014200 82028281 830100 B67E"_packed + hex_of(text.substr(474)) + "B70100");
}

TEST_CASE("SEND DATA is told the room in the buffer", "[terminal]") {
  auto terminal = with_program();
  const auto piece = [](const char* qualifier, std::size_t size, char c) {
    const auto data = hex_of(std::string(size, c));
    const auto inside = "81030143" + std::string(qualifier) + "82028121" + "B681" + hex_number(size, 2) + data;
    return "D081" + hex_number(inside.size() / 2, 2) + inside;
  };
  const auto stored = "8103014300 82028281 830100 B701"_packed;
  for (int i = 0; i < 5; ++i) CHECK(perform(terminal, piece("00", 220, 'a')) == stored + "FF");
  // 1400 less 6 times 220
  CHECK(perform(terminal, piece("00", 220, 'b')) == stored + "50");
  CHECK(perform(terminal, piece("00", 220, 'c')) == "8103014300 82028281 83023A04"_packed);
  CHECK(terminal.gateway().take_sent(1).empty());
  CHECK(perform(terminal, "D00C 8103014301 82028121 B60164") == "8103014301 82028281 830100 B701FF"_packed);
  CHECK(terminal.gateway().take_sent(1) == octets_of(std::string(1100, 'a') + std::string(220, 'b') + "d"));
}

TEST_CASE("CLOSE CHANNEL lets a server listen again or ends it", "[terminal]") {
  auto terminal = with_program();
  CHECK(perform(terminal, "D009 8103014101 82028121") == "8103014101 82028281 830100"_packed);
  CHECK(terminal.gateway().state(1) == Gateway::State::listen);
  CHECK(perform(terminal, "D009 8103014100 82028121") == "8103014100 82028281 830100"_packed);
  CHECK_FALSE(terminal.gateway().listens_on(4116));
  CHECK(perform(terminal, "D009 8103014100 82028121") == "8103014100 82028281 83023A02"_packed);
}

TEST_CASE("GET CHANNEL STATUS tells of each channel", "[terminal]") {
  auto terminal = with_server();
  const char* ask = "D009 8103014400 82028182";
  CHECK(perform(terminal, ask) == "8103014400 82028281 830100 B8020000"_packed);
  perform(terminal, open_server);
  perform(terminal, open_server);
  perform(terminal, open_server);
  terminal.gateway().connect(4116);
  event(terminal);
  CHECK(perform(terminal, ask) == "8103014400 82028281 830100 B8028100 B8024200 B8024300"_packed);
  perform(terminal, "D009 8103014100 82028122");
  terminal.gateway().drop(3);
  event(terminal);
  CHECK(perform(terminal, ask) == "8103014400 82028281 830100 B8028100 B8020305"_packed);
}

TEST_CASE("every refusal can be had", "[terminal]") {
  // cat.md 3.3; octets of the result by its table
  struct Row {
    const char* general;
    const char* additional;
    const char* octets;
  };
  const auto row = GENERATE(values<Row>({
      {"bip_error", "no_specific_cause", "83023A00"},
      {"bip_error", "no_channel_available", "83023A01"},
      {"bip_error", "channel_closed", "83023A02"},
      {"bip_error", "channel_id_not_valid", "83023A03"},
      {"bip_error", "buffer_size_not_available", "83023A04"},
      {"bip_error", "security_error", "83023A05"},
      {"bip_error", "transport_level_not_available", "83023A06"},
      {"bip_error", "remote_device_not_reachable", "83023A07"},
      {"bip_error", "service_error", "83023A08"},
      {"bip_error", "service_identifier_unknown", "83023A09"},
      {"bip_error", "port_not_available", "83023A10"},
      {"terminal_unable", "no_specific_cause", "83022000"},
      {"terminal_unable", "no_service", "83022004"},
      {"network_unable", nullptr, "830121"},
      {"user_did_not_accept", nullptr, "830122"},
      {"beyond_terminal_capabilities", nullptr, "830130"},
      {"command_data_not_understood", nullptr, "830132"},
      {"required_values_missing", nullptr, "830136"},
  }));
  CAPTURE(row.octets);
  auto terminal = with_server();
  Value result = Value::Map{{"general", row.general}};
  if (row.additional != nullptr) result["additional"] = row.additional;
  REQUIRE(terminal.answer({"open_channel", Value::Map{{"result", result}}, 0}));
  CHECK(perform(terminal, open_server) == "8103014000 82028281"_packed + row.octets);
  CHECK_FALSE(terminal.gateway().is_open(1));  // a refusal opens nothing
  terminal.answer_by_default();
  CHECK(perform(terminal, open_server) == "8103014000 82028281 830100 38024100 39020578"_packed);
}

TEST_CASE("a refused SEND DATA sends nothing", "[terminal]") {
  auto terminal = with_program();
  REQUIRE(terminal.answer(
      {"send_data", Value::Map{{"result", Value::Map{{"general", "bip_error"}, {"additional", "channel_closed"}}}},
       1}));
  CHECK(perform(terminal, "D00C 8103014301 82028121 B60164") == "8103014301 82028281 83023A02"_packed);
  CHECK(terminal.gateway().take_sent(1).empty());
}

TEST_CASE("performed with modification opens the channel with the smaller buffer", "[terminal]") {
  auto terminal = with_server();
  REQUIRE(terminal.answer(
      {"open_channel",
       Value::Map{{"result", Value::Map{{"general", "performed_with_modification"}}}, {"buffer_size", 200}}, 1}));
  CHECK(perform(terminal, open_server) == "8103014000 82028281 830107 38024100 390200C8"_packed);
  CHECK(terminal.gateway().buffer_size(1) == 200);
  REQUIRE(terminal.gateway().connect(4116) == 1);
  event(terminal);
  terminal.gateway().write(1, Octets(250));
  CHECK(event(terminal) == "80C2000010 D60E 990109 82028281 B8028100 B701C8"_packed);
}

TEST_CASE("an answer can be for one mode of OPEN CHANNEL", "[terminal]") {
  auto terminal = with_everything();
  terminal.send_profile(*codec::encode_profile(Value::Map{{"udp_local", true}, {"tcp_uicc_server", true}}));
  event(terminal);
  const Value refused =
      Value::Map{{"result", Value::Map{{"general", "bip_error"}, {"additional", "port_not_available"}}}};
  const auto open = "81030140008202828183010038028100 39020578"_packed;
  SECTION("of the server") {
    REQUIRE(terminal.answer({"open_channel.uicc_server", refused, 0}));
    CHECK(perform(terminal, open_local) == open);
    CHECK(perform(terminal, open_server) == "8103014000 82028281 83023A10"_packed);
    CHECK(perform(terminal, open_server) == "8103014000 82028281 83023A10"_packed);
  }
  SECTION("of the local client") {
    REQUIRE(terminal.answer({"open_channel.terminal_server", refused, 1}));
    CHECK(perform(terminal, open_server) == "8103014000 82028281 830100 38024100 39020578"_packed);
    CHECK(perform(terminal, open_local) == "8103014000 82028281 83023A10"_packed);
    CHECK(perform(terminal, open_local) == "81030140008202828183010038028200 39020578"_packed);
  }
}

TEST_CASE("commands of a case go between FETCH and the terminal response", "[terminal]") {
  auto terminal = with_server();
  AnswerRule rule{"open_channel", Value::Map{}, 1};
  rule.before = {*CommandPattern::parse("80F2000C"), *CommandPattern::parse("00A4000C023F00")};
  REQUIRE(terminal.answer(rule));
  hand_over(terminal, open_server);
  CHECK(next(terminal) == "80F2000C");
  answer(terminal, "9000");
  CHECK(next(terminal) == "00A4000C023F00");
  answer(terminal, "9000");
  CHECK(response_body(terminal) == "8103014000 82028281 830100 38024100 39020578"_packed);
  CHECK(next(terminal).empty());
}

TEST_CASE("what wants to be understood and has no place is not understood, and nothing is performed", "[terminal]") {
  auto terminal = with_server();
  const auto not_understood = "8103014000 82028281 830132"_packed;
  CHECK(perform(terminal, "D015 8103014000 82028182 B9020578 BC03031014 EE0101") == not_understood);
  CHECK(perform(terminal, "D015 8103014000 82028182 B9020578 BC03031014 DF0101") == not_understood);
  CHECK_FALSE(terminal.gateway().is_open(1));
  // no rule makes that a success, and none is used up
  REQUIRE(terminal.answer({"open_channel", Value::Map{{"buffer_size", 200}}, 1}));
  CHECK(perform(terminal, "D015 8103014000 82028182 B9020578 BC03031014 EE0101") == not_understood);
  // the bit is clear: it is passed over
  CHECK(perform(terminal, "D015 8103014000 82028182 B9020578 BC03031014 6E0101") ==
        "8103014000 82028281 830100 38024100 390200C8"_packed);
}

TEST_CASE("a channel that is said to be none is none", "[terminal]") {
  const auto* problem = GENERATE("channel_closed", "channel_id_not_valid");
  CAPTURE(problem);
  auto terminal = with_server();
  perform(terminal, open_server);
  REQUIRE(terminal.answer(
      {"close_channel", Value::Map{{"result", Value::Map{{"general", "bip_error"}, {"additional", problem}}}}, 1}));
  perform(terminal, "D009 8103014100 82028121");
  CHECK_FALSE(terminal.gateway().is_open(1));
  perform(terminal, open_server);
  REQUIRE(terminal.answer({"close_channel", Value::Map{{"result", Value::Map{{"general", "terminal_unable"}}}}, 1}));
  perform(terminal, "D009 8103014100 82028121");
  CHECK(terminal.gateway().is_open(1));
}

TEST_CASE("a command before the answer may name another number", "[terminal]") {
  auto terminal = with_server();
  AnswerRule rule{"open_channel", Value::Map{}, 1};
  rule.before = {*CommandPattern::parse("801400000C8103NN400082028281830100")};
  REQUIRE(terminal.answer(rule));
  hand_over(terminal, "D012 8103054000 82028182 B9020578 BC03031014");
  CHECK(response_body(terminal) == "8103844000 82028281 830100"_packed);
  CHECK(response_body(terminal).starts_with("8103054000"));
}

TEST_CASE("the timers that run, the soonest first", "[terminal]") {
  auto terminal = with_everything();
  CHECK(terminal.running_timers().empty());
  perform(terminal, "D011 8103012700 82028182 A40102 A503000500");
  perform(terminal, "D011 8103012700 82028182 A40108 A503000300");
  perform(terminal, "D011 8103012700 82028182 A40101 A503000500");
  CHECK(terminal.running_timers() == std::vector<int>{8, 1, 2});
  CHECK(terminal.first_timer() == 8);
  REQUIRE(*terminal.expire_timer(8));
  CHECK(terminal.running_timers() == std::vector<int>{1, 2});
}

TEST_CASE("the link of a channel drops right behind the terminal response", "[terminal]") {
  auto terminal = with_program();
  AnswerRule rule{"send_data", Value::Map{}, 1};
  rule.drop_link = true;
  REQUIRE(terminal.answer(rule));
  hand_over(terminal, "D00C 8103014301 82028121 B60164");
  CHECK(response_body(terminal) == "8103014301 82028281 830100 B701FF"_packed);
  CHECK(event(terminal) == "80C200000D D60B 99010A 82028281 B8020105"_packed);
  CHECK(next(terminal).empty());
  CHECK(perform(terminal, "D00C 8103014301 82028121 B60164") == "8103014301 82028281 83023A02"_packed);
}

TEST_CASE("a reset forgets channels, answers and place", "[terminal]") {
  auto terminal = with_program();
  terminal.listen_by_event(true);
  REQUIRE(
      terminal.answer({"open_channel", Value::Map{{"result", Value::Map{{"general", "required_values_missing"}}}}, 0}));
  terminal.reset();
  CHECK(next(terminal).empty());
  CHECK_FALSE(terminal.gateway().is_open(1));
  CHECK(terminal.profile().empty());
  CHECK(perform(terminal, open_server) == "8103014000 82028281 83023A06"_packed);  // the profile is gone too
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

TEST_CASE("what is kept back goes out between an announcement and its FETCH", "[terminal]") {
  Terminal terminal;
  terminal.send_before_fetch({{0x00, 0xA4, 0x00, 0x0C}, {0x80, 0xF2, 0x00, 0x0C}});
  CHECK(next(terminal).empty());
  terminal.send_status();
  CHECK(next(terminal) == "80F2000C");
  answer(terminal, "910F");
  CHECK(next(terminal) == "00A4000C");
  answer(terminal, "6A82");  // an error takes nothing back
  CHECK(next(terminal) == "80F2000C");
  answer(terminal, "9110");
  CHECK(next(terminal) == "8012000010");
}

TEST_CASE("a stranger stands at the end of the messages that it is for", "[terminal]") {
  auto terminal = with_everything();
  terminal.add_stranger("envelope.call_*", {0x5F, 0x01, 0x01});
  REQUIRE(terminal.call("123"));
  CHECK(event(terminal).ends_with("5F0101"));
  REQUIRE(terminal.send_registry({}));
  CHECK_FALSE(event(terminal).ends_with("5F0101"));
  CHECK_FALSE(perform(terminal, "D009 8103010200 82028182"_packed).ends_with("5F0101"));
  terminal.add_stranger("terminal_response.*", {0x5F, 0x01, 0x01});
  CHECK(perform(terminal, "D009 8103010200 82028182"_packed).ends_with("5F0101"));
}

TEST_CASE("events of channels may be for those alone who listed them", "[terminal]") {
  for (const bool by_list : {false, true}) {
    Terminal terminal;
    terminal.send_profile(*codec::encode_profile(
        Value::Map{{"open_channel", true}, {"tcp_uicc_server", true}, {"event_channel_status", true}}));
    next(terminal);
    answer(terminal, "9000");
    terminal.events_by_list(by_list);
    perform(terminal, "D012 8103014000 82028182 B9020578 BC03031014"_packed);
    REQUIRE(terminal.gateway().connect(4116));
    CHECK(event(terminal).empty() == by_list);
  }
}

}  // namespace dmsc::peer

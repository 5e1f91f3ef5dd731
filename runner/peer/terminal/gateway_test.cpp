// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/gateway.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {
namespace {

using Mode = Gateway::Mode;
using State = Gateway::State;

constexpr std::int64_t https = 4116;
constexpr std::int64_t dm_client = 32769;

const char* name_of(State state) {
  constexpr const char* names[] = {"closed", "listen", "established", "dropped"};
  return names[static_cast<int>(state)];
}

/// Everything the card is to be told, in words: "1 established; 1 data 10; ".
std::string notices(Gateway& gateway) {
  std::string words;
  while (const auto notice = gateway.take_notice()) {
    words += std::to_string(notice->channel) + " ";
    words += notice->length == 0 ? name_of(notice->state) : "data " + std::to_string(notice->length);
    words += "; ";
  }
  return words;
}

std::string problem(const Gateway::Answer& answer) {
  return answer.problem == nullptr ? "" : answer.problem;
}

Gateway::Answer open_server(Gateway& gateway, std::int64_t buffer = 1400) {
  return gateway.open({Mode::uicc_server, "tcp_server", https, buffer});
}

Gateway::Answer open_local(Gateway& gateway, std::int64_t buffer = 1400) {
  return gateway.open({Mode::terminal_server, "udp_local", dm_client, buffer});
}

/// A server channel 1 with a program on it; what the card is told of that is taken away.
Gateway with_program(std::int64_t buffer = 1400) {
  Gateway gateway;
  open_server(gateway, buffer);
  REQUIRE(gateway.connect(https) == 1);
  notices(gateway);
  return gateway;
}

Octets octets(std::size_t count, std::uint8_t first = 0) {
  Octets out(count);
  for (std::size_t at = 0; at < count; ++at) out[at] = static_cast<std::uint8_t>(first + at);
  return out;
}

void bring(Gateway& gateway, std::string_view start) {
  if (start == "unopened") return;
  if (start.starts_with("local")) {
    open_local(gateway);
  } else {
    open_server(gateway);
    if (start != "listen") gateway.connect(https);
  }
  if (start.ends_with("dropped")) gateway.drop(1);
  notices(gateway);
}

/// Does one thing to channel 1. @return what came of it where the thing says so
std::string act(Gateway& gateway, std::string_view what) {
  if (what == "connect") return gateway.connect(https) ? "" : "nobody";
  if (what == "drop") return gateway.drop(1) ? "" : "nothing";
  if (what == "close") return problem(gateway.close(1, false));
  if (what == "relisten") return problem(gateway.close(1, true));
  gateway.disconnect(1);
  gateway.finish_leaving();
  return "";
}

}  // namespace

TEST_CASE("the life of a channel has these edges and no others", "[gateway]") {
  struct Row {
    const char* from;
    const char* what;
    const char* outcome;
    State to;
    bool open;
    const char* told;
  };
  // cat.md 3.4, 4.6 and 4.8. Opening is the first test of each row: what is local is established at once, a server
  // listens. A local channel has no program that could leave it.
  const auto row = GENERATE(values<Row>({
      {"unopened", "connect", "nobody", State::closed, false, ""},
      {"unopened", "leave", "", State::closed, false, ""},
      {"unopened", "relisten", "channel_closed", State::closed, false, ""},
      {"unopened", "close", "channel_closed", State::closed, false, ""},
      {"unopened", "drop", "nothing", State::closed, false, ""},
      {"listen", "connect", "", State::established, true, "1 established; "},
      {"listen", "leave", "", State::listen, true, ""},
      {"listen", "relisten", "", State::listen, true, ""},
      {"listen", "close", "", State::closed, false, ""},
      {"listen", "drop", "", State::dropped, true, "1 dropped; "},
      {"server", "connect", "nobody", State::established, true, ""},
      {"server", "leave", "", State::listen, true, "1 listen; "},
      {"server", "relisten", "", State::listen, true, ""},
      {"server", "close", "", State::closed, false, ""},
      {"server", "drop", "", State::dropped, true, "1 dropped; "},
      {"server, dropped", "connect", "nobody", State::dropped, true, ""},
      {"server, dropped", "leave", "", State::dropped, true, ""},
      {"server, dropped", "relisten", "", State::closed, false, ""},
      {"server, dropped", "close", "", State::closed, false, ""},
      {"server, dropped", "drop", "nothing", State::dropped, true, ""},
      {"local", "connect", "nobody", State::established, true, ""},
      {"local", "relisten", "", State::closed, false, ""},
      {"local", "close", "", State::closed, false, ""},
      {"local", "drop", "", State::dropped, true, "1 dropped; "},
      {"local, dropped", "connect", "nobody", State::dropped, true, ""},
      {"local, dropped", "leave", "", State::dropped, true, ""},
      {"local, dropped", "relisten", "", State::closed, false, ""},
      {"local, dropped", "close", "", State::closed, false, ""},
      {"local, dropped", "drop", "nothing", State::dropped, true, ""},
  }));
  CAPTURE(row.from, row.what);
  Gateway gateway;
  bring(gateway, row.from);
  CHECK(act(gateway, row.what) == row.outcome);
  CHECK(name_of(gateway.state(1)) == std::string(name_of(row.to)));
  CHECK(gateway.is_open(1) == row.open);
  CHECK(notices(gateway) == row.told);
  CHECK(gateway.connected(1) == (row.to == State::established));
}

TEST_CASE("opening tells nobody: its answer carries the state", "[gateway]") {
  Gateway gateway;
  CHECK(open_local(gateway).channel == 1);
  CHECK(open_server(gateway).channel == 2);
  CHECK(gateway.state(1) == State::established);
  CHECK(gateway.state(2) == State::listen);
  CHECK(gateway.mode(1) == Mode::terminal_server);
  CHECK(gateway.mode(2) == Mode::uicc_server);
  CHECK(gateway.first(Mode::uicc_server) == 2);
  CHECK(gateway.first(Mode::terminal_server) == 1);
  CHECK(notices(gateway).empty());
  gateway.close(1, false);
  CHECK_FALSE(gateway.first(Mode::terminal_server));
}

TEST_CASE("there are seven channels, and a closed one is given out again", "[gateway]") {
  Gateway gateway;
  for (int channel = 1; channel <= 7; ++channel) CHECK(open_local(gateway).channel == channel);
  const auto eighth = open_server(gateway);
  CHECK(problem(eighth) == "no_channel_available");
  CHECK(eighth.channel == 0);
  CHECK(problem(gateway.close(3, false)).empty());
  CHECK(open_server(gateway).channel == 3);
  CHECK(gateway.state(3) == State::listen);
}

TEST_CASE("several channels of one port take one program each", "[gateway]") {
  Gateway gateway;
  open_local(gateway);
  for (int i = 0; i < 3; ++i) open_server(gateway);
  CHECK_FALSE(gateway.connect(3516));
  CHECK_FALSE(gateway.connect(dm_client));  // there the terminal listens, not the card
  CHECK_FALSE(gateway.listens_on(dm_client));
  CHECK(gateway.connect(https) == 2);
  CHECK(gateway.connect(https) == 3);
  CHECK(gateway.connect(https) == 4);
  CHECK_FALSE(gateway.connect(https));
  CHECK(gateway.listens_on(https));
  CHECK(notices(gateway) == "2 established; 3 established; 4 established; ");
  CHECK(gateway.write(3, octets(5)) == 5);
  CHECK(gateway.receive(2, 100).data.empty());
  CHECK(gateway.receive(3, 100).data == octets(5));
  gateway.disconnect(3);
  gateway.finish_leaving();
  CHECK(gateway.connect(https) == 3);
  for (int channel = 2; channel <= 4; ++channel) gateway.close(channel, false);
  CHECK_FALSE(gateway.listens_on(https));
}

TEST_CASE("SEND DATA is stored until it is sent, and the room left is told", "[gateway]") {
  Gateway gateway;
  open_local(gateway, 120);
  const auto stored = gateway.send(1, octets(100), false);
  CHECK(stored.length == 20);
  CHECK_FALSE(gateway.take_delivery());
  CHECK(problem(gateway.send(1, octets(21), true)) == "buffer_size_not_available");
  CHECK_FALSE(gateway.take_delivery());
  const auto sent = gateway.send(1, octets(20, 100), true);
  CHECK(problem(sent).empty());
  CHECK(sent.length == 120);
  const auto delivery = gateway.take_delivery();
  REQUIRE(delivery);
  CHECK(delivery->channel == 1);
  CHECK(delivery->port == dm_client);
  CHECK(delivery->data == octets(120));
  CHECK_FALSE(gateway.take_delivery());
  CHECK(gateway.take_sent(1).empty());
}

TEST_CASE("a local port that nobody reads keeps the last deliveries", "[gateway]") {
  Gateway gateway;
  open_local(gateway);
  for (std::uint8_t i = 0; i < 100; ++i) CHECK(problem(gateway.send(1, Octets{i}, true)).empty());
  std::uint8_t first = 100 - Gateway::most_deliveries;
  for (std::size_t i = 0; i < Gateway::most_deliveries; ++i) {
    const auto delivery = gateway.take_delivery();
    REQUIRE(delivery);
    CHECK(delivery->data == Octets{first++});
  }
  CHECK_FALSE(gateway.take_delivery());
}

TEST_CASE("what a server sends goes to its program, not to a local port", "[gateway]") {
  auto gateway = with_program(100);
  CHECK(gateway.send(1, octets(60), false).length == 40);
  CHECK(gateway.take_sent(1).empty());
  CHECK(gateway.send(1, octets(40, 60), true).length == 100);
  CHECK_FALSE(gateway.take_delivery());
  CHECK(gateway.send(1, octets(3, 100), true).length == 100);
  CHECK(gateway.take_sent(1) == octets(103));
  CHECK(gateway.take_sent(1).empty());
  CHECK(gateway.take_sent(0).empty());
  CHECK(gateway.take_sent(8).empty());
}

TEST_CASE("what the card sent before it let the program go can still be read", "[gateway]") {
  auto gateway = with_program();
  gateway.send(1, octets(4), true);
  gateway.close(1, true);
  CHECK(gateway.take_sent(1) == octets(4));
  gateway.connect(https);
  gateway.send(1, octets(4), true);
  gateway.close(1, true);
  gateway.connect(https);
  CHECK(gateway.take_sent(1).empty());  // that was for the program before
}

TEST_CASE("RECEIVE DATA takes 237 octets at most and says what remains", "[gateway]") {
  auto gateway = with_program();
  const auto sent = octets(600);
  CHECK(gateway.write(1, sent) == 600);
  struct Row {
    std::size_t wanted;
    std::size_t given;
    std::size_t left;
    bool short_of_data;
  };
  Octets all;
  for (const auto& row : {Row{255, 237, 363, false}, Row{100, 100, 263, false}, Row{237, 237, 26, false},
                          Row{237, 26, 0, true}, Row{1, 0, 0, true}}) {
    CAPTURE(row.wanted, row.left);
    const auto answer = gateway.receive(1, row.wanted);
    CHECK(problem(answer).empty());
    CHECK(answer.data.size() == row.given);
    CHECK(answer.length == row.left);
    CHECK(answer.short_of_data == row.short_of_data);
    append(all, answer.data);
  }
  CHECK(all == sent);
}

TEST_CASE("data available is told when an empty buffer has got data, and only then", "[gateway]") {
  auto gateway = with_program();
  gateway.write(1, octets(10));
  CHECK(notices(gateway) == "1 data 10; ");
  gateway.write(1, octets(5, 10));
  CHECK(notices(gateway).empty());
  gateway.receive(1, 4);
  CHECK(notices(gateway).empty());
  gateway.receive(1, 6);
  CHECK(notices(gateway) == "1 data 5; ");  // what came behind the full buffer
  gateway.receive(1, 5);
  CHECK(notices(gateway).empty());
  gateway.write(1, octets(1));
  CHECK(notices(gateway) == "1 data 1; ");
  gateway.write(1, {});
  CHECK(notices(gateway).empty());
}

TEST_CASE("a program's octets wait behind the buffer up to a bound", "[gateway]") {
  auto gateway = with_program(100);
  const auto flood = octets(70000);
  CHECK(gateway.write(1, flood) == Gateway::backlog_most);
  CHECK(notices(gateway) == "1 data 100; ");
  // 100 of them went on into the buffer.
  CHECK(gateway.write(1, flood) == 100);
  CHECK(gateway.write(1, flood) == 0);
  CHECK(notices(gateway).empty());
  Octets all;
  for (;;) {
    const auto answer = gateway.receive(1, 237);
    if (answer.data.empty()) break;
    CHECK(answer.data.size() <= 100);
    append(all, answer.data);
  }
  auto expected = Octets(flood.begin(), flood.begin() + 65536);
  append(expected, ByteView(flood).first(100));
  CHECK(all == expected);
}

TEST_CASE("a buffer has 1 to 65535 octets and can be made smaller", "[gateway]") {
  Gateway gateway;
  open_local(gateway, 0);
  open_local(gateway, 70000);
  open_local(gateway, 1400);
  CHECK(gateway.buffer_size(1) == 1);
  CHECK(gateway.buffer_size(2) == 65535);
  gateway.shrink_buffer(3, 200);
  CHECK(gateway.buffer_size(3) == 200);
  CHECK(problem(gateway.send(3, octets(201), true)) == "buffer_size_not_available");
  CHECK(problem(gateway.send(3, octets(200), true)).empty());
  gateway.shrink_buffer(3, 0);
  CHECK(gateway.buffer_size(3) == 1);
  gateway.shrink_buffer(4, 100);
  gateway.shrink_buffer(9, 100);
  CHECK(gateway.buffer_size(4) == 0);
  CHECK(gateway.buffer_size(9) == 0);
}

TEST_CASE("the smaller buffer bounds what is received too", "[gateway]") {
  auto gateway = with_program();
  gateway.shrink_buffer(1, 20);
  gateway.write(1, octets(50));
  CHECK(notices(gateway) == "1 data 20; ");
  CHECK(gateway.receive(1, 237).data == octets(20));
  CHECK(notices(gateway) == "1 data 20; ");
}

TEST_CASE("channels that are not there, not open or not established are refused", "[gateway]") {
  Gateway gateway;
  open_server(gateway);  // listens
  for (const int channel : {-1, 0, 8, 100}) {
    CAPTURE(channel);
    CHECK(problem(gateway.send(channel, octets(1), true)) == "channel_id_not_valid");
    CHECK(problem(gateway.receive(channel, 1)) == "channel_id_not_valid");
    CHECK(problem(gateway.close(channel, false)) == "channel_id_not_valid");
    CHECK(gateway.state(channel) == State::closed);
    CHECK_FALSE(gateway.is_open(channel));
    CHECK_FALSE(gateway.drop(channel));
    CHECK(gateway.write(channel, octets(1)) == 0);
  }
  for (const int channel : {1, 2}) {
    CAPTURE(channel);
    CHECK(problem(gateway.send(channel, octets(1), true)) == "channel_closed");
    CHECK(problem(gateway.receive(channel, 1)) == "channel_closed");
    CHECK(gateway.write(channel, octets(1)) == 0);
  }
  CHECK(problem(gateway.close(2, true)) == "channel_closed");
  CHECK(notices(gateway).empty());
}

TEST_CASE("a link that drops takes its data along and stays to be closed", "[gateway]") {
  auto gateway = with_program();
  gateway.write(1, octets(10));
  notices(gateway);
  CHECK(gateway.drop(1));
  CHECK(notices(gateway) == "1 dropped; ");
  CHECK(problem(gateway.receive(1, 10)) == "channel_closed");
  CHECK(problem(gateway.send(1, octets(1), true)) == "channel_closed");
  CHECK(gateway.write(1, octets(1)) == 0);
  CHECK_FALSE(gateway.connected(1));
  CHECK(gateway.listens_on(https));
  CHECK(problem(gateway.close(1, true)).empty());
  CHECK_FALSE(gateway.is_open(1));
  CHECK(open_server(gateway).channel == 1);
}

TEST_CASE("a program that leaves can still be read until its leaving is finished", "[gateway]") {
  auto gateway = with_program();
  gateway.write(1, octets(10));
  notices(gateway);
  gateway.disconnect(1);
  CHECK(gateway.state(1) == State::established);
  CHECK(gateway.write(1, octets(1)) == 0);
  CHECK(gateway.receive(1, 4).data == octets(4));
  CHECK(notices(gateway).empty());
  gateway.finish_leaving();
  CHECK(notices(gateway) == "1 listen; ");
  CHECK(problem(gateway.receive(1, 4)) == "channel_closed");
  gateway.finish_leaving();
  CHECK(notices(gateway).empty());
  REQUIRE(gateway.connect(https) == 1);
  CHECK(gateway.receive(1, 100).data.empty());  // the next program starts with nothing of the last
}

TEST_CASE("a card that closes before the program left needs no event of it", "[gateway]") {
  auto gateway = with_program();
  gateway.disconnect(1);
  gateway.close(1, true);
  gateway.finish_leaving();
  CHECK(gateway.state(1) == State::listen);
  CHECK(notices(gateway).empty());
}

TEST_CASE("listen can be announced behind the response", "[gateway]") {
  Gateway gateway;
  gateway.announce(1);
  CHECK(notices(gateway).empty());
  open_server(gateway);
  gateway.announce(1);
  CHECK(notices(gateway) == "1 listen; ");
}

TEST_CASE("the first channel number can be another, and all seven are still handed out", "[gateway]") {
  Gateway gateway;
  gateway.start_from(6);
  std::vector<int> numbers;
  for (int count = 0; count < Gateway::most_channels; ++count) {
    numbers.push_back(gateway.open({Gateway::Mode::terminal_server, "udp_local", 1000, 100}).channel);
  }
  CHECK(numbers == std::vector<int>{6, 7, 1, 2, 3, 4, 5});
  CHECK(gateway.open({Gateway::Mode::terminal_server, "udp_local", 1000, 100}).problem ==
        std::string_view("no_channel_available"));
  gateway.close(2, false);
  CHECK(gateway.open({Gateway::Mode::terminal_server, "udp_local", 1000, 100}).channel == 2);
}

TEST_CASE("no more channels are open than the terminal has", "[gateway]") {
  Gateway gateway;
  gateway.limit(1);
  CHECK(open_server(gateway).channel == 1);
  CHECK(problem(open_local(gateway)) == "no_channel_available");
  gateway.close(1, false);
  CHECK(open_local(gateway).channel == 1);
  Gateway none;
  none.limit(0);
  CHECK(problem(open_local(none)) == "no_channel_available");
}

}  // namespace dmsc::peer

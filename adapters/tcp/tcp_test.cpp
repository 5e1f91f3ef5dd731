// SPDX-License-Identifier: Apache-2.0
#include <poll.h>

#include <deque>
#include <map>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/tcp/dialer.hpp"
#include "adapters/tcp/stream_server.hpp"
#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::tcp;
using namespace std::chrono_literals;

namespace {

constexpr auto plenty = 10s;

Octets octets_of(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string text_of(ByteView octets) {
  return {octets.begin(), octets.end()};
}

/// A listener that only the test serves.
struct Peer {
  explicit Peer(const char* address) : fd(listen_on(Endpoint::parse(address, 0).value()).value()) {}
  Endpoint place() const { return Endpoint::of_socket(fd.get()); }
  Fd accept() const {
    REQUIRE(wait_for(fd.get(), POLLIN, Patience::within(plenty)).value());
    return Fd(accept4(fd.get(), nullptr, nullptr, SOCK_CLOEXEC));
  }
  Fd fd;
};

struct Road {
  explicit Road(std::initializer_list<std::string> addresses) {
    CardAddresses table;
    for (const auto& address : addresses) REQUIRE(table.add(address));
    dialer.emplace(table, stop);
  }
  std::atomic<int> stop{0};
  std::optional<Dialer> dialer;
};

/// Gives every octet back, and more when a test says so.
struct EchoService final : port::StreamService {
  std::size_t room = 100;
  std::size_t takes = 1U << 20U;
  bool there = true;
  bool silent = false;
  std::map<int, Octets> output;
  std::map<int, Octets> heard;
  std::map<int, bool> ended;
  std::map<int, Owing> owes;
  std::vector<std::size_t> came;
  std::vector<int> left;
  int next = 0;

  std::optional<int> connect(std::size_t listener) override {
    if (heard.size() >= room) return {};
    came.push_back(listener);
    heard[++next];
    return next;
  }
  std::size_t write(int client, ByteView octets) override {
    octets = octets.first(std::min(takes, octets.size()));
    append(heard.at(client), octets);
    if (!silent) append(output[client], octets);
    return octets.size();
  }
  Octets take_output(int client) override { return std::exchange(output[client], {}); }
  bool over(int client) const override { return ended.contains(client); }
  Owing owing(int client) const override { return owes.contains(client) ? owes.at(client) : Owing::client; }
  void disconnect(int client) override {
    left.push_back(client);
    heard.erase(client);
  }
  bool reachable(std::size_t /*listener*/) const override { return there; }
};

struct Bench {
  explicit Bench(ServerSettings settings = {}, const char* address = "127.0.0.1") {
    settings.log = [this](const std::string& line) { log.push_back(line); };
    server.emplace(service, settings);
    place = server->listen(Endpoint::parse(address, 0).value()).value();
  }

  Connection client() const { return Connection(connect_to(place, Patience::within(plenty)).value()); }

  /// Runs the server until something holds.
  template <class Condition>
  bool until(Condition holds, milliseconds time = plenty) {
    const auto end = Clock::now() + time;
    for (; !holds(); server->exchange()) {
      if (Clock::now() > end) return false;
      server->wait(5ms);
    }
    return true;
  }
  bool hears(Connection& client, std::string_view text) {
    std::string got;
    return until([&] {
      got += text_of(client.receive(1000));
      return got == text;
    });
  }
  bool closes(Connection& client) {
    return until([&] {
      client.receive(100'000);
      return client.ended() || client.broken();
    });
  }

  EchoService service;
  std::optional<StreamServer> server;
  Endpoint place;
  std::vector<std::string> log;
};

refcard::Catalogue catalogue() {
  const std::filesystem::path root = DMSC_SOURCE_DIR;
  return {root / "adapters" / "refcard" / "personalities", root / "adapters" / "defects", root / "fixtures" / "certs"};
}

}  // namespace

TEST_CASE("an endpoint is read and written", "[tcp]") {
  const auto row = GENERATE(table<const char*, const char*, bool, bool, bool>({
      {"127.0.0.1", "127.0.0.1:443", false, true, false},
      {"127.255.3.4:0", "127.255.3.4:0", false, true, true},
      {"192.0.2.7:65535", "192.0.2.7:65535", false, false, true},
      {"128.0.0.1", "128.0.0.1:443", false, false, false},
      {"::1", "[::1]:443", true, true, false},
      {"[::1]", "[::1]:443", true, true, false},
      {"[2001:db8::2]:80", "[2001:db8::2]:80", true, false, true},
      {"2001:db8::2", "[2001:db8::2]:443", true, false, false},
      {"::ffff:127.0.0.1", "[::ffff:127.0.0.1]:443", true, false, false},
      {"fe80::1%lo", "[fe80::1%lo]:443", true, false, false},
  }));
  const auto endpoint = Endpoint::parse(std::get<0>(row), 443);
  REQUIRE(endpoint);
  CHECK(endpoint->text() == std::get<1>(row));
  CHECK(endpoint->ipv6() == std::get<2>(row));
  CHECK(endpoint->loopback() == std::get<3>(row));
  CHECK(endpoint->names_port() == std::get<4>(row));
}

TEST_CASE("what is no endpoint is refused with the reason", "[tcp]") {
  const std::string no_address = "is no IP address with or without :PORT (IPv6 in brackets before a port)";
  const auto row = GENERATE_COPY(table<const char*, std::string>({
      {"", no_address},
      {"localuicc", no_address},
      {"4116", no_address},
      {"127.1", no_address},
      {"192.0.2.256", no_address},
      {"[192.0.2.1]:443", no_address},
      {"2001:db8::2::1", no_address},
      {":443", no_address},
      {"[::1", "has no bracket behind its address"},
      {"[::1]443", "has something other than :PORT behind its bracket"},
      {"192.0.2.1:", "has no port from 0 to 65535"},
      {"192.0.2.1:65536", "has no port from 0 to 65535"},
      {"192.0.2.1:-1", "has no port from 0 to 65535"},
      {"192.0.2.1:80x", "has no port from 0 to 65535"},
  }));
  const auto endpoint = Endpoint::parse(std::get<0>(row), 443);
  REQUIRE_FALSE(endpoint);
  CHECK(endpoint.error().code == Errc::usage);
  CHECK(endpoint.error().text() == "\"" + std::string(std::get<0>(row)) + "\" " + std::get<1>(row));
}

TEST_CASE("the card has one address of each version, a port stands for 443 alone", "[tcp]") {
  CardAddresses addresses;
  CHECK(addresses.empty());
  REQUIRE(addresses.add("192.0.2.2:8443"));
  CHECK_FALSE(addresses.find(443, true));
  REQUIRE(addresses.add("2001:db8::2"));
  CHECK(addresses.find(443, false)->text() == "192.0.2.2:8443");
  CHECK(addresses.find(80, false)->text() == "192.0.2.2:80");
  CHECK(addresses.find(443, true)->text() == "[2001:db8::2]:443");
  CHECK(addresses.find(80, true)->text() == "[2001:db8::2]:80");
  CHECK(addresses.add("192.0.2.3").error().text() ==
        "\"192.0.2.3\" is the second IPv4 address of the card, one of each can be given");
  CHECK(CardAddresses().add("192.0.2.3:0").error().text() == "\"192.0.2.3:0\" has no port from 1 to 65535");
}

TEST_CASE("octets go and come over IPv4 and IPv6", "[tcp]") {
  const auto* address = GENERATE("127.0.0.1", "::1");
  const Peer peer(address);
  const bool ipv6 = peer.place().ipv6();
  Road road({peer.place().text()});
  auto stream = road.dialer->dial(443, ipv6, plenty).value();
  const auto card = peer.accept();
  REQUIRE(stream->send(octets_of("request"), plenty));
  char got[16] = {};
  REQUIRE(recv(card.get(), got, sizeof got, 0) == 7);
  CHECK(std::string(got) == "request");
  REQUIRE(::send(card.get(), "response", 8, 0) == 8);
  CHECK(text_of(stream->receive(plenty).value()) == "response");
  CHECK(road.dialer->dial(443, !ipv6, plenty).error().code == Errc::configuration);
}

TEST_CASE("a port on which nobody listens is refused", "[tcp]") {
  const auto place = Peer("127.0.0.1").place();
  Road road({place.text()});
  const auto refused = road.dialer->dial(443, false, plenty);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::unavailable);
  CHECK(refused.error().text() == place.text() + ": Connection refused");
}

TEST_CASE("nothing is waited for beyond its deadline", "[tcp]") {
  const Peer peer("127.0.0.1");
  Road road({peer.place().text()});
  auto stream = road.dialer->dial(443, false, plenty).value();
  const auto card = peer.accept();
  const auto start = Clock::now();
  CHECK(stream->receive(0ms).value().empty());
  CHECK(stream->receive(30ms).value().empty());
  CHECK(Clock::now() - start >= 30ms);
  const auto sent = stream->send(Octets(std::size_t{32} << 20U), 30ms);  // more than the buffers of both ends hold
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == Errc::timeout);
  CHECK(Clock::now() - start < plenty);
}

TEST_CASE("a signal ends a wait", "[tcp]") {
  const Peer peer("127.0.0.1");
  Road road({peer.place().text()});
  auto stream = road.dialer->dial(443, false, plenty).value();
  road.stop = 2;
  CHECK(stream->receive(plenty).error().code == Errc::interrupted);
  CHECK(road.dialer->dial(443, false, plenty).error().code == Errc::interrupted);
}

TEST_CASE("a card that closes is gone behind its last octet", "[tcp]") {
  const Peer peer("127.0.0.1");
  Road road({peer.place().text()});
  auto stream = road.dialer->dial(443, false, plenty).value();
  {
    const auto card = peer.accept();
    REQUIRE(::send(card.get(), "half", 4, 0) == 4);
  }
  CHECK(text_of(stream->receive(plenty).value()) == "half");
  CHECK(stream->receive(plenty).error().code == Errc::unavailable);
  Result<void> sent;
  for (int tries = 0; sent && tries < 100; ++tries) {  // the first may go; then the reset is there, and no SIGPIPE
    sent = stream->send(octets_of("more"), plenty);
    (void)stream->receive(20ms);
  }
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == Errc::unavailable);
}

TEST_CASE("the reference card's web server is there in process", "[tcp]") {
  const std::shared_ptr<peer::Uicc> card = refcard::make_card(catalogue(), "full", "").value();
  refcard::InProcessDialer dialer(card);
  card->power_on();
  const auto refused = dialer.dial(8080, false, plenty);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::unavailable);
  CHECK(refused.error().text() == "port 8080 of the card: Connection refused");

  const bool ipv6 = GENERATE(false, true);
  const auto request = octets_of("GET / HTTP/1.1\r\nHost: localuicc\r\n\r\n");
  auto plain = dialer.dial(80, ipv6, plenty).value();
  CHECK(plain->receive(plenty).value().empty());  // and no wait
  REQUIRE(plain->send(request, plenty));
  const auto page = text_of(plain->receive(plenty).value());
  CHECK(page.starts_with("HTTP/1.1 200"));
  CHECK(page.find("This page lives on the card") != std::string::npos);
  CHECK(plain->receive(plenty).value().empty());

  auto secure = dialer.dial(443, ipv6, plenty).value();
  REQUIRE(secure->send(request, plenty));
  const auto answer = secure->receive(plenty);
  CHECK((!answer || text_of(*answer).find("HTTP") == std::string::npos));
  CHECK(secure->receive(plenty).error().code == Errc::unavailable);

  card->power_on();
  CHECK(plain->receive(plenty).error().code == Errc::unavailable);
  CHECK(plain->send(request, plenty).error().code == Errc::unavailable);
}

TEST_CASE("the card's web server takes a bounded number of clients, and others once they leave", "[tcp]") {
  const std::shared_ptr<peer::Uicc> card = refcard::make_card(catalogue(), "full", "").value();
  refcard::InProcessDialer dialer(card);
  std::vector<std::unique_ptr<port::Stream>> streams;
  for (std::size_t count = 0; count < peer::Scws::most_connections; ++count) {
    streams.push_back(dialer.dial(80, false, plenty).value());
  }
  CHECK(dialer.dial(80, false, plenty).error().text() == "port 80 of the card: the card takes no more clients");
  streams.pop_back();
  CHECK(dialer.dial(80, false, plenty));
}

TEST_CASE("a server carries octets both ways", "[tcp]") {
  const auto* address = GENERATE("127.0.0.1", "::1");
  Bench bench({}, address);
  auto one = bench.client();
  auto two = bench.client();
  one.send(octets_of("one"));
  two.send(octets_of("two"));
  CHECK(bench.hears(one, "one"));
  CHECK(bench.hears(two, "two"));
  CHECK(bench.service.heard.size() == 2);
}

TEST_CASE("clients wait for their turn in order, one too many is closed at once", "[tcp]") {
  ServerSettings settings;
  settings.most_waiting = 2;
  Bench bench(settings);
  bench.service.room = 1;
  std::deque<Connection> clients;
  for (const auto* text : {"a", "b", "c", "d"}) {
    clients.push_back(bench.client());
    clients.back().send(octets_of(text));
    REQUIRE(bench.until(
        [&, count = clients.size()] { return bench.server->clients() == std::min<std::size_t>(count, 3); }));
  }
  CHECK(bench.closes(clients[3]));
  CHECK(bench.hears(clients[0], "a"));
  clients.pop_front();
  CHECK(bench.hears(clients[0], "b"));
  CHECK(bench.service.next == 2);
  CHECK(text_of(bench.service.heard.at(2)) == "b");
}

TEST_CASE("one who leaves while it waits loses its turn", "[tcp]") {
  Bench bench;
  bench.service.room = 1;
  auto first = bench.client();
  REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  {
    const auto second = bench.client();
    REQUIRE(bench.until([&] { return bench.server->clients() == 2; }));
  }
  CHECK(bench.until([&] { return bench.server->clients() == 1; }));
  CHECK(bench.service.next == 1);
}

TEST_CASE("what the service does not take is not read", "[tcp]") {
  Bench bench;
  bench.service.takes = 0;
  auto client = bench.client();
  client.send(Octets(std::size_t{16} << 20U));
  CHECK_FALSE(bench.until([&] { return client.unsent() == 0; }, 100ms));
  bench.service.takes = 100;
  bench.service.silent = true;
  CHECK(bench.until([&] { return bench.service.heard.at(1).size() > 20'000; }));
}

TEST_CASE("a client that has said all still gets its answer", "[tcp]") {
  ServerSettings settings;
  settings.answer_pause = 20ms;
  Bench bench(settings);
  bench.service.silent = true;
  auto client = bench.client();
  client.send(octets_of("request"));
  client.finish();
  REQUIRE(bench.until([&] { return bench.service.next == 1 && bench.service.heard[1].size() == 7; }));
  CHECK_FALSE(bench.until([&] { return !bench.service.left.empty(); }, 60ms));  // the service is still at it
  bench.service.output[1] = octets_of("answer");
  CHECK(bench.hears(client, "answer"));
  CHECK(bench.until([&] { return bench.service.left == std::vector<int>{1}; }));
  CHECK(bench.closes(client));
}

TEST_CASE("the service hears that a client is gone", "[tcp]") {
  Bench bench;
  {
    auto client = bench.client();
    REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  }
  CHECK(bench.until([&] { return bench.service.left == std::vector<int>{1}; }));
  CHECK(bench.until([&] { return bench.server->clients() == 0; }));
}

TEST_CASE("a service that ends a connection gets its last octets out", "[tcp]") {
  Bench bench;
  bench.service.takes = 0;
  auto client = bench.client();
  client.send(Octets(100'000));  // not read: closing the socket at once would throw the answer away as well
  REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  bench.service.output[1] = Octets(600'000, 'x');
  bench.service.ended[1] = true;
  std::size_t got = 0;
  CHECK(bench.until([&] {
    got += client.receive(100'000).size();
    return client.ended() || client.broken();
  }));
  CHECK(got == 600'000);
  CHECK(bench.service.left == std::vector<int>{1});
}

TEST_CASE("a client that does not read is dropped before it fills the memory", "[tcp]") {
  Bench bench;
  auto client = bench.client();
  REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  CHECK(bench.until([&] {
    if (bench.service.left.empty()) bench.service.output[1] = Octets(500'000);
    return !bench.service.left.empty();
  }));
  REQUIRE(bench.log.size() == 1);
  CHECK(bench.log[0] == "a client of " + bench.place.text() + " is dropped: it does not read");
}

TEST_CASE("a silent client is dropped in time", "[tcp]") {
  ServerSettings settings;
  settings.silence = 40ms;
  Bench bench(settings);
  auto client = bench.client();
  CHECK(bench.closes(client));
  CHECK(bench.service.left == std::vector<int>{1});
  REQUIRE(bench.log.size() == 1);
  CHECK(bench.log[0] == "a client of " + bench.place.text() + " is dropped: it was silent for 0 s");
}

TEST_CASE("where it disturbs nobody a client may be silent", "[tcp]") {
  ServerSettings settings;
  settings.silence = 30ms;
  settings.only_when_others_wait = true;
  Bench bench(settings);
  bench.service.room = 1;
  auto silent = bench.client();
  REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  CHECK_FALSE(bench.until([&] { return !bench.service.left.empty(); }, 100ms));
  auto other = bench.client();
  other.send(octets_of("hello"));
  CHECK(bench.hears(other, "hello"));
  CHECK(bench.closes(silent));
}

TEST_CASE("one who says nothing takes no turn", "[tcp]") {
  ServerSettings settings;
  settings.turn_with_first_octet = true;
  settings.silence = 200ms;
  Bench bench(settings);
  bench.service.room = 1;
  auto silent = bench.client();
  REQUIRE(bench.until([&] { return bench.server->clients() == 1; }));
  auto other = bench.client();
  other.send(octets_of("hello"));
  CHECK(bench.hears(other, "hello"));
  CHECK(bench.service.next == 1);
  CHECK(bench.closes(silent));
  CHECK(bench.service.next == 1);
}

/// A server whose service takes one client at a time, in turns.
struct FairBench : Bench {
  explicit FairBench(Fairness fairness, std::size_t most_waiting = 64) : Bench(settings(fairness, most_waiting)) {
    service.room = 1;
  }
  static ServerSettings settings(Fairness fairness, std::size_t most_waiting) {
    ServerSettings out;
    out.turn_with_first_octet = true;
    out.fairness = fairness;
    out.most_waiting = most_waiting;
    return out;
  }
  std::string put_aside(const std::string& reason) const {
    return "a client of " + place.text() + " is put aside: " + reason + " while others wait";
  }
};

TEST_CASE("a client that was answered and is idle leaves for one who waits", "[tcp][fair]") {
  FairBench bench({10s, 60ms, 1000});
  auto idle = bench.client();
  idle.send(octets_of("first"));
  REQUIRE(bench.hears(idle, "first"));
  CHECK_FALSE(bench.until([&] { return !bench.service.left.empty(); }, 150ms));  // nobody waits
  auto other = bench.client();
  other.send(octets_of("hello"));
  CHECK(bench.hears(other, "hello"));
  CHECK(bench.closes(idle));
  CHECK(bench.log == std::vector<std::string>{bench.put_aside("it was idle for 0 s")});
}

TEST_CASE("a client that drips or stalls in its request leaves for one who waits", "[tcp][fair]") {
  const auto pause = GENERATE(5ms, 40ms, 10'000ms);
  FairBench bench({250ms, 10s, 1000});
  bench.service.silent = true;
  auto slow = bench.client();
  slow.send(octets_of("x"));
  REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  auto other = bench.client();
  other.send(octets_of("hello"));
  const auto start = Clock::now();
  auto next = start;
  CHECK(bench.until([&] {
    // The service may answer yet, for a while behind each octet: what the client adds shows that it was not through.
    bench.service.owes[1] = Clock::now() - next < 20ms ? EchoService::Owing::either : EchoService::Owing::client;
    if (Clock::now() - next > pause) {
      slow.send(octets_of("x"));
      next = Clock::now();
    }
    return bench.service.next == 2;
  }));
  CHECK(Clock::now() - start >= 250ms);
  CHECK(bench.closes(slow));
  CHECK(bench.log == std::vector<std::string>{bench.put_aside("it owed octets for 0 s")});
}

TEST_CASE("a client that waits for the service waits as long as that takes", "[tcp][fair]") {
  const auto owing = GENERATE(EchoService::Owing::service, EchoService::Owing::either);
  FairBench bench({30ms, 30ms, 1});
  bench.service.silent = true;
  auto patient = bench.client();
  patient.send(octets_of("a request of more than a few octets"));
  REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  bench.service.owes[1] = owing;
  auto other = bench.client();
  other.send(octets_of("hello"));
  CHECK_FALSE(bench.until([&] { return !bench.service.left.empty(); }, 200ms));
  bench.service.output[1] = octets_of("answer");
  CHECK(bench.hears(patient, "answer"));
  bench.service.owes[1] = EchoService::Owing::client;
  CHECK(bench.until([&] { return bench.service.left == std::vector<int>{1}; }));
}

TEST_CASE("time in which the service kept us from looking is no client's", "[tcp][fair]") {
  FairBench bench({30ms, 30ms, 1000});
  bench.service.silent = true;
  auto patient = bench.client();
  patient.send(octets_of("a request of more than a few octets"));
  REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  auto other = bench.client();
  other.send(octets_of("hello"));
  REQUIRE(bench.until([&] { return bench.server->anyone_waits(); }));
  for (int flight = 0; flight < 5; ++flight) {
    bench.service.output[1] = octets_of("challenge");
    bench.server->exchange();
    REQUIRE(bench.until([&] { return !patient.receive(100).empty(); }));
    patient.send(octets_of("a response of more than a few octets"));
    (void)poll(nullptr, 0, 40);  // a card on a slow link, busy with something else
    bench.server->wait(0ms);
    bench.server->exchange();
  }
  CHECK(bench.service.left.empty());
  CHECK(bench.service.heard.at(1).size() == 35 + 5 * 36);
}

TEST_CASE("a client that asks without end leaves at an answer", "[tcp][fair]") {
  FairBench bench({50ms, 10s, 4});
  auto greedy = bench.client();
  auto other = bench.client();
  greedy.send(octets_of("first"));
  REQUIRE(bench.hears(greedy, "first"));
  other.send(octets_of("hello"));
  CHECK(bench.until([&] {
    if (!greedy.receive(100).empty()) greedy.send(octets_of("again"));
    if (bench.service.heard.contains(1) && bench.service.heard.at(1).size() == 5) greedy.send(octets_of("again"));
    return bench.service.next == 2;
  }));
  CHECK(bench.hears(other, "hello"));
  REQUIRE(bench.log.size() == 1);
  CHECK(bench.log[0].starts_with("a client of " + bench.place.text() + " is put aside: it was answered "));
  CHECK(bench.log[0].ends_with(" times while others wait"));
}

TEST_CASE("a client that is through leaves as soon as the service owes nothing", "[tcp][fair]") {
  FairBench bench({10s, 10s, 1000});
  auto first = bench.client();
  first.send(octets_of("first"));
  REQUIRE(bench.until([&] { return bench.service.next == 1; }));
  bench.service.owes[1] = EchoService::Owing::either;
  REQUIRE(bench.hears(first, "first"));
  first.finish();
  CHECK_FALSE(bench.until([&] { return !bench.service.left.empty(); }, 50ms));
  bench.service.owes[1] = EchoService::Owing::client;
  const auto start = Clock::now();
  CHECK(bench.until([&] { return bench.service.left == std::vector<int>{1}; }));
  CHECK(Clock::now() - start < ServerSettings{}.answer_pause);
}

TEST_CASE("clients that say nothing do not fill the queue for long", "[tcp][fair]") {
  FairBench bench({60ms, 60ms, 4}, 3);
  std::deque<Connection> crowd;
  for (std::size_t count = 1; count <= 3; ++count) {
    crowd.push_back(bench.client());
    REQUIRE(bench.until([&] { return bench.server->clients() == count; }));
  }
  CHECK(bench.until([&] { return bench.server->clients() == 0; }));
  auto other = bench.client();
  other.send(octets_of("hello"));
  CHECK(bench.hears(other, "hello"));
}

TEST_CASE("clients do not wait for a service that nobody serves", "[tcp]") {
  ServerSettings settings;
  settings.unreachable = 20ms;
  Bench bench(settings);
  bench.service.there = false;
  auto client = bench.client();
  CHECK(bench.closes(client));
  CHECK(bench.service.next == 0);
  CHECK(bench.log == std::vector<std::string>{"a client of " + bench.place.text() + " is dropped: nobody serves it"});
}

TEST_CASE("a port that is taken says so", "[tcp]") {
  const Peer peer("127.0.0.1");
  Bench bench;
  const auto taken = bench.server->listen(peer.place());
  REQUIRE_FALSE(taken);
  CHECK(taken.error().code == Errc::busy);
  CHECK(taken.error().text() == "listen on " + peer.place().text() + ": Address already in use");
}

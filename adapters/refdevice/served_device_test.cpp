// SPDX-License-Identifier: Apache-2.0
// The reference device behind the adapter protocol, with the reference card at the other end.
#include "adapters/refdevice/served_device.hpp"

#include <poll.h>
#include <sys/socket.h>

#include <thread>

#include "adapters/process/canary.hpp"
#include "adapters/process/process_device.hpp"
#include "adapters/refdevice/testing/pair.hpp"

namespace dmsc::refdevice {
namespace {

using namespace std::chrono_literals;
using testing::Card;

/// The card's web server on TCP/IP, on any port of this machine.
class WebHost final : public process::IpHost {
 public:
  WebHost() : here(*tcp::Endpoint::parse("127.0.0.1:1", 0)) {
    auto probe = tcp::listen_on(*tcp::Endpoint::parse("127.0.0.1:0", 0));
    REQUIRE(probe);
    here = tcp::Endpoint::of_socket(probe->get());
  }
  void expose(port::StreamService* service) override {
    server_.reset();
    if (service == nullptr) return;
    server_ = std::make_unique<tcp::StreamServer>(*service);
    REQUIRE(server_->listen(here));
  }
  void wait(std::chrono::milliseconds patience, int wake_fd) override {
    if (server_) return server_->wait(patience, wake_fd);
    (void)tcp::wait_for(wake_fd, POLLIN, tcp::Patience::within(patience));
  }
  bool exchange() override { return server_ && server_->exchange(); }

  tcp::Endpoint here;

 private:
  std::unique_ptr<tcp::StreamServer> server_;
};

/// A served device in a thread of its own, and the link to it.
class Served {
 public:
  /// @param host      where the card's web server is on TCP/IP; null: nowhere
  /// @param may_fail  whether `trouble` keeps why the device cannot be opened; else the test fails
  explicit Served(bool virtual_time, const std::string& personality = "handset", WebHost* host = nullptr,
                  bool may_fail = false) {
    auto listener = tcp::listen_on(*tcp::Endpoint::parse("127.0.0.1:0", 0));
    REQUIRE(listener);
    const auto here = tcp::Endpoint::of_socket(listener->get());
    auto blueprint = load_handset(testing::devices, personality);
    REQUIRE(blueprint);
    const auto localuicc = host == nullptr ? std::string("127.0.0.1:1") : host->here.text();
    thread_ =
        std::thread([this, virtual_time, localuicc, listener = std::move(*listener), blueprint = *blueprint]() mutable {
          const auto ready = tcp::wait_for(listener.get(), POLLIN, tcp::Patience::within(10s, &stop_));
          if (!ready || !*ready) return;
          process::LineChannel channel(process::Fd(accept(listener.get(), nullptr, nullptr)));
          ServedDevice::Settings settings;
          settings.virtual_time = virtual_time;
          settings.version = "test";
          settings.localuicc = localuicc;
          ServedDevice device(channel, std::move(blueprint), std::move(settings), stop_);
          ended_ = device.run().has_value();
        });
    process::Settings settings;
    settings.address = "tcp:" + here.text();
    settings.schema = testing::root / "adapters/protocol.schema.json";
    settings.runner_version = "test";
    settings.run_id = "test";
    settings.ip_host = host;
    auto opened = process::ProcessDevice::open(std::move(settings));
    if (!opened && !may_fail) FAIL(opened.error().text());
    if (opened) {
      link = std::move(*opened);
    } else {
      trouble = opened.error();
    }
  }
  ~Served() {
    link.reset();
    stop_ = 1;
    thread_.join();
  }
  Served(const Served&) = delete;
  Served& operator=(const Served&) = delete;

  Value call(const std::string& verb, const Value& parameters = Value::Map{}) {
    auto result = link->call(verb, parameters, 20s);
    if (!result) FAIL(verb << ": " << result.error().text());
    return *result;
  }
  void pass(std::chrono::microseconds time) {
    const auto end = link->now() + time;
    while (link->now() < end) {
      const auto moved = link->wait(end - link->now());
      if (!moved) FAIL(moved.error().text());
    }
  }

  std::unique_ptr<process::ProcessDevice> link;
  std::optional<Error> trouble;

 private:
  std::atomic<int> stop_{0};
  std::atomic<bool> ended_{false};
  std::thread thread_;
};

std::vector<std::string> outcomes(const Card& card) {
  std::vector<std::string> found;
  for (const auto& fact : card.facts) {
    if (fact.key == "dm.session") found.push_back(fact.fields.text_or("outcome", ""));
  }
  return found;
}

}  // namespace

TEST_CASE("the reference device is believed", "[served]") {
  Served served(true);
  const auto tried = process::try_canaries(*served.link);
  if (!tried) FAIL(tried.error().text());
  CHECK(served.link->has("time.wait"));
  CHECK(served.link->has("dm.client.move"));
  CHECK(served.link->identity().at_path("uicc.transport")->as_string() == "iso");
}

TEST_CASE("a session over the adapter protocol, on virtual time", "[served]") {
  Card card([](peer::Personality& self) { self.wake_ups = {"power_on"}; });
  Served served(true);
  served.link->insert(&card);
  REQUIRE(served.link->begin_case("one", "one"));
  served.call("device.powerOn");
  served.call("device.waitReady", Value::Map{{"timeout_ms", 5000}});
  served.pass(2s);
  CHECK(outcomes(card) == std::vector<std::string>{"finished"});
  const auto sessions = served.call("dm.session.list");
  REQUIRE(sessions.find("sessions")->as_list().size() == 1);
  CHECK(sessions.find("sessions")->as_list()[0].text_or("url", "") == "https://127.0.0.1:4116/OMA/DM");
  // Errors keep their meaning on the way.
  const auto refused = served.link->call("dm.session.start", Value::Map{{"server_id", "nobody"}}, 5s);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::refused);
  CHECK(served.call("network.awaitCall", Value::Map{{"timeout_ms", 100000}}).find("number")->is_null());
  CHECK(served.call("net.fetch", Value::Map{{"url", "https://localhost:4116/"}, {"timeout_ms", 60000}})
            .int_or("status", -1) == 200);
  const auto polls = [&] {
    return std::count_if(card.exchanges.begin(), card.exchanges.end(),
                         [](const auto& exchange) { return to_hex(exchange.command) == "80F2000C00"; });
  };
  const auto before = polls();
  served.pass(300s);
  CHECK(polls() - before == 10);
  REQUIRE(served.link->end_case("one", "pass"));
  served.link->insert(nullptr);
}

TEST_CASE("a session on real time, over sockets of this machine", "[served]") {
  Card card([](peer::Personality& self) { self.wake_ups = {"power_on"}; });
  Served served(false);
  served.link->insert(&card);
  REQUIRE(served.link->begin_case("one", "one"));
  served.call("device.powerOn");
  served.call("device.waitReady", Value::Map{{"timeout_ms", 5000}});
  for (int round = 0; round < 100 && outcomes(card).empty(); ++round) served.pass(100ms);
  CHECK(outcomes(card) == std::vector<std::string>{"finished"});
  for (const auto* url : {"https://127.0.0.1:4116/", "https://[::1]:4116/", "http://localhost:3516/"}) {
    INFO(url);
    CHECK(served.call("net.fetch", Value::Map{{"url", url}, {"timeout_ms", 10000}}).int_or("status", -1) == 200);
  }
  // Any program of this machine is a local program.
  auto stranger = tcp::connect_to(*tcp::Endpoint::parse("127.0.0.1:3516", 0), tcp::Patience::within(2s));
  REQUIRE(stranger);
  const std::string request = "GET / HTTP/1.1\r\nHost: localhost:3516\r\nConnection: close\r\n\r\n";
  REQUIRE(send(stranger->get(), request.data(), request.size(), MSG_NOSIGNAL) == ssize_t(request.size()));
  std::string answer;
  for (int round = 0; round < 100; ++round) {
    served.pass(20ms);
    char octets[4096];
    const auto got = recv(stranger->get(), octets, sizeof octets, MSG_DONTWAIT);
    if (got > 0) answer.append(octets, std::size_t(got));
    if (got == 0) break;
  }
  CHECK(answer.starts_with("HTTP/1.1 200"));
  served.call("device.powerOff");
  served.link->insert(nullptr);
}

TEST_CASE("localuicc is a real connection on either clock", "[served]") {
  for (const bool virtual_time : {true, false}) {
    INFO(virtual_time);
    Card card([](peer::Personality& self) { self.wake_ups = {"power_on"}; });
    WebHost host;
    Served served(virtual_time, "eem", &host);
    served.link->insert(&card);
    served.link->expose(&card);
    REQUIRE(served.link->begin_case("one", "one"));
    served.call("device.powerOn");
    for (int round = 0; round < 100 && outcomes(card).empty(); ++round) served.pass(100ms);
    CHECK(outcomes(card) == std::vector<std::string>{"finished"});
    const auto tcp = std::any_of(card.facts.begin(), card.facts.end(), [](const auto& fact) {
      return fact.key == "http.request" && fact.fields.text_or("road", "") == "tcp";
    });
    CHECK(tcp);
    served.link->expose(nullptr);
    served.link->insert(nullptr);
  }
}

TEST_CASE("a port that another program has, in one family alone, is refused to the card", "[served]") {
  const auto* other = GENERATE("127.0.0.1:0", "[::1]:0");
  CAPTURE(other);
  const auto taken = tcp::listen_on(*tcp::Endpoint::parse(other, 0));
  REQUIRE(taken);
  const auto port = tcp::Endpoint::of_socket(taken->get()).port();
  peer::Gateway gateway;
  std::string said;
  LoopbackHost host(gateway, {.log = [&](const std::string& line) { said = line; }});
  const auto answer = gateway.open({peer::Gateway::Mode::uicc_server, "tcp_server", port, 1000});
  REQUIRE(answer.problem != nullptr);
  CHECK(answer.problem == std::string("port_not_available"));
  CHECK(said ==
        "port " + std::to_string(port) + " of " + (other[0] == '[' ? "::1" : "127.0.0.1") + ": another program has it");
  CHECK_FALSE(host.listens_on(port));
  // The family that was free is left to others, and a port of another mode is no matter of this machine.
  CHECK(tcp::listen_on(*tcp::Endpoint::parse(other[0] == '[' ? "127.0.0.1" : "[::1]", port)));
  CHECK(gateway.open({peer::Gateway::Mode::terminal_server, "udp_local", port, 1000}).channel == 1);
  CHECK(host.take(0).error().code == Errc::range);
}

TEST_CASE("a second reference device of a machine says so before any case", "[served]") {
  Served first(false);
  const Served second(false, "handset", nullptr, true);
  REQUIRE(second.trouble);
  CHECK(second.trouble->code == Errc::busy);
  CHECK(second.trouble->text() == "initialize: port 4116 of 127.0.0.1: another program has it");
}

TEST_CASE("the card's ports open and let go as the card does", "[served]") {
  auto free_port = tcp::listen_on(*tcp::Endpoint::parse("127.0.0.1:0", 0));
  REQUIRE(free_port);
  const auto port = tcp::Endpoint::of_socket(free_port->get()).port();
  free_port = tcp::Fd();
  peer::Gateway gateway;
  LoopbackHost host(gateway, {.ipv6 = false});
  CHECK_FALSE(host.listens_on(port));
  REQUIRE(gateway.open({peer::Gateway::Mode::uicc_server, "tcp_server", port, 1000}).channel == 1);
  REQUIRE(host.listens_on(port));
  const auto there = tcp::Endpoint::parse("127.0.0.1", port);
  auto client = tcp::connect_to(*there, tcp::Patience::within(2s));
  REQUIRE(client);
  REQUIRE(send(client->get(), "hi", 2, MSG_NOSIGNAL) == 2);
  for (int round = 0; round < 100 && !gateway.connected(1); ++round) {
    host.wait(20ms, -1);
    host.exchange();
  }
  Octets got;
  for (int round = 0; round < 100 && got.size() < 2; ++round) {
    append(got, gateway.receive(1, 10).data);
    host.wait(20ms, -1);
    host.exchange();
  }
  CHECK(got == Octets{'h', 'i'});
  gateway.send(1, Octets{'o', 'k'}, true);
  gateway.close(1, false);
  std::string answer;
  bool ended = false;
  for (int round = 0; round < 200 && !ended; ++round) {
    host.exchange();
    host.wait(20ms, -1);
    char octets[16];
    const auto count = recv(client->get(), octets, sizeof octets, MSG_DONTWAIT);
    if (count > 0) answer.append(octets, std::size_t(count));
    ended = count == 0;
  }
  CHECK(answer == "ok");
  CHECK(ended);
}

}  // namespace dmsc::refdevice

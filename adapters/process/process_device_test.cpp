// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/process_device.hpp"

#include <poll.h>

#include <csignal>

#include "adapters/process/testing/liar.hpp"
#include "adapters/process/testing/scripted_card.hpp"
#include "runner/base/catch.hpp"

namespace dmsc::process {
namespace {

using testing::liar;
using testing::opened;
using testing::ScriptedCard;
using testing::settings_for;
using Seen = std::vector<std::string>;

const Value nothing = Value::Map{};
constexpr milliseconds long_enough{20'000};

std::string open_error(const std::string& address) {
  const auto device = ProcessDevice::open(settings_for(address));
  return device ? "" : device.error().text();
}

TEST_CASE("a device behind an adapter reaches the card and answers its verbs", "[process][device]") {
  ScriptedCard card;
  const auto device = opened(settings_for(liar("honest")));
  CHECK(device->label() == "Nobody honest (liar 1)");
  CHECK(device->identity().find("uicc")->text_or("transport", "") == "iso");
  CHECK(device->has("device.powerOn"));
  CHECK_FALSE(device->has("device.dial"));
  CHECK_FALSE(device->has("uicc.setAtr"));
  device->insert(&card);
  REQUIRE(device->begin_case("DM_SC-1.0-con-151", "a title"));
  const auto done = device->call("device.powerOn", nothing, long_enough);
  REQUIRE(done);
  CHECK(card.seen == Seen{"on", "00A40000023F00"});
  CHECK(device->call("dm.client.port", nothing, long_enough).value().int_or("port", 0) == 32769);
  CHECK(device->call("x.shake", Value::Map{{"hard", 3}}, long_enough).value().find("shaken")->int_or("hard", 0) == 3);
  REQUIRE(device->end_case("DM_SC-1.0-con-151", "pass"));

  REQUIRE(device->begin_case("second", "the numbers of APDUs begin again"));
  REQUIRE(device->call("device.powerOn", nothing, long_enough));
  CHECK(card.seen == Seen{"on", "00A40000023F00", "off", "on", "00A40000023F00"});
  device->insert(nullptr);
  CHECK(card.seen.back() == "off");
  CHECK(device->now() > std::chrono::microseconds{0});
}

TEST_CASE("a verb that the adapter does not have has no effect", "[process][device]") {
  const auto device = opened(settings_for(liar("honest")));
  (void)device->take_log();
  const auto refused = device->call("device.dial", Value::Map{{"number", "1"}}, long_enough);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().code == Errc::unsupported);
  CHECK(refused.error().text() == "device.dial: the adapter does not have it");
  CHECK(device->take_log().empty());
}

TEST_CASE("parameters that the schema does not allow never leave", "[process][device]") {
  const auto device = opened(settings_for(liar("honest")));
  (void)device->take_log();
  const auto bad = device->call("ui.act", Value::Map{{"txt", "1"}}, long_enough);
  REQUIRE_FALSE(bad);
  CHECK(bad.error().code == Errc::data);
  CHECK(device->take_log().empty());
  CHECK(device->call("dm.client.port", nothing, long_enough));
}

TEST_CASE("what an adapter answers in place of a result says what it means", "[process][device]") {
  struct Row {
    int number;
    Errc errc;
  };
  const auto device = opened(settings_for(liar("honest")));
  for (const auto& row :
       {Row{1, Errc::unsupported}, Row{2, Errc::refused}, Row{3, Errc::timeout}, Row{4, Errc::unavailable},
        Row{5, Errc::no_operator}, Row{6, Errc::protocol}, Row{7, Errc::busy}, Row{8, Errc::protocol},
        Row{-32601, Errc::unsupported}, Row{-32602, Errc::protocol}}) {
    CAPTURE(row.number);
    const auto answer = device->call("ui.act", Value::Map{{"text", std::to_string(row.number)}}, long_enough);
    REQUIRE_FALSE(answer);
    CHECK(answer.error().code == row.errc);
    CHECK(answer.error().text() == "ui.act: as you wish");
  }
  CHECK(device->call("dm.client.port", nothing, long_enough));
}

TEST_CASE("an adapter that does not fit is refused at the start", "[process][device]") {
  const auto row = GENERATE(values<std::pair<const char*, const char*>>({
      {"protocol_3", "initialize: the adapter speaks protocol 3, we speak 1 to 2"},
      {"misspelt", "initialize: \"device.powreOff\" is no verb, did you mean \"device.powerOff\""},
      {"no_verb", "initialize: \"case.begin\" is no verb"},
      {"no_time", "initialize: the clock is virtual, but the verb time.wait is missing"},
      {"no_view",
       "python3: the adapter breaks the protocol: initialize result: /uicc: missing required property 'view'"},
      {"dies_at_once", "python3: the adapter ended (exit status 2), its last words: no device is connected"},
  }));
  CHECK(open_error(liar(row.first)) == row.second);
}

TEST_CASE("an adapter that takes nothing but protocol 1 is served", "[process][device]") {
  const auto device = opened(settings_for(liar("version_1_alone")));
  CHECK(device->identity().int_or("protocol", 0) == 1);
  CHECK(device->begin_case("first", "it works"));
}

TEST_CASE("an address is a command or a server", "[process][device]") {
  const auto row = GENERATE(values<std::pair<const char*, const char*>>({
      {"python3 adapter.py", "\"python3 adapter.py\" is neither exec:COMMAND nor tcp:HOST:PORT"},
      {"exec:", "exec:: there is no command"},
      {"exec:python3 'a", "exec:: the quote does not end at offset 8"},
      {"exec:/nowhere/adapter", "/nowhere/adapter: cannot be started: No such file or directory"},
      {"tcp:localhost", "\"tcp:localhost\" has no port"},
      {"tcp:localhost:0", "\"tcp:localhost:0\" has no port from 1 to 65535"},
      {"tcp:localhost:70000", "\"tcp:localhost:70000\" has no port from 1 to 65535"},
      {"tcp::4000", "\"tcp::4000\" has no host"},
      {"tcp:127.0.0.1:1", "127.0.0.1:1: Connection refused"},
      {"tcp:[::1]:1", "::1:1: Connection refused"},
  }));
  CHECK(open_error(row.first) == row.second);
}

TEST_CASE("what an adapter says of itself cannot colour a terminal", "[process][device]") {
  CHECK(opened(settings_for(liar("loud")))->label() == "Nobody \\x1B[31mred\\xC2\\x85 (liar 1)");
}

TEST_CASE("time is waited for in reality, or the adapter moves it", "[process][device][time]") {
  SECTION("real: nothing happens until the time is over") {
    const auto device = opened(settings_for(liar("honest")));
    const auto before = device->now();
    const auto waited = device->wait(milliseconds{30});
    REQUIRE(waited);
    CHECK_FALSE(*waited);
    CHECK(device->now() - before >= milliseconds{30});
  }
  SECTION("virtual: as far as the device got before it did something") {
    const port::DeviceLink* clock = nullptr;
    std::chrono::microseconds last{0};
    ScriptedCard card([&](const std::string&) {
      last = clock->now();
      return "";
    });
    const auto device = opened(settings_for(liar("virtual")));
    clock = device.get();
    device->insert(&card);
    REQUIRE(device->begin_case("case", "time"));
    REQUIRE(device->call("device.powerOn", nothing, long_enough));
    CHECK(device->now() == milliseconds{0});
    CHECK_FALSE(device->wait(milliseconds{40}).value());
    CHECK(device->now() == milliseconds{40});
    card.seen.clear();
    CHECK(device->wait(milliseconds{5'000'000}).value());
    CHECK(card.seen == Seen{"80F2000000"});
    CHECK(last == milliseconds{100});  // as the adapter says, while it does it
    CHECK(device->now() == milliseconds{140});
  }
}

TEST_CASE("a signal ends a wait and a call", "[process][device]") {
  std::atomic<int> stop{0};
  auto settings = settings_for(liar("honest"));
  settings.stop = &stop;
  const auto device = opened(std::move(settings));
  stop = SIGINT;
  const auto call = device->call("dm.client.port", nothing, long_enough);
  REQUIRE_FALSE(call);
  CHECK(call.error().code == Errc::interrupted);
  const auto wait = device->wait(std::chrono::hours{1});
  REQUIRE_FALSE(wait);
  CHECK(wait.error().code == Errc::interrupted);
}

class FakeHost final : public IpHost {
 public:
  void expose(port::StreamService* service) override { exposed = service; }
  void wait(milliseconds patience, int wake_fd) override {
    ++waits;
    pollfd watched{wake_fd, POLLIN, 0};
    poll(&watched, 1, static_cast<int>(patience.count()));
  }
  bool exchange() override { return waits == moves_at; }

  port::StreamService* exposed = nullptr;
  int waits = 0;
  int moves_at = -1;
};

TEST_CASE("whoever serves TCP/IP waits for the adapter too", "[process][device]") {
  FakeHost host;
  auto settings = settings_for(liar("honest"));
  settings.ip_host = &host;
  const auto device = opened(std::move(settings));
  CHECK(host.waits > 0);
  host.waits = 0;
  host.moves_at = 1;
  CHECK(device->wait(std::chrono::hours{1}).value());
  CHECK(host.waits == 1);
  REQUIRE(device->call("dm.client.port", nothing, long_enough));
  device->expose(nullptr);
}

}  // namespace
}  // namespace dmsc::process

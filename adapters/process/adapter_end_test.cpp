// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/adapter_end.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <future>
#include <thread>

#include "adapters/process/canary.hpp"
#include "adapters/process/message.hpp"
#include "adapters/process/testing/liar.hpp"
#include "adapters/process/testing/scripted_card.hpp"
#include "runner/base/catch.hpp"

namespace dmsc::process {
namespace {

using testing::ScriptedCard;
using testing::settings_for;
using Seen = std::vector<std::string>;

constexpr milliseconds long_enough{20'000};

/// A small phone: powers its card and sends one command; says how often in `apdus`.
class Phone final : public Handler {
 public:
  AdapterEnd* end = nullptr;
  std::string view = "apdu";
  std::vector<std::string> heard;

  Result<Value> handle(const std::string& method, const Value& params) override {
    heard.push_back(method);
    if (method == "initialize") return identity();
    if (method == "canary.observe") return Value(Value::Map{{"observed", Value()}});
    if (method == "device.powerOn") return power_on();
    if (method == "device.dial")
      return fail(Errc::refused, "the line to " + params.text_or("number", "") + " is barred");
    if (method == "device.hangup") return fail(Errc::io, "the modem is on fire", {}, "ttyUSB2");
    const bool known = method.starts_with("case.") || method.starts_with("uicc.") || method == "shutdown";
    if (known) return Value(Value::Map{});
    return fail(Errc::unknown, "no such method");
  }

 private:
  Value identity() const {
    return Value::Map{{"protocol", 1},
                      {"adapter", Value::Map{{"name", "phone"}, {"version", "1"}}},
                      {"device", Value::Map{{"vendor", "Nobody"}, {"model", "Test"}}},
                      {"uicc", Value::Map{{"transport", "iso"}, {"view", view}}},
                      {"verbs", Value::List{"device.powerOn", "device.dial", "device.hangup"}},
                      {"clock", "real"}};
  }

  Result<Value> power_on() {
    const auto power = end->power(true, long_enough);
    if (!power) return tl::make_unexpected(power.error());
    const auto atr = end->reset(true, long_enough);
    if (!atr) return tl::make_unexpected(atr.error());
    CHECK(to_hex(*atr) == "3B00");
    for (const auto* command : {"80F2000000", "00A40004023F00"}) {
      const auto answer = end->apdu(parse_hex(command).value(), long_enough);
      if (!answer) return tl::make_unexpected(answer.error());
      answers.push_back(to_hex(*answer));
    }
    return Value(Value::Map{});
  }

 public:
  std::vector<std::string> answers;
};

/// A phone that serves one runner over TCP on a thread of its own.
class Server {
 public:
  explicit Server(Phone& phone) : listener_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(listener_.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(listener_.get(), 4) == 0);
    getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, &phone] { serve(phone); });
  }
  ~Server() { thread_.join(); }

  std::string address() const { return "tcp:127.0.0.1:" + std::to_string(port_); }

 private:
  void serve(Phone& phone) {
    LineChannel channel(Fd(accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)));
    AdapterEnd end(channel, phone);
    phone.end = &end;
    while (!end.over()) (void)end.serve(milliseconds{1'000});
  }

  Fd listener_;
  int port_ = 0;
  std::thread thread_;
};

TEST_CASE("both ends of the protocol understand one another", "[process][adapter_end]") {
  Phone phone;
  ScriptedCard card([](const std::string& command) { return command == "80F2000000" ? "6C02" : ""; });
  {
    const Server server(phone);
    auto device = ProcessDevice::open(settings_for(server.address()));
    REQUIRE(device);
    const auto canaries = try_canaries(**device);
    if (!canaries) FAIL(canaries.error().text());
    (*device)->insert(&card);
    for (const auto* id : {"one", "two"}) {
      REQUIRE((*device)->begin_case(id, "powers the device"));
      const auto done = (*device)->call("device.powerOn", Value::Map{}, long_enough);
      if (!done) FAIL(done.error().text());
      REQUIRE((*device)->end_case(id, "pass"));
    }
    const auto refused = (*device)->call("device.dial", Value::Map{{"number", "112"}}, long_enough);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().code == Errc::refused);
    CHECK(refused.error().text() == "device.dial: the line to 112 is barred");
    const auto bug = (*device)->call("device.hangup", Value::Map{}, long_enough);
    REQUIRE_FALSE(bug);
    CHECK(bug.error().code == Errc::protocol);
    CHECK(bug.error().text() == "device.hangup: ttyUSB2: the modem is on fire");
  }
  CHECK(card.seen == Seen{"on", "80F2000000", "80F2000002", "00A40004023F00", "off", "on", "80F2000000", "80F2000002",
                          "00A40004023F00"});
  CHECK(phone.answers == Seen{"9000", "9000", "9000", "9000"});
  CHECK(phone.heard.front() == "initialize");
  CHECK(phone.heard.back() == "shutdown");
}

TEST_CASE("a phone with the view of a T=0 reader sees every status word", "[process][adapter_end]") {
  Phone phone;
  phone.view = "tpdu";
  ScriptedCard card([](const std::string& command) { return command == "80F2000000" ? "6C02" : "6116"; });
  {
    const Server server(phone);
    auto device = ProcessDevice::open(settings_for(server.address()));
    REQUIRE(device);
    (*device)->insert(&card);
    const auto done = (*device)->call("device.powerOn", Value::Map{}, long_enough);
    if (!done) FAIL(done.error().text());
  }
  CHECK(phone.answers == Seen{"6C02", "6116"});
  CHECK(card.seen == Seen{"on", "80F2000000", "00A40004023F00"});
}

TEST_CASE("a card that is not there or mute is told apart", "[process][adapter_end]") {
  Phone phone;
  ScriptedCard mute([](const std::string&) { return "mute"; });
  {
    const Server server(phone);
    auto device = ProcessDevice::open(settings_for(server.address()));
    REQUIRE(device);
    const auto none = (*device)->call("device.powerOn", Value::Map{}, long_enough);
    REQUIRE_FALSE(none);
    CHECK(none.error().code == Errc::unavailable);
    CHECK(none.error().text() == "device.powerOn: there is no card");
    (*device)->insert(&mute);
    const auto silent = (*device)->call("device.powerOn", Value::Map{}, long_enough);
    REQUIRE_FALSE(silent);
    CHECK(silent.error().code == Errc::timeout);
    CHECK(silent.error().text() == "device.powerOn: the card is mute");
  }
}

/// The adapter's end and a hand-written runner, on the two ends of a socket.
struct Desk {
  Desk() {
    int ends[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) == 0);
    near.emplace(Fd(ends[0]));
    far.emplace(Fd(ends[1]));
    end.emplace(*near, phone);
    phone.end = &*end;
  }

  std::vector<std::string> received() {
    std::vector<std::string> out;
    while (auto line = far->receive().value()) out.push_back(*line);
    return out;
  }

  Phone phone;
  std::optional<LineChannel> near;
  std::optional<LineChannel> far;
  std::optional<AdapterEnd> end;
};

TEST_CASE("what the runner asks while a request is open waits for its turn", "[process][adapter_end]") {
  Desk desk;
  REQUIRE(desk.far->send(R"({"jsonrpc":"2.0","id":7,"method":"canary.echo","params":{"nonce":"A"}})"));
  REQUIRE(desk.far->send(R"({"jsonrpc":"2.0","id":1,"result":{}})"));
  CHECK(desk.end->power(true, long_enough));
  CHECK(desk.end->pending());
  CHECK(desk.received() == Seen{R"({"jsonrpc":"2.0","id":1,"method":"uicc.power","params":{"vcc":true}})"});
  CHECK(desk.end->serve(milliseconds{0}).value());
  CHECK(desk.received() == Seen{R"({"jsonrpc":"2.0","id":7,"result":{"nonce":"A"}})"});
  CHECK_FALSE(desk.end->serve(milliseconds{0}).value());
}

TEST_CASE("an answer that comes too late is nobody's", "[process][adapter_end]") {
  Desk desk;
  const auto late = desk.end->power(true, milliseconds{1});
  REQUIRE_FALSE(late);
  CHECK(late.error().code == Errc::timeout);
  CHECK(late.error().text() == "uicc.power: no answer within 1 ms");
  REQUIRE(desk.far->send(R"({"jsonrpc":"2.0","id":1,"error":{"code":4,"message":"no card"}})"));
  REQUIRE(desk.far->send(R"({"jsonrpc":"2.0","id":3,"result":{"atr":"3B00"}})"));
  CHECK(to_hex(desk.end->reset(false, long_enough).value()) == "3B00");
}

TEST_CASE("APDUs are numbered from one in each case, divided by the answer to case.begin", "[process][adapter_end]") {
  Desk desk;
  const auto answer = [&](int id) {
    REQUIRE(desk.far->send(R"({"jsonrpc":"2.0","id":)" + std::to_string(id) + R"(,"result":{"rapdu":"9000"}})"));
  };
  const auto numbers = [&] {
    std::vector<std::int64_t> out;
    for (const auto& line : desk.received()) {
      const auto message = read_message(line).value();
      if (message.method == "uicc.apdu") out.push_back(message.params.int_or("seq", 0));
    }
    return out;
  };
  const Octets status{0x80, 0xF2, 0x00, 0x00, 0x00};
  answer(1);
  answer(2);
  REQUIRE(desk.end->apdu(status, long_enough));
  REQUIRE(desk.far->send(R"({"jsonrpc":"2.0","id":50,"method":"case.begin","params":{"id":"a","title":"b"}})"));
  answer(2);
  REQUIRE(desk.end->apdu(status, long_enough));  // case.begin has come, but is not answered
  CHECK(numbers() == std::vector<std::int64_t>{1, 2});
  REQUIRE(desk.end->serve(long_enough));
  answer(3);
  desk.end->set_time(std::chrono::microseconds{42});
  REQUIRE(desk.end->apdu(status, long_enough));
  const auto lines = desk.received();
  CHECK(lines.back() ==
        R"({"jsonrpc":"2.0","id":3,"method":"uicc.apdu","params":{"seq":1,"t":42,"capdu":"80F2000000"}})");
}

TEST_CASE("what is no message is answered with an error, and serving goes on", "[process][adapter_end]") {
  Desk desk;
  REQUIRE(desk.far->send("{"));
  REQUIRE(desk.far->send("[]"));
  REQUIRE(desk.far->send(R"({"jsonrpc":"2.0","id":1,"method":"x.y"})"));
  CHECK(desk.end->serve(milliseconds{0}).value());
  const auto lines = desk.received();
  REQUIRE(lines.size() == 3);
  CHECK(read_message(lines[0])->answer.error().code == code::parse_error);
  CHECK(read_message(lines[1])->answer.error().code == code::invalid_request);
  CHECK(read_message(lines[2])->answer.error().code == code::unknown_method);
}

TEST_CASE("an adapter whose runner is gone is over", "[process][adapter_end]") {
  Desk desk;
  desk.far.reset();
  const auto served = desk.end->serve(long_enough);
  REQUIRE_FALSE(served);
  CHECK(served.error().text() == "the runner is gone: it closed its stream");
  CHECK(desk.end->over());
}

}  // namespace
}  // namespace dmsc::process

// SPDX-License-Identifier: Apache-2.0
#include "adapters/reader/reader_device.hpp"

#include <unistd.h>

#include <array>
#include <set>

#include "adapters/process/testing/scripted_card.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

// A reader that we write ourselves takes the card in; what it says reaches the card, and the other way round. One
// thread: whatever is sent waits in the socket until the other end looks.
namespace dmsc::reader {
namespace {

using namespace std::chrono_literals;
using process::testing::ScriptedCard;
using Log = std::vector<std::string>;

constexpr auto plenty = 10s;
constexpr auto no_time = 1ms;
const Value nothing = Value::Map{};

/// Operates nothing; writes down what it is asked for.
class Operator final : public process::ControlPlane {
 public:
  bool has(std::string_view verb) const override { return verbs.contains(verb); }
  Result<Value> call(const std::string& verb, const Value& params, std::chrono::milliseconds /*most*/) override {
    log.push_back(verb + " " + write_json(params));
    if (on_call) return on_call();
    return nothing;
  }
  std::string label() const override { return "nobody"; }
  std::string take_log() override { return "line\n"; }

  std::set<std::string, std::less<>> verbs;
  std::function<Result<Value>()> on_call;
  process::WaitFor wait_for;
  Log log;
};

/// The reader's end of a connection.
struct Reader {
  explicit Reader(const vpcd::Listener& listener)
      : socket(vpcd::accept_from(listener, vpcd::Patience::within(plenty)).value()) {}

  void send(const std::string& hex) {
    REQUIRE(socket.send_message(hex.empty() ? Octets{} : *parse_hex(hex), vpcd::Patience::within(plenty)));
  }
  std::string receive() {
    const auto message = socket.receive_message(vpcd::Patience::within(plenty));
    return message ? to_hex(*message) : message.error().text();
  }
  bool silent() {
    const auto message = socket.receive_message(vpcd::Patience::within(no_time));
    return !message && message.error().code == Errc::timeout;
  }

  vpcd::Socket socket;
};

struct Rig {
  vpcd::Listener listener = vpcd::listen_on("127.0.0.1", 0).value();
  std::atomic<int> stop{0};
  Operator* control = nullptr;
  std::unique_ptr<ReaderDevice> device;
  ScriptedCard card;

  explicit Rig(process::IpHost* ip_host = nullptr, ScriptedCard::Script script = {}) : card(std::move(script)) {
    ReaderDevice::Settings settings;
    settings.host = "127.0.0.1";
    settings.port = listener.port;
    settings.ip_host = ip_host;
    settings.stop = &stop;
    settings.connect_within = 50ms;
    device =
        ReaderDevice::open(settings, [this](process::WaitFor wait) -> Result<std::unique_ptr<process::ControlPlane>> {
          auto made = std::make_unique<Operator>();
          made->wait_for = std::move(wait);
          control = made.get();
          return made;
        }).value();
  }

  /// The card goes into the reader.
  Reader plug_in() {
    device->insert(&card);
    REQUIRE(device->wait(no_time).value() == false);
    return Reader(listener);
  }
  void serve() { REQUIRE(device->wait(plenty).value()); }
  std::string error() {
    const auto served = device->wait(plenty);
    REQUIRE_FALSE(served);
    return served.error().text();
  }
  std::string place() const { return device->label(); }
};

}  // namespace

TEST_CASE("what a reader does reaches the card", "[reader]") {
  Rig rig;
  auto reader = rig.plug_in();
  for (const auto* code : {"01", "02", "00"}) {
    reader.send(code);
    rig.serve();
  }
  CHECK(rig.card.seen == Log{"on", "warm", "off"});
  CHECK(reader.silent());
  reader.send("04");
  rig.serve();
  CHECK(reader.receive() == "3B00");
  reader.send("09");  // no code that anybody knows
  rig.serve();
  CHECK(reader.silent());
  CHECK(rig.card.seen.size() == 3);
}

TEST_CASE("a command is answered by the card", "[reader]") {
  Rig rig(nullptr, [](const std::string& command) { return command == "80F2000C" ? "910F" : std::string{}; });
  auto reader = rig.plug_in();
  reader.send("80F2000C");
  rig.serve();
  CHECK(reader.receive() == "910F");
  reader.send("00A4000C023F00");
  rig.serve();
  CHECK(reader.receive() == "9000");
  CHECK(rig.card.seen == Log{"80F2000C", "00A4000C023F00"});
}

TEST_CASE("messages that came at once are served one by one", "[reader]") {
  Rig rig;
  auto reader = rig.plug_in();
  reader.send("01");
  reader.send("04");
  reader.send("80F2000C");
  for (int count = 0; count < 3; ++count) rig.serve();
  CHECK(rig.card.seen == Log{"on", "80F2000C"});
  CHECK(reader.receive() == "3B00");
  CHECK(reader.receive() == "9000");
  CHECK(rig.device->wait(no_time).value() == false);
}

TEST_CASE("a mute card never answers again, but its reader keeps it", "[reader]") {
  Rig rig(nullptr, [](const std::string& command) { return command == "80F2000C" ? "mute" : std::string{}; });
  auto reader = rig.plug_in();
  reader.send("80F2000C");
  rig.serve();
  CHECK(reader.silent());
  reader.send("00A4000C023F00");
  rig.serve();
  CHECK(reader.silent());
  CHECK(rig.card.seen == Log{"80F2000C"});
  reader.send("04");
  rig.serve();
  CHECK(reader.receive() == "3B00");
  rig.control->verbs.insert("device.powerOff");
  ScriptedCard other;
  rig.device->insert(&other);
  reader.send("80F2000C");
  rig.serve();
  CHECK(reader.receive() == "9000");
}

TEST_CASE("a reader that lets the card go is no device any more, until it takes it again", "[reader]") {
  Rig rig;
  { const auto gone = rig.plug_in(); }
  const auto served = rig.device->wait(plenty);
  REQUIRE_FALSE(served);
  CHECK(served.error().code == Errc::unavailable);
  CHECK(served.error().text() == rig.place() + ": the reader let the card go");
  CHECK(rig.device->wait(no_time).value() == false);
  Reader again(rig.listener);
  again.send("80F2000C");
  rig.serve();
  CHECK(again.receive() == "9000");
}

TEST_CASE("a message without octets breaks the protocol", "[reader]") {
  Rig rig;
  auto reader = rig.plug_in();
  reader.send("");
  const auto served = rig.device->wait(plenty);
  REQUIRE_FALSE(served);
  CHECK(served.error().code == Errc::protocol);
  CHECK(served.error().text() == rig.place() + ": the reader sent a message without octets");
}

TEST_CASE("no reader is unavailable within its time", "[reader]") {
  Rig rig;
  rig.listener.fd = {};
  rig.device->insert(&rig.card);
  const auto waited = rig.device->wait(no_time);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == Errc::unavailable);
  CHECK(waited.error().text().starts_with(rig.place() + ": no reader takes a card: "));
  const auto called = rig.device->call("device.dial", nothing, plenty);
  REQUIRE_FALSE(called);
  CHECK(called.error().code == Errc::unavailable);
  CHECK(rig.control->log.empty());  // nobody is asked to operate a device that has no card
}

TEST_CASE("without a card nothing is connected, and time passes", "[reader]") {
  Rig rig;
  rig.listener.fd = {};
  const auto before = rig.device->now();
  CHECK(rig.device->wait(20ms).value() == false);
  CHECK(rig.device->now() - before >= 20ms);
  CHECK(rig.device->call("device.powerOff", nothing, plenty));
  CHECK(rig.control->log == Log{"device.powerOff {}"});
}

TEST_CASE("a device that can be switched off keeps its reader when the card is changed", "[reader]") {
  Rig rig;
  rig.control->verbs = {"device.powerOff"};
  auto reader = rig.plug_in();
  rig.device->insert(nullptr);
  reader.send("04");  // the reader looks for its card all the time
  rig.serve();
  CHECK(reader.receive() == "3B00");
  reader.send("01");
  reader.send("80F2000C");
  rig.serve();
  rig.serve();
  CHECK(reader.receive() == "6F00");  // who polls an empty slot does not find it dead
  CHECK(rig.card.seen.empty());
  ScriptedCard other;
  rig.device->insert(&other);
  reader.send("01");
  reader.send("80F2000C");
  rig.serve();
  rig.serve();
  CHECK(reader.receive() == "9000");
  CHECK(other.seen == Log{"on", "80F2000C"});
  CHECK(rig.card.seen.empty());
}

TEST_CASE("any other device sees its card leave and another come", "[reader]") {
  Rig rig;
  auto reader = rig.plug_in();
  rig.device->insert(nullptr);
  CHECK(reader.receive().find("closed the connection") != std::string::npos);
  CHECK(rig.device->wait(no_time).value() == false);
  ScriptedCard other;
  rig.device->insert(&other);
  CHECK(rig.device->wait(no_time).value() == false);
  Reader again(rig.listener);
  again.send("80F2000C");
  rig.serve();
  CHECK(again.receive() == "9000");
  CHECK(other.seen == Log{"80F2000C"});
}

TEST_CASE("a signal ends the waiting", "[reader]") {
  Rig rig;
  SECTION("while the card is in its reader") {
    auto reader = rig.plug_in();
    rig.stop = 2;
    CHECK(rig.error() == "stopped by a signal");
  }
  SECTION("while no reader takes it") {
    rig.listener.fd = {};
    rig.device->insert(&rig.card);
    rig.stop = 2;
    CHECK(rig.error() == "stopped by a signal");
  }
  const auto waited = rig.device->wait(plenty);
  REQUIRE_FALSE(waited);
  CHECK(waited.error().code == Errc::interrupted);
}

TEST_CASE("the card is served while a verb is carried out", "[reader]") {
  std::array<int, 2> wake{};
  REQUIRE(::pipe(wake.data()) == 0);
  const net::Fd reading(wake[0]);
  const net::Fd writing(wake[1]);
  Rig rig(nullptr, [&](const std::string& command) {
    if (command == "00A4000C023F00") REQUIRE(::write(writing.get(), "x", 1) == 1);
    return std::string{};
  });
  auto reader = rig.plug_in();
  std::chrono::milliseconds patience = plenty;
  rig.control->on_call = [&]() -> Result<Value> {
    const auto waited = rig.control->wait_for(patience, reading.get());
    if (!waited) return tl::make_unexpected(waited.error());
    return Value("waited");
  };
  SECTION("until the verb is done") {
    reader.send("01");
    reader.send("80F2000C");
    reader.send("00A4000C023F00");  // what this one does ends the verb
    CHECK(rig.device->call("device.powerOn", nothing, plenty) == Value("waited"));
    CHECK(rig.card.seen == Log{"on", "80F2000C", "00A4000C023F00"});
    CHECK(reader.receive() == "9000");
    CHECK(reader.receive() == "9000");
  }
  SECTION("until its time is over") {
    patience = 20ms;
    reader.send("80F2000C");
    CHECK(rig.device->call("device.powerOn", nothing, plenty) == Value("waited"));
    CHECK(reader.receive() == "9000");
  }
  SECTION("until the reader lets go") {
    reader.send("80F2000C");
    { const auto gone = std::move(reader); }
    const auto called = rig.device->call("device.powerOn", nothing, plenty);
    REQUIRE_FALSE(called);
    CHECK(called.error().code == Errc::unavailable);
    CHECK(rig.card.seen == Log{"80F2000C"});
  }
  SECTION("until a signal comes") {
    rig.stop = 15;
    const auto called = rig.device->call("device.powerOn", nothing, plenty);
    REQUIRE_FALSE(called);
    CHECK(called.error().code == Errc::interrupted);
  }
}

TEST_CASE("the plane that operates the device hears of cases where it can", "[reader]") {
  Rig rig;
  REQUIRE(rig.device->begin_case("DM_SC-1.0-con-151", "a title"));
  REQUIRE(rig.device->end_case("DM_SC-1.0-con-151", "pass"));
  CHECK(rig.control->log.empty());
  rig.control->verbs = {"case.begin", "case.end"};
  REQUIRE(rig.device->begin_case("DM_SC-1.0-con-151", "a title"));
  REQUIRE(rig.device->end_case("DM_SC-1.0-con-151", "pass"));
  CHECK(rig.control->log == Log{R"(case.begin {"id":"DM_SC-1.0-con-151","title":"a title"})",
                                R"(case.end {"id":"DM_SC-1.0-con-151","verdict":"pass"})"});
  rig.control->on_call = []() -> Result<Value> { return fail(Errc::no_operator, "nobody"); };
  CHECK(rig.device->begin_case("a", "b").error().code == Errc::no_operator);
  CHECK(rig.device->end_case("a", "pass").error().code == Errc::no_operator);
  CHECK(rig.device->take_log() == "line\n");
  CHECK(rig.device->has("case.begin"));
  CHECK_FALSE(rig.device->has("device.dial"));
}

TEST_CASE("a device says what it is and who operates it", "[reader]") {
  Rig rig;
  CHECK(rig.place() ==
        "device behind the reader at vpcd:127.0.0.1:" + std::to_string(rig.listener.port) + ", operated by nobody");
}

TEST_CASE("without a plane there is no device", "[reader]") {
  const auto none =
      ReaderDevice::open({}, [](const process::WaitFor& /*wait*/) -> Result<std::unique_ptr<process::ControlPlane>> {
        return fail(Errc::usage, "operates no device");
      });
  REQUIRE_FALSE(none);
  CHECK(none.error().text() == "operates no device");
}

TEST_CASE("the card's web server is carried on beside the reader", "[reader]") {
  struct Host final : process::IpHost {
    void expose(port::StreamService* service) override { exposed = service != nullptr; }
    void wait(std::chrono::milliseconds /*patience*/, int /*wake_fd*/) override { ++waits; }
    bool exchange() override { return moves > 0 && moves-- > 0; }
    bool exposed = false;
    int waits = 0;
    int moves = 0;
  };
  struct Service final : port::StreamService {
    std::optional<int> connect(std::size_t /*listener*/) override { return {}; }
    std::size_t write(int /*client*/, ByteView octets) override { return octets.size(); }
    Octets take_output(int /*client*/) override { return {}; }
    bool over(int /*client*/) const override { return true; }
    void disconnect(int /*client*/) override {}
  };
  Host host;
  Service service;
  Rig rig(&host);
  rig.device->expose(&service);
  CHECK(host.exposed);
  rig.device->expose(nullptr);
  CHECK_FALSE(host.exposed);
  SECTION("without a card") {
    host.moves = 1;
    CHECK(rig.device->wait(plenty).value());
  }
  SECTION("with one: a client is something that moved") {
    auto reader = rig.plug_in();
    host.moves = 1;
    CHECK(rig.device->wait(plenty).value());
    reader.send("80F2000C");
    rig.serve();
    CHECK(reader.receive() == "9000");
  }
  CHECK(host.waits > 0);
}

}  // namespace dmsc::reader

// SPDX-License-Identifier: Apache-2.0
#include <sys/socket.h>

#include <functional>
#include <thread>

#include "adapters/vpcd/card_end.hpp"
#include "adapters/vpcd/vpcd_link.hpp"
#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::vpcd;
using namespace std::chrono_literals;

namespace {

constexpr auto plenty = 10s;

/// Answers with the command's own octets and 9000 unless a test says otherwise; logs what the reader does.
struct EchoCard final : port::SoftCard {
  std::function<std::optional<Octets>(ByteView)> answer = [](ByteView command) {
    Octets out = to_octets(command);
    append(out, Octets{0x90, 0x00});
    return std::optional(out);
  };
  Octets atr_octets{0x3B, 0x00};
  std::string log;

  Octets power_on() override { return note("on "), atr_octets; }
  void power_off() override { note("off "); }
  Octets reset() override { return note("reset "), atr_octets; }
  Octets atr() const override { return atr_octets; }
  std::optional<Octets> command(ByteView capdu) override { return note("command "), answer(capdu); }

  void note(const char* what) { log += what; }
};

/// A card in its reader, served by a thread of its own until the bench is cleared.
struct Bench {
  explicit Bench(EchoCard& card) : link(VpcdLink::listen("127.0.0.1", 0, plenty).value()) {
    server = std::thread([this, &card] { ended = CardEnd({"127.0.0.1", link->port(), plenty}, card, stop).run(); });
  }
  ~Bench() { clear(); }

  Result<void> clear() {
    stop.request();
    if (server.joinable()) server.join();
    return ended;
  }

  StopSignal stop;
  std::unique_ptr<VpcdLink> link;
  Result<void> ended;
  std::thread server;
};

/// A card whose every octet on the wire a test writes itself.
struct RawCard {
  explicit RawCard(const VpcdLink& link)
      : socket(connect_to("127.0.0.1", link.port(), Patience::within(plenty)).value()) {}

  void read(std::size_t messages) {
    while (messages-- > 0) REQUIRE(socket.receive_message(Patience::within(plenty)));
  }
  void write(const Octets& body) { REQUIRE(socket.send_message(body, Patience::within(plenty))); }

  Socket socket;
};

const Octets status{0x80, 0xF2, 0x00, 0x00, 0x00};

}  // namespace

TEST_CASE("a power cycle is off, on and get ATR", "[vpcd]") {
  EchoCard card;
  card.atr_octets = {0x3B, 0x9F, 0x96};
  Bench bench(card);
  REQUIRE(bench.link->power_cycle() == card.atr_octets);
  REQUIRE(bench.link->power_cycle() == card.atr_octets);
  REQUIRE(bench.clear());
  REQUIRE(card.log == "off on off on ");
}

TEST_CASE("commands and responses pass untouched", "[vpcd]") {
  EchoCard card;
  Bench bench(card);
  REQUIRE(bench.link->power_cycle());
  SECTION("four octets") {
    REQUIRE(bench.link->transmit(Octets{0x00, 0xA4, 0x00, 0x0C}, plenty) == Octets{0x00, 0xA4, 0x00, 0x0C, 0x90, 0x00});
  }
  SECTION("a status word that asks for more") {
    card.answer = [](ByteView) { return Octets{0x91, 0x22}; };
    REQUIRE(bench.link->transmit(status, plenty) == Octets{0x91, 0x22});
  }
  SECTION("the longest of both") {
    card.answer = [](ByteView command) { return Octets(65533 + 2, command[65534]); };
    REQUIRE(bench.link->transmit(Octets(65535, 0x5A), plenty) == Octets(65535, 0x5A));
  }
}

TEST_CASE("a command that vpcd cannot carry is refused and leaves the link alive", "[vpcd]") {
  EchoCard card;
  Bench bench(card);
  REQUIRE(bench.link->power_cycle());
  const auto place = bench.link->label();
  REQUIRE(bench.link->transmit(Octets{0x00}, plenty).error().text() ==
          place + ": command of 1 octet, 4 to 65535 expected");
  REQUIRE(bench.link->transmit(Octets(65536), plenty).error().code == Errc::range);
  REQUIRE(bench.link->transmit(status, plenty));
}

TEST_CASE("a mute card ends by our deadline and stays in its reader", "[vpcd]") {
  EchoCard card;
  card.answer = [](ByteView) { return std::nullopt; };
  Bench bench(card);
  REQUIRE(bench.link->power_cycle());
  const auto late = bench.link->transmit(status, 30ms);
  REQUIRE(late.error().code == Errc::timeout);
  REQUIRE(late.error().text() == bench.link->label() + ": the card did not answer in time");
  REQUIRE(bench.link->transmit(status, plenty).error().code == Errc::unavailable);
  REQUIRE(bench.link->power_cycle().error().message == "link abandoned after a time-out");
  REQUIRE(bench.clear());
}

TEST_CASE("an answer without octets is never sent", "[vpcd]") {
  EchoCard card;
  card.answer = [](ByteView) { return Octets{}; };
  Bench bench(card);
  REQUIRE(bench.link->power_cycle());
  REQUIRE(bench.link->transmit(status, 30ms).error().code == Errc::timeout);
}

TEST_CASE("a card that leaves is unavailable", "[vpcd]") {
  auto link = VpcdLink::listen("127.0.0.1", 0, plenty).value();
  {
    RawCard card(*link);
    card.write({0x3B, 0x00});
    REQUIRE_FALSE(link->transmit(status, plenty));  // not powered yet
    REQUIRE(link->power_cycle() == Octets{0x3B, 0x00});
  }
  const auto gone = link->transmit(status, plenty);
  REQUIRE(gone.error().code == Errc::unavailable);
  REQUIRE(gone.error().message == "the card closed the connection");
  REQUIRE(link->transmit(status, plenty).error().message == "the card closed the connection");
}

TEST_CASE("an answer of one octet breaks the protocol", "[vpcd]") {
  auto link = VpcdLink::listen("127.0.0.1", 0, plenty).value();
  RawCard card(*link);
  card.write({0x3B, 0x00});
  REQUIRE(link->power_cycle());
  card.read(3);
  std::thread late([&] {
    card.read(1);
    card.write({0x90});
  });
  const auto answer = link->transmit(status, plenty);
  late.join();
  REQUIRE(answer.error().code == Errc::protocol);
  REQUIRE(answer.error().message == "answer of 1 octet, at least 2 expected");
  REQUIRE(link->transmit(status, plenty).error().message == "link abandoned after a protocol error");
}

TEST_CASE("octets that nothing asked for are not taken as the next answer", "[vpcd]") {
  auto link = VpcdLink::listen("127.0.0.1", 0, plenty).value();
  RawCard card(*link);
  card.write({0x3B, 0x00});
  card.write({0x91, 0x0F});  // with the ATR in the receive queue before the link reads
  REQUIRE(link->power_cycle());
  const auto answer = link->transmit(status, plenty);
  REQUIRE(answer.error().code == Errc::protocol);
  REQUIRE(answer.error().message == "the card sent octets that nothing asked for");
}

TEST_CASE("an ATR outside 2 to 33 octets breaks the protocol", "[vpcd]") {
  auto link = VpcdLink::listen("127.0.0.1", 0, plenty).value();
  RawCard card(*link);
  card.write(Octets(34, 0x3B));
  REQUIRE(link->power_cycle().error().text() == link->label() + ": ATR of 34 octets, 2 to 33 expected");
}

TEST_CASE("no card within the wait is unavailable, and a later one is still taken", "[vpcd]") {
  auto link = VpcdLink::listen("127.0.0.1", 0, 5ms).value();
  const auto none = link->power_cycle();
  REQUIRE(none.error().code == Errc::unavailable);
  REQUIRE(none.error().text() == link->label() + ": no card connected within 5 ms");
  RawCard card(*link);
  card.write({0x3B, 0x00});
  REQUIRE(link->power_cycle());
}

TEST_CASE("a taken port is busy", "[vpcd]") {
  const auto first = VpcdLink::listen("127.0.0.1", 0, 5ms).value();
  REQUIRE(VpcdLink::listen("127.0.0.1", first->port(), 5ms).error().code == Errc::busy);
}

TEST_CASE("a card end without a reader says so within its time", "[vpcd]") {
  const auto port = listen_on("127.0.0.1", 0).value().port;  // free again, and nobody listens
  EchoCard card;
  StopSignal stop;
  const auto ended = CardEnd({"127.0.0.1", port, 30ms}, card, stop).run();
  REQUIRE(ended.error().code == Errc::unavailable);
  REQUIRE(ended.error().text() ==
          "127.0.0.1:" + std::to_string(port) + ": no reader takes a card within 30 ms (Connection refused)");
  SECTION("or ends well when told to stop before") {
    stop.request();
    REQUIRE(CardEnd({"127.0.0.1", port, plenty}, card, stop).run());
  }
}

TEST_CASE("the card end answers get ATR only, whatever the control code", "[vpcd]") {
  const auto listener = listen_on("127.0.0.1", 0).value();
  EchoCard card;
  StopSignal stop;
  Result<void> ended;
  std::thread server([&] { ended = CardEnd({"127.0.0.1", listener.port, plenty}, card, stop).run(); });
  {
    auto reader = accept_from(listener, Patience::within(plenty)).value();
    for (const std::uint8_t code : {0x01, 0x03, 0xFF, 0x02, 0x00, 0x04}) {
      REQUIRE(reader.send_message(Octets{code}, Patience::within(plenty)));
    }
    REQUIRE(reader.receive_message(Patience::within(plenty)) == card.atr_octets);
    REQUIRE_FALSE(reader.has_leftover());
    SECTION("and goes with its reader") {}
    SECTION("an empty message breaks the protocol") {
      REQUIRE(reader.send_message({}, Patience::within(plenty)));
      server.join();
      REQUIRE(ended.error().text() == "vpcd: the reader sent a message without octets");
      return;
    }
  }
  server.join();
  REQUIRE(ended);
  REQUIRE(card.log == "on reset off ");
}

TEST_CASE("a response too long for vpcd is our error, not a cut one", "[vpcd]") {
  EchoCard card;
  card.answer = [](ByteView) { return Octets(65536); };
  Bench bench(card);
  REQUIRE(bench.link->power_cycle());
  REQUIRE_FALSE(bench.link->transmit(status, plenty));
  REQUIRE(bench.clear().error().text() == "message of 65536 octets, vpcd carries at most 65535");
}

// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/bip_listener.hpp"

#include <algorithm>

#include "runner/base/catch.hpp"
#include "runner/peer/uicc/uicc.hpp"

// The card's web server over BIP, driven by APDUs made by hand after cat.md 3.4, 3.8 and 4.
namespace dmsc::peer {
namespace {

Personality personality(std::int64_t http_channels, std::set<Policy> off = {}) {
  Personality self;
  self.atr = {0x3B, 0x00};
  self.numbering = {1, 0};
  self.http_channels = http_channels;
  self.switched_off = std::move(off);
  return self;
}

std::string packed(std::string hex) {
  hex.erase(std::remove(hex.begin(), hex.end(), ' '), hex.end());
  return hex;
}

std::string hex_of(std::string_view text) {
  return to_hex(Octets(text.begin(), text.end()));
}

/// A card and the APDUs that a terminal sends it.
struct Card {
  Uicc uicc;
  std::string status;  ///< of the last command

  explicit Card(Personality self) : uicc(std::move(self)) {
    uicc.power_on();
    // 6.3 6.4 | 12.1-5 | 13.6-8 | 17.3; SET UP EVENT LIST, 5.1, too
    send("8010000011 00000000010C00000000001FE000000004");
  }

  std::string send(const std::string& hex) {
    const auto answer = uicc.command(*parse_hex(hex));
    REQUIRE(answer);
    status = to_hex(*answer);
    return status;
  }

  /// The command that the last status word announced; empty where it announced none.
  std::string fetch() {
    if (status.substr(0, 2) != "91") return {};
    const auto answer = send("80120000" + status.substr(2));
    REQUIRE(answer.size() > 4);
    REQUIRE(answer.substr(answer.size() - 4) == "9000");
    return answer.substr(0, answer.size() - 4);
  }

  std::string respond(const std::string& body) {
    const auto hex = packed(body);
    return send("80140000" + hex_number(hex.size() / 2, 2) + hex);
  }

  std::string event(const std::string& objects) {
    const auto hex = packed(objects);
    return send("80C20000" + hex_number(hex.size() / 2 + 2, 2) + "D6" + hex_number(hex.size() / 2, 2) + hex);
  }
  std::string channel_status(const std::string& octets) { return event("99010A 82028281 B802" + octets); }
  std::string data_available(const std::string& channel, std::size_t length) {
    return event("990109 82028281 B802" + channel + "00 B701" + hex_number(length, 2));
  }

  /// SET UP EVENT LIST and one OPEN CHANNEL for each channel, all performed.
  void open(int channels = 1) {
    CHECK(fetch() == packed("D00D 8103010500 82028182 9902090A"));
    respond("8103010500 82028281 830100");
    for (int channel = 1; channel <= channels; ++channel) {
      CHECK(fetch() == packed("D012 8103014000 82028182 B9020578 BC03030DBC"));
      respond("8103014000 82028281 830100 38024" + std::to_string(channel) + "00 39020578");
    }
    CHECK(status == "9000");
  }

  /// The same, and a client on channel 1.
  void serve() {
    open();
    CHECK(channel_status("8100") == "9000");
  }

  /// Answers the RECEIVE DATA that is announced. @param left  octets that remain
  std::string give(std::string_view text, std::size_t left = 0, const char* channel = "21") {
    CHECK(fetch() == packed("D00C 8103014200 820281") + channel + "B701ED");
    const auto length = text.size() < 0x80 ? hex_number(text.size(), 2) : "81" + hex_number(text.size(), 2);
    return respond("8103014200 82028281 830100 B6" + length + hex_of(text) + "B701" + hex_number(left, 2));
  }

  struct Sent {
    std::string text;
    std::string qualifiers;
    std::string channels;
  };
  /// Performs SEND DATA as long as it is announced; the command behind them stands in `next`.
  std::string next;
  Sent sent() {
    Sent out;
    for (next = fetch(); next.find("81030143") != std::string::npos; next = fetch()) {
      const auto details = next.substr(next.find("81030143"));
      const auto qualifier = details.substr(8, 2);
      const auto object = next.substr(next.find("820281") + 8);
      CHECK(object.substr(0, 2) == "B6");
      const bool longer = object.substr(2, 2) == "81";
      const auto octets = *parse_hex(object.substr(longer ? 6 : 4));
      CHECK(parse_hex(object.substr(longer ? 4 : 2, 2))->front() == octets.size());
      out.text.append(octets.begin(), octets.end());
      out.qualifiers += qualifier + " ";
      out.channels += next.substr(next.find("820281") + 6, 2) + " ";
      respond("81030143" + qualifier + "82028281 830100 B701FF");
    }
    return out;
  }
};

constexpr const char* request = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* page_request = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

bool is_404(const std::string& answer) {
  return answer.starts_with("HTTP/1.1 404 ") && answer.ends_with("\r\n\r\n404\n");
}

}  // namespace

TEST_CASE("the card asks for its channels, https first, then for nothing", "[bip]") {
  auto self = personality(1);
  self.https_channels = 2;
  Card card(self);
  CHECK(card.fetch() == packed("D00D 8103010500 82028182 9902090A"));
  card.respond("8103010500 82028281 830100");
  for (const auto* port : {"1014", "1014", "0DBC"}) {
    CHECK(card.fetch() == packed("D012 8103014000 82028182 B9020578 BC0303") + port);
    card.respond("8103014000 82028281 83023A01");
  }
  CHECK(card.status == "9000");
}

TEST_CASE("a terminal without UICC server mode is asked for no channel", "[bip]") {
  Uicc card(personality(1));
  card.power_on();
  const auto answer = card.command(*parse_hex("8010000011 00000000010C00000000001FE000000018"));
  CHECK(to_hex(*answer) == "9000");
}

TEST_CASE("a client connects, asks and is answered", "[bip]") {
  Card card(personality(1));
  card.serve();
  CHECK(card.data_available("81", 34) == "910E");
  card.give(request);
  const auto sent = card.sent();
  CHECK(is_404(sent.text));
  CHECK(sent.qualifiers == "01 ");
  CHECK(sent.channels == "21 ");
  CHECK(card.next.empty());
  // and again on the same connection
  card.data_available("81", 34);
  card.give(request);
  CHECK(is_404(card.sent().text));
  CHECK(card.status == "9000");
}

TEST_CASE("a request is read on as long as something remains", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.data_available("81", 34);
  const std::string_view text = request;
  card.give(text.substr(0, 10), 24);
  card.give(text.substr(10, 10), 14);
  card.give(text.substr(20), 0);
  CHECK(is_404(card.sent().text));
  CHECK(card.next.empty());
}

TEST_CASE("data that come while the card reads are read too", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.data_available("81", 10);
  const std::string_view text = request;
  const auto receive = card.fetch();
  CHECK(receive == packed("D00C 8103014200 82028121 B701ED"));
  CHECK(card.data_available("81", 24) == "9000");  // between FETCH and the response
  CHECK(card.respond("8103014200 82028281 830100 B60A" + hex_of(text.substr(0, 10)) + "B70100") == "910E");
  card.give(text.substr(10));
  CHECK(is_404(card.sent().text));
}

TEST_CASE("a long answer is stored in pieces and sent with the last", "[bip]") {
  const auto pieces = [](std::int64_t buffer) {
    auto self = personality(1);
    self.buffer_size = buffer;
    Card card(self);
    card.fetch();
    card.respond("8103010500 82028281 830100");
    card.fetch();
    card.respond("8103014000 82028281 830100 38024100 3902" + hex_number(static_cast<std::uint64_t>(buffer), 4));
    card.channel_status("8100");
    card.data_available("81", 20);
    card.give(page_request);
    const auto sent = card.sent();
    CHECK(sent.text.starts_with("HTTP/1.1 200 "));
    CHECK(sent.text.ends_with("</html>\n"));
    CHECK(sent.text.size() > 220);
    CHECK(sent.text.size() <= 440);
    return sent.qualifiers;
  };
  CHECK(pieces(1400) == "00 01 ");
  CHECK(pieces(440) == "00 01 ");
  CHECK(pieces(250) == "00 01 01 ");  // what fills the buffer goes at once
  CHECK(pieces(220) == "01 01 ");
}

TEST_CASE("where the connection is to be closed the card listens again", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.data_available("81", 20);
  card.give("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  CHECK(card.sent().text.starts_with("HTTP/1.1 200 "));
  CHECK(card.next == packed("D009 8103014101 82028121"));
  CHECK(card.respond("8103014101 82028281 830100") == "9000");
  // the next client of the same channel
  card.channel_status("8100");
  card.data_available("81", 34);
  card.give(request);
  CHECK(is_404(card.sent().text));
}

TEST_CASE("a client that left leaves nothing for the next", "[bip]") {
  const std::string_view text = request;
  const auto answer = [&](std::set<Policy> off) {
    Card card(personality(1, std::move(off)));
    card.serve();
    card.data_available("81", 10);
    card.give(text.substr(0, 10));
    CHECK(card.channel_status("4100") == "9000");
    CHECK(card.channel_status("8100") == "9000");
    card.data_available("81", 34);
    card.give(text);
    return card.sent().text;
  };
  CHECK(is_404(answer({})));
  CHECK_FALSE(is_404(answer({Policy::forgets_lost_clients})));
}

TEST_CASE("without a client nothing is received", "[bip]") {
  Card card(personality(1));
  card.open();
  CHECK(card.data_available("41", 10) == "9000");
  CHECK(card.data_available("81", 10) == "9000");
  card.channel_status("8100");
  CHECK(card.data_available("82", 10) == "9000");  // another channel
  CHECK(card.channel_status("8200") == "9000");
  CHECK(card.data_available("80", 10) == "9000");  // no channel
  CHECK(card.data_available("81", 10) == "910E");
  Card careless(personality(1, {Policy::checks_channel}));
  careless.open();
  CHECK(careless.data_available("82", 10) == "910E");
}

TEST_CASE("a dropped link is closed and the channel asked for afresh", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.channel_status("0105");
  CHECK(card.fetch() == packed("D009 8103014100 82028121"));
  card.respond("8103014100 82028281 830100");
  CHECK(card.fetch() == packed("D012 8103014000 82028182 B9020578 BC03030DBC"));
  CHECK(card.respond("8103014000 82028281 830100 38024300 39020578") == "9000");
  CHECK(card.channel_status("8100") == "9000");
  CHECK(card.data_available("81", 34) == "9000");  // that was the old number
  card.channel_status("8300");
  card.data_available("83", 34);
  card.give(request, 0, "23");
  CHECK(is_404(card.sent().text));
}

TEST_CASE("a link that drops on a channel which listens on loses the client only", "[bip]") {
  Card card(personality(1));
  card.serve();
  CHECK(card.channel_status("4105") == "9000");  // listen, link dropped
  CHECK(card.channel_status("8100") == "9000");
  card.data_available("81", 34);
  card.give(request);
  CHECK(is_404(card.sent().text));
}

TEST_CASE("the card keeps to the buffer that was granted, and to the room that it is told", "[bip]") {
  Card card(personality(1));
  card.fetch();
  card.respond("8103010500 82028281 830100");
  card.fetch();
  card.respond("8103014000 82028281 830107 38024100 39020064");  // 100 in place of 1400
  card.channel_status("8100");
  card.data_available("81", 20);
  card.give(page_request);
  const auto piece = [&](const char* room) {
    const auto command = card.fetch();
    const auto at = command.find("B6");
    card.respond("8103014301 82028281 830100 B701" + std::string(room));
    return command.substr(command.find("81030143") + 8, 2) + " " + command.substr(at + 2, 2);
  };
  CHECK(piece("64") == "01 64");
  CHECK(piece("0A") == "01 64");
  CHECK(piece("00") == "01 0A");
  CHECK(card.fetch() == packed("D009 8103014101 82028121"));  // no room any more: the client has to go
}

TEST_CASE("a link that drops while the card reads loses that client only", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.data_available("81", 34);
  CHECK(card.fetch() == packed("D00C 8103014200 82028121 B701ED"));
  CHECK(card.channel_status("0105") == "9000");
  card.respond("8103014200 82028281 83023A02");
  CHECK(card.fetch() == packed("D009 8103014100 82028121"));
  card.respond("8103014100 82028281 830100");
  CHECK(card.fetch() == packed("D012 8103014000 82028182 B9020578 BC03030DBC"));
  card.respond("8103014000 82028281 830100 38024100 39020578");
  card.channel_status("8100");
  card.data_available("81", 34);
  card.give(request);
  CHECK(is_404(card.sent().text));
}

TEST_CASE("a refused OPEN CHANNEL is not asked for again, and events of it mean nothing", "[bip]") {
  Card card(personality(1));
  card.fetch();
  card.respond("8103010500 82028281 830100");
  card.fetch();
  CHECK(card.respond("8103014000 82028281 83023A10") == "9000");
  CHECK(card.channel_status("8100") == "9000");
  CHECK(card.data_available("81", 10) == "9000");
}

TEST_CASE("an answer 07 with a smaller buffer opens the channel", "[bip]") {
  Card card(personality(1));
  card.fetch();
  card.respond("8103010500 82028281 830100");
  card.fetch();
  card.respond("8103014000 82028281 830107 38024100 390200C8");
  card.channel_status("8100");
  card.data_available("81", 34);
  card.give(request);
  CHECK(is_404(card.sent().text));
}

TEST_CASE("listen may come by an event behind the response", "[bip]") {
  const auto serves = [](std::set<Policy> off) {
    Card card(personality(1, std::move(off)));
    card.fetch();
    card.respond("8103010500 82028281 830100");
    card.fetch();
    card.respond("8103014000 82028281 830100 38020100 39020578");
    card.channel_status("4100");
    card.channel_status("8100");
    return card.data_available("81", 34) == "910E";
  };
  CHECK(serves({}));
  CHECK_FALSE(serves({Policy::takes_listen_event}));
}

TEST_CASE("a refused RECEIVE DATA or SEND DATA lets the client go", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.data_available("81", 34);
  SECTION("RECEIVE DATA") {
    card.fetch();
    card.respond("8103014200 82028281 83023A02");
  }
  SECTION("SEND DATA") {
    card.give(request);
    CHECK(card.fetch().find("8103014301") != std::string::npos);
    card.respond("8103014301 82028281 83022000");
  }
  CHECK(card.fetch() == packed("D009 8103014101 82028121"));
  CHECK(card.respond("8103014101 82028281 830100") == "9000");
  card.channel_status("8100");
  card.data_available("81", 34);
  card.give(request);
  CHECK(is_404(card.sent().text));
}

TEST_CASE("a response with no data is an answer too", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.data_available("81", 34);
  CHECK(card.fetch() == packed("D00C 8103014200 82028121 B701ED"));
  CHECK(card.respond("8103014200 82028281 830102") == "9000");
  card.data_available("81", 34);
  card.give(request);
  CHECK(is_404(card.sent().text));
}

TEST_CASE("a terminal response to another command is refused, the right one is still taken", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.data_available("81", 34);
  card.fetch();
  const auto data = hex_of(request);
  CHECK(card.respond("8103014300 82028281 830100 B70100") == "6A80");
  CHECK(card.respond("8103024200 82028281 830100 B622" + data + "B70100") == "6A80");
  CHECK(card.respond("8103014200 82028281 830100 B622" + data + "B70100").substr(0, 2) == "91");
  CHECK(is_404(card.sent().text));
}

TEST_CASE("channels of one port serve one client each", "[bip]") {
  Card card(personality(2));
  card.open(2);
  card.channel_status("8100");
  card.channel_status("8200");
  const std::string_view text = request;
  card.data_available("82", 10);
  card.give(text.substr(0, 10), 0, "22");
  card.data_available("81", 34);
  card.give(page_request);
  const auto first = card.sent();
  CHECK(first.text.starts_with("HTTP/1.1 200 "));
  CHECK(first.channels == "21 21 ");
  card.data_available("82", 24);
  card.give(text.substr(10), 0, "22");
  const auto second = card.sent();
  CHECK(is_404(second.text));
  CHECK(second.channels == "22 ");
}

TEST_CASE("the secure port takes no plain HTTP", "[bip]") {
  auto self = personality(0);
  self.https_channels = 1;
  self.psk_identity = "terminal";
  self.psk = {1, 2, 3, 4};
  Card card(self);
  card.fetch();
  card.respond("8103010500 82028281 830100");
  CHECK(card.fetch() == packed("D012 8103014000 82028182 B9020578 BC03031014"));
  card.respond("8103014000 82028281 830100 38024100 39020578");
  card.channel_status("8100");
  card.data_available("81", 34);
  card.give(request);
  CHECK(card.sent().text.find("HTTP") == std::string::npos);
  CHECK(card.next == packed("D009 8103014101 82028121"));
}

TEST_CASE("a reset begins from the start", "[bip]") {
  Card card(personality(1));
  card.serve();
  card.data_available("81", 34);
  card.fetch();  // RECEIVE DATA is with the terminal
  card.uicc.reset();
  CHECK(card.respond("8103014200 82028281 830100 B60141 B70100") == "6985");
  card.send("8010000011 00000000010C00000000001FE000000004");
  card.open();
  CHECK(card.data_available("81", 34) == "9000");
  card.channel_status("8100");
  card.data_available("81", 34);
  card.give(request);
  CHECK(is_404(card.sent().text));
}

TEST_CASE("a rule of the listener that is switched off shows", "[bip]") {
  SECTION("reopens_listener") {
    Card card(personality(1, {Policy::reopens_listener}));
    card.serve();
    card.data_available("81", 20);
    card.give("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    card.sent();
    CHECK(card.next == packed("D009 8103014100 82028121"));
  }
  SECTION("reads_all_pieces") {
    Card card(personality(1, {Policy::reads_all_pieces}));
    card.serve();
    card.data_available("81", 34);
    CHECK(card.give("GET / HTTP", 24) == "9000");
  }
}

TEST_CASE("another TERMINAL PROFILE leaves the card the channels that it has", "[bip]") {
  Card card(personality(2));
  card.open(2);
  card.channel_status("8100");
  card.data_available("81", 34);
  card.fetch();  // RECEIVE DATA is with the terminal
  card.send("8010000011 00000000010C00000000001FE000000004");
  CHECK(card.respond("8103014200 82028281 830100 B60141 B70100") == "6985");
  card.send("00A4000C023F00");
  CHECK(card.fetch() == packed("D00D 8103010500 82028182 9902090A"));
  card.respond("8103010500 82028281 830100");
  CHECK(card.fetch() == packed("D009 8103014101 82028121"));  // its client is gone
  CHECK(card.respond("8103014101 82028281 830100") == "9000");
  card.channel_status("8200");
  card.data_available("82", 34);
  card.give(request, 0, "22");
  CHECK(is_404(card.sent().text));
  card.uicc.reset();
  card.send("8010000011 00000000010C00000000001FE000000004");
  card.open(2);
}

}  // namespace dmsc::peer

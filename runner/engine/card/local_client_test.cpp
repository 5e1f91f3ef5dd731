// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/local_client.hpp"

#include <deque>
#include <fstream>
#include <iterator>

#include "runner/base/catch.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/peer/uicc/uicc.hpp"

// A program on the terminal, with the network in memory.
namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t in_2030 = 1893456000;

std::string pem(const std::string& name) {
  std::ifstream file(std::string(DMSC_SOURCE_DIR) + "/fixtures/certs/" + name);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

Octets octets(std::string_view text) {
  return {text.begin(), text.end()};
}

/// What a stream in memory gives and got; it outlives the stream.
struct Wire {
  std::deque<Result<Octets>> incoming;  ///< one entry a receive; when they are used up nothing comes in time
  std::vector<std::string> sent;
  std::vector<std::chrono::milliseconds> waited;
  std::optional<Error> send_error;
  std::unique_ptr<peer::TlsSession> tls;  ///< answers in place of `incoming`
  bool gone = false;                      ///< the stream was given up
};

class WireStream final : public port::Stream {
 public:
  explicit WireStream(Wire& wire) : wire_(wire) {}
  ~WireStream() override { wire_.gone = true; }

  Result<void> send(ByteView octets, std::chrono::milliseconds /*deadline*/) override {
    if (wire_.send_error) return tl::make_unexpected(*wire_.send_error);
    wire_.sent.emplace_back(octets.begin(), octets.end());
    if (wire_.tls) wire_.tls->on_data(octets);
    return {};
  }
  Result<Octets> receive(std::chrono::milliseconds deadline) override {
    wire_.waited.push_back(deadline);
    if (wire_.tls) return wire_.tls->take_output();
    if (wire_.incoming.empty()) return Octets{};
    auto next = std::move(wire_.incoming.front());
    wire_.incoming.pop_front();
    return next;
  }

 private:
  Wire& wire_;
};

class WireDialer final : public port::StreamDialer {
 public:
  Result<std::unique_ptr<port::Stream>> dial(std::uint16_t port, bool ipv6,
                                             std::chrono::milliseconds /*deadline*/) override {
    dialled += std::to_string(port) + (ipv6 ? " ipv6; " : " ipv4; ");
    if (error) return tl::make_unexpected(*error);
    return std::make_unique<WireStream>(wire);
  }

  Wire wire;
  std::string dialled;
  std::optional<Error> error;
};

/// A card that takes everything and asks for nothing.
class QuietCard final : public port::CardLink {
 public:
  Result<Octets> power_cycle() override { return Octets{0x3B, 0x00}; }
  Result<Octets> transmit(ByteView /*command*/, std::chrono::milliseconds /*deadline*/) override {
    ++commands;
    return Octets{0x90, 0x00};
  }
  std::string label() const override { return "quiet"; }
  int commands = 0;
};

class PeerCard final : public port::CardLink {
 public:
  explicit PeerCard(peer::Personality self) : card_(std::move(self)) {}
  Result<Octets> power_cycle() override { return card_.power_on(); }
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds /*deadline*/) override {
    return *card_.command(command);
  }
  std::string label() const override { return "peer"; }

 private:
  peer::Uicc card_;
};

struct Rig {
  QuietCard quiet;
  WireDialer dialer;
  model::Ics ics;
  model::Pixit pixit;
  peer::Account account;
  std::atomic<int> stop{0};
  CardSession session;
  LocalClient client;

  Rig() : Rig(nullptr) {}
  explicit Rig(port::CardLink* card)
      : session(card == nullptr ? quiet : *card, ics, pixit, account, stop), client(session, &dialer) {
    pixit.values = Value::Map{{"response_wait", "3 s"}};
    REQUIRE(session.power_cycle());
  }

  Wire& wire() { return dialer.wire; }

  void incoming(std::string_view text) { wire().incoming.emplace_back(octets(text)); }

  static LocalClient::Target plain(const char* transport = "tcp_ipv4") {
    const auto* row = find_scws_address(transport);
    return {row, row->plain_port, false, {}};
  }
  static LocalClient::Target secure() {
    const auto* row = find_scws_address("tcp_ipv4");
    LocalClient::Target target{row, row->secure_port, true, {}};
    target.tls.trust = pem("ca.pem");
    target.tls.server_name = row->peer_name;
    target.tls.verify_at = in_2030;
    return target;
  }

  /// The server's end of TLS, in the stream.
  void serve_tls() {
    peer::TlsSettings settings;
    settings.server = true;
    settings.certificate = pem("localuicc.pem");
    settings.key = pem("localuicc.key.pem");
    wire().tls = std::move(peer::TlsSession::make(settings).value());
  }

  void connect() { REQUIRE(client.connect(plain()).value()); }

  std::optional<peer::HttpResponse> ask(const LocalClient::Pace& pace = {}) {
    const auto response = client.exchange(request(), pace);
    if (!response) FAIL(response.error().text());
    return *response;
  }
  static peer::HttpRequest request() { return {"GET", "/", 11, {{"Host", "localuicc"}}, {}, false}; }

  /// The trace behind the power-on, APDUs left out: "stream.opened; http.response; ".
  std::string trace() const {
    std::string out;
    for (const auto& event : session.events()) {
      const auto family = event.key.substr(0, event.key.find('.'));
      if (family == "stream" || family == "http" || family == "tls") out += event.key + "; ";
    }
    return out;
  }
  const model::Event& last() const { return session.events().back(); }
};

constexpr const char* request_text = "GET / HTTP/1.1\r\nHost: localuicc\r\n\r\n";
constexpr const char* response_text = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

}  // namespace

TEST_CASE("addresses of the card by transport", "[local-client]") {
  struct Row {
    const char* name;
    const char* authority;
    bool bip;
  };
  // DM_SC 8.1, table 2; dm.md 1 for the IPv6 literal
  for (const auto& row : {Row{"bip_ipv4", "127.0.0.1:4116", true}, Row{"bip_ipv6", "[::1]:4116", true},
                          Row{"bip_localhost", "localhost:4116", true}, Row{"tcp_ipv4", "localuicc:443", false},
                          Row{"tcp_ipv6", "localuicc:443", false}}) {
    CAPTURE(row.name);
    const auto* transport = find_scws_address(row.name);
    REQUIRE(transport != nullptr);
    CHECK(authority_of(*transport, transport->secure_port) == row.authority);
    CHECK(transport->bip == row.bip);
    CHECK(transport->plain_port == (row.bip ? 3516 : 80));
  }
  CHECK(find_scws_address("carrier pigeon") == nullptr);
}

TEST_CASE("a request goes out over TCP/IP and the response enters the trace", "[local-client]") {
  Rig rig;
  rig.connect();
  CHECK(rig.dialer.dialled == "80 ipv4; ");
  CHECK(rig.last().key == "stream.opened");
  CHECK(rig.last().fields == Value(Value::Map{{"transport", "tcp_ipv4"}, {"port", 80}, {"host", "localuicc:80"}}));
  rig.incoming(response_text);
  const auto response = rig.ask();
  REQUIRE(response);
  CHECK(response->status == 200);
  CHECK(response->body == octets("hi"));
  CHECK(rig.wire().sent == std::vector<std::string>{request_text});
  CHECK(rig.trace() == "stream.opened; http.response; ");
  CHECK(rig.last().fields.text_or("body", "") == "hi");
  CHECK(rig.client.can_go_on());
  rig.incoming(response_text);
  CHECK(rig.ask());
  REQUIRE(rig.client.close(false));
  CHECK(rig.wire().gone);
  CHECK_FALSE(rig.client.connected());
  CHECK(rig.trace() == "stream.opened; http.response; http.response; stream.closed; ");
  CHECK(rig.last().fields.text_or("by", "") == "terminal");
}

TEST_CASE("a response may come in pieces", "[local-client]") {
  Rig rig;
  rig.connect();
  const std::string_view text = response_text;
  for (const char c : text) rig.incoming(std::string(1, c));
  const auto response = rig.ask();
  REQUIRE(response);
  CHECK(response->body == octets("hi"));
  CHECK(rig.trace() == "stream.opened; http.response; ");
}

TEST_CASE("a connection that is refused is told with its reason", "[local-client]") {
  Rig rig;
  SECTION("by the card") {
    rig.dialer.error = Error{Errc::unavailable, "nobody listens", {}, "192.0.2.1:80"};
    CHECK_FALSE(rig.client.connect(Rig::plain()).value());
    CHECK(rig.last().key == "stream.refused");
    CHECK(rig.last().fields.text_or("reason", "") == "192.0.2.1:80: nobody listens");
    CHECK(rig.last().fields.text_or("host", "") == "localuicc:80");
  }
  SECTION("for want of an address of the other kind") {
    rig.dialer.error = Error{Errc::configuration, "no IPv6 address", {}, ""};
    CHECK_FALSE(rig.client.connect(Rig::plain("tcp_ipv6")).value());
    CHECK(rig.dialer.dialled == "80 ipv6; ");
    CHECK(rig.last().fields.text_or("reason", "") == "no IPv6 address");
  }
  SECTION("for want of any road") {
    LocalClient lost(rig.session, nullptr);
    CHECK_FALSE(lost.reaches(*find_scws_address("tcp_ipv4")));
    CHECK(lost.reaches(*find_scws_address("bip_ipv4")));
    CHECK_FALSE(lost.connect(Rig::plain()).value());
    CHECK(rig.last().fields.text_or("reason", "") == "no address of the card over TCP/IP is known");
  }
  CHECK(rig.trace() == "stream.refused; ");
  CHECK_FALSE(rig.client.connected());
  CHECK_FALSE(rig.ask());  // nowhere to send to
  CHECK(rig.wire().sent.empty());
  CHECK(rig.client.close(true));
}

TEST_CASE("a card that stays silent is waited for as long as the PIXIT says", "[local-client]") {
  Rig rig;
  rig.connect();
  rig.wire().waited.clear();
  CHECK_FALSE(rig.ask());
  REQUIRE_FALSE(rig.wire().waited.empty());
  CHECK(rig.wire().waited.back() == 3s);
  CHECK(std::count(rig.wire().waited.begin(), rig.wire().waited.end(), 3s) == 1);
  CHECK(rig.client.connected());
  CHECK(rig.trace() == "stream.opened; ");
}

TEST_CASE("a card that closes ends the stream", "[local-client]") {
  Rig rig;
  rig.connect();
  SECTION("before the response") {
    rig.wire().incoming.emplace_back(fail(Errc::unavailable, "closed"));
    CHECK_FALSE(rig.ask());
    CHECK(rig.trace() == "stream.opened; http.trouble; stream.closed; ");
  }
  SECTION("in the response") {
    rig.incoming("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhal");
    rig.wire().incoming.emplace_back(fail(Errc::unavailable, "closed"));
    CHECK_FALSE(rig.ask());
    CHECK(rig.trace() == "stream.opened; http.trouble; stream.closed; ");
  }
  SECTION("which ends a response without length") {
    rig.incoming("HTTP/1.1 200 OK\r\n\r\nall of it");
    rig.wire().incoming.emplace_back(fail(Errc::unavailable, "closed"));
    const auto response = rig.ask();
    REQUIRE(response);
    CHECK(response->body == octets("all of it"));
    CHECK(rig.trace() == "stream.opened; http.response; stream.closed; ");
  }
  SECTION("while it is sent to") {
    rig.wire().send_error = Error{Errc::unavailable, "broken pipe", {}, ""};
    CHECK_FALSE(rig.ask());
    CHECK(rig.trace().starts_with("stream.opened; "));
    CHECK(rig.trace().ends_with("stream.closed; "));
  }
  CHECK(rig.last().fields.text_or("by", "") == "card");
  CHECK_FALSE(rig.client.connected());
  CHECK_FALSE(rig.client.can_go_on());
  CHECK_FALSE(rig.ask());
}

TEST_CASE("an error of the network that is not the card's is ours", "[local-client]") {
  Rig rig;
  rig.connect();
  rig.wire().incoming.emplace_back(fail(Errc::io, "no buffer space"));
  const auto response = rig.client.exchange(Rig::request(), {});
  REQUIRE_FALSE(response);
  CHECK(response.error().text() == "no buffer space");
}

TEST_CASE("a signal ends the wait", "[local-client]") {
  Rig rig;
  rig.connect();
  rig.stop = 15;
  const auto response = rig.client.exchange(Rig::request(), {});
  REQUIRE_FALSE(response);
  CHECK(response.error().code == Errc::interrupted);
}

TEST_CASE("a card that sends without end is not read without end", "[local-client]") {
  Rig rig;
  rig.connect();
  for (int i = 0; i < 6000; ++i) rig.incoming("HTTP/1.1 100 Continue\r\n\r\n");
  const auto response = rig.client.exchange(Rig::request(), {});
  CHECK((!response || !response->has_value()));
  CHECK(rig.wire().waited.size() < 6000);
}

TEST_CASE("a request may go out in pieces, or stop half way", "[local-client]") {
  Rig rig;
  rig.connect();
  SECTION("in pieces, time passing between them") {
    rig.incoming("");
    for (int i = 0; i < 3; ++i) rig.incoming("");
    rig.incoming(response_text);
    LocalClient::Pace pace;
    pace.pieces = 10;
    pace.pause = 2s;
    const auto before = rig.session.terminal().now();
    const auto commands = rig.quiet.commands;
    CHECK(rig.ask(pace));
    CHECK(rig.wire().sent == std::vector<std::string>{"GET / HTTP", "/1.1\r\nHost", ": localuic", "c\r\n\r\n"});
    CHECK(rig.quiet.commands == commands + 3);  // the card gets an occasion in each pause
    CHECK(rig.session.terminal().now() - before >= 6s);
  }
  SECTION("in two, the first as long as asked") {
    const auto response = rig.client.exchange_split(Rig::request(), 4);
    REQUIRE(response);
    CHECK(rig.wire().sent == std::vector<std::string>{"GET ", std::string(request_text).substr(4)});
  }
  SECTION("the client falls silent") {
    LocalClient::Pace pace;
    pace.stop_after = 12;
    rig.wire().waited.clear();
    CHECK_FALSE(rig.ask(pace));
    CHECK(rig.wire().sent == std::vector<std::string>{"GET / HTTP/1"});
    CHECK(std::count(rig.wire().waited.begin(), rig.wire().waited.end(), 3s) == 0);
    CHECK(rig.client.connected());
  }
}

TEST_CASE("what is no request of ours gets whatever comes", "[local-client]") {
  Rig rig;
  rig.connect();
  rig.client.expect_any_response();
  rig.incoming("");
  rig.incoming("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
  REQUIRE(rig.client.send(octets("nonsense"), {}));
  REQUIRE(rig.client.wait_for_response());
  CHECK(rig.last().key == "http.response");
  CHECK(rig.last().fields.int_or("status", 0) == 400);
}

TEST_CASE("TLS over TCP/IP: handshake, request, good-bye", "[local-client]") {
  Rig rig;
  rig.serve_tls();
  REQUIRE(rig.client.connect(Rig::secure()).value());
  CHECK(rig.dialer.dialled == "443 ipv4; ");
  CHECK(rig.trace() == "stream.opened; tls.handshake; ");
  CHECK(rig.last().fields.text_or("verified", "") == "ok");
  CHECK(rig.last().fields.bool_or("name_matches", false));
  rig.wire().tls->write(octets(response_text));
  const auto response = rig.ask();
  REQUIRE(response);
  CHECK(response->body == octets("hi"));
  const auto plain = rig.wire().tls->take_plain();
  CHECK(std::string(plain.begin(), plain.end()) == request_text);
  SECTION("closed in order") {
    REQUIRE(rig.client.close(false));
    CHECK(rig.wire().tls->over());
    CHECK_FALSE(rig.wire().tls->trouble());
  }
  SECTION("cut off") {
    const auto sent = rig.wire().sent.size();
    REQUIRE(rig.client.close(true));
    CHECK(rig.wire().sent.size() == sent);
    CHECK_FALSE(rig.wire().tls->over());
  }
  SECTION("the next connection closes this one") {
    rig.serve_tls();
    rig.client.forget();
    REQUIRE(rig.client.connect(Rig::secure()).value());
    rig.wire().gone = false;
    rig.dialer.error = Error{Errc::unavailable, "nobody", {}, ""};
    CHECK_FALSE(rig.client.connect(Rig::plain()).value());
    CHECK(rig.wire().gone);
  }
  CHECK_FALSE(rig.client.connected());
}

TEST_CASE("a TLS handshake that never ends is not waited for without end", "[local-client]") {
  Rig rig;
  CHECK_FALSE(rig.client.connect(Rig::secure()).value());
  CHECK(rig.trace() == "stream.opened; ");
  CHECK(rig.wire().sent.size() == 1);  // ClientHello
  CHECK(rig.wire().sent[0].substr(0, 1) == "\x16");
}

TEST_CASE("a server that speaks no TLS ends the connection", "[local-client]") {
  Rig rig;
  rig.incoming("HTTP/1.1 400 Bad Request\r\n\r\n");
  CHECK_FALSE(rig.client.connect(Rig::secure()).value());
  CHECK(rig.trace().find("tls.end; ") != std::string::npos);
  CHECK_FALSE(rig.client.connected());
}

TEST_CASE("a client may leave after its first octets", "[local-client]") {
  Rig rig;
  rig.serve_tls();
  CHECK_FALSE(rig.client.connect(Rig::secure(), true).value());
  CHECK(rig.wire().sent.size() == 1);
  CHECK(rig.wire().waited.empty());
  REQUIRE(rig.client.close(true));
  CHECK(rig.wire().gone);
  CHECK(rig.last().key == "stream.closed");
}

TEST_CASE("octets past TLS break it", "[local-client]") {
  Rig rig;
  rig.serve_tls();
  REQUIRE(rig.client.connect(Rig::secure()).value());
  REQUIRE(rig.client.send(octets("GET / HTTP/1.1\r\n\r\n"), {}, true));
  CHECK(rig.wire().sent.back().ends_with("GET / HTTP/1.1\r\n\r\n"));
  REQUIRE(rig.client.rest());
  CHECK(rig.wire().tls->over());
}

TEST_CASE("over BIP a channel that the card does not open refuses", "[local-client]") {
  Rig rig;
  CHECK_FALSE(rig.client.connect(Rig::plain("bip_ipv4")).value());
  CHECK(rig.last().key == "stream.refused");
  CHECK(rig.last().fields.text_or("reason", "") == "the card listens on no channel with this port");
  CHECK(rig.quiet.commands > 1);   // it had occasions to open one
  CHECK(rig.quiet.commands < 20);  // not for ever
}

TEST_CASE("over BIP a page of the card is read, and the channel is free again", "[local-client]") {
  peer::Personality self;
  self.atr = {0x3B, 0x00};
  self.http_channels = 1;
  PeerCard card(self);
  Rig rig(&card);
  auto profile = Value::Map{{"tcp_uicc_server", true},
                            {"number_of_channels", 1},
                            {"event_data_available", true},
                            {"event_channel_status", true}};
  for (const auto* command : {"set_up_event_list", "open_channel", "close_channel", "receive_data", "send_data"}) {
    profile.emplace_back(command, true);
  }
  const auto octets_of_profile = codec::encode_profile(profile);
  REQUIRE(octets_of_profile);
  rig.session.terminal().send_profile(*octets_of_profile);
  REQUIRE(rig.session.pump());
  for (int round = 0; round < 2; ++round) {
    CAPTURE(round);
    REQUIRE(rig.client.connect(Rig::plain("bip_localhost")).value());
    const auto response = rig.ask();
    REQUIRE(response);
    CHECK(response->status == 200);
    CHECK(response->body.size() > 100);
    if (round == 0) {
      LocalClient second(rig.session, nullptr);
      CHECK_FALSE(second.connect(Rig::plain("bip_ipv4")).value());
      CHECK(rig.last().fields.text_or("reason", "") == "every channel of the port is taken");
    }
    REQUIRE(rig.client.close(false));
    CHECK(rig.session.terminal().gateway().state(1) == peer::Gateway::State::listen);
  }
}

}  // namespace dmsc::engine

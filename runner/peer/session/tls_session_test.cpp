// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/tls_session.hpp"

#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <string>

#include "runner/base/catch.hpp"

namespace dmsc::peer {
namespace {

constexpr std::int64_t in_2030 = 1893456000;  // 2030-01-01

std::string pem(const std::string& name) {
  std::ifstream file(std::string(DMSC_SOURCE_DIR) + "/fixtures/certs/" + name);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

TlsSettings server_settings(const std::string& name = "localuicc") {
  TlsSettings settings;
  settings.server = true;
  settings.certificate = pem(name + ".pem");
  settings.key = pem(name + ".key.pem");
  return settings;
}

TlsSettings client_settings() {
  TlsSettings settings;
  settings.trust = pem("ca.pem");
  settings.server_name = "localuicc";
  settings.verify_at = in_2030;
  return settings;
}

std::unique_ptr<TlsSession> make(const TlsSettings& settings) {
  auto made = TlsSession::make(settings);
  if (!made) FAIL(made.error().text());
  return std::move(*made);
}

Octets octets(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string text(const Octets& octets) {
  return {octets.begin(), octets.end()};
}

/// Both ends of a connection; octets cross in pieces of `step`.
struct Pair {
  std::unique_ptr<TlsSession> client;
  std::unique_ptr<TlsSession> server;
  std::vector<Fact> client_facts;
  std::vector<Fact> server_facts;

  Pair(const TlsSettings& of_client, const TlsSettings& of_server) : client(make(of_client)), server(make(of_server)) {}

  static bool carry(TlsSession& from, TlsSession& to, std::size_t step) {
    const auto output = from.take_output();
    for (std::size_t at = 0; at < output.size(); at += step) {
      to.on_data(ByteView(output).subspan(at, std::min(step, output.size() - at)));
    }
    return !output.empty();
  }

  void pump(std::size_t step = 65536) {
    for (int turn = 0; turn < 100; ++turn) {
      const bool there = carry(*client, *server, step);
      const bool back = carry(*server, *client, step);
      if (!there && !back) break;
    }
    for (auto& fact : client->take_facts()) client_facts.push_back(std::move(fact));
    for (auto& fact : server->take_facts()) server_facts.push_back(std::move(fact));
  }

  void connect(std::size_t step = 65536) {
    client->start();
    pump(step);
  }
};

const Fact* find(const std::vector<Fact>& facts, std::string_view key) {
  const auto found = std::find_if(facts.begin(), facts.end(), [&](const Fact& fact) { return fact.key == key; });
  return found == facts.end() ? nullptr : &*found;
}

std::string field(const std::vector<Fact>& facts, std::string_view key, std::string_view name) {
  const auto* fact = find(facts, key);
  return fact == nullptr ? "no fact" : fact->fields.text_or(name, "no field");
}

/// "sent fatal handshake_failure" of each alert.
std::vector<std::string> alerts(const std::vector<Fact>& facts) {
  std::vector<std::string> out;
  for (const auto& fact : facts) {
    if (fact.key != "tls.alert") continue;
    CHECK(fact.octets.size() == 2);
    out.push_back(fact.fields.text_or("direction", "?") + " " + fact.fields.text_or("level", "?") + " " +
                  fact.fields.text_or("description", "?"));
  }
  return out;
}

using Texts = std::vector<std::string>;

int ends(const std::vector<Fact>& facts) {
  return static_cast<int>(
      std::count_if(facts.begin(), facts.end(), [](const Fact& fact) { return fact.key == "tls.end"; }));
}

TlsSettings with_psk(TlsSettings settings, const std::string& identity = "card-1", std::uint8_t octet = 0x11) {
  settings.psk_identity = identity;
  settings.psk = Octets(16, octet);
  return settings;
}

TlsSettings psk_server() {
  TlsSettings settings;
  settings.server = true;
  return with_psk(settings);
}

/// The other end without our code: OpenSSL alone, TLS 1.2 with one PSK suite.
struct OldPeer {
  SSL_CTX* context = nullptr;
  SSL* ssl = nullptr;
  std::string identity;
  bool through = false;

  static unsigned give(unsigned char* psk, unsigned room) {
    REQUIRE(room >= 16);
    std::fill_n(psk, 16, 0x11);
    return 16;
  }

  explicit OldPeer(bool server, std::string named = "card-1") : identity(std::move(named)) {
    context = SSL_CTX_new(TLS_method());
    SSL_CTX_set_max_proto_version(context, TLS1_2_VERSION);
    REQUIRE(SSL_CTX_set_cipher_list(context, "PSK-AES128-GCM-SHA256") == 1);
    SSL_CTX_set_psk_server_callback(context, [](SSL*, const char* offered, unsigned char* psk, unsigned room) {
      return std::string(offered) == "card-1" ? give(psk, room) : 0U;
    });
    SSL_CTX_set_psk_client_callback(
        context, [](SSL* self, const char*, char* name, unsigned name_room, unsigned char* psk, unsigned room) {
          const auto& peer = *static_cast<OldPeer*>(SSL_get_app_data(self));
          REQUIRE(name_room > peer.identity.size());
          std::copy_n(peer.identity.c_str(), peer.identity.size() + 1, name);
          return give(psk, room);
        });
    ssl = SSL_new(context);
    SSL_set_app_data(ssl, this);
    SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    if (server) {
      SSL_set_accept_state(ssl);
    } else {
      SSL_set_connect_state(ssl);
    }
  }
  ~OldPeer() {
    SSL_free(ssl);
    SSL_CTX_free(context);
  }
  OldPeer(const OldPeer&) = delete;
  OldPeer& operator=(const OldPeer&) = delete;

  void meet(TlsSession& session) {
    for (int turn = 0; turn < 20; ++turn) {
      const auto there = session.take_output();
      BIO_write(SSL_get_rbio(ssl), there.data(), static_cast<int>(there.size()));
      through = SSL_do_handshake(ssl) == 1;
      ERR_clear_error();
      Octets back(BIO_ctrl_pending(SSL_get_wbio(ssl)));
      BIO_read(SSL_get_wbio(ssl), back.data(), static_cast<int>(back.size()));
      session.on_data(back);
    }
  }
};

}  // namespace

TEST_CASE("a modern handshake says what was agreed and whose certificate it was") {
  Pair pair(client_settings(), server_settings());
  pair.connect();
  REQUIRE(pair.client->open());
  REQUIRE(pair.server->open());
  const auto* fact = find(pair.client_facts, "tls.handshake");
  REQUIRE(fact != nullptr);
  const Value::Map expected = {{"version", "TLSv1.3"},
                               {"suite", "TLS_AES_256_GCM_SHA384"},
                               {"credential", "certificate"},
                               {"subject", "CN=localuicc"},
                               {"issuer", "O=dmsc test material,CN=dmsc test CA"},
                               {"names", Value::List{"DNS:localuicc", "DNS:localhost", "IP:127.0.0.1", "IP:::1"}},
                               {"not_before", "2026-01-01T00:00:00Z"},
                               {"not_after", "2056-01-01T00:00:00Z"},
                               {"verified", "ok"},
                               {"name_matches", true},
                               {"resumed", false}};
  for (const auto& [key, value] : expected) {
    INFO(key);
    REQUIRE(fact->fields.find(key) != nullptr);
    CHECK(*fact->fields.find(key) == value);
  }
  CHECK(fact->fields.as_map().size() == expected.size());
  CHECK(fact->octets.size() > 600);
  CHECK(to_hex(ByteView(fact->octets).first(2)) == "3082");

  const auto* there = find(pair.server_facts, "tls.handshake");
  REQUIRE(there != nullptr);
  CHECK(there->fields.text_or("version", "") == "TLSv1.3");
  CHECK(there->fields.find("subject") == nullptr);
  CHECK(there->octets.empty());
  CHECK(alerts(pair.client_facts) == Texts{});
}

TEST_CASE("the profile of 2009 speaks TLS 1.0 with RSA and AES") {
  auto client = client_settings();
  auto server = server_settings();
  client.profile = server.profile = TlsProfile::legacy_2009;
  Pair pair(client, server);
  pair.connect();
  REQUIRE(pair.client->open());
  REQUIRE(pair.server->open());
  CHECK(field(pair.client_facts, "tls.handshake", "version") == "TLSv1");
  CHECK(field(pair.client_facts, "tls.handshake", "suite") == "TLS_RSA_WITH_AES_128_CBC_SHA");
  CHECK(field(pair.client_facts, "tls.handshake", "verified") == "ok");
  pair.client->write(octets("POST"));
  pair.pump();
  CHECK(text(pair.server->take_plain()) == "POST");
}

TEST_CASE("what is wrong with a certificate is a fact and not the end") {
  struct Row {
    const char* server;
    const char* name;
    bool trust;
    std::int64_t at;
    const char* verified;
    bool matches;
  };
  const auto row = GENERATE(values<Row>({
      {"expired", "localuicc", true, in_2030, "certificate has expired", true},
      {"localuicc", "localuicc", true, 1577836800, "certificate is not yet valid", true},
      {"other", "localuicc", true, in_2030, "ok", false},
      {"other", "other.example", true, in_2030, "ok", true},
      {"localuicc", "127.0.0.1", true, in_2030, "ok", true},
      {"localuicc", "127.0.0.2", true, in_2030, "ok", false},
      {"localuicc", "::1", true, in_2030, "ok", true},
      {"localuicc", "[::1]", true, in_2030, "ok", true},
      {"other", "[::1]", false, in_2030, "unverified", false},
      {"expired", "localuicc", false, in_2030, "unverified", true},
  }));
  CAPTURE(row.server, row.name);
  auto client = client_settings();
  client.server_name = row.name;
  client.verify_at = row.at;
  if (!row.trust) client.trust.clear();
  Pair pair(client, server_settings(row.server));
  pair.connect();
  CHECK(pair.client->open());
  CHECK(pair.server->open());
  CHECK(field(pair.client_facts, "tls.handshake", "verified") == row.verified);
  const auto* fact = find(pair.client_facts, "tls.handshake");
  REQUIRE(fact != nullptr);
  CHECK(fact->fields.bool_or("name_matches", !row.matches) == row.matches);
  CHECK(alerts(pair.server_facts) == Texts{});
}

TEST_CASE("a chain that another CA signed is not verified") {
  auto client = client_settings();
  client.trust = pem("localuicc.pem");  // no CA of anything
  client.server_name.clear();
  Pair pair(client, server_settings("other"));
  pair.connect();
  CHECK(pair.client->open());
  CHECK(field(pair.client_facts, "tls.handshake", "verified") == "unable to get local issuer certificate");
  CHECK(find(pair.client_facts, "tls.handshake")->fields.find("name_matches") == nullptr);
}

TEST_CASE("a PSK carries TLS 1.3") {
  Pair pair(with_psk(TlsSettings{}), psk_server());
  pair.connect();
  REQUIRE(pair.client->open());
  REQUIRE(pair.server->open());
  for (const auto* facts : {&pair.client_facts, &pair.server_facts}) {
    CHECK(field(*facts, "tls.handshake", "version") == "TLSv1.3");
    CHECK(field(*facts, "tls.handshake", "suite") == "TLS_AES_128_GCM_SHA256");
    CHECK(field(*facts, "tls.handshake", "credential") == "psk");
    CHECK(field(*facts, "tls.handshake", "psk_identity") == "card-1");
    CHECK(find(*facts, "tls.handshake")->fields.bool_or("resumed", true) == false);
    CHECK(find(*facts, "tls.handshake")->fields.find("subject") == nullptr);
  }
}

TEST_CASE("a PSK carries TLS 1.2, whichever end is old") {
  SECTION("the server") {
    OldPeer old(true);
    const auto client = make(with_psk(TlsSettings{}));
    client->start();
    old.meet(*client);
    CHECK(client->open());
    CHECK(old.through);
    const auto facts = client->take_facts();
    CHECK(field(facts, "tls.handshake", "version") == "TLSv1.2");
    CHECK(field(facts, "tls.handshake", "suite") == "TLS_PSK_WITH_AES_128_GCM_SHA256");
    CHECK(field(facts, "tls.handshake", "credential") == "psk");
  }
  SECTION("the client") {
    OldPeer old(false);
    const auto server = make(psk_server());
    old.meet(*server);
    CHECK(server->open());
    CHECK(old.through);
    const auto facts = server->take_facts();
    CHECK(field(facts, "tls.handshake", "version") == "TLSv1.2");
    CHECK(field(facts, "tls.handshake", "suite") == "TLS_PSK_WITH_AES_128_GCM_SHA256");
    CHECK(field(facts, "tls.handshake", "credential") == "psk");
    CHECK(field(facts, "tls.handshake", "psk_identity") == "card-1");
  }
  SECTION("the client, and it names a PSK nobody knows") {
    OldPeer old(false, "card-2");
    const auto server = make(psk_server());
    old.meet(*server);
    CHECK(server->over());
    CHECK_FALSE(old.through);
    const auto facts = server->take_facts();
    CHECK(alerts(facts) == Texts{"sent fatal unknown_psk_identity"});
    CHECK(field(facts, "tls.end", "how") == "failed");
    CHECK(field(facts, "tls.end", "reason") == "psk identity not found");
  }
}

TEST_CASE("a PSK carries TLS 1.0") {
  auto client = with_psk(TlsSettings{});
  auto server = psk_server();
  client.profile = server.profile = TlsProfile::legacy_2009;
  Pair pair(client, server);
  pair.connect();
  REQUIRE(pair.client->open());
  CHECK(field(pair.server_facts, "tls.handshake", "suite") == "TLS_PSK_WITH_AES_128_CBC_SHA");
  CHECK(field(pair.client_facts, "tls.handshake", "credential") == "psk");
  pair.server->write(octets("hello"));
  pair.pump();
  CHECK(text(pair.client->take_plain()) == "hello");
}

TEST_CASE("a PSK that does not fit ends the handshake on both sides") {
  auto client = with_psk(TlsSettings{}, "card-1", 0x22);
  auto server = psk_server();
  Texts sent;
  Texts received;
  SECTION("wrong key, TLS 1.3") {
    sent = {"sent fatal illegal_parameter"};
    received = {"received fatal illegal_parameter"};
  }
  SECTION("wrong key, TLS 1.0") {
    client.profile = server.profile = TlsProfile::legacy_2009;
    sent = {"sent fatal bad_record_mac"};
    received = {"received fatal bad_record_mac"};
  }
  SECTION("unknown identity, TLS 1.3") {
    client = with_psk(TlsSettings{}, "card-2");
    sent = {"sent fatal handshake_failure"};
    received = {"received fatal handshake_failure"};
  }
  Pair pair(client, server);
  pair.connect();
  CHECK(pair.client->over());
  CHECK(pair.server->over());
  CHECK(alerts(pair.server_facts) == sent);
  CHECK(alerts(pair.client_facts) == received);
  CHECK(find(pair.server_facts, "tls.handshake") == nullptr);
  CHECK(field(pair.server_facts, "tls.end", "how") == "failed");
  REQUIRE(pair.server->trouble());
  CHECK(pair.server->trouble()->code == Errc::malformed);
}

TEST_CASE("without a PSK of its own a server with a certificate serves a client that offers one") {
  Pair pair(with_psk(client_settings()), server_settings());
  pair.connect();
  REQUIRE(pair.client->open());
  CHECK(field(pair.client_facts, "tls.handshake", "credential") == "certificate");
  CHECK(field(pair.client_facts, "tls.handshake", "verified") == "ok");
}

TEST_CASE("profiles that do not meet end in an alert that both ends report") {
  auto client = client_settings();
  auto server = server_settings();
  SECTION("modern client, server of 2009") {
    server.profile = TlsProfile::legacy_2009;
  }
  SECTION("client of 2009, modern server") {
    client.profile = TlsProfile::legacy_2009;
  }
  Pair pair(client, server);
  pair.connect();
  CHECK(pair.client->over());
  CHECK(pair.server->over());
  CHECK_FALSE(pair.client->open());
  CHECK(alerts(pair.client_facts) == Texts{"received fatal protocol_version"});
  CHECK(alerts(pair.server_facts) == Texts{"sent fatal protocol_version"});
  CHECK(field(pair.client_facts, "tls.end", "how") == "failed");
  CHECK(field(pair.server_facts, "tls.end", "how") == "failed");
}

TEST_CASE("octets may come in pieces of any size") {
  const auto step = GENERATE(1, 2, 3, 5, 7, 64, 1000);
  const auto profile = GENERATE(TlsProfile::modern, TlsProfile::legacy_2009);
  CAPTURE(step);
  auto client = client_settings();
  auto server = server_settings();
  client.profile = server.profile = profile;
  Pair pair(client, server);
  pair.client->write(octets("early"));  // waits for the handshake
  pair.connect(static_cast<std::size_t>(step));
  pair.server->write(octets("late"));
  pair.pump(static_cast<std::size_t>(step));
  CHECK(text(pair.server->take_plain()) == "early");
  CHECK(text(pair.client->take_plain()) == "late");
  CHECK(pair.client->open());
}

TEST_CASE("close_notify is answered and both ends are over") {
  Pair pair(client_settings(), server_settings());
  pair.connect();
  SECTION("the client closes behind its last words") {
    pair.client->write(octets("bye"));
    pair.client->close();
    CHECK(pair.client->over());
    pair.client->write(octets("too late"));
    pair.pump();
    CHECK(text(pair.server->take_plain()) == "bye");
    CHECK(pair.server->over());
    CHECK(field(pair.client_facts, "tls.end", "reason") == "sent");
    CHECK(field(pair.server_facts, "tls.end", "reason") == "received");
    CHECK(alerts(pair.client_facts) == Texts{"sent warning close_notify"});
    CHECK(alerts(pair.server_facts) == Texts{"received warning close_notify", "sent warning close_notify"});
  }
  SECTION("the server closes") {
    pair.server->close();
    pair.pump();
    CHECK(pair.client->over());
  }
  CHECK(field(pair.client_facts, "tls.end", "how") == "close_notify");
  CHECK(field(pair.server_facts, "tls.end", "how") == "close_notify");
  CHECK_FALSE(pair.client->trouble());
  CHECK_FALSE(pair.server->trouble());
  pair.client->on_end();
  pair.client->on_data(octets("junk"));
  pair.client->close();
  pair.pump();
  CHECK(ends(pair.client_facts) == 1);
}

TEST_CASE("closing waits for a handshake that runs and forgets one that does not") {
  Pair pair(client_settings(), server_settings());
  pair.client->write(octets("once"));
  SECTION("runs") {
    pair.client->start();
    pair.client->close();
    CHECK_FALSE(pair.client->over());
    pair.pump();
    CHECK(text(pair.server->take_plain()) == "once");
    CHECK(field(pair.server_facts, "tls.end", "how") == "close_notify");
  }
  SECTION("does not") {
    pair.client->close();
    CHECK(pair.client->over());
    pair.client->start();
    CHECK(pair.client->take_output().empty());
    pair.pump();
    CHECK(field(pair.client_facts, "tls.end", "reason") == "closed before the handshake");
  }
}

TEST_CASE("a stream may end at any octet") {
  const auto profile = GENERATE(TlsProfile::modern, TlsProfile::legacy_2009);
  auto client_side = client_settings();
  auto server_side = server_settings();
  client_side.profile = server_side.profile = profile;
  // The client's octets of one whole connection, handshake and record of data.
  std::size_t first_flight = 0;
  {
    const auto client = make(client_side);
    client->start();
    first_flight = client->take_output().size();
  }
  for (std::size_t cut = 0; cut < first_flight; ++cut) {
    const auto client = make(client_side);
    const auto server = make(server_side);
    client->start();
    const auto hello = client->take_output();
    server->on_data(ByteView(hello).first(std::min(cut, hello.size())));
    server->on_end();
    CAPTURE(cut);
    REQUIRE(server->over());
    const auto facts = server->take_facts();
    REQUIRE(ends(facts) == 1);
    REQUIRE(field(facts, "tls.end", "how") == "truncated");
    REQUIRE(field(facts, "tls.end", "reason") == "the stream ended in the handshake");
    REQUIRE(server->trouble()->code == Errc::truncated);
  }
  SECTION("in the server's first flight, seen by the client") {
    for (std::size_t cut = 0; cut < 980; cut += 13) {
      Pair pair(client_side, server_side);
      pair.client->start();
      Pair::carry(*pair.client, *pair.server, 65536);
      const auto flight = pair.server->take_output();
      REQUIRE(flight.size() > 980);
      pair.client->on_data(ByteView(flight).first(cut));
      pair.client->on_end();
      pair.pump();
      CAPTURE(cut);
      REQUIRE(field(pair.client_facts, "tls.end", "how") == "truncated");
    }
  }
  SECTION("in a record of data") {
    for (std::size_t cut = 0; cut < 25; ++cut) {
      Pair pair(client_side, server_side);
      pair.connect();
      pair.client->write(octets("hello"));
      const auto record = pair.client->take_output();
      REQUIRE(record.size() > 25);
      pair.server->on_data(ByteView(record).first(cut));
      pair.server->on_end();
      pair.pump();
      CAPTURE(cut);
      REQUIRE(text(pair.server->take_plain()).empty());
      REQUIRE(field(pair.server_facts, "tls.end", "how") == "truncated");
      REQUIRE(field(pair.server_facts, "tls.end", "reason") == "the stream ended without close_notify");
    }
  }
}

TEST_CASE("an octet turned anywhere in what the client says ends the session and nothing else") {
  Octets hello;
  {
    const auto client = make(client_settings());
    client->start();
    hello = client->take_output();
  }
  const auto settings = server_settings();
  int failed = 0;
  for (std::size_t at = 0; at < hello.size(); ++at) {
    auto wrong = hello;
    wrong[at] = static_cast<std::uint8_t>(wrong[at] ^ 0xFF);
    const auto server = make(settings);
    server->on_data(wrong);
    server->on_end();
    REQUIRE(server->over());
    const auto facts = server->take_facts();
    REQUIRE(ends(facts) == 1);
    REQUIRE(ERR_peek_error() == 0);
    if (field(facts, "tls.end", "how") == "failed") ++failed;
  }
  CHECK(failed > 20);
}

TEST_CASE("octets that are no TLS end the session at once") {
  const auto server = make(server_settings());
  SECTION("plain HTTP") {
    server->on_data(octets("POST /OMA/DM HTTP/1.1\r\nHost: localuicc\r\n\r\n"));
    const auto facts = server->take_facts();
    CHECK(field(facts, "tls.end", "how") == "failed");
    CHECK(field(facts, "tls.end", "reason") == "http request");
  }
  SECTION("zeroes") {
    server->on_data(Octets(100, 0));
    CHECK(field(server->take_facts(), "tls.end", "how") == "failed");
  }
  SECTION("ones") {
    server->on_data(Octets(100, 0xFF));
    const auto facts = server->take_facts();
    CHECK(field(facts, "tls.end", "how") == "failed");
  }
  CHECK(server->over());
  CHECK_FALSE(server->open());
  REQUIRE(server->trouble());
  CHECK(server->trouble()->code == Errc::malformed);
  CHECK(ERR_peek_error() == 0);
  server->write(octets("ignored"));
  server->take_output();
  CHECK(server->take_output().empty());
}

TEST_CASE("a client meets plain HTTP where TLS should be") {
  const auto client = make(client_settings());
  client->start();
  client->take_output();
  client->on_data(octets("HTTP/1.1 400 Bad Request\r\n\r\n"));
  const auto facts = client->take_facts();
  CHECK(client->over());
  CHECK(field(facts, "tls.end", "reason") == "wrong version number");
  CHECK(client->take_output().empty());  // no alert to who speaks no TLS
}

TEST_CASE("an alert in answer to ClientHello is reported by name") {
  struct Row {
    const char* record;
    const char* alert;
    const char* reason;
  };
  const auto row = GENERATE(values<Row>({
      {"15 0301 0002 0228", "received fatal handshake_failure", "received handshake_failure"},
      {"15 0303 0002 0273", "received fatal unknown_psk_identity", "received unknown_psk_identity"},
      {"15 0303 0002 0256", "received fatal inappropriate_fallback", "received inappropriate_fallback"},
      {"15 0303 0002 0274", "received fatal certificate_required", "received certificate_required"},
      {"15 0303 0002 02FA", "received fatal alert_250", "received alert_250"},
      {"15 0303 0002 0100", "received warning close_notify", "close_notify in the handshake"},
      {"15 0303 0002 0728", "received level_7 handshake_failure", "unknown alert type"},
  }));
  CAPTURE(row.record);
  const auto client = make(client_settings());
  client->start();
  client->take_output();
  client->on_data(*parse_hex(row.record));
  const auto facts = client->take_facts();
  REQUIRE_FALSE(alerts(facts).empty());
  CHECK(alerts(facts).front() == row.alert);
  CHECK(field(facts, "tls.end", "how") == "failed");
  CHECK(field(facts, "tls.end", "reason") == row.reason);
  CHECK(client->over());
}

TEST_CASE("a record that was tampered with ends an open session") {
  Pair pair(client_settings(), server_settings());
  pair.connect();
  pair.client->write(octets("hello"));
  auto record = pair.client->take_output();
  record.back() ^= 1;
  pair.server->on_data(record);
  pair.pump();
  CHECK(pair.server->take_plain().empty());
  CHECK(alerts(pair.server_facts) == Texts{"sent fatal bad_record_mac"});
  CHECK(field(pair.client_facts, "tls.end", "how") == "failed");
  CHECK(pair.server->trouble()->text() == "the TLS session broke: decryption failed or bad record mac");
}

TEST_CASE("large data pass, both ways") {
  Pair pair(client_settings(), server_settings());
  pair.connect();
  Octets large(300000);
  for (std::size_t i = 0; i < large.size(); ++i) large[i] = static_cast<std::uint8_t>(i * 7 + i / 256);
  pair.client->write(large);
  pair.server->write(large);
  pair.pump(1460);
  CHECK(pair.server->take_plain() == large);
  CHECK(pair.client->take_plain() == large);
}

TEST_CASE("a queue that nobody empties drops the session") {
  Pair pair(client_settings(), server_settings());
  const Octets half(TlsSession::queue_limit / 2, 0x55);
  SECTION("plain text that waits for the handshake") {
    pair.client->write(half);
    pair.client->write(half);
    CHECK_FALSE(pair.client->over());
    pair.client->write(octets("!"));
    CHECK(pair.client->over());
    CHECK(pair.client->trouble()->text() ==
          "the TLS session broke: more than 1048576 octets of plain text to send wait");
  }
  SECTION("output") {
    pair.connect();
    for (int i = 0; i < 3; ++i) pair.client->write(half);
    CHECK(pair.client->over());
    CHECK(pair.client->take_output().empty());
  }
  SECTION("received plain text") {
    pair.connect();
    for (int i = 0; i < 3; ++i) {
      pair.client->write(half);
      pair.pump();
    }
    CHECK(pair.server->over());
    CHECK(pair.server->take_plain().empty());
    CHECK(pair.server->trouble()->code == Errc::exhausted);
  }
}

TEST_CASE("a full queue of early words goes out after the handshake") {
  Pair pair(client_settings(), server_settings());
  const Octets all(TlsSession::queue_limit, 0x55);
  pair.client->write(all);
  pair.connect();
  CHECK(pair.client->open());
  CHECK(pair.server->take_plain() == all);
}

TEST_CASE("settings that cannot work are refused with their place") {
  auto server = server_settings();
  auto client = client_settings();
  Error error;
  const auto refused = [&](const TlsSettings& settings) {
    const auto made = TlsSession::make(settings);
    REQUIRE_FALSE(made);
    CHECK(ERR_peek_error() == 0);
    return made.error();
  };
  SECTION("certificate") {
    server.certificate = "nonsense";
    CHECK(refused(server).text() == "certificate: no usable PEM certificate");
  }
  SECTION("certificate cut short") {
    server.certificate.resize(server.certificate.size() / 2);
    CHECK(refused(server).text() == "certificate: no usable PEM certificate");
  }
  SECTION("no key") {
    server.key.clear();
    CHECK(refused(server).text() == "key: no usable PEM key");
  }
  SECTION("key of another") {
    server.key = pem("other.key.pem");
    CHECK(refused(server).text() == "key: the key is not that of the certificate");
  }
  SECTION("trust") {
    client.trust = pem("localuicc.key.pem");
    CHECK(refused(client).text() == "trust: no usable PEM certificate");
  }
  SECTION("half a PSK") {
    client.psk = Octets(16);
    CHECK(refused(client).text() == "psk: a PSK needs both identity and key");
  }
  SECTION("PSK too long") {
    auto long_one = with_psk(client);
    long_one.psk.resize(10000);
    CHECK(refused(long_one).code == Errc::data);
    long_one = with_psk(client, std::string(10000, 'x'));
    CHECK(refused(long_one).place == "psk_identity");
  }
  SECTION("host name too long") {
    client.server_name = std::string(300, 'x');
    CHECK(refused(client).text() == "server_name: no host name and no address");
  }
  SECTION("nothing to show") {
    server.certificate.clear();
    CHECK(refused(server).code == Errc::configuration);
    CHECK(refused(server).text() == "a TLS server needs a certificate or a PSK");
  }
}

TEST_CASE("one version of the modern profile may stand alone") {
  struct Row {
    const char* of_client;
    const char* of_server;
    const char* version;
  };
  const Row rows[] = {{"", "", "TLSv1.3"},       {"1.2", "", "TLSv1.2"},    {"", "1.2", "TLSv1.2"},
                      {"1.3", "1.3", "TLSv1.3"}, {"1.2", "1.3", "no fact"}, {"1.3", "1.2", "no fact"}};
  for (const auto& row : rows) {
    CAPTURE(row.of_client, row.of_server);
    auto client = client_settings();
    auto server = server_settings();
    client.only = row.of_client;
    server.only = row.of_server;
    Pair pair(client, server);
    pair.connect();
    CHECK(pair.client->open() == std::string_view(row.version).starts_with("TLS"));
    CHECK(field(pair.client_facts, "tls.handshake", "version") == row.version);
  }
}

}  // namespace dmsc::peer

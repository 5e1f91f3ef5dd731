// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/scws.hpp"

#include <fstream>
#include <iterator>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/peer/terminal/web_client.hpp"

namespace dmsc::peer {
namespace {

constexpr std::int64_t in_2030 = 1893456000;

std::string pem(const std::string& name) {
  std::ifstream file(std::string(DMSC_SOURCE_DIR) + "/fixtures/certs/" + name);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

Octets octets(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string text(const Octets& octets) {
  return {octets.begin(), octets.end()};
}

Personality personality(std::set<Policy> off = {}) {
  Personality self;
  self.server_id = "srv";
  self.scws_event_path = "/dmsc/wake";
  self.certificate = pem("localuicc.pem");
  self.key = pem("localuicc.key.pem");
  self.psk_identity = "terminal";
  self.psk = {1, 2, 3, 4, 5, 6, 7, 8};
  self.switched_off = std::move(off);
  return self;
}

struct Rig {
  Personality self;
  Account account;
  Tamper tamper;
  int events = 0;
  std::vector<Fact> facts;
  DmServer dm;
  Scws scws;

  explicit Rig(std::set<Policy> off = {}) : Rig(personality(std::move(off))) {}
  explicit Rig(Personality from)
      : self(std::move(from)),
        dm(self, account, tamper),
        scws(
            self, dm, tamper, [this] { ++events; }, [this](Fact fact) { facts.push_back(std::move(fact)); }) {}

  /// Names of the facts so far, in their order.
  std::string told() const {
    std::string out;
    for (const auto& fact : facts) out += fact.key + " ";
    return out;
  }
  /// Fields of the last fact of this name, as JSON.
  std::string fact(const std::string& key) const {
    const auto found = std::find_if(facts.rbegin(), facts.rend(), [&](const Fact& one) { return one.key == key; });
    return found == facts.rend() ? "none" : write_json(found->fields);
  }

  /// What a plain connection of its own answers to these octets.
  std::string ask(std::string_view request) {
    const auto connection = scws.connect(false);
    REQUIRE(connection);
    scws.on_data(*connection, octets(request));
    auto answer = text(scws.take_output(*connection));
    scws.disconnect(*connection);
    return answer;
  }

  /// Status of the answer to a request without body: "404".
  std::string status(const std::string& method, const std::string& path, const std::string& host = "127.0.0.1:3516") {
    return ask(method + " " + path + " HTTP/1.1\r\nHost: " + host + "\r\n\r\n").substr(9, 3);
  }
};

std::string header(const std::string& answer, const std::string& name) {
  const auto at = answer.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto from = at + name.size() + 4;
  return answer.substr(from, answer.find("\r\n", from) - from);
}

std::string body(const std::string& answer) {
  return answer.substr(answer.find("\r\n\r\n") + 4);
}

/// A local program with TLS, talking to the SCWS.
struct Program {
  Scws& scws;
  int connection;
  std::unique_ptr<WebClient> client;

  Program(Scws& of, const TlsSettings& tls) : scws(of), connection(scws.connect(true).value_or(0)) {
    auto made = WebClient::make(&tls);
    REQUIRE(made);
    client = std::move(*made);
    pump();
  }

  void pump() {
    for (int turn = 0; turn < 50; ++turn) {
      const auto there = client->take_output();
      scws.on_data(connection, there);
      const auto back = scws.take_output(connection);
      if (!back.empty()) client->on_data(back);
      if (there.empty() && back.empty()) return;
    }
    FAIL("they never come to rest");
  }

  std::optional<HttpResponse> ask(const HttpRequest& request) {
    client->expect_response(request);
    client->send(write_request(request));
    pump();
    return client->take_response();
  }
};

TlsSettings trusting() {
  TlsSettings settings;
  settings.trust = pem("ca.pem");
  settings.server_name = "127.0.0.1";
  settings.verify_at = in_2030;
  return settings;
}

HttpRequest dm_request(const std::string& method = "POST") {
  return {method,
          "/OMA/DM",
          11,
          {{"Host", "127.0.0.1:4116"}, {"Content-Type", "application/vnd.syncml.dm+xml"}},
          method == "POST" ? octets("no SyncML") : Octets{},
          false};
}

}  // namespace

TEST_CASE("the card has a page", "[scws]") {
  Rig rig;
  const auto page = rig.ask("GET / HTTP/1.1\r\nHost: 127.0.0.1:3516\r\n\r\n");
  CHECK(page.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(header(page, "Content-Type") == "text/html; charset=utf-8");
  CHECK(body(page).find("<h1>Smart card web server</h1>") != std::string::npos);
  CHECK(header(page, "Content-Length") == std::to_string(body(page).size()));
  CHECK(body(rig.ask("GET /index.html?a=b HTTP/1.1\r\nHost: x\r\n\r\n")) == body(page));
  const auto head = rig.ask("HEAD / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(head.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(header(head, "Content-Length") == header(page, "Content-Length"));
  CHECK(body(head).empty());
  CHECK(rig.events == 0);
}

TEST_CASE("what is not there and what is not allowed", "[scws]") {
  Rig rig;
  CHECK(rig.status("GET", "/nothing") == "404");
  CHECK(rig.status("GET", "/OMA") == "404");
  CHECK(rig.status("GET", "/OMA/DM/") == "404");
  CHECK(rig.status("GET", "/oma/dm") == "404");
  const auto refused = rig.ask("DELETE /index.html HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(refused.substr(9, 3) == "405");
  CHECK(header(refused, "Allow") == "GET, HEAD");
  CHECK(rig.status("POST", "/") == "405");
  CHECK(rig.status("PUT", "/nothing") == "404");
}

TEST_CASE("a request for the event path wakes the card", "[scws]") {
  Rig rig;
  CHECK(rig.status("GET", "/dmsc/wake") == "200");
  CHECK(rig.events == 1);
  CHECK(rig.status("POST", "/dmsc/wake?why=test") == "200");
  CHECK(rig.events == 2);
  CHECK(rig.status("DELETE", "/dmsc/wake") == "405");
  CHECK(rig.status("GET", "/dmsc/wake/up") == "404");
  CHECK(rig.events == 2);
  auto without = personality();
  without.scws_event_path.clear();
  Rig silent(without);
  CHECK(silent.status("GET", "/dmsc/wake") == "404");
  CHECK(silent.events == 0);
}

TEST_CASE("DM is not for the plain port", "[scws]") {
  Rig rig;
  CHECK(rig.status("POST", "/OMA/DM") == "403");
  CHECK(rig.status("GET", "/OMA/DM") == "403");
}

TEST_CASE("several requests on one connection, one answer each", "[scws]") {
  Rig rig;
  const auto connection = rig.scws.connect(false).value();
  for (int i = 0; i < 3; ++i) {
    rig.scws.on_data(connection, octets("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(text(rig.scws.take_output(connection)).starts_with("HTTP/1.1 200"));
    CHECK(rig.scws.take_output(connection).empty());
    CHECK_FALSE(rig.scws.over(connection));
  }
  rig.scws.on_data(connection, octets("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"));
  CHECK(text(rig.scws.take_output(connection)).starts_with("HTTP/1.1 200"));
  CHECK(rig.scws.over(connection));
  rig.scws.on_data(connection, octets("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(rig.scws.take_output(connection).empty());
}

TEST_CASE("a request may come octet by octet", "[scws]") {
  Rig rig;
  const auto connection = rig.scws.connect(false).value();
  const std::string request = "GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n";
  for (const char c : request) {
    CHECK(rig.scws.take_output(connection).empty());
    rig.scws.on_data(connection, octets(std::string(1, c)));
  }
  CHECK(text(rig.scws.take_output(connection)).substr(9, 3) == "404");
}

TEST_CASE("what is no HTTP is answered 400 and ends the connection", "[scws]") {
  Rig rig;
  const auto connection = rig.scws.connect(false).value();
  rig.scws.on_data(connection, octets("\x16\x03\x01 this is no HTTP\r\n\r\n"));
  CHECK(text(rig.scws.take_output(connection)).substr(9, 3) == "400");
  CHECK(rig.scws.over(connection));
}

TEST_CASE("connections are numbered and bounded", "[scws]") {
  Rig rig;
  std::vector<int> connections;
  for (int i = 0; i < Scws::most_connections; ++i) {
    const auto one = rig.scws.connect(false);
    REQUIRE(one);
    CHECK(*one != 0);
    CHECK_FALSE(rig.scws.over(*one));
    connections.push_back(*one);
  }
  CHECK_FALSE(rig.scws.connect(false));
  CHECK_FALSE(rig.scws.connect(true));
  rig.scws.disconnect(connections[3]);
  CHECK(rig.scws.over(connections[3]));
  const auto again = rig.scws.connect(false);
  REQUIRE(again);
  CHECK(std::find(connections.begin(), connections.end(), *again) == connections.end());
  rig.scws.reset();
  CHECK(rig.scws.over(connections[0]));
  CHECK(rig.scws.connect(false));
}

TEST_CASE("numbers that nobody has do no harm", "[scws]") {
  Rig rig;
  for (const int number : {-1, 0, 1, 1000}) {
    CHECK(rig.scws.over(number));
    rig.scws.on_data(number, octets("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(rig.scws.take_output(number).empty());
    rig.scws.disconnect(number);
  }
}

TEST_CASE("connections do not mix", "[scws]") {
  Rig rig;
  const auto one = rig.scws.connect(false).value();
  const auto two = rig.scws.connect(false).value();
  rig.scws.on_data(one, octets("GET /nothing HTTP/1.1\r\n"));
  rig.scws.on_data(two, octets("GET / HTTP/1.1\r\n"));
  rig.scws.on_data(two, octets("Host: x\r\n\r\n"));
  rig.scws.on_data(one, octets("Host: x\r\n\r\n"));
  CHECK(text(rig.scws.take_output(one)).substr(9, 3) == "404");
  CHECK(text(rig.scws.take_output(two)).substr(9, 3) == "200");
}

TEST_CASE("over TLS the card shows its certificate and serves DM", "[scws]") {
  Rig rig;
  Program program(rig.scws, trusting());
  REQUIRE(program.client->ready());
  const auto facts = program.client->take_facts();
  REQUIRE(facts.size() == 1);
  CHECK(facts[0].key == "tls.handshake");
  CHECK(facts[0].fields.text_or("verified", "") == "ok");
  CHECK(facts[0].fields.bool_or("name_matches", false));
  CHECK(facts[0].fields.text_or("subject", "") == "CN=localuicc");
  const auto malformed = program.ask(dm_request());
  REQUIRE(malformed);
  CHECK(malformed->status == 400);
  CHECK(header_of(malformed->headers, "Cache-Control") == "no-store");
  auto other_type = dm_request();
  other_type.headers[1].second = "text/plain";
  CHECK(program.ask(other_type)->status == 415);
  for (const auto* method : {"GET", "PUT", "DELETE"}) {
    const auto refused = program.ask(dm_request(method));
    REQUIRE(refused);
    CHECK(refused->status == 405);
    CHECK(header_of(refused->headers, "Allow") == "POST");
  }
  CHECK(program.ask({"GET", "/", 11, {{"Host", "x"}}, {}, false})->status == 200);
  CHECK_FALSE(rig.scws.over(program.connection));
}

TEST_CASE("the card ends TLS with close_notify where the connection is to be closed", "[scws]") {
  Rig rig;
  Program program(rig.scws, trusting());
  CHECK(program.ask({"GET", "/", 11, {{"Host", "x"}, {"Connection", "close"}}, {}, false})->status == 200);
  CHECK(program.client->over());
  CHECK(rig.scws.over(program.connection));
  const auto facts = program.client->take_facts();
  REQUIRE_FALSE(facts.empty());
  CHECK(facts.back().key == "tls.end");
  CHECK(facts.back().fields.text_or("how", "") == "close_notify");
}

TEST_CASE("plain HTTP on the secure port ends the connection", "[scws]") {
  Rig rig;
  const auto connection = rig.scws.connect(true).value();
  rig.scws.on_data(connection, octets("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
  CHECK(rig.scws.over(connection));
  CHECK(text(rig.scws.take_output(connection)).find("HTTP/1.1") == std::string::npos);
}

TEST_CASE("the versions of 2009 are a matter of the personality", "[scws]") {
  auto settings = trusting();
  settings.profile = TlsProfile::legacy_2009;
  Rig modern;
  CHECK_FALSE(Program(modern.scws, settings).client->ready());
  auto old = personality();
  old.legacy_tls = true;
  Rig legacy(old);
  CHECK(Program(legacy.scws, settings).client->ready());
  CHECK_FALSE(Program(legacy.scws, trusting()).client->ready());
}

TEST_CASE("a pre-shared key does in place of a certificate", "[scws]") {
  auto settings = trusting();
  settings.psk_identity = "terminal";
  settings.psk = {1, 2, 3, 4, 5, 6, 7, 8};
  auto keyed = personality();
  keyed.certificate.clear();
  keyed.key.clear();
  Rig rig(keyed);
  Program program(rig.scws, settings);
  REQUIRE(program.client->ready());
  CHECK(program.client->take_facts()[0].fields.text_or("credential", "") == "psk");
  settings.psk.back() ^= 1;
  CHECK_FALSE(Program(rig.scws, settings).client->ready());
}

TEST_CASE("a card that can show nothing takes no secure connection", "[scws]") {
  Personality bare;
  Rig rig(bare);
  CHECK_FALSE(rig.scws.connect(true));
  CHECK(rig.scws.connect(false));
}

TEST_CASE("a card of IPv4 alone is not reached over IPv6", "[scws]") {
  auto ipv4 = personality();
  ipv4.ipv6 = false;
  Rig rig(ipv4);
  CHECK_FALSE(rig.scws.connect(false, "tcp", "ipv6"));
  CHECK(rig.scws.connect(false, "tcp", "ipv4"));
  CHECK(rig.status("GET", "/", "[::1]:3516") == "404");
  CHECK(rig.status("GET", "/", "127.0.0.1:3516") == "200");
}

TEST_CASE("a rule of the web server that is switched off shows", "[scws]") {
  SECTION("names of the card") {
    struct Row {
      Policy policy;
      const char* host;
    };
    const auto row = GENERATE(values<Row>({{Policy::serves_ipv6, "[::1]:3516"},
                                           {Policy::serves_localhost, "localhost:3516"},
                                           {Policy::serves_localuicc, "localuicc:80"}}));
    CAPTURE(row.host);
    Rig on;
    Rig off({row.policy});
    CHECK(on.status("GET", "/", row.host) == "200");
    CHECK(off.status("GET", "/", row.host) == "404");
    CHECK(off.status("GET", "/") == "200");
  }
  SECTION("refuses_plain_dm") {
    CHECK(Rig({Policy::refuses_plain_dm}).status("POST", "/OMA/DM") == "415");
  }
  SECTION("knows_its_paths") {
    CHECK(Rig({Policy::refuses_plain_dm, Policy::knows_its_paths}).status("POST", "/anything") == "415");
  }
  SECTION("survives_bad_http") {
    Rig sound;
    Rig broken({Policy::survives_bad_http});
    CHECK(sound.ask("no HTTP\r\n\r\n").substr(9, 3) == "400");
    broken.ask("no HTTP\r\n\r\n");
    CHECK(sound.scws.connect(false));
    CHECK_FALSE(broken.scws.connect(false));
  }
  SECTION("reads_chunked") {
    const auto* chunked =
        "POST /dmsc/wake HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n";
    CHECK(Rig().ask(chunked).substr(9, 3) == "200");
    CHECK(Rig({Policy::reads_chunked}).ask(chunked).substr(9, 3) == "411");
  }
  SECTION("keeps_request_pieces") {
    Rig rig({Policy::keeps_request_pieces});
    CHECK(rig.status("GET", "/") == "200");
    const auto connection = rig.scws.connect(false).value();
    rig.scws.on_data(connection, octets("GET / HTTP/1.1\r\n"));
    rig.scws.on_data(connection, octets("Host: x\r\n\r\n"));
    CHECK(text(rig.scws.take_output(connection)).substr(9, 3) == "400");
  }
  SECTION("requires_tls") {
    Rig rig({Policy::requires_tls});
    const auto connection = rig.scws.connect(true).value();
    rig.scws.on_data(connection, octets("GET / HTTP/1.1\r\nHost: x\r\n\r\n"));
    CHECK(text(rig.scws.take_output(connection)).substr(9, 3) == "200");
  }
  SECTION("takes_psk") {
    auto keyed = personality({Policy::takes_psk});
    keyed.certificate.clear();
    keyed.key.clear();
    CHECK_FALSE(Rig(keyed).scws.connect(true));
  }
}

TEST_CASE("the card tells who connects and who leaves", "[scws][facts]") {
  Rig rig;
  const auto one = rig.scws.connect(false, "bip").value();
  const auto two = rig.scws.connect(true, "tcp").value();
  REQUIRE(rig.told() == "stream.opened stream.opened ");
  CHECK(write_json(rig.facts[0].fields) == R"({"road":"bip","secure":false,"connection":)" + std::to_string(one) + "}");
  CHECK(write_json(rig.facts[1].fields) == R"({"road":"tcp","secure":true,"connection":)" + std::to_string(two) + "}");
  CHECK(rig.scws.connect(false, "tcp", "ipv6"));
  CHECK(rig.facts[2].fields.text_or("family", "") == "ipv6");
  rig.facts.clear();
  rig.scws.disconnect(one);
  CHECK(rig.told() == "stream.closed ");
  CHECK(rig.fact("stream.closed") == R"({"road":"bip","connection":)" + std::to_string(one) + "}");
  rig.scws.disconnect(one);
  rig.scws.disconnect(1000);
  CHECK(rig.told() == "stream.closed ");  // nobody left twice
}

TEST_CASE("who is not let in opened no stream", "[scws][facts]") {
  Rig rig;
  for (int i = 0; i < Scws::most_connections; ++i) rig.scws.connect(false);
  rig.facts.clear();
  CHECK_FALSE(rig.scws.connect(false));
  Personality bare;
  Rig mute(bare);
  CHECK_FALSE(mute.scws.connect(true));
  CHECK(rig.told().empty());
  CHECK(mute.told().empty());
}

TEST_CASE("the card tells what is asked of it", "[scws][facts]") {
  Rig rig;
  rig.ask(
      "POST /dmsc/wake?a=b HTTP/1.1\r\nHOST: localuicc:80\r\nContent-Type: text/plain\r\nX-Odd: 1\r\n"
      "Content-Length: 5\r\n\r\nhello");
  CHECK(rig.told() == "stream.opened http.request stream.closed ");
  CHECK(
      rig.fact("http.request") ==
      R"({"method":"POST","target":"/dmsc/wake?a=b","version":11,"host":"localuicc:80","content_type":"text/plain","media_type":"text/plain",)"
      R"("length":5,"secure":false,"road":"tcp","headers":{"host":"localuicc:80","content-type":"text/plain",)"
      R"("x-odd":"1","content-length":"5"}})");
  rig.facts.clear();
  rig.ask("GET / HTTP/1.0\r\n\r\n");
  CHECK(
      rig.fact("http.request") ==
      R"({"method":"GET","target":"/","version":10,"host":"","content_type":"","media_type":"","length":0,"secure":false,)"
      R"("road":"tcp","headers":{}})");
}

TEST_CASE("a target in absolute form is served, and told as its path", "[scws][facts]") {
  const std::pair<const char*, const char*> rows[] = {{"http://localuicc:80/dmsc/wake?a=b", "/dmsc/wake?a=b"},
                                                      {"HTTP://localuicc/", "/"},
                                                      {"https://127.0.0.1:4116", "/"},
                                                      {"http://[::1]?x", "/?x"},
                                                      {"/http://x", "/http://x"},
                                                      {"*", "*"}};
  for (const auto& [target, path] : rows) {
    CAPTURE(target);
    CHECK(origin_form(target) == path);
  }
  Rig rig;
  const auto answer = rig.ask("GET http://localuicc:80/index.html HTTP/1.1\r\nHost: other\r\n\r\n");
  CHECK(answer.starts_with("HTTP/1.1 200 "));
  CHECK(rig.fact("http.request").find(R"("target":"/index.html")") != std::string::npos);
}

TEST_CASE("each request of a connection is told, and its road", "[scws][facts]") {
  Rig rig;
  const auto connection = rig.scws.connect(false, "bip").value();
  const std::string get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
  rig.scws.on_data(connection, octets(get + get + get.substr(0, 10)));
  CHECK(rig.told() == "stream.opened http.request http.request ");
  CHECK(rig.facts.back().fields.text_or("road", "") == "bip");
  rig.scws.on_data(connection, octets(get.substr(10)));
  CHECK(rig.told() == "stream.opened http.request http.request http.request ");
}

TEST_CASE("what is no HTTP is told once", "[scws][facts]") {
  Rig rig;
  SECTION("in the clear") {
    const auto connection = rig.scws.connect(false).value();
    rig.scws.on_data(connection, octets("no HTTP at all\r\n\r\n"));
    rig.scws.on_data(connection, octets("and more of it\r\n\r\n"));
    CHECK(rig.told() == "stream.opened http.trouble ");
    CHECK_FALSE(rig.facts.back().fields.text_or("reason", "").empty());
  }
  SECTION("within TLS") {
    Program program(rig.scws, trusting());
    program.client->send(octets("no HTTP at all\r\n\r\n"));
    program.pump();
    rig.scws.on_data(program.connection, octets("and more of it"));
    rig.scws.on_data(program.connection, octets("and more of it"));
    const auto told = rig.told();
    CHECK(told.starts_with("stream.opened tls.handshake http.trouble "));
    CHECK(told.find("http.trouble") == told.rfind("http.trouble"));
  }
}

TEST_CASE("the card tells how TLS went at its end", "[scws][facts]") {
  Rig rig;
  SECTION("a session of its own, closed") {
    Program program(rig.scws, trusting());
    REQUIRE(program.client->ready());
    CHECK(rig.told() == "stream.opened tls.handshake ");
    const auto& handshake = rig.facts[1].fields;
    CHECK(handshake.text_or("version", "") == "TLSv1.3");
    CHECK(handshake.text_or("credential", "") == "certificate");
    CHECK_FALSE(handshake.text_or("suite", "").empty());
    program.ask({"GET", "/", 11, {{"Host", "x"}, {"Connection", "close"}}, {}, false});
    CHECK(rig.fact("http.request").find(R"("secure":true)") != std::string::npos);
    rig.scws.disconnect(program.connection);
    CHECK(rig.told() == "stream.opened tls.handshake http.request tls.alert tls.end stream.closed ");
    CHECK(rig.fact("tls.alert") == R"({"direction":"sent","level":"warning","description":"close_notify"})");
    CHECK(rig.fact("tls.end").starts_with(R"({"how":"close_notify")"));
  }
  SECTION("a pre-shared key and whose it is") {
    auto settings = trusting();
    settings.psk_identity = "terminal";
    settings.psk = {1, 2, 3, 4, 5, 6, 7, 8};
    Program program(rig.scws, settings);
    REQUIRE(program.client->ready());
    const auto& handshake = rig.facts[1].fields;
    CHECK(handshake.text_or("credential", "") == "psk");
    CHECK(handshake.text_or("psk_identity", "") == "terminal");
  }
  SECTION("a client that is gone without a word") {
    Program program(rig.scws, trusting());
    rig.scws.disconnect(program.connection);
    CHECK(rig.told() == "stream.opened tls.handshake tls.end stream.closed ");
    CHECK(rig.fact("tls.end").starts_with(R"({"how":"truncated")"));
  }
  SECTION("a client with another key than ours") {
    auto keyed = personality();
    keyed.certificate.clear();
    keyed.key.clear();
    Rig other(keyed);
    auto settings = trusting();
    settings.psk_identity = "terminal";
    settings.psk = {8, 7, 6, 5, 4, 3, 2, 1};
    Program program(other.scws, settings);
    CHECK_FALSE(program.client->ready());
    CHECK(other.told().starts_with("stream.opened tls.alert "));
    CHECK(other.fact("tls.alert").starts_with(R"({"direction":"sent","level":"fatal")"));
    CHECK(other.fact("tls.end").starts_with(R"({"how":"failed")"));
    CHECK(other.fact("tls.handshake") == "none");
  }
  SECTION("what is no TLS") {
    const auto connection = rig.scws.connect(true).value();
    rig.scws.on_data(connection, octets("GET / HTTP/1.1\r\n\r\n"));
    CHECK(rig.fact("tls.end").starts_with(R"({"how":"failed")"));
    CHECK(rig.fact("http.request") == "none");
  }
}

TEST_CASE("a tamper may change or swallow a response", "[scws]") {
  Rig rig;
  std::string seen;
  rig.tamper = [&](Outgoing& out) {
    seen += out.key + " " + out.members.text_or("path", "") + "; ";
    out.members["status"] = 503;
    out.members["headers"]["X-Odd"] = "1";
    if (out.members.text_or("path", "") == "/mute") out.copies = 0;
  };
  const auto answer = rig.ask("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  CHECK(answer.substr(9, 3) == "503");
  CHECK(header(answer, "X-Odd") == "1");
  CHECK(rig.ask("GET /mute HTTP/1.1\r\nHost: x\r\n\r\n").empty());
  CHECK(seen == "http.response /; http.response /mute; ");
}

}  // namespace dmsc::peer

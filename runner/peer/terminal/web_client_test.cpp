// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/web_client.hpp"

#include <fstream>
#include <iterator>

#include "runner/base/catch.hpp"

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

std::unique_ptr<WebClient> make(const TlsSettings* tls = nullptr) {
  auto made = WebClient::make(tls);
  if (!made) FAIL(made.error().text());
  return std::move(*made);
}

HttpRequest get(const std::string& method = "GET") {
  return {method, "/", 11, {{"Host", "127.0.0.1:3516"}}, {}, false};
}

std::vector<std::string> keys_of(const std::vector<Fact>& facts) {
  std::vector<std::string> keys;
  for (const auto& fact : facts) keys.push_back(fact.key);
  return keys;
}

/// A client and a TLS server that hear each other.
struct Pair {
  TlsSettings of_client;
  std::unique_ptr<TlsSession> server;
  std::unique_ptr<WebClient> client;

  Pair() {
    of_client.trust = pem("ca.pem");
    of_client.server_name = "127.0.0.1";
    of_client.verify_at = in_2030;
    TlsSettings of_server;
    of_server.server = true;
    of_server.certificate = pem("localuicc.pem");
    of_server.key = pem("localuicc.key.pem");
    server = std::move(TlsSession::make(of_server).value());
    client = make(&of_client);
  }

  void pump() {
    for (int turn = 0; turn < 20; ++turn) {
      const auto there = client->take_output();
      if (!there.empty()) server->on_data(there);
      const auto back = server->take_output();
      if (!back.empty()) client->on_data(back);
      if (there.empty() && back.empty()) return;
    }
    FAIL("they never come to rest");
  }
};

}  // namespace

TEST_CASE("a plain client is ready at once", "[web-client]") {
  const auto client = make();
  CHECK(client->ready());
  CHECK_FALSE(client->secure());
  CHECK(client->take_output().empty());
  client->expect_response(get());
  client->send(write_request(get()));
  CHECK(text(client->take_output()) == "GET / HTTP/1.1\r\nHost: 127.0.0.1:3516\r\n\r\n");
  CHECK(client->take_output().empty());
  client->on_data(octets("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n"));
  CHECK_FALSE(client->take_response());
  client->on_data(octets("hi"));
  const auto response = client->take_response();
  REQUIRE(response);
  CHECK(text(response->body) == "hi");
  CHECK(client->keep_alive());
  CHECK(client->take_facts().empty());
  CHECK_FALSE(client->over());
}

TEST_CASE("a stream that ends is over, and what came in it still counts", "[web-client]") {
  const auto client = make();
  client->expect_response(get());
  client->on_data(octets("HTTP/1.0 200 OK\r\n\r\nas long as it lasts"));
  CHECK_FALSE(client->take_response());
  client->on_end();
  client->on_end();
  const auto response = client->take_response();
  REQUIRE(response);
  CHECK(text(response->body) == "as long as it lasts");
  CHECK(client->over());
  CHECK_FALSE(client->ready());
  CHECK(client->take_facts().empty());
}

TEST_CASE("what is no response is told once", "[web-client]") {
  const auto client = make();
  client->expect_response(get());
  client->on_data(octets("this is not HTTP\r\n\r\n"));
  CHECK_FALSE(client->take_response());
  const auto facts = client->take_facts();
  REQUIRE(keys_of(facts) == std::vector<std::string>{"http.trouble"});
  CHECK_FALSE(facts[0].fields.text_or("reason", "").empty());
  client->on_data(octets("more of it"));
  CHECK(client->take_facts().empty());
}

TEST_CASE("a stream cut in the response is trouble", "[web-client]") {
  const auto client = make();
  client->expect_response(get());
  client->on_data(octets("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf"));
  client->on_end();
  CHECK_FALSE(client->take_response());
  CHECK(keys_of(client->take_facts()) == std::vector<std::string>{"http.trouble"});
}

TEST_CASE("over TLS a client is ready after the handshake and says what it saw", "[web-client]") {
  Pair pair;
  CHECK(pair.client->secure());
  CHECK_FALSE(pair.client->ready());
  pair.client->expect_response(get());
  pair.client->send(write_request(get()));  // waits for the handshake
  CHECK(pair.server->take_plain().empty());
  pair.pump();
  CHECK(pair.client->ready());
  CHECK(text(pair.server->take_plain()) == "GET / HTTP/1.1\r\nHost: 127.0.0.1:3516\r\n\r\n");
  const auto facts = pair.client->take_facts();
  REQUIRE(keys_of(facts) == std::vector<std::string>{"tls.handshake"});
  CHECK(facts[0].fields.text_or("verified", "") == "ok");
  CHECK(facts[0].fields.bool_or("name_matches", false));
  CHECK_FALSE(facts[0].octets.empty());
  pair.server->write(octets("HTTP/1.1 204 No Content\r\n\r\n"));
  pair.pump();
  const auto response = pair.client->take_response();
  REQUIRE(response);
  CHECK(response->status == 204);
  SECTION("the client says good-bye") {
    pair.client->close();
    pair.pump();
    CHECK(pair.server->over());
  }
  SECTION("the server says good-bye") {
    pair.server->close();
    pair.pump();
    CHECK(pair.client->over());
    CHECK_FALSE(pair.client->ready());
  }
  SECTION("the stream breaks off") {
    pair.client->on_end();
    CHECK(pair.client->over());
    const auto last = pair.client->take_facts();
    REQUIRE(keys_of(last) == std::vector<std::string>{"tls.end"});
    CHECK(last[0].fields.text_or("how", "") == "truncated");
  }
}

TEST_CASE("octets can go past TLS", "[web-client]") {
  Pair pair;
  pair.pump();
  pair.client->send_raw(octets("GET / HTTP/1.1\r\n\r\n"));
  CHECK(text(pair.client->take_output()) == "GET / HTTP/1.1\r\n\r\n");
  pair.client->send_raw(octets("no record"));
  pair.pump();
  CHECK(pair.server->over());
  CHECK(pair.client->over());
}

TEST_CASE("a TLS setting that cannot be used is an error of ours", "[web-client]") {
  TlsSettings settings;
  settings.trust = "no PEM";
  const auto made = WebClient::make(&settings);
  REQUIRE_FALSE(made);
  CHECK(made.error().code == Errc::data);
  CHECK(made.error().place == "trust");
}

TEST_CASE("a response as a fact", "[web-client]") {
  HttpResponse response;
  response.status = 404;
  response.reason = "Not Found";
  response.headers = {{"Content-Type", "Text/Plain; charset=utf-8"}, {"X-Odd", "1"}};
  response.body = octets("gone");
  response.chunked = true;
  const auto fact = fact_of(response);
  CHECK(fact.key == "http.response");
  CHECK(fact.octets == octets("gone"));
  const Value expected =
      Value::Map{{"status", 404},
                 {"reason", "Not Found"},
                 {"version", 11},
                 {"content_type", "Text/Plain; charset=utf-8"},
                 {"media_type", "text/plain"},
                 {"headers", Value::Map{{"content-type", "Text/Plain; charset=utf-8"}, {"x-odd", "1"}}},
                 {"length", 4},
                 {"body", "gone"},
                 {"chunked", true}};
  CHECK(fact.fields == expected);
}

TEST_CASE("a body that is long or no text is not shown, but kept", "[web-client]") {
  HttpResponse response;
  response.body = Octets(4096, 'x');
  CHECK(fact_of(response).fields.text_or("body", "").size() == 4096);
  response.body.push_back('x');
  CHECK(fact_of(response).fields.find("body") == nullptr);
  CHECK(fact_of(response).fields.int_or("length", 0) == 4097);
  response.body = {0xFF, 0xFE};
  CHECK(fact_of(response).fields.find("body") == nullptr);
  CHECK(fact_of(response).octets == Octets{0xFF, 0xFE});
}

}  // namespace dmsc::peer

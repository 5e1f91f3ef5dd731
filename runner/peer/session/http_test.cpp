// SPDX-License-Identifier: Apache-2.0
#include <string>

#include "runner/base/catch.hpp"
#include "runner/peer/session/http_client.hpp"
#include "runner/peer/session/http_server.hpp"

namespace dmsc::peer {
namespace {

Octets octets(std::string_view text) {
  return {text.begin(), text.end()};
}

std::string text(const Octets& octets) {
  return {octets.begin(), octets.end()};
}

/// What a server that is given all of `input` says on its own.
std::string refusal(std::string_view input, HttpLimits limits = {}) {
  HttpServer server(limits);
  server.on_data(octets(input));
  CHECK_FALSE(server.take_request());
  const auto output = text(server.take_output());
  CHECK(server.over() == !output.empty());
  CHECK(server.trouble().has_value() == !output.empty());
  if (!output.empty()) CHECK(output.find("\r\nConnection: close\r\n") != std::string::npos);
  return output.substr(0, output.find('\r'));
}

HttpRequest get(const std::string& target = "/") {
  return {"GET", target, 11, {{"Host", "localuicc"}}, {}, false};
}

HttpRequest post(std::string_view body, bool chunked = false) {
  return {"POST",       "/OMA/DM", 11, {{"Host", "localuicc"}, {"Content-Type", "application/vnd.syncml.dm+wbxml"}},
          octets(body), chunked};
}

HttpResponse ok(std::string_view body, bool chunked = false) {
  return {200, "", 11, {{"Content-Type", "text/plain"}}, octets(body), chunked};
}

/// A response to one request, read by a client from `input`.
struct Answer {
  std::optional<HttpResponse> response;
  std::optional<Error> trouble;
  bool keep_alive = false;
};

Answer read(std::string_view input, bool end = false, const std::string& method = "GET", HttpLimits limits = {}) {
  HttpClient client(limits);
  auto request = get();
  request.method = method;
  client.sent(request);
  client.on_data(octets(input));
  if (end) client.on_end();
  return {client.take_response(), client.trouble(), client.keep_alive()};
}

constexpr std::string_view length_request =
    "POST /OMA/DM HTTP/1.1\r\nHost: localuicc\r\nX-Empty:\r\nContent-Length: 5\r\n\r\nhello";
constexpr std::string_view chunked_request =
    "POST /OMA/DM HTTP/1.1\r\nHost: localuicc\r\nX-Empty:\r\nTransfer-Encoding: chunked\r\n\r\n"
    "2\r\nhe\r\n3;ext=\"1\"\r\nllo\r\n0\r\nX-Trailer: forgotten\r\n\r\n";

}  // namespace

TEST_CASE("a request comes out as it was sent, wherever its octets are split") {
  const auto input = GENERATE(length_request, chunked_request);
  for (std::size_t split = 0; split <= input.size(); ++split) {
    CAPTURE(split);
    HttpServer server;
    server.on_data(octets(input.substr(0, split)));
    if (split < input.size()) REQUIRE_FALSE(server.take_request());
    server.on_data(octets(input.substr(split)));
    const auto request = server.take_request();
    REQUIRE(request);
    REQUIRE(request->method == "POST");
    REQUIRE(request->target == "/OMA/DM");
    REQUIRE(request->version == 11);
    REQUIRE(text(request->body) == "hello");
    REQUIRE(request->chunked == (input == chunked_request));
    REQUIRE(request->headers.size() == 3);
    REQUIRE(request->headers[0] == std::pair<std::string, std::string>("Host", "localuicc"));
    REQUIRE(request->headers[1] == std::pair<std::string, std::string>("X-Empty", ""));
    REQUIRE_FALSE(server.take_request());
    REQUIRE(server.take_output().empty());
    REQUIRE_FALSE(server.over());
  }
}

TEST_CASE("a request comes out as it was sent, octet by octet") {
  const auto input = GENERATE(length_request, chunked_request);
  HttpServer server;
  for (const char c : input) server.on_data(octets(std::string_view(&c, 1)));
  const auto request = server.take_request();
  REQUIRE(request);
  CHECK(text(request->body) == "hello");
}

TEST_CASE("a response says its length or is chunked") {
  HttpServer server;
  server.on_data(write_request(get()));
  REQUIRE(server.take_request());
  auto response = ok("hello world");
  SECTION("length, and framing headers of the caller do not count") {
    response.reason = "Fine";
    response.headers.emplace_back("Content-length", "99");
    response.headers.emplace_back("Transfer-Encoding", "chunked");
    server.respond(response);
    CHECK(text(server.take_output()) ==
          "HTTP/1.1 200 Fine\r\nContent-Type: text/plain\r\nContent-Length: 11\r\n\r\nhello world");
  }
  SECTION("chunked") {
    response.chunked = true;
    server.respond(response);
    CHECK(text(server.take_output()) ==
          "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
          "4\r\nhell\r\n4\r\no wo\r\n3\r\nrld\r\n0\r\n\r\n");
  }
  SECTION("no body with 204 and 304") {
    response.status = GENERATE(204, 304);
    response.chunked = GENERATE(false, true);
    server.respond(response);
    const auto output = text(server.take_output());
    CHECK(output.ends_with("\r\nContent-Type: text/plain\r\n\r\n"));
  }
  SECTION("a value cannot bring a header of its own") {
    response.headers = {{"X-Note", "a\r\nSet-Cookie: b"}};
    response.body.clear();
    server.respond(response);
    CHECK(text(server.take_output()) == "HTTP/1.1 200 OK\r\nX-Note: a  Set-Cookie: b\r\nContent-Length: 0\r\n\r\n");
  }
  SECTION("a status that is none") {
    response.status = GENERATE(-1, 0, 100, 1000);
    server.respond(response);
    CHECK(text(server.take_output()).starts_with("HTTP/1.1 500 Internal Server Error\r\n"));
  }
  CHECK_FALSE(server.over());
}

TEST_CASE("HEAD is answered with the length and without the body") {
  const bool chunked = GENERATE(false, true);
  HttpServer server;
  auto request = get();
  request.method = "HEAD";
  server.on_data(write_request(request));
  REQUIRE(server.take_request()->method == "HEAD");
  server.respond(ok("hello", chunked));
  const auto output = server.take_output();
  CHECK(text(output) == (chunked ? "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
                                 : "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\r\n"));
  HttpClient client;
  client.sent(request);
  client.on_data(output);
  const auto response = client.take_response();
  REQUIRE(response);
  CHECK(response->body.empty());
  CHECK(client.keep_alive());
  CHECK_FALSE(client.trouble());
}

TEST_CASE("the connection stays open as both ends wish") {
  struct Row {
    const char* request;
    int version;
    const char* header;
    bool over;
    const char* start;
    const char* connection;
  };
  const auto row = GENERATE(values<Row>({
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 11, "", false, "HTTP/1.1 200 OK\r\n", ""},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n", 11, "", true, "HTTP/1.1 200 OK\r\n", "close"},
      {"GET / HTTP/1.1\r\nHost: a\r\nConnection: x, close\r\n\r\n", 11, "", true, "HTTP/1.1 200 OK\r\n", "close"},
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 11, "close", true, "HTTP/1.1 200 OK\r\n", "close"},
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 11, "keep-alive", false, "HTTP/1.1 200 OK\r\n", ""},
      {"GET / HTTP/1.0\r\n\r\n", 11, "", true, "HTTP/1.0 200 OK\r\n", ""},
      {"GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", 11, "", false, "HTTP/1.0 200 OK\r\n", "keep-alive"},
      {"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 10, "", false, "HTTP/1.0 200 OK\r\n", "keep-alive"},
  }));
  CAPTURE(row.request, row.version, row.header);
  HttpServer server;
  server.on_data(octets(row.request));
  REQUIRE(server.take_request());
  auto response = ok("x", true);
  response.version = row.version;
  if (*row.header != '\0') response.headers.emplace_back("connection", row.header);
  server.respond(response);
  const auto output = server.take_output();
  CHECK(server.over() == row.over);
  CHECK_FALSE(server.trouble());
  CHECK(text(output).starts_with(row.start));

  HttpClient client;
  client.sent(get());
  client.on_data(output);
  const auto seen = client.take_response();
  REQUIRE(seen);
  CHECK(header_of(seen->headers, "Connection") == row.connection);
  CHECK(seen->chunked == std::string_view(row.start).starts_with("HTTP/1.1"));  // 1.0 knows no chunks
  CHECK(text(seen->body) == "x");
  CHECK(client.keep_alive() == !row.over);

  server.on_data(write_request(get("/second")));
  CHECK(server.take_request().has_value() == !row.over);
}

TEST_CASE("requests that come ahead of the answer wait for their turn") {
  HttpServer server;
  auto input = write_request(get("/1"));
  append(input, write_request(post("two")));
  append(input, write_request(get("/3")));
  const auto split = GENERATE(1, 20, 60, 100, 200);
  const auto at = std::min<std::size_t>(static_cast<std::size_t>(split), input.size());
  server.on_data(ByteView(input).first(at));
  server.on_data(ByteView(input).subspan(at));
  CHECK(server.take_request()->target == "/1");
  CHECK_FALSE(server.take_request());
  server.respond(ok("1"));
  const auto second = server.take_request();
  REQUIRE(second);
  CHECK(text(second->body) == "two");
  server.respond(ok("2"));
  CHECK(server.take_request()->target == "/3");
  server.respond(ok("3"));
  CHECK_FALSE(server.take_request());
  CHECK_FALSE(server.over());
}

TEST_CASE("too much ahead of the answer closes the connection behind it") {
  HttpServer server({.header = 200, .body = 100});
  server.on_data(write_request(get("/1")));
  const bool taken = GENERATE(true, false);
  if (taken) REQUIRE(server.take_request());
  server.on_data(Octets(300, 'G'));
  CHECK_FALSE(server.over());
  server.on_data(Octets(1, 'G'));
  if (!taken) REQUIRE(server.take_request());
  server.respond(ok("1"));
  const auto output = text(server.take_output());
  CHECK(output.starts_with("HTTP/1.1 200 OK\r\n"));
  CHECK(output.find("\r\nConnection: close\r\n") != std::string::npos);
  CHECK(server.over());
  CHECK_FALSE(server.take_request());
}

TEST_CASE("an answer without a request that was taken is ignored") {
  HttpServer server;
  server.respond(ok("nobody asked"));
  CHECK(server.take_output().empty());
  server.on_data(write_request(get()));
  server.respond(ok("nobody looked"));
  CHECK(server.take_output().empty());
  CHECK(server.take_request());
}

TEST_CASE("100 Continue goes out when the body is awaited") {
  const std::string header = "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 5\r\n\r\n";
  HttpServer server({.header = 200, .body = 5});
  SECTION("and then the answer follows") {
    for (const char c : header) {
      CHECK(server.take_output().empty());
      server.on_data(octets(std::string_view(&c, 1)));
    }
    CHECK(text(server.take_output()) == "HTTP/1.1 100 Continue\r\n\r\n");
    server.on_data(octets("hel"));
    server.on_data(octets("lo"));
    CHECK(server.take_output().empty());
    CHECK(text(server.take_request()->body) == "hello");
  }
  SECTION("not when it is there already") {
    server.on_data(octets(header + "hello"));
    CHECK(server.take_output().empty());
    CHECK(server.take_request());
  }
  SECTION("not when there is none") {
    server.on_data(octets("GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n"));
    CHECK(server.take_output().empty());
  }
  SECTION("not for HTTP/1.0") {
    server.on_data(octets("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n"));
    CHECK(server.take_output().empty());
  }
  SECTION("not when it will be too large") {
    server.on_data(octets("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 6\r\n\r\n"));
    CHECK(text(server.take_output()).starts_with("HTTP/1.1 413 "));
    CHECK(server.over());
  }
}

TEST_CASE("what cannot be taken is refused and the connection closed") {
  struct Row {
    const char* input;
    const char* status;
  };
  const auto row = GENERATE(values<Row>({
      // Lengths that two readers may understand differently.
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
       "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\nhello", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5, 6\r\n\r\nhello", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +5\r\n\r\nhello", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -5\r\n\r\nhello", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x5\r\n\r\nhello", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\nhello", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999999\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       "400 Bad Request"},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", "501 Not Implemented"},
      // Chunks.
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n-10\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhello\r\n0\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nContent-Length: 5\r\n\r\n",
       "400 Bad Request"},
      // Lines.
      {"GET / HTTP/1.1\nHost: a\n\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\nHost: a\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\nHost: a\r\n\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", "400 Bad Request"},
      {"\rGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
      {"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
      {" GET / HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\n Host: a\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\nHost a\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\nHo st: a\r\n\r\n", "400 Bad Request"},
      {"GET /\r\n\r\n", "400 Bad Request"},
      {"GET / \r\nHost: a\r\n\r\n", "400 Bad Request"},
      {"GET  HTTP/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1 \r\nHost: a\r\n\r\n", "400 Bad Request"},
      {"GET / http/1.1\r\nHost: a\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/11\r\nHost: a\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/2.0\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported"},
      {"GET / HTTP/1.2\r\nHost: a\r\n\r\n", "505 HTTP Version Not Supported"},
      {"GET / HTTP/0.9\r\n\r\n", "505 HTTP Version Not Supported"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505 HTTP Version Not Supported"},
      // Host and Expect.
      {"GET / HTTP/1.1\r\n\r\n", "400 Bad Request"},
      {"GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n", "400 Bad Request"},
      {"POST / HTTP/1.1\r\nHost: a\r\nExpect: a-miracle\r\nContent-Length: 5\r\n\r\n", "417 Expectation Failed"},
      // Nothing like HTTP.
      {"\x16\x03\x01\x02", "400 Bad Request"},
      {"\xFF", "400 Bad Request"},
  }));
  CAPTURE(row.input);
  CHECK(refusal(row.input) == std::string("HTTP/1.1 ") + row.status);

  HttpServer slow;  // octet by octet it ends the same
  for (const char* c = row.input; *c != '\0'; ++c) slow.on_data(octets(std::string_view(c, 1)));
  CHECK(slow.over());
  CHECK(text(slow.take_output()).starts_with(std::string("HTTP/1.1 ") + row.status));
  CHECK_FALSE(slow.take_request());
}

TEST_CASE("a refusal says why") {
  HttpServer server;
  server.on_data(octets("GET / HTTP/1.1\r\n\r\n"));
  REQUIRE(server.trouble());
  CHECK(server.trouble()->text() == "the HTTP request is refused with 400: not one Host");
  CHECK(text(server.take_output()) == "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
  server.on_data(write_request(get()));
  CHECK_FALSE(server.take_request());
  CHECK(server.take_output().empty());
}

TEST_CASE("what is unusual but allowed is taken") {
  const std::string input =
      GENERATE(as<std::string>{},  //
               "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET / HTTP/1.1\r\nhOST:a\r\n\r\n",
               "GET / HTTP/1.1\r\nHost: a\r\nX: b\r\n folded\r\n\r\n", "GET http://a/ HTTP/1.1\r\nHost: a\r\n\r\n",
               "M-SEARCH * HTTP/1.1\r\nHost:\r\n\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n",
               "POST / HTTP/1.1\r\nHost: a\r\n\r\n",
               "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n000\r\n\r\n");
  CAPTURE(input);
  HttpServer whole;
  whole.on_data(octets(input));
  const auto request = whole.take_request();
  REQUIRE(request);
  CHECK(request->body.empty());
  HttpServer slow;
  for (const char c : input) slow.on_data(octets(std::string_view(&c, 1)));
  CHECK(slow.take_request());
}

TEST_CASE("limits hold to the octet") {
  const HttpLimits limits{.header = 100, .body = 10};
  const std::string before = "GET / HTTP/1.1\r\nHost: a\r\nX: ";
  const auto header = [&](std::size_t size) {
    return before + std::string(size - before.size() - 4, 'x') + "\r\n\r\n";
  };
  HttpServer server(limits);
  SECTION("header, just so") {
    server.on_data(octets(header(100)));
    CHECK(server.take_request());
  }
  SECTION("header, one more") {
    CHECK(refusal(header(101), limits) == "HTTP/1.1 431 Request Header Fields Too Large");
  }
  SECTION("header without end") {
    CHECK(refusal(std::string(101, 'x'), limits) == "HTTP/1.1 431 Request Header Fields Too Large");
  }
  SECTION("one line of a million octets") {
    CHECK(refusal(before + std::string(1000000, 'x')) == "HTTP/1.1 431 Request Header Fields Too Large");
  }
  SECTION("body, just so") {
    server.on_data(octets("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n0123456789"));
    CHECK(server.take_request()->body.size() == 10);
  }
  SECTION("body, one more: before it comes") {
    CHECK(refusal("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 11\r\n\r\n", limits) ==
          "HTTP/1.1 413 Payload Too Large");
  }
  const std::string chunked = "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  SECTION("chunks, just so") {
    server.on_data(octets(chunked + "5\r\n01234\r\n5\r\n56789\r\n0\r\n\r\n"));
    CHECK(server.take_request()->body.size() == 10);
  }
  SECTION("chunks, one more") {
    CHECK(refusal(chunked + "5\r\n01234\r\n6\r\n", limits) == "HTTP/1.1 413 Payload Too Large");
  }
  SECTION("one chunk of nearly everything") {
    CHECK(refusal(chunked + "FFFFFFFFFFFFFFFE\r\n", limits) == "HTTP/1.1 413 Payload Too Large");
  }
  SECTION("a chunk extension without end") {
    CHECK(refusal(chunked + "5;" + std::string(101, 'x'), limits) == "HTTP/1.1 431 Request Header Fields Too Large");
  }
  SECTION("a trailer without end") {
    CHECK(refusal(chunked + "0\r\nX: " + std::string(101, 'x'), limits) ==
          "HTTP/1.1 431 Request Header Fields Too Large");
  }
}

TEST_CASE("octets at random never do more than end the connection") {
  std::uint32_t state = 12345;
  const auto next = [&state] { return state = state * 1664525 + 1013904223; };
  const std::string_view parts[] = {"GET ",
                                    "/",
                                    " HTTP/1.1",
                                    "\r\n",
                                    "\r",
                                    "\n",
                                    ":",
                                    "Content-Length: 3",
                                    "Host: a",
                                    "0",
                                    "FF",
                                    "chunked",
                                    "Transfer-Encoding: chunked",
                                    ";",
                                    " ",
                                    "x"};
  int refused = 0;
  for (int round = 0; round < 3000; ++round) {
    HttpServer server({.header = 120, .body = 20});
    HttpClient client({.header = 120, .body = 20});
    client.sent(get());
    const std::string start = round % 2 == 0 ? "POST / HTTP/1.1\r\nHost: a\r\n" : "";
    server.on_data(octets(start));
    client.on_data(octets(round % 2 == 0 ? "HTTP/1.1 200 OK\r\n" : ""));
    for (int i = 0; i < 20; ++i) {
      const auto part = octets(parts[(next() >> 16) % std::size(parts)]);
      server.on_data(part);
      client.on_data(part);
      if (server.take_request()) server.respond(ok("x"));
      client.take_response();
    }
    client.on_end();
    if (server.over()) ++refused;
  }
  CHECK(refused > 1000);
}

TEST_CASE("a request is written with its length, chunked, or bare") {
  CHECK(text(write_request(get("/x?y"))) == "GET /x?y HTTP/1.1\r\nHost: localuicc\r\n\r\n");
  CHECK(text(write_request(post("hello"))) ==
        "POST /OMA/DM HTTP/1.1\r\nHost: localuicc\r\nContent-Type: application/vnd.syncml.dm+wbxml\r\n"
        "Content-Length: 5\r\n\r\nhello");
  CHECK(text(write_request(post(""))).ends_with("\r\nContent-Length: 0\r\n\r\n"));
  CHECK(text(write_request(post("hello", true)))
            .ends_with("\r\nTransfer-Encoding: chunked\r\n\r\n"
                       "2\r\nhe\r\n2\r\nll\r\n1\r\no\r\n0\r\n\r\n"));
  CHECK(text(write_request(post("", true))).ends_with("\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"));
  auto request = get();
  request.version = 10;
  request.headers = {{"X", "a\r\nY: b"}, {"content-length", "7"}};
  request.target = std::string("/a\r\nb\0", 6);
  CHECK(text(write_request(request)) == "GET /a  b  HTTP/1.0\r\nX: a  Y: b\r\n\r\n");
}

TEST_CASE("large bodies pass both ways") {
  const bool chunked = GENERATE(false, true);
  const auto step = GENERATE(1000, 1000000);
  std::string body(60000, '\0');
  for (std::size_t i = 0; i < body.size(); ++i) body[i] = static_cast<char>(i * 31 + i / 256);
  HttpServer server;
  HttpClient client;
  const auto carry = [&](const Octets& wire, auto& to) {
    for (std::size_t at = 0; at < wire.size(); at += static_cast<std::size_t>(step)) {
      to.on_data(ByteView(wire).subspan(at, std::min<std::size_t>(static_cast<std::size_t>(step), wire.size() - at)));
    }
  };
  const auto request = post(body, chunked);
  client.sent(request);
  carry(write_request(request), server);
  const auto seen = server.take_request();
  REQUIRE(seen);
  CHECK(text(seen->body) == body);
  CHECK(seen->chunked == chunked);
  server.respond(ok(body, chunked));
  carry(server.take_output(), client);
  const auto answer = client.take_response();
  REQUIRE(answer);
  CHECK(text(answer->body) == body);
  CHECK(answer->chunked == chunked);
  CHECK(client.keep_alive());
}

TEST_CASE("a response is read wherever its octets are split") {
  const std::string_view input =
      GENERATE(std::string_view("HTTP/1.1 200 All right\r\nX: y\r\nContent-Length: 5\r\n\r\nhello"),
               std::string_view(
                   "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 All right\r\nX: y\r\nTransfer-Encoding: chunked\r\n\r\n"
                   "1;a=b\r\nh\r\n4\r\nello\r\n0\r\nX: z\r\n\r\n"),
               std::string_view("HTTP/1.0 200 All right\r\nX: y\r\n\r\nhello"));
  for (std::size_t split = 0; split <= input.size(); ++split) {
    CAPTURE(split);
    HttpClient client;
    client.sent(get());
    client.on_data(octets(input.substr(0, split)));
    client.on_data(octets(input.substr(split)));
    const bool until_end = input.starts_with("HTTP/1.0");
    if (until_end) {
      REQUIRE_FALSE(client.take_response());
      client.on_end();
    }
    const auto response = client.take_response();
    REQUIRE(response);
    REQUIRE(response->status == 200);
    REQUIRE(response->reason == "All right");
    REQUIRE(response->version == (until_end ? 10 : 11));
    REQUIRE(header_of(response->headers, "x") == "y");
    REQUIRE(text(response->body) == "hello");
    REQUIRE_FALSE(client.trouble());
    REQUIRE(client.keep_alive() == !until_end);
  }
}

TEST_CASE("a response that ends too early is trouble") {
  struct Row {
    const char* input;
    const char* why;
  };
  const auto row = GENERATE(values<Row>({
      {"", "the stream ended before the response"},
      {"HTTP/1.1 2", "the stream ended in the header"},
      {"HTTP/1.1 100 Continue\r\n\r\n", "the stream ended in the header"},
      {"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhell", "the stream ended in the body"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", "the stream ended in the body"},
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n", "the stream ended in the body"},
  }));
  CAPTURE(row.input);
  const auto answer = read(row.input, true);
  CHECK_FALSE(answer.response);
  REQUIRE(answer.trouble);
  CHECK(answer.trouble->code == Errc::truncated);
  CHECK(answer.trouble->text() == std::string("the HTTP response breaks off: ") + row.why);
  CHECK_FALSE(answer.keep_alive);
}

TEST_CASE("a response that cannot be read is trouble") {
  const std::string input =
      GENERATE(as<std::string>{}, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
               "HTTP/1.1 200 OK\r\nContent-Length: five\r\n\r\n", "HTTP/1.1 200 OK\nContent-Length: 5\n\n",
               "HTTP/1.1 20 OK\r\n\r\n", "HTTP/2.0 200 OK\r\n\r\n", "SSH-2.0-OpenSSH\r\n\r\n", "\r\n\r\n",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
               "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\nContent-Length: 5\r\n\r\nhello");
  CAPTURE(input);
  const auto answer = read(input);
  CHECK_FALSE(answer.response);
  REQUIRE(answer.trouble);
  CHECK(answer.trouble->code == Errc::malformed);
  CHECK_FALSE(answer.keep_alive);
}

TEST_CASE("octets that no request asked for are trouble, but do not take the response away") {
  SECTION("behind the response") {
    const auto answer = read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n");
    REQUIRE(answer.response);
    CHECK(text(answer.response->body) == "ok");
    REQUIRE(answer.trouble);
    CHECK(answer.trouble->text() == "the HTTP response breaks off: octets behind the response");
    CHECK_FALSE(answer.keep_alive);
  }
  SECTION("the body of an answer to HEAD") {
    const auto answer = read("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok", false, "HEAD");
    REQUIRE(answer.response);
    CHECK(answer.response->body.empty());
    CHECK(answer.trouble);
  }
  SECTION("out of the blue") {
    HttpClient client;
    CHECK(client.keep_alive());
    client.on_data(octets("HTTP/1.1 408 Request Timeout\r\n\r\n"));
    CHECK(client.trouble()->text() == "the HTTP response breaks off: octets that no request asked for");
    CHECK_FALSE(client.take_response());
  }
}

TEST_CASE("the client holds its limits") {
  const HttpLimits limits{.header = 60, .body = 5};
  const auto exhausted = [&](const std::string& input) {
    const auto answer = read(input, false, "GET", limits);
    return !answer.response && answer.trouble && answer.trouble->code == Errc::exhausted;
  };
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false, "GET", limits).response);
  CHECK(exhausted("HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"));
  CHECK(exhausted("HTTP/1.1 200 OK\r\n\r\nwithout end"));
  CHECK(exhausted("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n3\r\nabc\r\n"));
  CHECK(exhausted("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;" + std::string(61, 'x')));
  CHECK(exhausted("HTTP/1.1 200 OK\r\nX: " + std::string(60, 'x')));
  std::string interim;
  for (int i = 0; i < 9; ++i) interim += "HTTP/1.1 103 Early\r\n\r\n";
  CHECK(exhausted(interim));
  CHECK(read("HTTP/1.1 200 OK\r\nContent-Length: 600\r\n\r\n", false, "HEAD", limits).response);
}

TEST_CASE("responses without body end with their header") {
  const auto status = GENERATE("204 No Content", "304 Not Modified", "101 Switching Protocols");
  const auto answer = read("HTTP/1.1 " + std::string(status) + "\r\nContent-Length: 9\r\n\r\n");
  REQUIRE(answer.response);
  CHECK(answer.response->body.empty());
  CHECK(answer.keep_alive == !std::string_view(status).starts_with("101"));
}

TEST_CASE("one client reads several responses in turn") {
  HttpClient client;
  for (int i = 0; i < 3; ++i) {
    client.sent(get());
    CHECK_FALSE(client.keep_alive());
    client.on_data(octets("HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n" + std::to_string(i)));
    CHECK(text(client.take_response()->body) == std::to_string(i));
    CHECK(client.keep_alive());
  }
  client.on_end();
  CHECK_FALSE(client.trouble());
  CHECK_FALSE(client.keep_alive());
  client.sent(get());
  CHECK(client.trouble()->code == Errc::truncated);
}

TEST_CASE("headers are found whatever their case, the first of several") {
  const HttpHeaders headers = {{"Content-Type", "a"}, {"content-type", "b"}, {"X", ""}};
  CHECK(header_of(headers, "CONTENT-TYPE") == "a");
  CHECK(header_of(headers, "x").empty());
  CHECK(header_of(headers, "Content").empty());
}

TEST_CASE("a body may end with the connection") {
  HttpServer server;
  server.on_data(octets("GET / HTTP/1.1\r\nHost: a\r\n\r\n"));
  REQUIRE(server.take_request());
  auto response = ok("hello", false);
  response.until_close = true;
  server.respond(response);
  CHECK(server.over());
  const auto output = server.take_output();
  CHECK(text(output).find("Content-Length") == std::string::npos);
  CHECK(text(output).ends_with("\r\n\r\nhello"));
  HttpClient client;
  client.sent(get());
  client.on_data(output);
  CHECK_FALSE(client.take_response());
  client.on_end();
  const auto seen = client.take_response();
  REQUIRE(seen);
  CHECK(text(seen->body) == "hello");
  CHECK_FALSE(client.trouble());
}

TEST_CASE("the media type of a Content-Type") {
  CHECK(media_type_of("Application/Vnd.SyncML.DM+XML; charset=\"UTF-8\"") == "application/vnd.syncml.dm+xml");
  CHECK(media_type_of(" text/plain \t;x") == "text/plain");
  CHECK(media_type_of("text/plain") == "text/plain");
  CHECK(media_type_of(";a").empty());
  CHECK(media_type_of("").empty());
}

TEST_CASE("a server without manners") {
  const auto answered = [](HttpManners manners, const std::string& request) {
    HttpServer server({}, manners);
    server.on_data(octets(request));
    if (server.take_request()) {
      HttpResponse response;
      response.body = octets("hello");
      server.respond(response);
    }
    return std::pair(text(server.take_output()), server.over());
  };
  const std::string no_host = "GET / HTTP/1.1\r\n\r\n";
  const std::string head = "HEAD / HTTP/1.1\r\nHost: a\r\n\r\n";
  const std::string close = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  CHECK(answered({}, no_host).first.starts_with("HTTP/1.1 400 "));
  CHECK(answered({.requires_host = false}, no_host).first.starts_with("HTTP/1.1 200 "));
  CHECK_FALSE(answered({}, head).first.ends_with("hello"));
  CHECK(answered({.heads_no_body = false}, head).first.ends_with("hello"));
  CHECK(answered({}, close).second);
  CHECK_FALSE(answered({.obeys_close = false}, close).second);
}

TEST_CASE("a response tells the version of its request") {
  HttpClient client;
  HttpRequest request;
  request.version = 10;
  client.sent(request);
  client.on_data(octets("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"));
  const auto response = client.take_response();
  REQUIRE(response);
  CHECK(response->asked_in == 10);
}

}  // namespace dmsc::peer

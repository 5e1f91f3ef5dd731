// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/http_client.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <boost/beast/http/write.hpp>
#include <sstream>
#include <utility>

namespace dmsc::peer {
namespace {

namespace http = boost::beast::http;
using Parser = http::response_parser<http::vector_body<std::uint8_t>>;

constexpr int most_interim = 8;

}  // namespace

Octets write_request(const HttpRequest& request) {
  http::request<http::empty_body> message;
  message.version(static_cast<unsigned>(request.version));
  message.method_string(wire_text(request.method));
  message.target(wire_text(request.target));
  for (const auto& [name, value] : request.headers) {
    if (!frames_body(name)) message.insert(wire_text(name), wire_text(value));
  }
  // Source: RFC 7230, 3.3.2
  const bool needs_length = request.method == "POST" || request.method == "PUT" || request.method == "PATCH";
  if (request.chunked) {
    message.set(http::field::transfer_encoding, "chunked");
  } else if (needs_length || !request.body.empty()) {
    message.set(http::field::content_length, std::to_string(request.body.size()));
  }
  std::ostringstream text;
  text << message.base();
  const auto start = text.str();
  Octets out(start.begin(), start.end());
  append(out, request.chunked ? chunked_coding(request.body) : request.body);
  return out;
}

struct HttpClient::Impl {
  enum class State { idle, header, body, broken };

  explicit Impl(HttpLimits given) : limits(given) {}

  HttpLimits limits;
  State state = State::idle;
  bool head = false;     // the request was one
  bool ended = false;    // the stream is
  bool reusable = true;  // the last response left the connection open
  int interim = 0;
  std::optional<Parser> parser;
  HeaderScan scan;
  Octets header;  // of the response that is being read
  Octets in;
  std::optional<HttpResponse> response;
  std::optional<Error> trouble;
  int asked_in = 11;

  void expect_response();
  void advance();
  bool read_header();
  void read_body();
  void finish();
  bool break_off(Errc code, std::string why);
  bool break_off(boost::beast::error_code problem);
};

void HttpClient::Impl::expect_response() {
  state = State::header;
  scan = {};
  parser.emplace();
  parser->header_limit(static_cast<std::uint32_t>(limits.header + 1));
  parser->body_limit(limits.body);
  parser->skip(head);
}

void HttpClient::Impl::advance() {
  while (state == State::header) {
    if (!read_header()) return;
  }
  if (state == State::body) read_body();
}

/// @return  true when a header was read and taken
bool HttpClient::Impl::read_header() {
  const auto found = scan.look(in);
  if (found == HeaderScan::Found::bare_line_feed)
    return break_off(Errc::malformed, "line feed without carriage return");
  if (scan.looked > limits.header) return break_off(Errc::exhausted, "header too large");
  if (found == HeaderScan::Found::nothing) return false;
  boost::beast::error_code problem;
  parser->put(boost::asio::buffer(in.data(), scan.looked), problem);
  if (problem) return break_off(problem);
  if (!parser->is_header_done()) return break_off(Errc::malformed, "no header");
  const auto& message = parser->get();
  if (message.count(http::field::transfer_encoding) > 0 && message.count(http::field::content_length) > 0) {
    return break_off(Errc::malformed, "length cannot be told");
  }
  header.assign(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(scan.looked));
  in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(scan.looked));
  const auto status = message.result_int();
  if (status >= 100 && status < 200 && status != 101) {
    if (++interim > most_interim) return break_off(Errc::exhausted, "too many interim responses");
    expect_response();
    return true;
  }
  state = State::body;
  parser->eager(true);
  return true;
}

void HttpClient::Impl::read_body() {
  if (!parser->is_done() && in.size() >= (parser->chunked() ? least_chunked : 1)) {
    boost::beast::error_code problem;
    const auto used = parser->put(boost::asio::buffer(in), problem);
    in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(used));
    if (problem && problem != http::error::need_more) {
      break_off(problem);
      return;
    }
    if (!parser->is_done() && in.size() > limits.header) {
      break_off(Errc::exhausted, "chunk header or trailer too large");
      return;
    }
  }
  if (parser->is_done()) finish();
}

void HttpClient::Impl::finish() {
  auto& message = parser->get();
  HttpResponse done;
  done.status = static_cast<int>(message.result_int());
  done.reason = std::string(message.reason());
  done.version = static_cast<int>(message.version());
  for (const auto& field : message) done.headers.emplace_back(field.name_string(), field.value());
  done.chunked = parser->chunked();
  done.asked_in = asked_in;
  done.body = std::move(message.body());
  done.head = std::move(header);
  response = std::move(done);
  reusable = !ended && parser->keep_alive() && response->status != 101;
  state = State::idle;
  if (!in.empty()) break_off(Errc::malformed, "octets behind the response");
}

/// @return  false, for callers that stop here
bool HttpClient::Impl::break_off(Errc code, std::string why) {
  trouble = Error{code, "the HTTP response breaks off: " + std::move(why), {}, {}};
  state = State::broken;
  reusable = false;
  in = {};
  return false;
}

bool HttpClient::Impl::break_off(boost::beast::error_code problem) {
  if (problem == http::error::body_limit || problem == http::error::buffer_overflow) {
    return break_off(Errc::exhausted, "body too large");
  }
  return break_off(Errc::malformed, problem.message());
}

HttpClient::HttpClient(HttpLimits limits) : impl_(std::make_unique<Impl>(limits)) {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

void HttpClient::sent(const HttpRequest& request) {
  if (impl_->state != Impl::State::idle) return;
  impl_->head = request.method == "HEAD";
  impl_->asked_in = request.version;
  impl_->interim = 0;
  impl_->reusable = false;
  impl_->response.reset();
  impl_->expect_response();
  if (impl_->ended) impl_->break_off(Errc::truncated, "the stream ended before the response");
}

void HttpClient::on_data(ByteView octets) {
  auto& self = *impl_;
  constexpr std::size_t slice = 4096;
  while (!octets.empty() && self.state != Impl::State::broken) {
    if (self.state == Impl::State::idle) {
      self.break_off(Errc::malformed, "octets that no request asked for");
      return;
    }
    const auto part = octets.first(std::min(slice, octets.size()));
    octets = octets.subspan(part.size());
    append(self.in, part);
    self.advance();
  }
}

void HttpClient::on_end() {
  auto& self = *impl_;
  if (self.ended) return;
  self.ended = true;
  self.reusable = false;
  if (self.state == Impl::State::header) {
    self.break_off(Errc::truncated, self.in.empty() && self.interim == 0 ? "the stream ended before the response"
                                                                         : "the stream ended in the header");
  } else if (self.state == Impl::State::body) {
    boost::beast::error_code problem;
    self.parser->put_eof(problem);
    if (problem) {
      self.break_off(Errc::truncated, "the stream ended in the body");
    } else {
      self.finish();
    }
  }
}

std::optional<HttpResponse> HttpClient::take_response() {
  return std::exchange(impl_->response, std::nullopt);
}

std::optional<Error> HttpClient::trouble() const {
  return impl_->trouble;
}

bool HttpClient::keep_alive() const {
  return impl_->reusable;
}

}  // namespace dmsc::peer

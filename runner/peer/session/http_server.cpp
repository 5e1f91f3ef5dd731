// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/http_server.hpp"

#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/vector_body.hpp>
#include <boost/beast/http/write.hpp>
#include <sstream>
#include <utility>

namespace dmsc::peer {
namespace {

namespace http = boost::beast::http;
using Parser = http::request_parser<http::vector_body<std::uint8_t>>;

HttpHeaders headers_of(const http::fields& fields) {
  HttpHeaders out;
  for (const auto& field : fields) out.emplace_back(field.name_string(), field.value());
  return out;
}

/// HTTP-version of a request line that is otherwise well formed. Source: RFC 7230, 2.6
bool names_other_version(ByteView header) {
  std::string line(header.begin(), std::find(header.begin(), header.end(), '\r'));
  const auto space = line.rfind(' ');
  if (space == std::string::npos) return false;
  line.erase(0, space + 1);
  const auto digit = [&](std::size_t at) { return line[at] >= '0' && line[at] <= '9'; };
  return line.size() == 8 && line.starts_with("HTTP/") && digit(5) && line[6] == '.' && digit(7) &&
         line != "HTTP/1.0" && line != "HTTP/1.1";
}

/// Visible ASCII that a token may have. Source: RFC 7230, 3.2.6
bool begins_token(std::uint8_t octet) {
  return octet > 0x20 && octet < 0x7F && std::string_view("\"(),/:;<=>?@[\\]{}").find(char(octet)) == std::string::npos;
}

bool says_close(const HttpHeaders& headers) {
  return std::any_of(headers.begin(), headers.end(), [](const auto& header) {
    return same_header(header.first, "Connection") && http::token_list(header.second).exists("close");
  });
}

}  // namespace

struct HttpServer::Impl {
  enum class State { header, body, complete, taken, over };

  Impl(HttpLimits given, HttpManners had) : limits(given), manners(had) { expect_request(); }

  HttpLimits limits;
  HttpManners manners;
  State state = State::header;
  std::optional<Parser> parser;
  HeaderScan scan;
  Octets header_octets;
  HttpRequest request;
  bool keep_alive = false;  // what the request asks
  bool flooded = false;     // more octets came ahead of the answer than are held
  Octets in;
  Octets out;
  std::optional<Error> trouble;

  void expect_request();
  void advance();
  void skip_empty_lines();
  bool read_header();
  bool accept_header();
  bool read_body();
  bool refuse(int status, const char* why, Errc code = Errc::malformed);
  bool refuse(boost::beast::error_code problem);
  void write(const HttpResponse& response, bool head, int version, bool keep);
};

void HttpServer::Impl::expect_request() {
  state = State::header;
  scan = {};
  parser.emplace();
  // The scan has measured the header before it comes here.
  parser->header_limit(static_cast<std::uint32_t>(limits.header + 1));
  parser->body_limit(limits.body);
}

void HttpServer::Impl::advance() {
  if (state == State::header && !read_header()) return;
  if (state == State::body) read_body();
}

/// Source: RFC 7230, 3.5
void HttpServer::Impl::skip_empty_lines() {
  std::size_t at = 0;
  while (at + 1 < in.size() && in[at] == '\r' && in[at + 1] == '\n') at += 2;
  in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(at));
}

/// @return  true when the header was complete and acceptable
bool HttpServer::Impl::read_header() {
  if (scan.looked < 2) {
    scan = {};
    skip_empty_lines();
    const bool maybe_empty_line = in.size() == 1 && in.front() == '\r';
    if (!in.empty() && !maybe_empty_line && !begins_token(in.front())) return refuse(400, "no method");
  }
  const auto found = scan.look(in);
  if (found == HeaderScan::Found::bare_line_feed) return refuse(400, "line feed without carriage return");
  if (scan.looked > limits.header) return refuse(431, "header too large", Errc::exhausted);
  if (found == HeaderScan::Found::nothing) return false;
  boost::beast::error_code problem;
  const auto header = ByteView(in).first(scan.looked);
  parser->put(boost::asio::buffer(header.data(), header.size()), problem);
  if (problem == http::error::bad_version && names_other_version(header)) return refuse(505, "version not supported");
  if (problem) return refuse(problem);
  if (!parser->is_header_done()) return refuse(400, "no header");
  header_octets = to_octets(header);
  in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(scan.looked));
  return accept_header();
}

bool HttpServer::Impl::accept_header() {
  const auto& message = parser->get();
  request = {std::string(message.method_string()),
             std::string(message.target()),
             static_cast<int>(message.version()),
             headers_of(message),
             {},
             parser->chunked(),
             std::move(header_octets)};
  keep_alive = parser->keep_alive() || !manners.obeys_close;
  const auto hosts = message.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && request.version >= 11 && manners.requires_host)) return refuse(400, "not one Host");
  if (const auto codings = message.count(http::field::transfer_encoding); codings > 0) {
    // A length that two readers may understand differently is how requests are smuggled. RFC 7230, 3.3.3
    if (request.version < 11 || !parser->chunked() || message.count(http::field::content_length) > 0) {
      return refuse(400, "length cannot be told");
    }
    if (codings > 1 || !same_header(header_of(request.headers, "Transfer-Encoding"), "chunked")) {
      return refuse(501, "transfer coding not supported");
    }
  }
  if (message.count(http::field::expect) > 0 && request.version >= 11) {
    if (!same_header(header_of(request.headers, "Expect"), "100-continue"))
      return refuse(417, "expectation not supported");
    if (!parser->is_done() && in.empty()) {
      const std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      out.insert(out.end(), go_on.begin(), go_on.end());
    }
  }
  state = State::body;
  parser->eager(true);
  return true;
}

/// @return  true when the request is complete
bool HttpServer::Impl::read_body() {
  if (!parser->is_done() && in.size() >= (parser->chunked() ? least_chunked : 1)) {
    boost::beast::error_code problem;
    const auto used = parser->put(boost::asio::buffer(in), problem);
    in.erase(in.begin(), in.begin() + static_cast<std::ptrdiff_t>(used));
    if (problem && problem != http::error::need_more) return refuse(problem);
    // Chunk headers and trailers are only consumed whole.
    if (!parser->is_done() && in.size() > limits.header) {
      return refuse(431, "chunk header or trailer too large", Errc::exhausted);
    }
  }
  if (!parser->is_done()) return false;
  request.body = std::move(parser->get().body());
  state = State::complete;
  return true;
}

bool HttpServer::Impl::refuse(boost::beast::error_code problem) {
  if (problem == http::error::body_limit || problem == http::error::buffer_overflow) {
    return refuse(413, "body too large", Errc::exhausted);
  }
  if (problem == http::error::header_limit) return refuse(431, "header too large", Errc::exhausted);
  return refuse(400, problem.message().c_str());
}

/// @return  false, for callers that stop here
bool HttpServer::Impl::refuse(int status, const char* why, Errc code) {
  trouble = Error{code, std::string("the HTTP request is refused with ") + std::to_string(status) + ": " + why, {}, {}};
  HttpResponse response;
  response.status = status;
  write(response, false, 11, false);
  state = State::over;
  in = {};
  return false;
}

void HttpServer::Impl::write(const HttpResponse& response, bool head, int version, bool keep) {
  const bool usable = response.status >= 200 && response.status <= 999;
  http::response<http::empty_body> message;
  message.version(static_cast<unsigned>(version));
  message.result(static_cast<unsigned>(usable ? response.status : 500));
  if (!response.reason.empty()) message.reason(wire_text(response.reason));
  for (const auto& [name, value] : response.headers) {
    if (!frames_body(name) && !same_header(name, "Connection")) message.insert(wire_text(name), wire_text(value));
  }
  const bool chunked = response.chunked && version >= 11;
  const bool bodiless = response.status == 204 || response.status == 304;
  if (!bodiless && chunked) message.set(http::field::transfer_encoding, "chunked");
  if (!bodiless && !chunked && !response.until_close)
    message.set(http::field::content_length, std::to_string(response.body.size()));
  message.keep_alive(keep);
  std::ostringstream text;
  text << message.base();
  const auto start = text.str();
  out.insert(out.end(), start.begin(), start.end());
  if (bodiless || head) return;
  append(out, chunked ? chunked_coding(response.body) : response.body);
}

HttpServer::HttpServer(HttpLimits limits, HttpManners manners) : impl_(std::make_unique<Impl>(limits, manners)) {}
HttpServer::~HttpServer() = default;
HttpServer::HttpServer(HttpServer&&) noexcept = default;
HttpServer& HttpServer::operator=(HttpServer&&) noexcept = default;

void HttpServer::on_data(ByteView octets) {
  auto& self = *impl_;
  // In slices, so that one huge delivery is refused as early as many small ones.
  constexpr std::size_t slice = 4096;
  while (!octets.empty() && self.state != Impl::State::over && !self.flooded) {
    const auto part = octets.first(std::min(slice, octets.size()));
    octets = octets.subspan(part.size());
    append(self.in, part);
    self.advance();
    const bool waits = self.state == Impl::State::complete || self.state == Impl::State::taken;
    if (waits && self.in.size() > self.limits.header + self.limits.body) {
      self.flooded = true;
      self.in = {};
    }
  }
}

std::optional<HttpRequest> HttpServer::take_request() {
  if (impl_->state != Impl::State::complete) return {};
  impl_->state = Impl::State::taken;
  return impl_->request;
}

void HttpServer::respond(const HttpResponse& response) {
  auto& self = *impl_;
  if (self.state != Impl::State::taken) return;
  const bool keep = self.keep_alive && !self.flooded && !response.until_close && !says_close(response.headers);
  const int version = self.request.version < 11 || response.version < 11 ? 10 : 11;
  self.write(response, self.request.method == "HEAD" && self.manners.heads_no_body, version, keep);
  if (!keep) {
    self.state = Impl::State::over;
    self.in = {};
    return;
  }
  self.expect_request();
  self.advance();
}

Octets HttpServer::take_output() {
  return std::exchange(impl_->out, {});
}

bool HttpServer::over() const {
  return impl_->state == Impl::State::over;
}

std::optional<Error> HttpServer::trouble() const {
  return impl_->trouble;
}

}  // namespace dmsc::peer

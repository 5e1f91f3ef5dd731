// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "runner/base/octets.hpp"
#include "runner/peer/session/http_message.hpp"

namespace dmsc::peer {

/// The request as octets. Content-Length (with a body, or with POST, PUT and PATCH) or chunked coding (in up to three
/// chunks, more above 12 KiB) are set here whatever the headers say; Host and everything else is taken from the
/// headers. CR, LF and NUL in what the caller gives become spaces, so that no header can smuggle in another.
Octets write_request(const HttpRequest& request);

/// The client's end of one HTTP/1.x connection, without I/O. Interim responses (1xx but 101, at most 8) are skipped;
/// the body ends by length, by chunked coding, or with the stream. Source: RFC 7230, 3.3.3
class HttpClient {
 public:
  explicit HttpClient(HttpLimits limits = {});
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// Says that a request went out; the response to HEAD has no body. One request at a time.
  void sent(const HttpRequest& request);
  void on_data(ByteView octets);
  void on_end();
  std::optional<HttpResponse> take_response();
  /// Errc::malformed, also for octets that no request asked for; Errc::truncated for a stream that ended in or before
  /// the response; Errc::exhausted where a limit was passed.
  std::optional<Error> trouble() const;
  /// Whether the connection can carry another request.
  bool keep_alive() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmsc::peer

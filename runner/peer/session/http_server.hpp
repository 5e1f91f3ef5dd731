// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "runner/base/octets.hpp"
#include "runner/peer/session/http_message.hpp"

namespace dmsc::peer {

/// The server's end of one HTTP/1.x connection, without I/O. One request at a time: octets of later requests that come
/// before the answer are held, at most `header` + `body` of them; when more come they are dropped and the answer closes
/// the connection. "100 Continue" goes out when a header that expects it is complete and the body is not.
///
/// What it cannot take it answers itself and closes: 400 malformed (also a line feed without carriage return, no Host
/// or several, a length that is contradicted or cannot be told), 413, 417, 431, 501 a transfer coding before chunked,
/// 505. A request without length has no body (RFC 7230, 3.3.3), so 411 is never sent. Trailers are read and forgotten.
/// Source: RFC 7230, RFC 7231
class HttpServer {
 public:
  explicit HttpServer(HttpLimits limits = {}, HttpManners manners = {});
  ~HttpServer();
  HttpServer(HttpServer&&) noexcept;
  HttpServer& operator=(HttpServer&&) noexcept;

  void on_data(ByteView octets);
  /// The next complete request, once; no other before respond().
  std::optional<HttpRequest> take_request();
  /// Answers the request that was taken; ignored when there is none. Content-Length, Transfer-Encoding and Connection
  /// are set here whatever the headers say, but `Connection: close` among them is obeyed. No body after HEAD nor with
  /// 204 and 304; an HTTP/1.0 request is answered in HTTP/1.0, never chunked. A status outside 200 to 999 becomes 500.
  void respond(const HttpResponse& response);
  Octets take_output();
  /// Close the stream once the output is sent: `Connection: close` was answered, or an error.
  bool over() const;
  /// Why it answered with an error of its own: Errc::malformed or, where a limit was passed, Errc::exhausted.
  std::optional<Error> trouble() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace dmsc::peer

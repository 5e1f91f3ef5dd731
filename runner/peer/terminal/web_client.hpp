// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "runner/peer/session/http_client.hpp"
#include "runner/peer/session/tls_session.hpp"

namespace dmsc::peer {

/// One connection of a local program to the card's web server: TLS where asked for, HTTP/1.1. Sans-I/O.
class WebClient {
 public:
  /// @param tls  null: plain
  static Result<std::unique_ptr<WebClient>> make(const TlsSettings* tls);

  void on_data(ByteView octets);
  void on_end();  ///< the server closed the stream
  void send(ByteView plain);
  void send_raw(ByteView octets);  ///< past TLS, as they are
  void expect_response(const HttpRequest& request) { http_.sent(request); }
  void close();  ///< close_notify; nothing on a plain connection
  Octets take_output();

  bool ready() const;  ///< requests can be sent
  bool over() const;   ///< nothing comes any more
  bool secure() const { return tls_ != nullptr; }
  bool keep_alive() const { return http_.keep_alive(); }
  /// Why the response is none, as HttpClient says it.
  std::optional<Error> trouble() const { return http_.trouble(); }
  std::optional<HttpResponse> take_response() { return http_.take_response(); }
  /// tls.* of the session below, http.response, and http.trouble {reason} for what is no response.
  std::vector<Fact> take_facts();

 private:
  WebClient() = default;
  std::unique_ptr<TlsSession> tls_;
  HttpClient http_;
  Octets output_;
  bool ended_ = false;
  bool told_trouble_ = false;
};

/// A response as a fact: http.response {status, reason, version, asked_in, content_type, media_type, headers, length,
/// body, chunked}; header names and media type in lower case; `body` only where it is text of at most 4096 octets.
Fact fact_of(const HttpResponse& response);

}  // namespace dmsc::peer

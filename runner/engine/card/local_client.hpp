// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "runner/engine/card/card_session.hpp"
#include "runner/engine/scws_address.hpp"
#include "runner/peer/terminal/web_client.hpp"
#include "runner/port/stream.hpp"

namespace dmsc::engine {

/// A program on the terminal with one connection to the card's web server, over BIP or TCP/IP. Everything it learns
/// enters the trace. While it waits, the card gets occasions (BIP) or time (TCP/IP).
class LocalClient {
 public:
  /// @param dialer  null: the card is not reachable over TCP/IP
  LocalClient(CardSession& session, port::StreamDialer* dialer) : session_(session), dialer_(dialer) {}

  struct Target {
    const ScwsAddress* transport = nullptr;
    std::uint16_t port = 0;
    bool secure = true;
    peer::TlsSettings tls;
  };

  /// Opens the connection and waits for the TLS handshake; a connection that was open is closed before.
  /// @return  whether requests can be sent; if not, the trace says why. Errors of the link only.
  /// @param hello_only  ClientHello goes out and nothing is waited for
  Result<bool> connect(const Target& target, bool hello_only = false);

  /// How a request is sent.
  struct Pace {
    std::size_t pieces = 0;      ///< octets at a time, 0: all at once
    model::Moment pause{};       ///< between two of them
    std::size_t stop_after = 0;  ///< octets after which the client falls silent; 0: never
  };
  /// Sends octets: through TLS, or past it.
  Result<void> send(ByteView octets, const Pace& pace, bool past_tls = false);

  /// Sends a request and waits for the response, `response_wait` of the PIXIT at most.
  Result<std::optional<peer::HttpResponse>> exchange(const peer::HttpRequest& request, const Pace& pace);

  /// The same with the request in two pieces, the first of `first` octets.
  /// @param between  done between the two; its error ends the exchange
  Result<std::optional<peer::HttpResponse>> exchange_split(const peer::HttpRequest& request, std::size_t first,
                                                           const std::function<Result<void>()>& between = {});

  /// For octets that are no request of ours: whatever comes back is taken as the response to a GET.
  void expect_any_response();
  Result<void> wait_for_response();

  /// Lets the two talk until nothing moves any more.
  Result<void> rest();

  Result<void> close(bool abrupt);

  bool connected() const { return client_ != nullptr && !client_->over() && stream_open_; }
  bool can_go_on() const { return connected() && client_->keep_alive(); }
  const Target& target() const { return target_; }

  /// Whether there is a road at all: TCP/IP needs an address of the card.
  bool reaches(const ScwsAddress& transport) const { return transport.bip || dialer_ != nullptr; }

  void forget();  ///< after a power-off

 private:
  Result<bool> advance(std::chrono::milliseconds patience);
  Result<void> wait_until(const std::function<bool()>& reached);
  Result<void> deliver(ByteView octets);
  Result<bool> collect(std::chrono::milliseconds patience);
  void end_stream(const char* by);
  void note_facts();

  CardSession& session_;
  port::StreamDialer* dialer_;
  Target target_;
  std::unique_ptr<peer::WebClient> client_;
  std::unique_ptr<port::Stream> stream_;  ///< TCP/IP
  int channel_ = 0;                       ///< BIP
  bool stream_open_ = false;
  std::optional<peer::HttpResponse> response_;
};

}  // namespace dmsc::engine

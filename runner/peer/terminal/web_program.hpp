// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "runner/model/event.hpp"
#include "runner/peer/session/outgoing.hpp"
#include "runner/peer/terminal/handset_personality.hpp"
#include "runner/peer/terminal/web_address.hpp"
#include "runner/peer/terminal/web_client.hpp"
#include "runner/port/stream.hpp"

namespace dmsc::peer {

/// Opens a connection for a local program; never waits long.
/// @param host  as a URL writes it
/// @return      Errc::busy where it may work as soon as somebody else is gone, Errc::refused where it never will,
///              anything else where it is worth another try later
using Dial = std::function<Result<std::unique_ptr<port::Stream>>(const std::string& host, std::uint16_t port)>;

/// A program of the handset that talks HTTP to one server: it connects, tries again where that fails, checks the
/// certificate, sends a request and takes the response. On the handset's clock; never waits.
class WebProgram {
 public:
  static constexpr int most_tries = 5;
  static constexpr auto between_tries = std::chrono::seconds(1);
  static constexpr auto longest_queue = std::chrono::seconds(60);    ///< for a channel that others hold
  static constexpr auto longest_silence = std::chrono::seconds(30);  ///< of the server

  enum class State { closed, connecting, greeting, ready, failed };

  /// Personality and tamper must outlive this object.
  WebProgram(const HandsetPersonality& self, const Tamper& tamper, Dial dial)
      : self_(self), tamper_(tamper), dial_(std::move(dial)) {}

  /// Begins to connect; a connection that was open is closed before.
  void open(WebAddress address, model::Moment now);
  /// Sends a request, as soon as there is a connection. A `Host` is added where there is none.
  void request(HttpRequest request);
  std::optional<HttpResponse> take_response();
  void close();

  /// Connects where that is due. @return whether anything changed
  bool connect(model::Moment now);
  /// Carries octets both ways. @return whether anything moved
  bool move(model::Moment now);
  std::optional<model::Moment> deadline() const;

  State state() const { return state_; }
  const std::string& trouble() const { return trouble_; }  ///< why it failed
  bool keep_alive() const { return state_ == State::ready && client_->keep_alive() && !client_->over(); }
  const WebAddress& address() const { return address_; }

 private:
  bool failed(std::string why);
  bool greet(model::Moment now);
  bool carry();
  std::optional<std::string> objection(const Fact& handshake) const;
  void send_request();

  const HandsetPersonality& self_;
  const Tamper& tamper_;
  Dial dial_;
  WebAddress address_;
  State state_ = State::closed;
  std::string trouble_;
  std::unique_ptr<port::Stream> stream_;
  std::unique_ptr<WebClient> client_;
  std::optional<HttpRequest> request_;  ///< waits for the connection
  std::optional<HttpResponse> response_;
  bool stream_over_ = false;
  bool asked_ = false;   ///< a request went out, and its response has not come
  bool queued_ = false;  ///< the last try found every channel taken
  int tries_ = 0;
  model::Moment next_try_{};
  model::Moment give_up_{};
};

}  // namespace dmsc::peer

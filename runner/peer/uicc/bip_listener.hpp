// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <vector>

#include "runner/peer/uicc/personality.hpp"
#include "runner/peer/uicc/scws.hpp"
#include "runner/peer/uicc/toolkit.hpp"
#include "runner/peer/uicc/transmit_buffer.hpp"

namespace dmsc::peer {

/// The card's web server over BIP: channels in UICC server mode on 4116 (https) and 3516 (http), whose clients it
/// carries to the SCWS and back. Sans-I/O. Source: ETSI TS 102 223, 6.4.27 to 6.4.30; cat.md 4.8
class BipListener {
 public:
  static constexpr std::int64_t https_port = 4116;
  static constexpr std::int64_t http_port = 3516;

  BipListener(const Personality& personality, Toolkit& toolkit, Scws& scws)
      : self_(personality), toolkit_(toolkit), scws_(scws) {}

  void reset();
  /// Asks for the channels. Those that the terminal gave before stay the card's over another TERMINAL PROFILE, without
  /// their clients.
  void start();
  void on_channel_status(const codec::Decoded& envelope);
  void on_data_available(const codec::Decoded& envelope);
  /// Whether a channel waits for a client, or has one.
  bool listens() const;
  /// Gives every channel back to the terminal until `start`.
  void let_go();
  /// Lets every client go and waits for the next ones.
  void drop_clients();

 private:
  enum class State { opening, listen, established, closed };
  struct Channel {
    std::int64_t port = 0;
    std::int64_t number = 0;  ///< 1 to 7 once open
    State state = State::opening;
    int connection = 0;
    bool receiving = false;  ///< a RECEIVE DATA is under way
    bool wanted = false;     ///< data came while it was
    bool sending = false;    ///< a SEND DATA is under way
    TransmitBuffer buffer;
    Octets output;  ///< for the client, not yet with the terminal
  };
  void open(Channel& channel);
  void take_up(Channel& channel);
  void receive(Channel& channel);
  void send(Channel& channel);
  void send_piece(Channel& channel);
  void listen_again(Channel& channel);
  void forget_client(Channel& channel);
  Channel* find(const codec::Decoded& envelope);

  const Personality& self_;
  Toolkit& toolkit_;
  Scws& scws_;
  bool dead_ = false;             ///< a defect: it serves nobody any more
  std::deque<Channel> channels_;  // addresses stay
};

}  // namespace dmsc::peer

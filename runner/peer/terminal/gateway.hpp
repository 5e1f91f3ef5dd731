// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <functional>
#include <optional>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/peer/terminal/habit.hpp"

namespace dmsc::peer {

/// The terminal's end of BIP: channels 1 to 7, each a local port that the card is client of (terminal server mode) or
/// a TCP port that the terminal listens on for the card (UICC server mode). Local programs connect to the second kind.
/// Sans-I/O: whoever owns the real sockets, or plays the programs, calls the second half.
/// Source: ETSI TS 102 223, 6.4.27 to 6.4.31, 7.5.10 and 7.5.11; cat.md 3.4 and 4
class Gateway {
 public:
  static constexpr int most_channels = 7;
  static constexpr std::size_t receive_most = 237;    ///< octets that fit in one TERMINAL RESPONSE (RECEIVE DATA)
  static constexpr std::size_t most_deliveries = 64;  ///< kept for a port that nobody reads
  static constexpr std::size_t backlog_most = 65536;  ///< octets of a program that wait behind the channel's buffer

  enum class Mode { terminal_server, uicc_server };
  enum class State { closed, listen, established, dropped };

  struct Request {
    Mode mode = Mode::terminal_server;
    std::string protocol;  ///< udp_local, tcp_local or tcp_server
    std::int64_t port = 0;
    std::int64_t buffer_size = 0;  ///< octets
  };
  struct Answer {
    const char* problem = nullptr;  ///< additional information of result 3A; null: performed
    int channel = 0;                ///< of an open
    Octets data;                    ///< of a receive
    std::size_t length = 0;         ///< remaining octets (receive), room in the transmit buffer (send)
    bool short_of_data = false;     ///< of a receive: fewer octets than asked for
  };
  /// An event to download to the card. Channel status where `length` is 0, else data available.
  struct Notice {
    int channel = 0;
    State state = State::closed;
    std::size_t length = 0;
  };
  /// What the card sent to a local port in one go.
  struct Delivery {
    int channel = 0;
    std::int64_t port = 0;
    Octets data;
    std::string protocol;
  };

  /// Asked before a channel in UICC server mode is opened: whether its port can be had. Empty: every port can.
  using PortTaker = std::function<bool(std::int64_t port)>;
  void take_ports_by(PortTaker taker) { take_port_ = std::move(taker); }
  const PortTaker& port_taker() const { return take_port_; }

  void behave(Habits habits) { habits_ = std::move(habits); }

  /// Number that the next channel gets if it is free; the search goes on from there.
  void start_from(int channel) { first_ = valid(channel) ? channel : 1; }
  /// No more than so many channels are open at a time, as the terminal profile says.
  void limit(std::size_t channels) { limit_ = channels; }

  /// Whether as many are open as the limit allows, where there is one below seven.
  bool full() const;

  // The card's proactive commands.
  Answer open(const Request& request);
  Answer send(int channel, ByteView data, bool immediately);
  Answer receive(int channel, std::size_t wanted);
  Answer close(int channel, bool back_to_listen);

  std::optional<Notice> take_notice();
  std::optional<Delivery> take_delivery();

  State state(int channel) const;  ///< closed for a channel nobody opened
  Mode mode(int channel) const;
  bool is_open(int channel) const { return valid(channel) && at(channel).used; }
  std::size_t buffer_size(int channel) const { return is_open(channel) ? at(channel).buffer : 0; }
  void shrink_buffer(int channel, std::size_t octets);

  // The local programs.
  /// @return  the channel that now carries the connection; nothing when no channel listens on the port
  std::optional<int> connect(std::int64_t port);
  /// Counts the connections that a channel has carried, so that a program can tell its own from the next.
  std::uint64_t visits(int channel) const { return valid(channel) ? at(channel).visits : 0; }
  /// The port that a channel in UICC server mode is for; 0 for any other.
  std::int64_t server_port(int channel) const {
    return is_open(channel) && at(channel).mode == Mode::uicc_server ? at(channel).port : 0;
  }
  bool listens_on(std::int64_t port) const;  ///< whether a channel of the port exists, free or taken
  /// @return  octets taken; fewer when the backlog is full, none when the connection is gone
  std::size_t write(int channel, ByteView data);
  Octets take_sent(int channel);  ///< what the card sent to the program
  /// Octets of the program that the card has not received yet.
  std::size_t unread(int channel) const {
    return is_open(channel) ? at(channel).received.size() + at(channel).backlog.size() : 0;
  }
  bool connected(int channel) const { return is_open(channel) && at(channel).state == State::established; }
  /// The program is gone. What it wrote can still be read by the card until `finish_leaving`.
  void disconnect(int channel);
  /// Programs that are gone leave their channels, read or not.
  void finish_leaving();
  /// The link of a channel drops: event channel status with "link dropped".
  bool drop(int channel);
  /// First open channel of the mode.
  std::optional<int> first(Mode mode) const;
  /// The terminal says "listen" by an event behind its response instead of in it (AMB-6, R2).
  void announce(int channel);

 private:
  enum class Edge { open_local, open_server, connect, leave, relisten, close, drop };
  struct Channel {
    bool used = false;
    Mode mode{};
    State state = State::closed;
    std::string protocol;
    std::int64_t port = 0;
    std::size_t buffer = 0;
    Octets stored;    // SEND DATA, not yet sent
    int pieces = 0;   // of it
    Octets received;  // for RECEIVE DATA, at most `buffer`
    Octets backlog;
    Octets sent;  // for the program
    bool leaving = false;
    std::uint64_t visits = 0;
  };
  static bool valid(int channel) { return channel >= 1 && channel <= most_channels; }
  Channel& at(int channel) { return channels_[std::size_t(channel) - 1]; }
  const Channel& at(int channel) const { return channels_[std::size_t(channel) - 1]; }
  bool step(int channel, Edge edge);
  void refill(int channel);
  bool stores(Channel& slot, ByteView data) const;
  static void forget_data(Channel& channel);

  int first_ = 1;
  std::size_t limit_ = most_channels;
  Habits habits_;
  PortTaker take_port_;
  std::array<Channel, most_channels> channels_;
  std::deque<Notice> notices_;
  std::deque<Delivery> deliveries_;
};

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <utility>

#include "adapters/common/fd.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"

namespace dmsc::vpcd {

using net::Fd;

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Asks a blocking loop in another thread, or the one a signal interrupts, to end.
class StopSignal {
 public:
  StopSignal();

  void request() const noexcept;  ///< async-signal-safe; may be called often
  bool requested() const;
  int fd() const { return event_.get(); }  ///< readable once requested

 private:
  Fd event_;
};

/// How long an operation may wait, and what else ends it.
struct Patience {
  Clock::time_point until = Clock::time_point::max();
  int stop_fd = -1;                          ///< of a StopSignal
  const std::atomic<int>* signal = nullptr;  ///< not 0 once a signal asked us to stop; null: none does

  static Patience within(milliseconds time, int stop_fd = -1) { return {Clock::now() + time, stop_fd}; }
  static Patience within(milliseconds time, const std::atomic<int>* signal) {
    return {Clock::now() + time, -1, signal};
  }
};

enum class Wait { ready, timed_out, stopped, interrupted };

/// Waits until one of poll(2)'s `events` (or an error) is there on `fd`.
Wait wait_for(int fd, short events, const Patience& patience);

/// A TCP connection that carries vpcd messages: two octets of length, most significant first, then 0 to 65535 octets.
/// Every operation fails with Errc::unavailable when the other end is gone or a stop was requested, and with
/// Errc::timeout when patience ended, Errc::interrupted when a signal asked us to stop; after a failure the stream may
/// be in the middle of a message. Source: vsmartcard, virtualsmartcard/doc/api.txt
class Socket {
 public:
  explicit Socket(Fd connection);

  /// @return  Errc::range when `body` is longer than 65535 octets
  Result<void> send_message(ByteView body, const Patience& patience);

  Result<Octets> receive_message(const Patience& patience);

  int fd() const { return connection_.get(); }  ///< to be polled for reading

  /// Octets that came behind the last whole message; one who waits for an answer expects none before asking.
  bool has_leftover() const { return end_ > begin_; }

 private:
  Result<void> fill(const Patience& patience);
  bool take_message(Octets& message);

  Fd connection_;
  Octets buffer_;          // room for one message of the greatest length; never grows
  std::size_t begin_ = 0;  // what is read but not yet taken
  std::size_t end_ = 0;
};

/// Connects once. @return Errc::configuration for a host that does not resolve, else unavailable or timeout
Result<Socket> connect_to(const std::string& host, std::uint16_t port, const Patience& patience);

/// A bound and listening socket.
struct Listener {
  Fd fd;
  std::uint16_t port = 0;  ///< the one the system chose when 0 was asked for
};

/// @return  Errc::busy when the port is taken, Errc::configuration when it cannot be bound for another reason
Result<Listener> listen_on(const std::string& host, std::uint16_t port);

Result<Socket> accept_from(const Listener& listener, const Patience& patience);

}  // namespace dmsc::vpcd

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/socket.h>

#include <atomic>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "adapters/common/fd.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"

namespace dmsc::tcp {

using net::Fd;
using net::why;

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// An IP address with a port, as numbers: no name is ever looked up.
class Endpoint {
 public:
  /// `127.0.0.1`, `127.0.0.1:443`, `fd00::1`, `fe80::1%usb0`, `[fd00::1]`, `[fd00::1]:443`.
  /// @param port  where the text names none
  /// @return      Errc::usage with what is wrong
  static Result<Endpoint> parse(std::string_view text, std::uint16_t port);

  /// The near end of a bound socket.
  static Endpoint of_socket(int fd);

  std::uint16_t port() const;
  Endpoint with_port(std::uint16_t port) const;
  bool names_port() const { return names_port_; }  ///< whether the text of `parse` had one
  bool ipv6() const { return storage_.ss_family == AF_INET6; }
  bool loopback() const;     ///< 127/8 or ::1
  std::string text() const;  ///< `127.0.0.1:443`, `[::1]:443`

  int family() const { return storage_.ss_family; }
  const sockaddr* data() const { return reinterpret_cast<const sockaddr*>(&storage_); }
  socklen_t size() const;

 private:
  bool read_address(const std::string& host);
  void set_port(std::uint16_t port);

  sockaddr_storage storage_{};
  bool names_port_ = false;
};

/// How long an operation may wait, and the flag that ends it early: non-zero once a signal came.
struct Patience {
  Clock::time_point until;
  const std::atomic<int>* stop = nullptr;

  static Patience within(milliseconds time, const std::atomic<int>* stop = nullptr) {
    return {Clock::now() + time, stop};
  }
};

/// Waits until one of poll(2)'s `events`, or an error, is there on `fd`.
/// @return  false when the time passed; Errc::interrupted when the flag was set
Result<bool> wait_for(int fd, short events, const Patience& patience);

/// A connected socket that does not block.
/// @return  Errc::unavailable when nobody listens there or no road leads there, timeout, interrupted
Result<Fd> connect_to(const Endpoint& there, const Patience& patience);

/// A bound and listening socket that does not block.
/// @return  Errc::busy when the port is taken, Errc::configuration when it cannot be bound for another reason
Result<Fd> listen_on(const Endpoint& here);

}  // namespace dmsc::tcp

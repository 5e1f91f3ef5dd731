// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"

namespace dmsc::port {

/// One connection to a TCP port of the card.
class Stream {
 public:
  virtual ~Stream() = default;

  virtual Result<void> send(ByteView octets, std::chrono::milliseconds deadline) = 0;

  /// What has come, waiting up to `deadline` for the first octet.
  /// @return  no octets when nothing came in time; Errc::unavailable when the card closed the connection
  virtual Result<Octets> receive(std::chrono::milliseconds deadline) = 0;
};

/// Reaches the card over TCP/IP, as a program on the terminal does over USB EEM.
class StreamDialer {
 public:
  virtual ~StreamDialer() = default;

  /// @param ipv6  which of the card's addresses
  /// @return  Errc::unavailable when nobody listens there, Errc::configuration when the card has no such address
  virtual Result<std::unique_ptr<Stream>> dial(std::uint16_t port, bool ipv6, std::chrono::milliseconds deadline) = 0;
};

}  // namespace dmsc::port

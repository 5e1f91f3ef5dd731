// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "adapters/tcp/socket.hpp"
#include "runner/port/stream.hpp"

namespace dmsc::tcp {

/// Where the card's web server is on the network: what localuicc stands for. Source: DM_SC 8.1, table 2
class CardAddresses {
 public:
  /// Adds the card's address, one of each version of IP. A port replaces 443; port 80 stays as it is.
  /// @return  Errc::usage for what is no address, for port 0 and for the second of a version
  Result<void> add(std::string_view text);

  /// @return  nothing when the card has no address of that version
  std::optional<Endpoint> find(std::uint16_t port, bool ipv6) const;

  bool empty() const { return !ipv4_ && !ipv6_; }

 private:
  std::optional<Endpoint> ipv4_;
  std::optional<Endpoint> ipv6_;
};

/// Reaches the card's web server over real sockets. No operation waits longer than its deadline.
class Dialer final : public port::StreamDialer {
 public:
  /// @param stop  set by a signal; must outlive the dialer and its streams
  Dialer(CardAddresses addresses, const std::atomic<int>& stop) : addresses_(std::move(addresses)), stop_(stop) {}

  /// @return  beyond the port's errors: Errc::timeout, Errc::interrupted
  Result<std::unique_ptr<port::Stream>> dial(std::uint16_t port, bool ipv6, milliseconds deadline) override;

 private:
  CardAddresses addresses_;
  const std::atomic<int>& stop_;
};

}  // namespace dmsc::tcp

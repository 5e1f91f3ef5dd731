// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <vector>

#include "runner/peer/terminal/gateway.hpp"

namespace dmsc::peer {

/// Puts together what the card sends to the DM Client's port: a datagram is a notification; a TCP stream is one once it
/// can be read as one, or when its channel closes.
class NotificationInbox {
 public:
  static constexpr std::size_t longest = 65536;  ///< octets of one stream; what is longer is cut off

  void take(Gateway::Delivery delivery);
  /// Streams of channels that are closed, or carry another port, are at their end.
  void look(const Gateway& gateway);
  /// Whole notifications, in the order they became whole.
  std::vector<Octets> collect() { return std::exchange(whole_, {}); }
  void clear();

 private:
  std::map<int, Octets> streams_;  ///< by channel
  std::vector<Octets> whole_;
};

}  // namespace dmsc::peer

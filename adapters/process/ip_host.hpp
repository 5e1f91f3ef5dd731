// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "runner/port/stream_service.hpp"

namespace dmsc::process {

/// Where the card's web server is reached over TCP/IP: `localuicc`. Whoever waits for the adapter waits through this,
/// so that both are served by one thread.
class IpHost {
 public:
  virtual ~IpHost() = default;

  /// The server that clients reach from now on; null: nobody listens.
  virtual void expose(port::StreamService* service) = 0;

  /// Waits until something moves on the network, `wake_fd` is readable, or `patience` is over.
  virtual void wait(std::chrono::milliseconds patience, int wake_fd) = 0;

  /// Carries octets to the server and back.
  /// @return  whether the server learnt anything
  virtual bool exchange() = 0;
};

}  // namespace dmsc::process

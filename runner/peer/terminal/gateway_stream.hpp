// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "runner/peer/terminal/gateway.hpp"
#include "runner/port/stream.hpp"

namespace dmsc::peer {

/// A local program's connection to a port that the card listens on, without a network. No time passes in it. The
/// gateway must outlive it.
class GatewayStream final : public port::Stream {
 public:
  /// @return  Errc::unavailable where the card listens on no such port, Errc::busy where all its channels are taken
  static Result<std::unique_ptr<port::Stream>> open(Gateway& gateway, std::uint16_t port);

  ~GatewayStream() override;
  GatewayStream(const GatewayStream&) = delete;
  GatewayStream& operator=(const GatewayStream&) = delete;

  /// What the gateway does not take at once is kept and offered again by `receive`.
  Result<void> send(ByteView octets, std::chrono::milliseconds deadline) override;
  Result<Octets> receive(std::chrono::milliseconds deadline) override;

 private:
  GatewayStream(Gateway& gateway, int channel)
      : gateway_(gateway), channel_(channel), visit_(gateway.visits(channel)) {}
  /// The channel may carry another program by now.
  bool ours() const { return gateway_.visits(channel_) == visit_; }
  void flush();

  Gateway& gateway_;
  int channel_;
  std::uint64_t visit_;
  Octets waiting_;
};

}  // namespace dmsc::peer

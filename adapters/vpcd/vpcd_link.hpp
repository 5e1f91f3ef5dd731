// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/common/real_clock.hpp"
#include "adapters/vpcd/socket.hpp"
#include "runner/port/card_link.hpp"

namespace dmsc::vpcd {

/// The reader end of vpcd without pcscd: a card in software connects to us, as it would to pcscd's driver.
class VpcdLink final : public port::CardLink {
 public:
  /// Listens at host:port; the first power cycle takes the one card that connects.
  /// @param port           0 lets the system choose, see port()
  /// @param wait_for_card  how long the first power cycle waits for a card to connect
  /// @param stop           see RealClock
  /// @return  Errc::busy when the port is taken, Errc::configuration when it cannot be used
  static Result<std::unique_ptr<VpcdLink>> listen(const std::string& host, std::uint16_t port,
                                                  milliseconds wait_for_card, const std::atomic<int>* stop = nullptr);

  /// Off, on, get ATR. @return Errc::unavailable, timeout or protocol; after any of them the link is dead
  Result<Octets> power_cycle() override;
  Result<Octets> transmit(ByteView command, milliseconds deadline) override;
  port::Clock* clock() override { return &clock_; }
  std::string label() const override { return label_; }

  std::uint16_t port() const { return port_; }

 private:
  VpcdLink(Listener listener, std::string label, milliseconds wait_for_card, const std::atomic<int>* stop);

  Result<void> await_card();
  Result<void> tell(std::uint8_t code, const Patience& patience);
  Result<Octets> ask(ByteView message, const Patience& patience);
  template <class T>
  Result<T> give_up(Error error);

  std::optional<Listener> listener_;  // until the card is here: a second one must be refused, not kept waiting
  std::optional<Socket> card_;
  std::uint16_t port_;
  std::string label_;
  milliseconds wait_for_card_;
  const std::atomic<int>* stop_;
  net::RealClock clock_;
  std::string dead_because_;  // empty while the link lives
};

}  // namespace dmsc::vpcd

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "adapters/vpcd/socket.hpp"
#include "runner/port/soft_card.hpp"

namespace dmsc::vpcd {

inline constexpr std::uint16_t default_port = 0x8C7B;  ///< slot 0 of vpcd as distributions install it

/// Puts a card in software into a virtual reader: pcscd's vpcd driver, or our VpcdLink.
class CardEnd {
 public:
  struct Options {
    std::string host = "127.0.0.1";
    std::uint16_t port = default_port;
    milliseconds connect_within{10'000};  ///< pcscd may be started after us
  };

  /// `card` and `stop` must outlive this object.
  CardEnd(Options options, port::SoftCard& card, const StopSignal& stop);

  /// Connects, then serves until a stop is requested or the reader closes; both end well.
  /// A card that turns mute stays in its reader, reads on and answers nothing: only the reader's own deadline helps.
  /// @return  Errc::unavailable when no reader listened in time, configuration for an unknown host, range when the
  ///          card answers more than 65535 octets, protocol when the reader sends an empty message
  /// Source: vsmartcard, virtualsmartcard/doc/api.txt and src/vpcd/vpcd.c
  Result<void> run();

 private:
  Result<Socket> connect_patiently() const;
  Result<void> serve(Socket& reader);
  Result<void> handle(Socket& reader, ByteView message);
  void control(std::uint8_t code, Octets& answer);

  Options options_;
  port::SoftCard& card_;
  const StopSignal& stop_;
  bool mute_ = false;
};

}  // namespace dmsc::vpcd

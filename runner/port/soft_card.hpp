// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "runner/base/octets.hpp"

namespace dmsc::port {

/// A card in software, as a reader sees it. Sans-I/O: octets in, octets out.
class SoftCard {
 public:
  virtual ~SoftCard() = default;

  virtual Octets power_on() = 0;  ///< cold reset; the ATR, 2 to 33 octets
  virtual void power_off() = 0;
  virtual Octets reset() = 0;  ///< warm reset; the ATR
  virtual Octets atr() const = 0;

  /// @return  response data and status word; nothing where the card is mute (it never answers again)
  virtual std::optional<Octets> command(ByteView capdu) = 0;
};

}  // namespace dmsc::port

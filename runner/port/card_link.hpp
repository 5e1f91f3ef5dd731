// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"
#include "runner/base/value.hpp"
#include "runner/port/clock.hpp"

namespace dmsc::port {

/// The road to a card. It carries octets and hides nothing: 61XX, 6CXX and 91XX reach the caller untouched, and no
/// command is sent that the caller did not ask for.
class CardLink {
 public:
  virtual ~CardLink() = default;

  /// Takes power away from the card, gives it back, and resets it. The first call also waits for a card.
  /// @return  the ATR, 2 to 33 octets; Errc::unavailable, timeout, busy or protocol
  virtual Result<Octets> power_cycle() = 0;

  /// One command and its response.
  /// @param command   4 octets or more
  /// @param deadline  how long the card may take; real time on a real card, ignored by a card in process
  /// @return  response data and status word; Errc::timeout once the deadline passed (the link is dead from then on),
  ///          Errc::unavailable when card or reader is gone, Errc::protocol when the answer is no R-APDU
  virtual Result<Octets> transmit(ByteView command, std::chrono::milliseconds deadline) = 0;

  /// The time that passes for the card between two commands, and a pause in it.
  /// @return  null where none does: a card in process lives by its commands alone
  virtual Clock* clock() { return nullptr; }

  /// What a record says of the road, as far as it is known: `reader`, `vendor`, `firmware`, `serial`.
  virtual Value facts() const { return Value::Map{}; }

  /// What a report calls this card: reader name, socket or personality.
  virtual std::string label() const = 0;
};

}  // namespace dmsc::port

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <chrono>
#include <memory>

#include "runner/base/octets.hpp"
#include "runner/codec/wire/node.hpp"

namespace dmsc::model {

/// Time since the start of the case. Virtual: only what the terminal's clock was told has passed.
using Moment = std::chrono::microseconds;

/// One command and its response as they crossed the interface. A reset has no command and the ATR as response.
struct Exchange {
  Moment at{};
  Octets command;
  Octets response;
};

/// One thing that happened between the device under test and us.
struct Event {
  std::size_t number = 0;    ///< position in the trace of the case, from 0
  std::size_t exchange = 0;  ///< the exchange that brought it
  Moment at{};
  std::string
      key;  ///< card.reset, proactive.KEY, terminal_response.KEY, envelope.KEY, response.INS or response.envelope.KEY
  Value fields;                          ///< by row keys
  std::array<std::uint8_t, 4> header{};  ///< CLA, INS, P1 and P2 of a command, an envelope or a terminal response
  Octets octets;  ///< the message itself: proactive command, body of envelope or terminal response, response APDU
  std::shared_ptr<const codec::Decoded> decoded;  ///< of a message; null for a response
};

}  // namespace dmsc::model

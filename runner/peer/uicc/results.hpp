// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/node.hpp"

namespace dmsc::peer {

/// Whether a terminal response says that the command was performed, in whole or in part: results 0X.
/// Source: ETSI TS 102 223, 8.12
bool performed(const codec::Decoded& response);

/// Whether a message has an object that no row knows.
bool has_stranger(const codec::Decoded& message);

/// Device identities of a command to a channel, 1 to 7.
inline Value to_channel(std::int64_t channel) {
  constexpr std::int64_t channel_base = 0x20;
  return Value::Map{{"source", "uicc"}, {"destination", channel_base + channel}};
}

}  // namespace dmsc::peer

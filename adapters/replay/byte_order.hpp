// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/base/octets.hpp"

namespace dmsc::replay {

/// The order in which a file writes its numbers.
enum class ByteOrder : std::uint8_t { most_significant_first, least_significant_first };

/// A number of `width` octets (1 to 8) at an offset that is within.
inline std::uint64_t number_at(ByteView octets, std::size_t at, std::size_t width, ByteOrder order) {
  std::uint64_t number = 0;
  for (std::size_t digit = 0; digit < width; ++digit) {
    number = number << 8 | octets[order == ByteOrder::most_significant_first ? at + digit : at + width - 1 - digit];
  }
  return number;
}

}  // namespace dmsc::replay

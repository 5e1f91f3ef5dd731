// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/result.hpp"

namespace dmsc {

using Octets = std::vector<std::uint8_t>;
using ByteView = std::span<const std::uint8_t>;

/// Upper-case hexadecimal, two digits an octet; `separator` goes between octets when given.
std::string to_hex(ByteView octets, std::string_view separator = {});

/// Upper-case hexadecimal of the low `digits` nibbles of a number.
std::string hex_number(std::uint64_t number, int digits);

/// Reads hexadecimal octets; white space between digits is ignored, either case is taken.
/// @return  the octets; Errc::malformed with the offset of the offending character in `text`
Result<Octets> parse_hex(std::string_view text);

inline bool same(ByteView a, ByteView b) {
  return a.size() == b.size() && std::equal(a.begin(), a.end(), b.begin());
}

inline Octets to_octets(ByteView view) {
  return {view.begin(), view.end()};
}

inline void append(Octets& to, ByteView more) {
  to.insert(to.end(), more.begin(), more.end());
}

}  // namespace dmsc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "runner/base/value.hpp"

namespace dmsc::engine {

/// Where fields and matcher part.
struct Mismatch {
  std::string path;      ///< dotted keys, such as transport_level.port
  std::string expected;  ///< in words: `port 32769`
  std::string observed;  ///< cut where it is long; of a list that holds none that fits, the nearest item
};

/// Whether `mismatch` finds none, without the words.
bool fits(const Value& matcher, const Value& actual);

/// Holds `actual` against a matcher without references: literals, {"in": …}, {"range": [low, high]}, {"not": …},
/// {"present": flag}, {"matches": regular expression}, {"bits": {mask, value}}, {"any": matcher of a list's item},
/// {"all": [matchers, each of which must hold]}, {"distinct": {member, for}} of a list, and maps of those by key. A map
/// matches when each of its members does; members it does not name are free.
/// @return  the first mismatch in the order of the matcher, or nothing
std::optional<Mismatch> mismatch(const Value& matcher, const Value& actual);

/// A matcher as words: `one of udp_local, tcp_local`, `5 to 9`.
std::string in_words(const Value& matcher);

}  // namespace dmsc::engine

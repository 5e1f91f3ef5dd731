// SPDX-License-Identifier: Apache-2.0
#include "runner/model/ledger.hpp"

#include <cctype>

namespace dmsc::model {
namespace {

/// How much a word of RFC 2119 asks for.
int strength(std::string_view word) {
  const auto first = word.empty() ? ' ' : static_cast<char>(std::toupper(static_cast<unsigned char>(word.front())));
  if (word.size() == 4 && first == 'M') return 3;   // MUST
  if (word.size() == 6 && first == 'S') return 2;   // SHOULD
  return word.size() == 3 && first == 'M' ? 1 : 0;  // MAY
}

}  // namespace

std::string_view weaker(std::string_view one, std::string_view other) {
  return strength(other) < strength(one) ? other : one;
}

}  // namespace dmsc::model

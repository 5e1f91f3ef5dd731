// SPDX-License-Identifier: Apache-2.0
#include "runner/model/ledger.hpp"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace dmsc::model {
namespace {

constexpr std::string_view words[] = {"MAY", "SHOULD", "MUST"};

bool same_word(std::string_view one, std::string_view other) {
  return std::equal(one.begin(), one.end(), other.begin(), other.end(), [](char a, char b) {
    return std::toupper(static_cast<unsigned char>(a)) == std::toupper(static_cast<unsigned char>(b));
  });
}

/// How much a word asks for. Source: RFC 2119
std::size_t strength(std::string_view word) {
  for (std::size_t at = 0; at < std::size(words); ++at) {
    if (same_word(word, words[at])) return at + 1;
  }
  return 0;
}

}  // namespace

std::string_view weaker(std::string_view one, std::string_view other) {
  return strength(other) < strength(one) ? other : one;
}

}  // namespace dmsc::model

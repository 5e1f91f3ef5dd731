// SPDX-License-Identifier: Apache-2.0
#include "runner/base/text.hpp"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>

namespace dmsc {
namespace {

std::size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), 0U);
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::size_t corner = row[0]++;
    for (std::size_t j = 0; j < b.size(); ++j) {
      const std::size_t best = std::min({row[j] + 1, row[j + 1] + 1, corner + (a[i] == b[j] ? 0U : 1U)});
      corner = row[j + 1];
      row[j + 1] = best;
    }
  }
  return row.back();
}

/// Octets of the character that starts `text`, 0 where it is no valid UTF-8 (overlong forms and surrogates included).
std::size_t utf8_size(std::string_view text) {
  const auto octet = [&](std::size_t at) { return static_cast<std::uint8_t>(text[at]); };
  const std::uint8_t lead = octet(0);
  if (lead < 0x80) return 1;
  const std::size_t size = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
  if (lead < 0xC2 || lead > 0xF4 || text.size() < size) return 0;
  for (std::size_t at = 1; at < size; ++at) {
    if ((octet(at) & 0xC0) != 0x80) return 0;
  }
  if (lead == 0xE0 && octet(1) < 0xA0) return 0;
  if (lead == 0xED && octet(1) > 0x9F) return 0;
  if (lead == 0xF0 && octet(1) < 0x90) return 0;
  if (lead == 0xF4 && octet(1) > 0x8F) return 0;
  return size;
}

}  // namespace

std::vector<std::string> split(std::string_view text, char separator) {
  std::vector<std::string> parts;
  for (;;) {
    const auto at = text.find(separator);
    parts.emplace_back(text.substr(0, at));
    if (at == std::string_view::npos) return parts;
    text.remove_prefix(at + 1);
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  std::string out;
  for (const auto& part : parts) {
    if (&part != parts.data()) out += separator;
    out += part;
  }
  return out;
}

std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates) {
  std::vector<std::string> best;
  std::size_t least = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    const auto distance = edit_distance(word, candidate);
    if (distance > least || distance >= word.size() || (best.empty() && distance == least)) continue;
    if (distance < least) best.clear();
    least = distance;
    if (std::find(best.begin(), best.end(), candidate) == best.end()) best.push_back(candidate);
  }
  return best;
}

std::string did_you_mean(std::string_view word, std::span<const std::string> candidates) {
  constexpr std::size_t most = 3;
  auto near = nearest(word, candidates);
  near.resize(std::min(near.size(), most));
  std::string out;
  for (std::size_t at = 0; at < near.size(); ++at) {
    const auto* before = at == 0 ? ", did you mean " : at + 1 == near.size() ? " or " : ", ";
    out += before + ("\"" + near[at] + "\"");
  }
  return out;
}

namespace {

/// The set that begins at `from` with a bracket: where it ends and whether it has the character. A bracket that is
/// never closed is a character like any other.
struct Set {
  std::size_t end = 0;  ///< behind the closing bracket; 0: none
  bool has = false;
};

Set look_in_set(std::string_view pattern, std::size_t from, char c) {
  std::size_t at = from + 1;
  const bool turned = at < pattern.size() && (pattern[at] == '!' || pattern[at] == '^');
  if (turned) ++at;
  bool has = false;
  for (const auto first = at; at < pattern.size(); ++at) {
    if (pattern[at] == ']' && at != first) return {at + 1, has != turned};
    const bool range = at + 2 < pattern.size() && pattern[at + 1] == '-' && pattern[at + 2] != ']';
    const char last = range ? pattern[at + 2] : pattern[at];
    has = has || (pattern[at] <= c && c <= last);
    if (range) at += 2;
  }
  return {};
}

/// @return  where the pattern goes on behind what stands for the character; 0 where it stands for another
std::size_t behind(std::string_view pattern, std::size_t at, char c) {
  if (at >= pattern.size() || pattern[at] == '*') return 0;
  if (pattern[at] == '[') {
    const auto set = look_in_set(pattern, at, c);
    if (set.end != 0) return set.has ? set.end : 0;
  }
  return pattern[at] == '?' || pattern[at] == c ? at + 1 : 0;
}

}  // namespace

bool glob_match(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t mark = 0;
  while (t < text.size()) {
    if (const auto next = behind(pattern, p, text[t])) {
      p = next;
      ++t;
    } else if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      mark = t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++mark;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

namespace {

/// The first group of braces that has a comma of its own: its place, its end, and the commas between.
std::optional<std::vector<std::size_t>> group_of_braces(std::string_view pattern) {
  for (auto open = pattern.find('{'); open != std::string_view::npos; open = pattern.find('{', open + 1)) {
    std::vector<std::size_t> cuts = {open};
    int depth = 0;
    for (auto at = open; at < pattern.size(); ++at) {
      if (pattern[at] == '{') ++depth;
      if (pattern[at] == ',' && depth == 1) cuts.push_back(at);
      if (pattern[at] == '}' && --depth == 0) {
        cuts.push_back(at);
        break;
      }
    }
    if (depth == 0 && cuts.size() > 2) return cuts;
  }
  return {};
}

}  // namespace

std::vector<std::string> expand_braces(std::string_view pattern) {
  constexpr std::size_t most = 1000;
  std::vector<std::string> out;
  std::vector<std::string> left = {std::string(pattern)};
  while (!left.empty()) {
    if (out.size() + left.size() > most) return {std::string(pattern)};
    const auto one = std::move(left.back());
    left.pop_back();
    const auto cuts = group_of_braces(one);
    if (!cuts) {
      out.push_back(one);
      continue;
    }
    for (auto at = cuts->size() - 1; at > 0; --at) {
      const auto from = (*cuts)[at - 1] + 1;
      left.push_back(one.substr(0, cuts->front()) + one.substr(from, (*cuts)[at] - from) +
                     one.substr(cuts->back() + 1));
    }
  }
  return out;
}

std::string printable(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  constexpr char c1_lead = '\xC2';
  std::string out;
  const auto put = [&](std::uint8_t octet) {
    out += "\\x";
    out += digits[octet >> 4];
    out += digits[octet & 0x0F];
  };
  for (const char c : text) {
    const auto octet = static_cast<std::uint8_t>(c);
    const bool c1 = octet >= 0x80 && octet <= 0x9F && !out.empty() && out.back() == c1_lead;
    if (c1) {
      out.pop_back();
      put(static_cast<std::uint8_t>(c1_lead));
    }
    if (c1 || octet < 0x20 || octet == 0x7F) {
      put(octet);
    } else {
      out += c;
    }
  }
  return out;
}

std::size_t valid_utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const auto size = utf8_size(text.substr(at));
    if (size == 0) break;
    at += size;
  }
  return at;
}

std::string without_numbers(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool digit = c >= '0' && c <= '9';
    if (!digit) {
      out += c;
    } else if (out.empty() || out.back() != '#') {
      out += '#';
    }
  }
  return out;
}

}  // namespace dmsc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace dmsc {

std::vector<std::string> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);

/// The candidates nearest to `word` by edit distance, all that are equally near, in their order; none where none is
/// near: at most a third of the length, at least 2, and always less than the length, so that something is in common.
std::vector<std::string> nearest(std::string_view word, std::span<const std::string> candidates);

/// `, did you mean "x"` where a candidate is near, `"x", "y" or "z"` where several are equally near, the first three of
/// them; else nothing.
std::string did_you_mean(std::string_view word, std::span<const std::string> candidates);

/// Shell-like match of a whole text: `*` stands for any run of characters, `?` for one, `[1-3x]` for one of a set and
/// `[!1-3]` for one outside it.
bool glob_match(std::string_view pattern, std::string_view text);

/// The patterns that a shell makes of one with braces: `con-{1,2}{a,b}` gives four. Braces without a comma stand for
/// themselves, and so does a pattern that would give more than 1000.
std::vector<std::string> expand_braces(std::string_view pattern);

/// `text` with every control character written as \xNN: C0 and DEL, line feeds too, and C1 as UTF-8 writes it
/// (C2 80 to C2 9F), which terminals take for escape sequences.
std::string printable(std::string_view text);

/// Length of the longest prefix of `text` that is valid UTF-8.
std::size_t valid_utf8_prefix(std::string_view text);

/// The text with each run of digits as `#`, so that texts are the same whatever numbers stand in them.
std::string without_numbers(std::string_view text);

}  // namespace dmsc

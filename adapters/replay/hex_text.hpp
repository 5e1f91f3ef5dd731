// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "runner/base/octets.hpp"

namespace dmsc::replay {

/// Octets as people and programs write them: digits with any punctuation or spaces between, no-break spaces and
/// typographic quotes too; 0x, \x, $ or % before and h behind an octet; C and Python strings with \x in them; lists of
/// decimal numbers where one of them has three digits; remarks behind # or // or between /* and */.
/// White space divides nothing: `D 0` is D0; between other separators a digit that stands alone is an octet.
/// @return  the octets, none for a remark alone; Errc::malformed with the offset of the offending character
Result<Octets> read_hex_text(std::string_view text);

/// Octets found within a text.
struct FoundOctets {
  Octets octets;
  std::size_t begin = 0;  ///< of their text
  std::size_t end = 0;    ///< behind their text
};

/// The octets that a text begins with, before words that are none; nothing where it begins with something else.
FoundOctets leading_octets(std::string_view text);

/// The longest run of octets in a text of other things: octets that are all divided alike, or one long number in
/// hexadecimal that is no date; the last of those that are equally long, nothing where no run has `least` octets.
FoundOctets longest_run(std::string_view text, std::size_t least);

/// The text with spaces for what looks like one, plain quotes for typographic ones, without remarks.
std::string plain_text(std::string_view text);

}  // namespace dmsc::replay

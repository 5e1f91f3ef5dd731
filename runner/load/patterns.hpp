// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runner/base/result.hpp"

namespace dmsc::load {

/// A word by which cases are chosen, and where it was read.
struct Pattern {
  Pattern(std::string its_text, std::string its_place = {})  // NOLINT(google-explicit-constructor)
      : text(std::move(its_text)), place(std::move(its_place)) {}
  Pattern(const char* its_text) : text(its_text) {}  // NOLINT(google-explicit-constructor)

  std::string text;
  std::string place;  ///< `nightly.txt:3`; empty: the command line
};

/// What the user chose and what he left out.
struct Patterns {
  std::vector<Pattern> chosen;  ///< empty: all
  std::vector<Pattern> skipped;
};

/// Words of the command line as patterns: `{a,b}` becomes two, `@FILE` what stands in the file. There one pattern
/// stands a line; what follows a # at the start of a line or behind a blank is a comment, and a line that begins with !
/// leaves out what it names, as --skip does.
/// @return  errors of read_file; Errc::no_input for a file that names nothing
Result<Patterns> read_patterns(const std::vector<std::string>& words, const std::vector<std::string>& skip);

}  // namespace dmsc::load

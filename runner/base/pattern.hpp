// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string_view>

#include "runner/base/result.hpp"

namespace re2 {
class RE2;
}

namespace dmsc {

/// A regular expression in the syntax of RE2, over octets: a `.` is one octet. Time and memory grow with the text
/// alone, whoever wrote it; so there are no back-references and no look-ahead. Source:
/// github.com/google/re2/wiki/Syntax
class Pattern {
 public:
  /// @return  Errc::data with what RE2 says against the expression
  static Result<Pattern> read(std::string_view expression);

  /// Whether a part of the text fits; `^` and `$` are the ends of the text.
  bool occurs_in(std::string_view text) const;
  /// Whether the text as a whole fits.
  bool fits(std::string_view text) const;

 private:
  explicit Pattern(std::shared_ptr<const re2::RE2> expression) : expression_(std::move(expression)) {}

  std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace dmsc

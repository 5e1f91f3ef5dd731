// SPDX-License-Identifier: Apache-2.0
#include "runner/base/pattern.hpp"

#include <re2/re2.h>

#include <string>

namespace dmsc {
namespace {

/// RE2's words end with the part that they are about, which may be as long as the expression.
std::string words_against(const re2::RE2& expression) {
  constexpr std::size_t longest_part = 40;
  const auto& words = expression.error();
  const auto part = expression.error_arg().size() + 2;
  if (part <= longest_part || part >= words.size()) return words;
  return words.substr(0, words.size() - part);
}

}  // namespace

Result<Pattern> Pattern::read(std::string_view expression) {
  re2::RE2::Options options;
  options.set_encoding(re2::RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  auto compiled = std::make_shared<const re2::RE2>(re2::StringPiece(expression.data(), expression.size()), options);
  if (!compiled->ok()) return fail(Errc::data, words_against(*compiled));
  return Pattern(std::move(compiled));
}

bool Pattern::occurs_in(std::string_view text) const {
  return re2::RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

bool Pattern::fits(std::string_view text) const {
  return re2::RE2::FullMatch(re2::StringPiece(text.data(), text.size()), *expression_);
}

}  // namespace dmsc

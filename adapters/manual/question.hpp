// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::manual {

/// What kind of answer a verb takes; each becomes the verb's result.
enum class Answers {
  done,
  number,
  address,
  url,
  octets,
  delivery,
  message,
  port,
  status,
  reachable,
  sessions,
  choice,
  files
};

/// One verb for a person.
struct Question {
  std::string_view verb;
  std::string_view sentence;  ///< `{key}` stands for a parameter, `{*}` for all of them
  Answers answers;
};

std::span<const Question> questions();
const Question* find_question(std::string_view verb);

/// The sentence with its parameters, and which answers are taken: one line, no line feed.
std::string ask(const Question& question, const Value& params);

/// @param text  what was typed
/// @return  the verb's result; Errc::refused and unsupported where the answer says so, Errc::malformed for one that
/// makes
///          no sense
Result<Value> read_answer(const Question& question, const Value& params, std::string_view text);

}  // namespace dmsc::manual

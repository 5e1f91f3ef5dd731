// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::manual {

/// Answers of a person that were written down, one JSON object a line: `{"verb": ..., "params": {...}, "answer": "y"}`.
class AnswerBook {
 public:
  /// @return  Errc::no_input, or Errc::data with `FILE:LINE`
  static Result<AnswerBook> open(const std::filesystem::path& file);

  /// The answer on the next line, if that line answers this.
  /// @return  Errc::data with `FILE:LINE` where it answers something else, or where there is no more line
  Result<std::string> next(const std::string& verb, const Value& params);

 private:
  std::string file_;
  std::vector<Value> lines_;
  std::size_t at_ = 0;
};

/// Writes such a file, a line at once.
class AnswerRecorder {
 public:
  /// @return  Errc::cannot_create
  static Result<AnswerRecorder> create(const std::filesystem::path& file);
  /// @return  Errc::io
  Result<void> write(const std::string& verb, const Value& params, const std::string& answer);

 private:
  std::string file_;
  std::ofstream out_;
};

}  // namespace dmsc::manual

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "runner/base/result.hpp"

namespace dmsc::process {

/// Splits a command into words as a shell does with blanks, quotes and backslashes. Nothing else of a shell is there:
/// no variables, no patterns, no pipes.
/// @return  one word or more; Errc::usage with the offset of a quote that does not end, and for no word at all
Result<std::vector<std::string>> split_command(std::string_view command);

}  // namespace dmsc::process

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc {

/// Reads JSON. Refused, each with its place: syntax errors (line and column), two equal keys in one object and numbers
/// with a fraction (JSON pointer), more than 64 levels, more than 16 MiB.
/// @param place  what messages call the text: a file name
Result<Value> parse_json(std::string_view text, const std::string& place);

/// Errc::no_input when the file cannot be opened, Errc::data when it cannot be read as JSON.
Result<Value> load_json(const std::filesystem::path& file);

/// @param indent  spaces a level; negative writes one line
std::string write_json(const Value& value, int indent = -1);

}  // namespace dmsc

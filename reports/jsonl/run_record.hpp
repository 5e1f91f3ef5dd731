// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <functional>
#include <vector>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::reports {

/// What run.jsonl says of a run, but for what was exchanged.
struct RunRecord {
  std::int64_t format = 0;
  Value header;
  std::vector<Value> plan;   ///< planned cases, in their order
  std::vector<Value> cases;  ///< results, in the order in which they came
  Value footer;              ///< null: the run was ended before it could say more
  std::string begun;         ///< the case that was under way then; empty: none
  bool cut = false;          ///< the last line is not whole
};

/// Holds a record against the schema of its type.
/// @param place  `FILE:LINE`
/// @return  Errc::unknown for a type that there is not, Errc::data for a record that does not fit
using RecordCheck = std::function<Result<void>(const std::string& type, const Value& record, const std::string& place)>;

/// Reads the record of a run, of this format or an earlier one, line by line.
/// @param check  asked of every record; may be empty
/// @param each   told of every record, also of those that RunRecord does not keep; may be empty
/// @return  errors of opening the file; Errc::data with `FILE:LINE` for a line that is no record, a record where it
///          cannot stand, or a format of a later dmsc
Result<RunRecord> read_run(const std::filesystem::path& file, const RecordCheck& check = {},
                           const std::function<void(const Value&)>& each = {});

}  // namespace dmsc::reports

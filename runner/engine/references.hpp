// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::engine {

/// What references of a case stand for: `$pixit.NAME`, `$PARAMETER` of the matrix, `$SAVED` and `$SAVED.field.field`.
class Bindings {
 public:
  void bind(const std::string& name, Value value) { values_[name] = std::move(value); }

  /// Copies a value with each reference replaced.
  /// @return  Errc::unknown for a reference that stands for nothing, such as a field the saved event did not have
  Result<Value> resolve(const Value& value) const;

 private:
  std::map<std::string, Value, std::less<>> values_;
};

}  // namespace dmsc::engine

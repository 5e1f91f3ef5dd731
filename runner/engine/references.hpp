// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::engine {

/// What references of a case stand for: `$pixit.NAME`, `$PARAMETER` of the matrix, `$SAVED` and `$SAVED.field.field`.
class Bindings {
 public:
  void bind(const std::string& name, Value value) { values_[name] = std::move(value); }

  /// Binds the fields of an event, which has the members that its sender chose.
  void save(const std::string& name, Value fields) {
    seen_.insert(name);
    bind(name, std::move(fields));
  }

  /// Copies a value with each reference replaced.
  /// @return  Errc::absent for a field that a saved event did not have, Errc::unknown for any other reference that
  ///          stands for nothing
  Result<Value> resolve(const Value& value) const;

 private:
  std::map<std::string, Value, std::less<>> values_;
  std::set<std::string> seen_;  ///< names of saved events
};

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"

namespace dmsc::process {

/// Makes a device do things, verb by verb, without the card's interface: a person, or scripts.
class ControlPlane {
 public:
  virtual ~ControlPlane() = default;

  virtual bool has(std::string_view verb) const = 0;

  /// @param params  as adapters/PROTOCOL.md has them for the verb
  /// @return  the verb's result; the errors of port::DeviceLink::call
  virtual Result<Value> call(const std::string& verb, const Value& params, std::chrono::milliseconds deadline) = 0;

  /// What a report calls it.
  virtual std::string label() const = 0;

  /// What was asked and answered since the last call, one JSON object a line.
  virtual std::string take_log() = 0;
};

/// How a control plane waits: until `wake_fd` is readable or `patience` is over. Whoever has a card to serve meanwhile
/// gives a function of its own; an error ends the verb.
using WaitFor = std::function<Result<void>(std::chrono::milliseconds patience, int wake_fd)>;

}  // namespace dmsc::process

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

namespace dmsc::port {

/// Real time, where a link has any. Nobody but an adapter looks at a clock of the system.
class Clock {
 public:
  virtual ~Clock() = default;

  /// Time since some start; it never goes back.
  virtual std::chrono::microseconds now() const = 0;

  /// Lets time pass; ends at once when the run is asked to stop.
  virtual void pause(std::chrono::microseconds duration) = 0;
};

}  // namespace dmsc::port

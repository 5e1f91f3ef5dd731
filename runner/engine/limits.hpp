// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

namespace dmsc::engine {

/// What one case may cost before the device under test is said to keep us busy without end. By these bounds 512 MiB of
/// address space are enough for any run. Source: design.md, Numbers to hold
struct Limits {
  std::size_t exchanges_a_step = 5000;
  std::size_t exchanges = 50000;
  std::size_t octets_a_step = std::size_t{2} << 20;  ///< that crossed the card interface
  std::size_t octets = std::size_t{4} << 20;
  std::size_t memory = std::size_t{96} << 20;  ///< octets of the events made of them and of what the sessions report
};

/// The real time that a case may take, and a run.
struct TimeLimits {
  std::chrono::milliseconds a_case = std::chrono::minutes(30);
  std::chrono::milliseconds a_run = std::chrono::hours(24);
};

/// A point in real time behind which nothing more is asked.
struct Deadline {
  std::chrono::steady_clock::time_point at = std::chrono::steady_clock::time_point::max();
  std::string words;  ///< `the case took longer than 30 min (--case-timeout)`

  bool passed() const { return at <= std::chrono::steady_clock::now(); }
};

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>

#include "adapters/process/process_device.hpp"

namespace dmsc::process {

struct CanaryLimits {
  std::chrono::milliseconds answer{10'000};  ///< an adapter that takes longer is gone
  std::chrono::milliseconds prompt{2'000};   ///< for one echo, and for a burst of them
  std::chrono::milliseconds late{600};       ///< when canary.late is to be answered
  std::chrono::milliseconds early{200};      ///< when it must not be answered yet
  std::chrono::milliseconds latest{3'000};   ///< and when it must have been
};

/// Asks the adapter what only an honest one answers right, before it has a say in any verdict.
/// @return  Errc::protocol naming the canary, `canary "echo": ...`; the errors of a lost adapter
Result<void> try_canaries(ProcessDevice& device, const CanaryLimits& limits = {});

}  // namespace dmsc::process

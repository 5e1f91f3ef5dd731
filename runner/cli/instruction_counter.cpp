// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/instruction_counter.hpp"

#include <linux/perf_event.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace dmsc::cli {

InstructionCounter::InstructionCounter() {
  perf_event_attr attributes{};
  attributes.type = PERF_TYPE_HARDWARE;
  attributes.size = sizeof attributes;
  attributes.config = PERF_COUNT_HW_INSTRUCTIONS;
  attributes.exclude_kernel = 1;
  attributes.exclude_hv = 1;
  attributes.inherit = 1;
  counter_ = static_cast<int>(syscall(SYS_perf_event_open, &attributes, 0, -1, -1, 0));
}

InstructionCounter::~InstructionCounter() {
  if (counter_ >= 0) close(counter_);
}

std::optional<std::uint64_t> InstructionCounter::count() const {
  std::uint64_t number = 0;
  if (counter_ < 0 || read(counter_, &number, sizeof number) != sizeof number || number == 0) return {};
  return number;
}

}  // namespace dmsc::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>

namespace dmsc::cli {

/// Instructions that this process, with the threads it starts from now on, executes in user mode.
class InstructionCounter {
 public:
  InstructionCounter();
  InstructionCounter(const InstructionCounter&) = delete;
  InstructionCounter& operator=(const InstructionCounter&) = delete;
  ~InstructionCounter();

  /// So far; nothing where the kernel or the machine does not count.
  std::optional<std::uint64_t> count() const;

 private:
  int counter_;
};

}  // namespace dmsc::cli

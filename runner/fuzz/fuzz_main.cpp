// SPDX-License-Identifier: Apache-2.0
// One libFuzzer program a target; DMSC_FUZZ_TARGET is its name.
#include <cstdlib>

#include "runner/fuzz/targets.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto* target = dmsc::fuzz::find_target(DMSC_FUZZ_TARGET);
  if (target == nullptr) std::abort();
  target->run({data, size});
  return 0;
}

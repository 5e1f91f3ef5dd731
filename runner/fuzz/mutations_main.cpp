// SPDX-License-Identifier: Apache-2.0
// mutations CORPUS [INPUTS [SEED]]: the table of faults; exit 1 where it is not all zeros.
#include <cstdio>
#include <cstdlib>

#include "runner/fuzz/mutations.hpp"

int main(int argc, char** argv) {
  using namespace dmsc::fuzz;
  if (argc < 2) {
    std::fputs("usage: mutations CORPUS [INPUTS [SEED]]\n", stderr);
    return 64;
  }
  const auto inputs = argc > 2 ? std::strtoul(argv[2], nullptr, 10) : 20'000UL;
  const auto seed = argc > 3 ? std::strtoul(argv[3], nullptr, 10) : 1UL;
  bool faultless = true;
  std::printf("%-20s %9s %9s %7s %7s %7s %7s\n", "decoder", "inputs", "clean", "share", "differ", "refused", "threw");
  for (const auto& trip : round_trips()) {
    const auto count = mutate(trip, argv[1], inputs, seed);
    std::printf("%-20.*s %9zu %9zu %6.2f%% %7zu %7zu %7zu\n", static_cast<int>(trip.name.size()), trip.name.data(),
                count.inputs, count.clean, 100.0 * static_cast<double>(count.clean) / static_cast<double>(count.inputs),
                count.differ, count.refused, count.threw);
    if (!count.faultless()) std::printf("  %s\n", count.example.c_str());
    faultless = faultless && count.faultless();
    std::fflush(stdout);
  }
  return faultless ? 0 : 1;
}

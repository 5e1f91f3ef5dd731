// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

#include "runner/base/octets.hpp"

/// What a device can send us, one target a decoder: octets in, and what must hold whatever they are. libFuzzer drives
/// each (preset fuzz, fuzz.sh); the tests run the corpus through all of them.
namespace dmsc::fuzz {

struct Target {
  std::string_view name;  ///< and the folder of its corpus in fixtures/corpus
  /// @throws std::logic_error where something does not hold that must
  void (*run)(ByteView octets);
};

std::span<const Target> targets();
const Target* find_target(std::string_view name);

}  // namespace dmsc::fuzz

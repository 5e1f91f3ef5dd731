// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include "runner/base/result.hpp"

namespace dmsc::pcsc {

struct ReaderState {
  std::string name;
  bool card_present = false;
};

/// Picks the reader meant: by its exact name, by a part of it (case ignored), or, where nothing is wanted, the only one
/// with a card. Of several whose name has the part it is the only one with a card. A reader that is the only one named
/// is picked with or without a card.
/// @return  index into `readers`; Errc::unavailable when no reader fits, Errc::usage when several do
Result<std::size_t> choose_reader(std::span<const ReaderState> readers, std::string_view wanted);

}  // namespace dmsc::pcsc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "runner/model/declaration.hpp"

namespace dmsc::engine {

/// A duration of the PIXIT that bounds a wait, with what pixit-items.json says where nobody stated it.
struct WaitLimit {
  std::string_view item;
  std::chrono::milliseconds usual;
};
std::span<const WaitLimit> wait_limits();

/// What the PIXIT says of an item of wait_limits(). A PIXIT from a file has them all; one that was made by hand gets
/// the usual value, as for a value that is no duration.
std::chrono::milliseconds wait_limit(const model::Pixit& pixit, std::string_view item);

}  // namespace dmsc::engine

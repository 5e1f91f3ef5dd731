// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/load/library.hpp"
#include "runner/model/result.hpp"

namespace dmsc::engine {

/// Rules that hold for all traffic of a card, whatever the case is about: proactive commands are well formed (CAT-4)
/// and inside the terminal's profile (CAT-2).
/// @param first    the first event to look at
/// @param profile  what the terminal claims; empty before TERMINAL PROFILE
std::vector<model::Finding> judge_card_traffic(const load::Library& library, const std::vector<model::Event>& events,
                                               std::size_t first, ByteView profile, std::size_t step);

}  // namespace dmsc::engine

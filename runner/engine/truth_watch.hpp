// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>

#include "runner/engine/bench.hpp"
#include "runner/engine/truth.hpp"
#include "runner/load/library.hpp"

namespace dmsc::engine {

/// What is told while a peer is watched: the scene that begins.
using Progress = std::function<void(const std::string& scene)>;

/// Wakes a card in every way of DM_SC 6 and 5.3 on a terminal that has everything, then in one way that it answered on
/// terminals that leave it one road each, and reads its service tables.
/// @param bench  of a card that was identified
/// @return  errors of the link; Errc::data for a suite without the profiles it takes
Result<Evidence> watch_card(Bench& bench, const load::Library& library, const Progress& progress);

/// Switches a device on, and asks it for event lists and a poll interval; one that reaches the card by USB EEM alone
/// has no card slot to watch.
/// @param transport  as the adapter names it
/// @return  errors of the adapter; Errc::unavailable where nothing ever comes from the card slot that is claimed
Result<Evidence> watch_device(Bench& bench, const Declared& declared, const std::string& transport,
                              const Progress& progress);

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/load/library.hpp"
#include "runner/model/result.hpp"

namespace dmsc::engine {

/// Rules that hold for all traffic of a device, whatever the case is about: envelopes and terminal responses are well
/// formed (CAT-4), and what its profile claims it does not call beyond its capabilities (CAT-3).
/// @param first    the first event to look at
/// @param profile  what the device claims; empty before TERMINAL PROFILE
std::vector<model::Finding> judge_device_traffic(const load::Library& library, const std::vector<model::Event>& events,
                                                 std::size_t first, ByteView profile, std::size_t step);

}  // namespace dmsc::engine

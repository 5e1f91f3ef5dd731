// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/load/library.hpp"
#include "runner/model/result.hpp"

namespace dmsc::engine {

/// A failure of a rule that holds for all traffic, with what the ledger says of the rule.
model::Finding finding_of(const load::Library& library, const char* requirement, const model::Event& event,
                          std::size_t step);

}  // namespace dmsc::engine

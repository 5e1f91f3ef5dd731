// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/load/library.hpp"
#include "runner/model/result.hpp"

namespace dmsc::engine {

/// A failure of a rule that holds for all traffic, with what the ledger says of the rule.
model::Finding finding_of(const load::Library& library, const char* requirement, const model::Event& event,
                          std::size_t step);

/// CAT-4: a message that cannot be read fails; one with anomalies is advisory.
/// @param expected  `a well-formed proactive command`
void judge_form(const load::Library& library, const model::Event& event, const char* expected, std::size_t step,
                std::vector<model::Finding>& findings);

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>
#include <vector>

#include "runner/model/result.hpp"
#include "runner/model/table1.hpp"

namespace dmsc::engine {

/// Whether an expanded case is about a cell: it names the requirement, and its wake-up belongs there.
bool is_about(const model::PlannedCase& planned, const model::Table1Cell& cell);

/// What the steps of a case prove of a cell, of `trigger`, `notification` and `session` those that it judges.
///
/// Of a card: it asks for a channel or sends a message; what it sends is a notification with the right ServerID and
/// digest; the session comes to its end. Of a device: the wake-up reaches the card, or the command for the trigger is
/// performed; the notification reaches the DM Client, which begins a session by its id; that session speaks to the
/// server. Source: DM_SC 5.3, table 1; 6; 7
std::vector<std::string_view> proofs_of(const model::TestCase& test);

}  // namespace dmsc::engine

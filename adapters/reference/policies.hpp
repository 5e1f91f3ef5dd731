// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "runner/peer/uicc/personality.hpp"

namespace dmsc::reference {

/// A policy of the reference card by its name in snake_case, as Policy spells it.
std::optional<peer::Policy> policy_of(std::string_view name);
std::vector<std::string> policy_names();

}  // namespace dmsc::reference

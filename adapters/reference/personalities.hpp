// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace dmsc::reference {

/// Names of the personalities in a folder, NAME.json each, sorted; none where there is no folder.
std::vector<std::string> names_in(const std::filesystem::path& folder);

/// Members of a personality's file, of a card or of a device.
const std::vector<std::string>& personality_members(bool of_card);

}  // namespace dmsc::reference

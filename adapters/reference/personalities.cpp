// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/personalities.hpp"

#include <algorithm>

namespace dmsc::reference {

std::vector<std::string> names_in(const std::filesystem::path& folder) {
  std::vector<std::string> names;
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(folder, trouble)) {
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  }
  std::sort(names.begin(), names.end());
  return names;
}

}  // namespace dmsc::reference

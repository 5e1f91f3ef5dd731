// SPDX-License-Identifier: Apache-2.0
#include "runner/base/utc.hpp"

#include <ctime>

namespace dmsc {

std::string utc_now(const char* format) {
  const auto now = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&now, &parts);
  char text[64];
  return {text, std::strftime(text, sizeof text, format, &parts)};
}

}  // namespace dmsc

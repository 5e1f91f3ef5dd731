// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dmsc {

/// The time of day in UTC, in the words of strftime.
std::string utc_now(const char* format = "%Y-%m-%dT%H:%M:%S");

}  // namespace dmsc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "runner/base/value.hpp"

namespace dmsc::engine {

/// The facility of TERMINAL PROFILE behind a proactive command: that of its own name, but for a short message of
/// 3GPP2. @param command  its objects by row keys
inline std::string facility_of(const Value& command, const std::string& key) {
  const bool cdma = key == "send_short_message" && command.find("cdma_sms_tpdu") != nullptr;
  return cdma ? "cdma_send_short_message" : key;
}

}  // namespace dmsc::engine

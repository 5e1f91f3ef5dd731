// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runner/base/result.hpp"
#include "runner/peer/session/outgoing.hpp"
#include "runner/peer/terminal/handset_personality.hpp"

namespace dmsc::refdevice {

inline constexpr const char* default_personality = "handset";

/// Folders of the installed suite that the reference device reads.
struct Catalogue {
  std::filesystem::path personalities;
  std::filesystem::path defects;
  std::filesystem::path certificates;  ///< NAME.pem
  std::filesystem::path variants{};
};

/// Names of the personalities, sorted.
std::vector<std::string> personality_names(const Catalogue& catalogue);

/// A reference device that is configured, as it usually is, in a variant, or with one defect.
struct Blueprint {
  peer::HandsetPersonality self;
  peer::Tamper tamper;
  std::string transport;  ///< iso, usb-iccd, or usb-eem: then it has no card slot
  std::string label;
};

/// @return  Errc::usage for a name that is not there, Errc::data for a file that cannot be used
Result<Blueprint> load_handset(const Catalogue& catalogue, const std::string& personality);

/// @param defect   name without `device:`, or empty
/// @param variant  likewise
Result<Blueprint> load_handset(const Catalogue& catalogue, const std::string& personality, const std::string& defect,
                               const std::string& variant = {});

}  // namespace dmsc::refdevice

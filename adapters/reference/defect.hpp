// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "runner/base/result.hpp"
#include "runner/peer/session/outgoing.hpp"

namespace dmsc::reference {

/// One way for a reference peer to be broken on purpose, as adapters/defects/*.json describe it.
struct Defect {
  std::string id;                         ///< card:NAME or device:NAME
  std::string title;                      ///< what is wrong, in a sentence
  std::vector<std::string> switched_off;  ///< policies of the card (policy_of), habits of the device (habit_of)
  std::string certificate;                ///< of a card: another certificate of the catalogue; empty: the personality's
  bool legacy_tls = false;                ///< of a card: TLS 1.0 whatever the personality says
  peer::Tamper tamper;                    ///< empty when only rules are switched off

  bool of_card() const { return id.starts_with("card:"); }
  std::string name() const { return id.substr(id.find(':') + 1); }
};

/// Reads every file of the folder, the defects of cards and devices alike.
/// @return  Errc::data with file and JSON pointer for a defect that says nothing, names an unknown rule or message, or
///          comes twice
Result<std::vector<Defect>> load_defects(const std::filesystem::path& folder);

/// A defect of that kind by its name.
/// @param kind  card or device
/// @return      the errors of load_defects; Errc::usage for a name that is not there
Result<Defect> find_defect(const std::filesystem::path& folder, const std::string& kind, const std::string& name);

}  // namespace dmsc::reference

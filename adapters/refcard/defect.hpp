// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <vector>

#include "runner/base/result.hpp"
#include "runner/peer/uicc/outgoing.hpp"
#include "runner/peer/uicc/personality.hpp"

namespace dmsc::refcard {

/// One way for a reference peer to be broken on purpose, as adapters/defects/*.json describe it.
struct Defect {
  std::string id;     ///< card:NAME or device:NAME
  std::string title;  ///< what is wrong, in a sentence
  std::set<peer::Policy> switched_off;
  std::string certificate;  ///< another certificate of the catalogue; empty: the personality's
  bool legacy_tls = false;  ///< TLS 1.0 whatever the personality says
  peer::Tamper tamper;      ///< empty when only policies are switched off

  std::string name() const { return id.substr(id.find(':') + 1); }
};

/// Reads every file of the folder.
/// @return  Errc::data with file and JSON pointer for a defect that says nothing, names an unknown policy or message,
/// or
///          comes twice
Result<std::vector<Defect>> load_defects(const std::filesystem::path& folder);

/// A policy by its name in snake_case, as Policy spells it.
std::optional<peer::Policy> policy_of(std::string_view name);

}  // namespace dmsc::refcard

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "runner/base/result.hpp"
#include "runner/peer/session/outgoing.hpp"

namespace dmsc::reference {

/// One way for a reference peer to be other than usual: broken on purpose, as adapters/defects/*.json describe it, or
/// different as it may be, as adapters/variants/*.json do.
struct Deviation {
  enum class Kind { defect, variant };

  Kind kind = Kind::defect;
  std::string id;                         ///< card:NAME or device:NAME
  std::string title;                      ///< what is wrong, or different, in a sentence
  std::string clause;                     ///< of a variant: what allows it
  std::string of;                         ///< of a variant: the personality that it is one of; empty: the usual one
  std::vector<std::string> switched_off;  ///< policies of the card (policy_of), habits of the device (habit_of)
  std::string bearer;                     ///< of a device: bip, 3gpp or 3gpp2, the only one over which that is so
  std::string wake_up;                    ///< of a card: power_on, timer ..., the only one after which that is so
  std::string certificate;                ///< of a card: another certificate of the catalogue; empty: the personality's
  bool legacy_tls = false;                ///< of a card: TLS 1.0 whatever the personality says
  std::map<std::string, std::string>
      causes;           ///< of a defect: case -> fail, advisory or inconclusive, what it must come to
  Value personality;    ///< members that lie over those of the personality's file
  Value ics;            ///< of a variant: items of its ICS that are other than the personality's
  Value pixit;          ///< likewise, values of its PIXIT
  peer::Tamper tamper;  ///< empty when no message is changed

  bool of_card() const { return id.starts_with("card:"); }
  std::string name() const { return id.substr(id.find(':') + 1); }
};

/// Reads every file of the folder, those of cards and devices alike.
/// @return  Errc::data with file and JSON pointer for one that says nothing, names an unknown member, rule or message,
///          or comes twice
Result<std::vector<Deviation>> load_defects(const std::filesystem::path& folder);
Result<std::vector<Deviation>> load_variants(const std::filesystem::path& folder);

/// Where a reference peer finds its deviations, and which it has.
struct Choice {
  std::filesystem::path defects;
  std::filesystem::path variants;
  std::string kind;     ///< card or device
  std::string defect;   ///< name without the kind; empty: none
  std::string variant;  ///< likewise
};

/// Those that were chosen, the variant first.
/// @return  the errors of load_defects and load_variants; Errc::usage for a name that is not there
Result<std::vector<Deviation>> find_deviations(const Choice& choice);

/// The personality's document with the members of the deviations over it.
Value personality_with(Value document, const std::vector<Deviation>& deviations);

/// All their tampers, one behind the other; empty when there is none.
peer::Tamper tamper_of(const std::vector<Deviation>& deviations);

}  // namespace dmsc::reference

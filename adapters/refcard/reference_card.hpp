// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "adapters/refcard/defect.hpp"
#include "runner/peer/uicc/uicc.hpp"
#include "runner/port/card_link.hpp"

namespace dmsc::refcard {

inline constexpr const char* default_personality = "full";

/// Folders of the installed suite that the reference card reads.
struct Catalogue {
  std::filesystem::path personalities;
  std::filesystem::path defects;
};

/// Names of the personalities, sorted.
std::vector<std::string> personality_names(const Catalogue& catalogue);

/// @return  Errc::usage for a name that is not there, Errc::data for a file that cannot be used
Result<peer::Personality> load_personality(const Catalogue& catalogue, const std::string& name);

/// The reference card of a personality, clean or with one defect.
/// @param defect  name without `card:`, or empty
Result<std::unique_ptr<peer::Uicc>> make_card(const Catalogue& catalogue, const std::string& personality,
                                              const std::string& defect);

/// A soft card as a link, in process: no time passes and no deadline can be missed.
class InProcessLink final : public port::CardLink {
 public:
  InProcessLink(std::unique_ptr<port::SoftCard> card, std::string label)
      : card_(std::move(card)), label_(std::move(label)) {}

  Result<Octets> power_cycle() override;
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds deadline) override;
  std::string label() const override { return label_; }

 private:
  std::unique_ptr<port::SoftCard> card_;
  std::string label_;
  bool mute_ = false;
};

}  // namespace dmsc::refcard

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <memory>

#include "runner/peer/uicc/uicc.hpp"
#include "runner/port/card_link.hpp"
#include "runner/port/stream.hpp"

namespace dmsc::refcard {

inline constexpr const char* default_personality = "full";

// Ports of the card's web server over TCP/IP. Source: DM_SC 8.1, table 2; OMA SCWS 1.1
inline constexpr std::uint16_t https_port = 443;
inline constexpr std::uint16_t http_port = 80;

/// Folders of the installed suite that the reference card reads.
struct Catalogue {
  std::filesystem::path personalities;
  std::filesystem::path defects;
  std::filesystem::path certificates;  ///< NAME.pem and NAME.key.pem
  std::filesystem::path variants{};
};

/// Names of the personalities, sorted.
std::vector<std::string> personality_names(const Catalogue& catalogue);

/// @return  Errc::usage for a name that is not there, Errc::data for a file that cannot be used
Result<peer::Personality> load_personality(const Catalogue& catalogue, const std::string& name);

/// The reference card of a personality, as it usually is, in a variant, or with one defect.
/// @param defect   name without `card:`, or empty
/// @param variant  likewise
/// @param iccid    of the card, in place of the usual one; empty: the usual one
Result<std::unique_ptr<peer::Uicc>> make_card(const Catalogue& catalogue, const std::string& personality,
                                              const std::string& defect, const std::string& variant = {},
                                              const std::string& iccid = {});

/// A soft card as a link, in process: no time passes and no deadline can be missed.
class InProcessLink final : public port::CardLink {
 public:
  InProcessLink(std::shared_ptr<port::SoftCard> card, std::string label)
      : card_(std::move(card)), label_(std::move(label)) {}

  Result<Octets> power_cycle() override;
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds deadline) override;
  std::string label() const override { return label_; }

 private:
  std::shared_ptr<port::SoftCard> card_;
  std::string label_;
  bool mute_ = false;
};

/// The card's web server without a network: port 443 with TLS, port 80 without, on every address. No time passes:
/// `receive` gives what is there.
class InProcessDialer final : public port::StreamDialer {
 public:
  explicit InProcessDialer(std::shared_ptr<peer::Uicc> card) : card_(std::move(card)) {}

  /// @return  Errc::unavailable for any other port, and when the card takes no more clients
  Result<std::unique_ptr<port::Stream>> dial(std::uint16_t port, bool ipv6,
                                             std::chrono::milliseconds deadline) override;

 private:
  std::shared_ptr<peer::Uicc> card_;
};

}  // namespace dmsc::refcard

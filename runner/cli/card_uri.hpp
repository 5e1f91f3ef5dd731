// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <optional>

#include "runner/cli/installation.hpp"
#include "runner/port/card_link.hpp"
#include "runner/port/stream.hpp"

namespace dmsc::cli {

/// A card named on the command line.
struct CardUri {
  enum class Scheme { ref, pcsc, vpcd };
  Scheme scheme{};
  std::string personality;  ///< ref; never empty
  std::string defect;       ///< ref; without `card:`
  std::string variant;      ///< ref; likewise
  std::string reader;       ///< pcsc; empty: the only one with a card
  std::string host;         ///< vpcd
  std::uint16_t port = 0;   ///< vpcd
};

/// `ref`, `ref:PERSONALITY`, `ref?defect=NAME`, `ref?variant=NAME`, `pcsc`, `pcsc:READER`, `vpcd:HOST:PORT` (IPv6 in
/// brackets).
/// @return  Errc::usage with what is wrong
Result<CardUri> parse_card_uri(std::string_view text);

/// The roads to a card.
struct CardRoads {
  std::unique_ptr<port::CardLink> link;
  std::unique_ptr<port::StreamDialer> dialer;  ///< over TCP/IP; null where only its addresses would lead there
};

/// Opens the roads to the card. The errors are those of the adapter.
Result<CardRoads> open_card(const CardUri& uri, const Installation& installation);

}  // namespace dmsc::cli

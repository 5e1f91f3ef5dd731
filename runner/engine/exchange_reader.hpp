// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/cat/outline.hpp"

namespace dmsc::engine {

/// One thing that an exchange shows, where it lies: nothing is copied or converted. The views hold until the next one
/// is read.
struct Showing {
  enum class Kind : std::uint8_t { reset, command, envelope, terminal_response, response, proactive };

  Kind kind = Kind::reset;
  const codec::Name* instruction = nullptr;  ///< of the command, also of the one that a response ends; null: no row
  std::uint8_t ins = 0;
  std::array<std::uint8_t, 4> header{};     ///< CLA, INS, P1 and P2 of a command or a message in one
  ByteView octets;                          ///< ATR; whole command APDU; body of a message; data of a response
  ByteView data;                            ///< of a command
  std::optional<std::uint32_t> le;          ///< of a command
  codec::StatusWord status;                 ///< of a response
  const codec::Outline* outline = nullptr;  ///< of a message; null where it is not regular
  std::string_view envelope;                ///< key of the envelope that a response answers; empty for other commands
};

/// Joins exchanges: GET RESPONSE and the repetition after 6CXX belong to the command before them.
class ExchangeReader {
 public:
  /// @param command   empty for a reset, whose response is the ATR
  /// @return          what the exchange completes, in order
  std::span<const Showing> read(ByteView command, ByteView response);

 private:
  void see_command(ByteView octets);
  void see_response(ByteView data, codec::StatusWord status);

  struct Open {
    std::uint8_t ins;
    bool has_data;
  };
  std::optional<Open> open_;  ///< the command whose final status word is still to come
  const codec::Name* instruction_ = nullptr;
  std::string envelope_;
  Octets data_;       ///< of an answer in pieces
  Octets abandoned_;  ///< the same of one that was never continued
  bool chained_ = false;
  codec::Outline sent_;
  codec::Outline fetched_;
  std::vector<Showing> seen_;
};

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "runner/codec/wire/node.hpp"

namespace dmsc::peer {

/// What the card knows of the terminal's buffer for SEND DATA on one channel: the size that was granted, and the room
/// that each response tells. Source: ETSI TS 102 223, 6.4.27, 6.4.30 and 8.54; cat.md 3.3 and 3.5
class TransmitBuffer {
 public:
  static constexpr std::size_t piece_most = 220;  ///< octets of channel data that fit in one SEND DATA

  TransmitBuffer() = default;
  /// @param asked     octets that OPEN CHANNEL asked for
  /// @param response  to it; its buffer size counts where there is one, which it may make smaller with result 07
  TransmitBuffer(std::int64_t asked, const codec::Decoded& response);

  struct Piece {
    std::size_t size = 0;      ///< octets
    bool immediately = false;  ///< else stored
  };
  /// The next piece of what is left to send: as much as fits, and sent at once where the buffer is full with it.
  /// @param left  octets that wait; a piece of nothing is sent at once
  /// @param most  octets of one piece
  /// @return      nothing where the terminal has no room
  std::optional<Piece> next(std::size_t left, std::size_t most = piece_most) const;
  /// The terminal took the piece. @param response  to SEND DATA; its room counts up to 254 octets, FF means more
  void took(const Piece& piece, const codec::Decoded& response);

  /// Whatever was stored is gone, with the client that it was for.
  void forget() { room_ = granted_; }

  /// Whether so many octets can go out in one datagram: stored piece by piece, sent with the last.
  bool holds(std::size_t octets) const { return octets <= granted_; }

 private:
  std::size_t granted_ = 0;
  std::size_t room_ = 0;
};

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "adapters/replay/recording.hpp"

namespace dmsc::replay {

/// A piece of an exchange, as sniffers and logs tell them apart.
enum class Piece : std::uint8_t {
  exchange,      ///< command, data of either way, status word
  command,       ///< a whole command
  response,      ///< data and status word
  header,        ///< CLA INS P1 P2 P3
  command_data,  ///< what some sniffers call data of either way
  response_data,
  status,  ///< SW1 SW2
  atr,
  pps,
  octets,
};

/// Joins the pieces of exchanges in their order. What stays alone is a message of its own, or is counted by name.
class Joiner {
 public:
  void push(Piece piece, const Mark& mark, ByteView octets);

  /// No more pieces come.
  void finish();

  /// The next message that is whole.
  std::optional<Message> take();

  /// Pieces that belong to nothing.
  const Census& orphans() const { return orphans_; }

 private:
  struct Open {
    Mark mark;
    Octets header;       ///< or the whole command
    bool whole = false;  ///< nothing but the answer is to come
    Octets command_data;
    Octets response_data;
  };

  void emit(Role role, const Mark& mark, Octets command, Octets response = {});
  void close(ByteView status);
  void push_exchange(const Mark& mark, ByteView octets);
  void push_data(Piece piece, ByteView octets);

  std::optional<Open> open_;
  std::deque<Message> ready_;
  Census orphans_;
};

}  // namespace dmsc::replay

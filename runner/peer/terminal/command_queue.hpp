// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "runner/base/octets.hpp"
#include "runner/peer/session/outgoing.hpp"

namespace dmsc::peer {

/// Commands of a terminal that wait to be sent: those it owes to the card go before those it sends of its own accord.
/// A message that a tamper delayed comes nearer with each command that is sent.
class CommandQueue {
 public:
  enum class Rank { reply, stimulus };

  void push(Rank rank, Octets command);
  /// As often and as late as the message says.
  void push(Rank rank, const Octets& command, const Outgoing& message);
  std::optional<Octets> pop(Rank rank);
  bool empty(Rank rank) const { return of(rank).empty(); }
  /// One command went to the card.
  void tick();

 private:
  struct Late {
    Rank rank;
    int left;
    Octets command;
  };
  std::deque<Octets>& of(Rank rank) { return rank == Rank::reply ? replies_ : stimuli_; }
  const std::deque<Octets>& of(Rank rank) const { return rank == Rank::reply ? replies_ : stimuli_; }

  std::deque<Octets> replies_;  ///< TERMINAL RESPONSE, and what a rule puts before it
  std::deque<Octets> stimuli_;
  std::deque<Late> late_;
};

}  // namespace dmsc::peer

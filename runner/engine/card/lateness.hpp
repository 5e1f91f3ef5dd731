// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/model/declaration.hpp"
#include "runner/model/lateness.hpp"

namespace dmsc::engine {

/// What a run learns of how late its card announces commands, and how long the card is waited for because of that.
/// Nothing bounds the time between an event and its proactive command: polling exists for a card that takes some
/// (ETSI TS 102 221 and 102 223, proactive polling). So the card itself tells what is late. One object lives as long as
/// the run; it looks at no clock.
class Lateness {
 public:
  explicit Lateness(const model::Pixit& pixit);

  /// A command was announced.
  /// @param commands  the command behind the event that brought it, 0: the event's own
  /// @param real      real time since the event if some was given beside the commands, else 0
  void announced(std::size_t commands, model::Moment real);
  /// The card began a trigger: OPEN CHANNEL in terminal server mode, or SEND SHORT MESSAGE.
  void triggered() { triggered_ = true; }
  /// All patience was spent on a command that did not come.
  void waited_in_vain() { ++in_vain_; }

  /// Occasions without an announcement after which the card is at rest.
  std::size_t occasions_of_rest() const;
  /// Real time without an announcement after which it is.
  model::Moment time_of_rest() const;
  /// Real time that a window of silence takes: that of rest, or all patience while no trigger was seen to learn from.
  model::Moment time_of_silence() const { return triggered_ ? time_of_rest() : patience(); }
  /// Real time that an announcement is waited for: late_wait, less once that was in vain too often.
  model::Moment patience() const;
  /// Occasions that cover the latest announcement which is still an answer to its event: those of trigger_wait.
  std::size_t most_occasions() const { return most_occasions_; }

  const model::Lateness& known() const { return known_; }

  /// Whether the first power-on of the run is still to come.
  bool takes_lesson() { return !std::exchange(taught_, true); }

 private:
  std::size_t settle_occasions_;
  std::size_t most_occasions_;
  model::Moment late_wait_;
  model::Lateness known_;
  bool triggered_ = false;
  bool taught_ = false;
  unsigned in_vain_ = 0;
};

}  // namespace dmsc::engine

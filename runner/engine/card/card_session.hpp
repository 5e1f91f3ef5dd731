// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "runner/engine/bench.hpp"
#include "runner/engine/card/lateness.hpp"
#include "runner/engine/trace.hpp"
#include "runner/engine/wait_limits.hpp"
#include "runner/model/declaration.hpp"
#include "runner/peer/terminal/terminal.hpp"
#include "runner/port/card_link.hpp"

namespace dmsc::engine {

/// An error of the link; of a command that was not answered in time it names the value of the PIXIT that bounds it.
Error with_bound(Error error);

/// A terminal and a card that talk: the terminal's commands go over the link, every exchange enters the trace.
class CardSession {
 public:
  /// @param lateness  what the run knows of the card; null: this session learns for itself
  CardSession(port::CardLink& link, const model::Ics& ics, const model::Pixit& pixit, const peer::Account& account,
              const std::atomic<int>& stop, std::shared_ptr<Lateness> lateness = nullptr);

  /// Power off, power on; the terminal starts afresh, the trace goes on.
  Result<void> power_cycle();

  /// Lets the terminal say what it has to say until it waits for a stimulus.
  /// @return  errors of the link; Errc::interrupted on a signal; those of Trace::check
  Result<void> pump();

  /// Gives the card one harmless chance to announce a command and lets its period pass with timers held. The first few
  /// come as fast as the link is; before each further one a card that works in real time gets some, a quarter of what
  /// it had since it last spoke, so that its command is met at most a quarter later than it comes.
  /// @param awaits  decides how much real time there is to give
  /// @return  false when the ICS names no harmless occasion
  Result<bool> occasion(Awaits awaits);

  /// Occasions until the card is at rest; none where it is.
  Result<void> settle();

  /// A window opens; stays_open counts from here.
  void open_window() { overtime_ = 0; }
  /// Whether the card may still announce what is awaited: it has not been quiet for as long as it is known to need. A
  /// card that never comes to rest does not hold a window open for ever.
  bool stays_open(Awaits awaits);

  /// Something reached the card by another road than a command: whatever it says, the next occasion is its first
  /// chance.
  void stir();

  /// Occasions since the card or the terminal did anything else.
  std::size_t quiet_occasions() const { return quiet_; }
  const Lateness& lateness() const { return *lateness_; }
  /// Real time of the link; nothing where none passes.
  std::optional<model::Moment> real_time() const;

  /// Puts what a session layer learnt into the trace.
  void add(peer::Fact fact) { trace_.add(std::move(fact), now()); }

  /// A duration of the PIXIT.
  std::chrono::milliseconds wait_limit(std::string_view item) const { return engine::wait_limit(pixit_, item); }

  bool stopped() const { return stop_.load() != 0; }

  /// What `occasion` sends, in words: `SELECT MF`.
  std::string occasion_name() const;

  model::Moment occasion_period() const;

  peer::Terminal& terminal() { return terminal_; }
  /// Time since the start of the case, over all power-cycles.
  model::Moment now() const { return before_ + terminal_.now(); }

  Trace& trace() { return trace_; }
  const std::vector<model::Event>& events() const { return trace_.events(); }
  const std::vector<model::Exchange>& exchanges() const { return trace_.exchanges(); }

 private:
  Result<void> transmit(const Octets& command);
  Result<void> carry();
  void note_pushed();
  void note_triggers(std::size_t from);
  void note_occasion(std::size_t from, model::Moment asked);
  void note_activity();
  model::Moment wanted_time(Awaits awaits) const;
  model::Moment silence() const;
  void pause(Awaits awaits);

  port::CardLink& link_;
  const model::Ics& ics_;
  const model::Pixit& pixit_;
  const std::atomic<int>& stop_;
  peer::Terminal terminal_;
  model::Moment before_{};  ///< time of the terminals before the last power-cycle
  Trace trace_;

  std::shared_ptr<Lateness> lateness_;
  port::Clock* clock_;         ///< null: time is virtual
  std::size_t quiet_ = 0;      ///< occasions since anything else happened
  bool stirred_ = false;       ///< what happened last was no command, so the first occasion comes in its place
  bool paused_ = false;        ///< the card was given real time since
  model::Moment active_at_{};  ///< real time at which it happened
  std::size_t overtime_ = 0;   ///< occasions of a window beyond its time
};

}  // namespace dmsc::engine

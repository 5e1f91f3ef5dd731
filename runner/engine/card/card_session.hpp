// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "runner/engine/trace.hpp"
#include "runner/model/declaration.hpp"
#include "runner/peer/terminal/terminal.hpp"
#include "runner/port/card_link.hpp"

namespace dmsc::engine {

/// Bounds for what a card may keep us busy with.
struct Limits {
  std::size_t exchanges_a_step = 2000;
  std::size_t exchanges_a_case = 20000;
};

/// A terminal and a card that talk: the terminal's commands go over the link, every exchange enters the trace.
class CardSession {
 public:
  CardSession(port::CardLink& link, const model::Ics& ics, const model::Pixit& pixit, const peer::Account& account,
              const std::atomic<int>& stop)
      : link_(link), ics_(ics), pixit_(pixit), stop_(stop), trace_(account) {
    peer::Behaviour behaviour;
    behaviour.own_number = pixit.values.text_or("own_number", "");
    terminal_.behave(std::move(behaviour));
  }

  /// Power off, power on; the terminal starts afresh, the trace goes on.
  Result<void> power_cycle();

  /// Lets the terminal say what it has to say until it waits for a stimulus.
  /// @return  errors of the link; Errc::interrupted on a signal; Errc::exhausted when the card asks without end
  Result<void> pump();

  /// Gives the card one harmless chance to announce a command and lets its period pass with timers held.
  /// @return  false when the ICS names no harmless occasion
  Result<bool> occasion();

  /// Occasions until the card has been quiet for as many as the PIXIT says.
  Result<void> settle();

  /// Puts what a session layer learnt into the trace.
  void add(peer::Fact fact) { trace_.add(std::move(fact), now()); }

  /// A duration of the PIXIT.
  std::chrono::milliseconds wait_limit(std::string_view item, std::chrono::milliseconds fallback) const;

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
  void note_pushed();

  port::CardLink& link_;
  const model::Ics& ics_;
  const model::Pixit& pixit_;
  const std::atomic<int>& stop_;
  Limits limits_;
  peer::Terminal terminal_;
  model::Moment before_{};  ///< time of the terminals before the last power-cycle
  Trace trace_;
};

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/limits.hpp"
#include "runner/engine/notification_watch.hpp"
#include "runner/engine/observer.hpp"
#include "runner/engine/push_watch.hpp"
#include "runner/peer/session/fact.hpp"

namespace dmsc::engine {

/// What happened in a case, in order: every exchange on the card interface, and the events made of them and of what the
/// session layers report.
class Trace {
 public:
  /// @param account  whose digest a notification is held against; must outlive the trace
  explicit Trace(const peer::Account& account, NotificationWatch::Sender sender = NotificationWatch::Sender::card)
      : watch_(account, sender), pushes_(account, sender) {}

  void record(model::Exchange exchange);
  /// @param at  time of the case
  void add(peer::Fact fact, model::Moment at);
  void add(model::Event event, model::Moment at);

  /// How far a trace has come.
  struct Mark {
    std::size_t exchanges = 0;
    std::size_t octets = 0;
  };
  Mark mark() const { return {exchanges_.size(), octets_}; }

  void bound(Limits limits) { limits_ = limits; }
  void bound(Deadline deadline) { deadline_ = std::move(deadline); }
  /// Whether there is room and time for more.
  /// @param step  where the step began; a trace as a whole is a step of its own
  /// @param who   keeps us busy: `card`, `device`
  /// @return  Errc::exhausted where a bound is reached, Errc::overtime behind the deadline
  Result<void> check(std::string_view who, const std::optional<Mark>& step = {}) const;

  const std::vector<model::Event>& events() const { return events_; }
  const std::vector<model::Exchange>& exchanges() const { return exchanges_; }
  std::vector<model::Event> take_events() { return std::move(events_); }
  std::vector<model::Exchange> take_exchanges() { return std::move(exchanges_); }

 private:
  bool is_full() const;
  void number(model::Event event);

  Observer observer_;
  NotificationWatch watch_;
  PushWatch pushes_;
  std::vector<model::Event> events_;
  std::vector<model::Exchange> exchanges_;
  std::size_t octets_ = 0;  ///< of the exchanges
  std::size_t memory_ = 0;  ///< of the events
  Limits limits_;
  Deadline deadline_;
};

}  // namespace dmsc::engine

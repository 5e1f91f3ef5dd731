// SPDX-License-Identifier: Apache-2.0
#pragma once

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

  const std::vector<model::Event>& events() const { return events_; }
  const std::vector<model::Exchange>& exchanges() const { return exchanges_; }
  std::vector<model::Event> take_events() { return std::move(events_); }
  std::vector<model::Exchange> take_exchanges() { return std::move(exchanges_); }

 private:
  void number(model::Event event);

  Observer observer_;
  NotificationWatch watch_;
  PushWatch pushes_;
  std::vector<model::Event> events_;
  std::vector<model::Exchange> exchanges_;
};

}  // namespace dmsc::engine

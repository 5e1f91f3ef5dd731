// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/trace.hpp"

namespace dmsc::engine {

/// What is beyond the bounds is counted and not kept, however fast it comes.
bool Trace::is_full() const {
  return exchanges_.size() >= limits_.exchanges || octets_ >= limits_.octets || memory_ >= limits_.memory;
}

void Trace::record(model::Exchange exchange) {
  if (is_full()) return;
  octets_ += exchange.command.size() + exchange.response.size();
  exchanges_.push_back(std::move(exchange));
  for (auto& event : observer_.observe(exchanges_.back(), exchanges_.size() - 1)) {
    auto notification = watch_.observe(event);
    auto pushed = pushes_.observe(event);
    number(std::move(event));
    if (notification) number(std::move(*notification));
    for (auto& one : pushed) number(std::move(one));
  }
}

Result<void> Trace::check(std::string_view who, const std::optional<Mark>& step) const {
  if (deadline_.passed()) return fail(Errc::overtime, deadline_.words);
  const auto endless = [&](std::size_t count, const char* of) {
    return fail(Errc::exhausted,
                "the " + std::string(who) + " keeps us busy without end: " + std::to_string(count) + " " + of);
  };
  const Mark so_far = mark();
  if (step) {
    const auto exchanges = so_far.exchanges - step->exchanges;
    const auto octets = so_far.octets - step->octets;
    if (exchanges >= limits_.exchanges_a_step) return endless(exchanges, "exchanges in one step");
    if (octets >= limits_.octets_a_step) return endless(octets, "octets in one step");
  }
  if (so_far.exchanges >= limits_.exchanges) return endless(so_far.exchanges, "exchanges in one case");
  if (so_far.octets >= limits_.octets) return endless(so_far.octets, "octets in one case");
  if (memory_ >= limits_.memory) return endless(events_.size(), "events in one case, more than can be kept");
  return {};
}

void Trace::number(model::Event event) {
  if (memory_ >= limits_.memory) return;
  event.number = events_.size();
  memory_ += sizeof event + event.key.size() + event.octets.size() + memory_of(event.fields);
  events_.push_back(std::move(event));
}

void Trace::add(model::Event event, model::Moment at) {
  event.exchange = exchanges_.empty() ? 0 : exchanges_.size() - 1;
  event.at = at;
  number(std::move(event));
}

void Trace::add(peer::Fact fact, model::Moment at) {
  model::Event event;
  event.key = std::move(fact.key);
  event.fields = std::move(fact.fields);
  event.octets = std::move(fact.octets);
  add(std::move(event), at);
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/trace.hpp"

namespace dmsc::engine {

void Trace::record(model::Exchange exchange) {
  exchanges_.push_back(std::move(exchange));
  for (auto& event : observer_.observe(exchanges_.back(), exchanges_.size() - 1)) {
    auto notification = watch_.observe(event);
    auto pushed = pushes_.observe(event);
    number(std::move(event));
    if (notification) number(std::move(*notification));
    for (auto& one : pushed) number(std::move(one));
  }
}

void Trace::number(model::Event event) {
  event.number = events_.size();
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

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/lateness.hpp"
#include "runner/engine/wait_limits.hpp"

#include <algorithm>

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t spare_occasions = 2;  // beyond the latest known
constexpr model::Moment spare_time = 50ms;  // and a quarter of the latest known
constexpr unsigned waits_in_full = 4;       // in vain, before patience becomes shorter
constexpr model::Moment least_patience = 1s;
constexpr std::int64_t most_settle_occasions = 1000;

}  // namespace

Lateness::Lateness(const model::Pixit& pixit) : late_wait_(wait_limit(pixit, "late_wait")) {
  settle_occasions_ = static_cast<std::size_t>(
      std::clamp<std::int64_t>(pixit.values.int_or("settle_occasions", 3), 0, most_settle_occasions));
  const auto period = std::max<model::Moment>(wait_limit(pixit, "occasion_period"), 1ms);
  most_occasions_ = static_cast<std::size_t>(
      std::clamp<std::int64_t>(wait_limit(pixit, "trigger_wait") / period, 1, most_settle_occasions));
}

void Lateness::announced(std::size_t commands, model::Moment real) {
  known_.spoke = true;
  // What comes later than any wait for it is a command of its own, not a late one.
  if (commands > most_occasions_ || real > late_wait_ + late_wait_ / 4) return;
  known_.commands = std::max(known_.commands, commands);
  known_.real = std::max(known_.real, real);
  if (real.count() != 0) in_vain_ = 0;
}

std::size_t Lateness::occasions_of_rest() const {
  return std::max(settle_occasions_, known_.commands == 0 ? 0 : known_.commands + spare_occasions);
}

model::Moment Lateness::time_of_rest() const {
  return known_.real.count() == 0 ? model::Moment{} : known_.real + known_.real / 4 + spare_time;
}

model::Moment Lateness::patience() const {
  const auto halvings = std::min(in_vain_ < waits_in_full ? 0 : in_vain_ - waits_in_full + 1, 16U);
  const auto shortened = std::max(late_wait_ / (1 << halvings), std::min(least_patience, late_wait_));
  return std::max(shortened, time_of_rest());
}

}  // namespace dmsc::engine

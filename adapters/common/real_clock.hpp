// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <poll.h>

#include <algorithm>
#include <atomic>
#include <ctime>

#include "runner/port/clock.hpp"

namespace dmsc::net {

/// The clock of the system.
class RealClock final : public port::Clock {
 public:
  /// @param stop  not 0 once a signal asked us to stop, which ends a pause; null: nothing does; must outlive the clock
  explicit RealClock(const std::atomic<int>* stop = nullptr) : stop_(stop) {}

  std::chrono::microseconds now() const override {
    return std::chrono::duration_cast<std::chrono::microseconds>(Steady::now().time_since_epoch());
  }

  void pause(std::chrono::microseconds duration) override {
    for (const auto until = Steady::now() + duration; stop_ == nullptr || stop_->load() == 0;) {
      const auto left = std::min<Steady::duration>(until - Steady::now(), stop_check);
      if (left <= Steady::duration::zero()) return;
      const auto count = std::chrono::duration_cast<std::chrono::nanoseconds>(left).count();
      const std::timespec wait{0, static_cast<long>(count)};
      ppoll(nullptr, 0, &wait, nullptr);  // a signal ends it
    }
  }

 private:
  using Steady = std::chrono::steady_clock;
  static constexpr std::chrono::milliseconds stop_check{
      20};  // a signal between look and wait is seen that late at most

  const std::atomic<int>* stop_;
};

}  // namespace dmsc::net

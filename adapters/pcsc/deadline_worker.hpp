// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <memory>
#include <thread>

namespace dmsc::pcsc {

/// A thread for calls that may never come back, and a caller who will not wait for ever.
/// Once a deadline has passed the thread is left alone with its job; it ends by itself if the call ever returns.
class DeadlineWorker {
 public:
  DeadlineWorker();
  ~DeadlineWorker();
  DeadlineWorker(const DeadlineWorker&) = delete;
  DeadlineWorker& operator=(const DeadlineWorker&) = delete;

  /// Runs `job` on the thread and waits for it. The job must own all it touches and must not throw.
  /// @param stop  not 0 once a signal asked us to stop, which ends the wait as the deadline does; null: nothing does
  /// @return  false when the deadline passed first, and ever after
  bool run(std::function<void()> job, std::chrono::milliseconds deadline, const std::atomic<int>* stop = nullptr);

  bool abandoned() const { return !thread_.joinable(); }

 private:
  struct Shared;
  static void work(const std::shared_ptr<Shared>& shared);

  std::shared_ptr<Shared> shared_;
  std::thread thread_;
};

}  // namespace dmsc::pcsc

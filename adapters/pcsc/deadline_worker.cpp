// SPDX-License-Identifier: Apache-2.0
#include "adapters/pcsc/deadline_worker.hpp"

#include <pthread.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <mutex>
#include <utility>

namespace dmsc::pcsc {
namespace {

enum class State { idle, posted, done, quit, abandoned };

// Waking a sleeping thread costs a tenth of a short command through pcscd. Both sides look for a moment before they
// sleep, and yield at each look so that pcscd and a card in software get the processor.
constexpr std::chrono::microseconds look_time{200};

// Signals belong to the thread that runs the engine.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~SignalsBlocked() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

struct DeadlineWorker::Shared {
  std::mutex mutex;
  std::condition_variable for_worker;
  std::condition_variable for_caller;
  std::atomic<State> state{State::idle};
  std::function<void()> job;

  template <class Reached>
  bool seen_soon(Reached reached) const {
    const auto until = std::chrono::steady_clock::now() + look_time;
    do {
      if (reached(state.load(std::memory_order_acquire))) return true;
      std::this_thread::yield();
    } while (std::chrono::steady_clock::now() < until);
    return false;
  }
};

DeadlineWorker::DeadlineWorker() : shared_(std::make_shared<Shared>()) {
  const SignalsBlocked blocked;
  thread_ = std::thread([shared = shared_] { work(shared); });
}

DeadlineWorker::~DeadlineWorker() {
  if (abandoned()) return;
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->state = State::quit;
  }
  shared_->for_worker.notify_one();
  thread_.join();
}

bool DeadlineWorker::run(std::function<void()> job, std::chrono::milliseconds deadline, const std::atomic<int>* stop) {
  if (abandoned()) return false;
  const auto until = std::chrono::steady_clock::now() + deadline;
  const auto is_done = [](State state) { return state == State::done; };
  {
    const std::lock_guard lock(shared_->mutex);
    shared_->job = std::move(job);
    shared_->state = State::posted;
  }
  shared_->for_worker.notify_one();
  if (shared_->seen_soon(is_done)) return true;
  std::unique_lock lock(shared_->mutex);
  const auto stopped = [&] { return stop != nullptr && stop->load() != 0; };
  constexpr std::chrono::milliseconds look{100};
  while (!stopped() && std::chrono::steady_clock::now() < until) {
    const auto next = stop == nullptr ? until : std::min(until, std::chrono::steady_clock::now() + look);
    if (shared_->for_caller.wait_until(lock, next, [&] { return is_done(shared_->state); })) return true;
  }
  if (is_done(shared_->state)) return true;
  shared_->state = State::abandoned;
  thread_.detach();
  return false;
}

void DeadlineWorker::work(const std::shared_ptr<Shared>& shared) {
  const auto is_called = [](State state) { return state == State::posted || state == State::quit; };
  for (;;) {
    if (!shared->seen_soon(is_called)) {
      std::unique_lock lock(shared->mutex);
      shared->for_worker.wait(lock, [&] { return is_called(shared->state); });
    }
    if (shared->state == State::quit) return;
    shared->job();
    {
      const std::lock_guard lock(shared->mutex);
      if (shared->state == State::abandoned) return;
      shared->state = State::done;
    }
    shared->for_caller.notify_one();
  }
}

}  // namespace dmsc::pcsc

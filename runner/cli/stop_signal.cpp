// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/stop_signal.hpp"

#include <csignal>

namespace dmsc::cli {
namespace {

std::atomic<int> caught{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler stores it");

/// Those that would end us and say nothing of a bug.
constexpr int fatal[] = {SIGHUP,  SIGINT,  SIGQUIT,   SIGTERM, SIGUSR1, SIGUSR2,
                         SIGALRM, SIGXCPU, SIGVTALRM, SIGPROF, SIGPOLL};

extern "C" void on_signal(int number) {
  caught.store(number);
}

}  // namespace

const std::atomic<int>& stop_signal() {
  return caught;
}

void catch_signals() {
  struct sigaction action {};
  action.sa_handler = on_signal;
  action.sa_flags = SA_RESETHAND;
  sigemptyset(&action.sa_mask);
  for (const int number : fatal) {
    struct sigaction before {};
    sigaction(number, nullptr, &before);
    const bool kept = number == SIGHUP && before.sa_handler == SIG_IGN;  // nohup
    if (!kept) sigaction(number, &action, nullptr);
  }
  // What they tell shows in a write that fails.
  for (const int number : {SIGPIPE, SIGXFSZ}) signal(number, SIG_IGN);
}

}  // namespace dmsc::cli

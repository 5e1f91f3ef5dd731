// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/stop_signal.hpp"

#include <csignal>

namespace dmsc::cli {
namespace {

std::atomic<int> caught{0};
static_assert(std::atomic<int>::is_always_lock_free, "a signal handler stores it");

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
  sigaction(SIGINT, &action, nullptr);
  sigaction(SIGTERM, &action, nullptr);
  signal(SIGPIPE, SIG_IGN);
}

}  // namespace dmsc::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace dmsc::cli {

/// Number of the signal that asks us to stop; 0 for none.
const std::atomic<int>& stop_signal();

/// SIGINT and SIGTERM set `stop_signal` once; a second one ends the process as usual. SIGPIPE is ignored.
void catch_signals();

}  // namespace dmsc::cli

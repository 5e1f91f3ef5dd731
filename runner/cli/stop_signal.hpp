// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

namespace dmsc::cli {

/// Number of the signal that asks us to stop; 0 for none.
const std::atomic<int>& stop_signal();

/// A signal that would end the process sets `stop_signal`, once: the second of a kind ends it as usual. SIGPIPE and
/// SIGXFSZ are ignored, and SIGHUP stays so where it was.
void catch_signals();

}  // namespace dmsc::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>

#include "runner/engine/case_runner.hpp"
#include "runner/load/library.hpp"
#include "runner/port/card_link.hpp"
#include "runner/port/device_link.hpp"
#include "runner/port/listener.hpp"
#include "runner/port/stream.hpp"

namespace dmsc::engine {

/// A device under test with what its owner declares of it; the references must outlive the run.
struct Side {
  model::Dut dut{};
  BenchMaker make_bench;
  const model::Ics& ics;
  const model::Pixit& pixit;
  /// Whether it was there before this run and will be after it, so that its nonces may be others than the PIXIT's.
  bool lives_on = false;
  port::AccountStore* accounts = nullptr;  ///< of what lives on; null: nothing is kept
};

/// Everything a run needs; the references must outlive it.
struct RunInput {
  std::vector<Side> sides;  ///< one for each kind of device under test in the plan
  const load::Library& library;
  const std::vector<model::PlannedCase>& plan;
  std::vector<port::Listener*> listeners;
  const std::atomic<int>& stop;  ///< number of the signal that asks us to stop, 0 for none
  model::RunInfo info;
  HeldReadings readings = {};
  TimeLimits time = {};
  bool mask_iccid = false;            ///< no record holds more of a card's ICCID than its last four digits
  std::optional<Error> trouble = {};  ///< what keeps every case from being run; empty: nothing
};

/// Runs the plan: every planned case is reported once, whatever happens. The first error of a listener or of the link
/// that ends the run is in the exit code and its reason.
model::RunSummary run(const RunInput& input);

/// What is left of a case when its result has been reported.
struct Concluded {
  std::string id;
  model::Verdict verdict{};
  model::Level level = model::Level::must;
  std::string cause = {};
};

/// Counts, causes, exit code and its reason from the verdicts; the rows are those that the summary has already.
void conclude(const std::vector<Concluded>& cases, model::RunSummary& summary);

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/base/result.hpp"
#include "runner/model/result.hpp"

namespace dmsc::port {

/// Hears what a run does and writes it down. Calls come in this order, from one thread: run_started once; prepared for
/// what precedes the first case of a side; for each case of the plan case_started (only if it is really run) and
/// case_ended; run_ended once, whatever happened before.
class Listener {
 public:
  virtual ~Listener() = default;

  virtual Result<void> run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) = 0;
  virtual Result<void> prepared(const model::Preliminary& /*what*/) { return {}; }
  virtual void case_started(const model::PlannedCase& planned) = 0;
  virtual Result<void> case_ended(const model::CaseResult& result) = 0;
  virtual Result<void> run_ended(const model::RunSummary& summary) = 0;
};

}  // namespace dmsc::port

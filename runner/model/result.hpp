// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/model/event.hpp"
#include "runner/model/lateness.hpp"
#include "runner/model/test_case.hpp"
#include "runner/model/verdict.hpp"

namespace dmsc::model {

/// What the device under test did wrong, or what kept us from judging it.
struct Finding {
  Verdict verdict{};
  std::size_t step = 0;  ///< 1-based; 0 where no step is to blame
  std::string requirement;
  std::string clause;
  std::string level;
  std::string expected;
  std::string observed;
  Octets octets;                      ///< the message that shows it, if there is one
  std::optional<std::size_t> offset;  ///< of the first octet to blame in `octets`
};

/// One line a step leaves behind.
struct StepRecord {
  std::size_t step = 0;
  std::string text;     ///< the step as a sentence
  std::string outcome;  ///< met by event 7; not met; window with the occasions given
};

/// An expanded case: one row of a plan.
struct PlannedCase {
  std::string id;  ///< DM_SC-1.0-con-101, or DM_SC-1.0-con-101.timer when the case has a matrix
  const TestCase* test = nullptr;
  Value parameters;  ///< of the matrix: parameter -> value, or its label; null without one
  bool selected = true;
  bool applicable = true;
  std::string reason;  ///< why not applicable or not selected
};

struct CaseResult {
  const PlannedCase* planned = nullptr;
  Verdict verdict = Verdict::not_run;
  std::string reason;  ///< one sentence for anything but a pass
  std::vector<Finding> findings;
  std::vector<StepRecord> steps;
  std::vector<Exchange> exchanges;
  std::vector<Event> events;
  std::chrono::microseconds took{};  ///< real time
  std::string error_type;            ///< of an error: harness, adapter or transport
  std::string adapter_log;           ///< what crossed the adapter protocol, one JSON object a line; empty: nothing did
};

struct RunInfo {
  std::string suite_version;
  std::string suite_digest;
  std::string dut;  ///< label of the link
  std::string ics;
  std::string pixit;
  std::string atr;
  std::string started;  ///< YYYY-MM-DDThh:mm:ss, UTC
  std::vector<std::string> notes;
  const std::vector<Requirement>* ledger = nullptr;
};

struct RunSummary {
  std::chrono::microseconds took{};
  std::vector<std::pair<Verdict, std::size_t>> counts;  ///< in the order of all_verdicts
  int exit_code = 0;
  std::string exit_reason;
  bool proven = false;  ///< every applicable case was run and none was left unproven
  std::vector<std::string> not_verified;
  Value account;  ///< nonces that sessions changed, as the PIXIT of the next run needs them; null: none
  std::optional<Lateness> lateness;  ///< of a card; nothing where no card was under test
};

}  // namespace dmsc::model

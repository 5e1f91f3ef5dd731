// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>

#include "runner/model/event.hpp"
#include "runner/model/finding.hpp"
#include "runner/model/lateness.hpp"
#include "runner/model/ledger.hpp"
#include "runner/model/test_case.hpp"
#include "runner/model/traffic.hpp"
#include "runner/model/verdict.hpp"

namespace dmsc::model {

/// One line a step leaves behind.
struct StepRecord {
  std::size_t step = 0;
  std::string text;     ///< the step as a sentence
  std::string outcome;  ///< met by event 7; not met; window with the occasions given
};

/// A reading of an ambiguity that an expectation was met by.
struct ReadingTaken {
  std::string ambiguity;  ///< AMB-3
  std::string reading;    ///< R2
  std::size_t step = 0;

  bool operator==(const ReadingTaken&) const = default;
};

/// Cases that one thing explains.
struct Cause {
  std::string text;              ///< of the first: what was observed, or what explains it
  std::vector<std::string> ids;  ///< in the order of the plan
};

/// An expanded case: one row of a plan.
struct PlannedCase {
  std::string id;  ///< DM_SC-1.0-con-101, or DM_SC-1.0-con-101.timer when the case has a matrix
  const TestCase* test = nullptr;
  Value parameters;  ///< of the matrix: parameter -> value, or its label; null without one
  bool selected = true;
  bool applicable = true;
  std::string reason;   ///< why not applicable or not selected
  std::string lacking;  ///< what the tester lacks to run it; empty: nothing
  std::string broken;   ///< why its file cannot be used; empty: it can
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
  std::string cause;                 ///< what explains anything but a pass; cases with one cause are told together
  std::vector<ReadingTaken> readings;
  std::set<std::string> judged;          ///< rows of the ledger that its steps held the peer to
  TrafficTally traffic;                  ///< what the rules over all traffic saw in this case
  std::optional<std::size_t> occasions;  ///< of a traffic case: how many it saw
  std::string adapter_log;  ///< what crossed the adapter protocol, one JSON object a line; empty: nothing did
};

/// Something that the run did with a device under test before its first case.
struct Preliminary {
  Dut dut{};
  std::string title;
  std::string outcome;
  std::vector<Exchange> exchanges;
};

struct RunInfo {
  /// Who ran what on which machine, and with what declared: members of the header record, a list `sides` among them
  /// with one map a side of the run, in its order. Source: reports/schema/run.schema.json
  Value facts = Value::Map{};
  std::string suite_version;
  std::string suite_digest;
  Edition edition;  ///< of the ledger
  std::string dut;  ///< label of the link
  std::string ics;
  std::string pixit;
  std::string atr;
  std::string started;  ///< YYYY-MM-DDThh:mm:ss, UTC
  std::string salt;     ///< octets in hexadecimal, before each secret of which a record holds the digest
  std::vector<std::string> notes;
  const std::vector<Requirement>* ledger = nullptr;
};

struct RunSummary {
  std::chrono::microseconds took{};
  std::vector<std::pair<Verdict, std::size_t>> counts;  ///< in the order of all_verdicts
  int exit_code = 0;
  std::string exit_reason;
  bool proven = false;                      ///< every MUST row that applies was proven
  std::size_t rows = 0;                     ///< MUST rows whose condition holds, for each side
  std::size_t rows_proven = 0;              ///< by a case of this run that passed
  std::vector<std::string> not_verified;    ///< the other rows
  std::vector<std::string> unproven_cases;  ///< applicable cases without a verdict on the device
  std::vector<Cause> causes;                ///< the most frequent first
  std::vector<std::string> notes;           ///< what was seen and is not judged in this run
  std::map<std::string, std::map<std::string, std::size_t>> readings;  ///< ambiguity -> reading -> cases that took it
  std::vector<std::pair<Dut, TrafficTally>> traffic;  ///< of each side, to be added to that of other runs
  Value account;  ///< nonces that sessions changed, as the PIXIT of the next run needs them; null: none
  std::optional<Lateness> lateness;  ///< of a card; nothing where no card was under test
};

}  // namespace dmsc::model

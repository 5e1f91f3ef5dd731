// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/run.hpp"

#include <csignal>

#include <algorithm>
#include <deque>
#include <stdexcept>

#include "runner/base/text.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/model/exit_code.hpp"

namespace dmsc::engine {
namespace {

using model::Verdict;
using Clock = std::chrono::steady_clock;
namespace exits = model::exit_code;

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

/// Whether the link can be used again after this error.
bool ends_run(const Error& error) {
  return error.code == Errc::unavailable || error.code == Errc::timeout || error.code == Errc::busy ||
         error.code == Errc::interrupted || error.code == Errc::configuration;
}

class Run {
 public:
  explicit Run(const RunInput& input) : in_(input), account_(account_of(input.pixit)) {}

  model::RunSummary carry_out() {
    const auto start = Clock::now();
    for (auto* listener : in_.listeners) heed(listener->run_started(in_.info, in_.plan));
    for (const auto& planned : in_.plan) report(one(planned));
    report_quarantined();
    conclude(verdicts_, summary_);
    if (exit_ != exits::proven) {
      const auto verdict_reason = summary_.exit_reason;
      const bool failed = summary_.exit_code == exits::failed;
      summary_.exit_code = model::worse_exit(exit_, summary_.exit_code);
      summary_.exit_reason = exit_reason_ + (failed ? "; " + verdict_reason : "");
    }
    summary_.took = since(start);
    summary_.account = changed_nonces(account_of(in_.pixit), account_);
    for (auto* listener : in_.listeners) {
      const auto ended = listener->run_ended(summary_);
      if (!ended) summary_.exit_code = model::worse_exit(summary_.exit_code, model::exit_code_of(ended.error().code));
      if (!ended) summary_.exit_reason = ended.error().text();
    }
    return summary_;
  }

 private:
  void heed(const Result<void>& result) {
    if (result) return;
    remember(model::exit_code_of(result.error().code), result.error().text());
  }

  void remember(int code, std::string reason) {
    if (model::worse_exit(exit_, code) == exit_) return;
    exit_ = code;
    exit_reason_ = std::move(reason);
  }

  model::CaseResult not_run(const model::PlannedCase& planned, Verdict verdict, std::string reason) {
    model::CaseResult result;
    result.planned = &planned;
    result.verdict = verdict;
    result.reason = std::move(reason);
    return result;
  }

  model::CaseResult one(const model::PlannedCase& planned) {
    if (!planned.selected) return not_run(planned, Verdict::skipped, "--skip");
    if (!planned.applicable) return not_run(planned, Verdict::not_applicable, planned.reason);
    if (in_.stop.load() != 0) stop();
    if (!over_.empty()) return not_run(planned, Verdict::not_run, over_);
    for (auto* listener : in_.listeners) listener->case_started(planned);
    const auto start = Clock::now();
    std::optional<Error> trouble;
    auto result = carried_out(planned, trouble);
    result.took = since(start);
    if (trouble) take(*trouble, planned, result);
    return result;
  }

  /// A bug of ours costs the case it shows in.
  model::CaseResult carried_out(const model::PlannedCase& planned, std::optional<Error>& trouble) {
    try {
      return CaseRunner(in_.link, in_.library, in_.ics, in_.pixit, account_, in_.card_ip, in_.stop)
          .run(planned, trouble);
    } catch (const std::logic_error& bug) {
      auto result = not_run(planned, Verdict::error, std::string("a bug of the suite: ") + bug.what());
      result.error_type = "harness";
      return result;
    }
  }

  void take(const Error& trouble, const model::PlannedCase& planned, model::CaseResult& result) {
    if (trouble.code == Errc::interrupted) {
      stop();
      result.verdict = Verdict::not_run;
      result.reason = over_;
      return;
    }
    auto last = trouble;
    if (!ends_run(last) && result.error_type == "transport") {
      // One bad answer need not be the end: a card that can be powered up again gets the next case.
      const auto cycled = in_.link.power_cycle();
      if (!cycled) last = cycled.error();
    }
    if (!ends_run(last)) return;
    over_ = "run ended at " + planned.id + ": " + last.text();
    remember(model::exit_code_of(last.code), over_);
  }

  void stop() {
    const bool term = in_.stop.load() == SIGTERM;
    over_ = term ? "stopped by SIGTERM" : "stopped by SIGINT";
    remember(term ? exits::terminated : exits::interrupted, over_);
  }

  void report(const model::CaseResult& result) {
    verdicts_.emplace_back(result.planned->id, result.verdict);
    for (auto* listener : in_.listeners) heed(listener->case_ended(result));
  }

  /// A broken case file is an error of that case and of nothing else.
  void report_quarantined() {
    for (const auto& broken : in_.quarantined) {
      auto& test = broken_cases_.emplace_back();
      test.id = broken.id;
      test.title = "case file cannot be used";
      test.file = broken.file;
      auto& planned = broken_plans_.emplace_back();
      planned.id = broken.id;
      planned.test = &test;
      auto result = not_run(planned, Verdict::error, broken.error.text());
      result.error_type = "harness";
      report(result);
    }
  }

  const RunInput& in_;
  peer::Account account_;                     ///< nonces move on from session to session
  std::deque<model::TestCase> broken_cases_;  // listeners may look at them until the run has ended
  std::deque<model::PlannedCase> broken_plans_;
  std::vector<std::pair<std::string, Verdict>> verdicts_;
  std::string over_;  ///< why no further case is run
  int exit_ = exits::proven;
  std::string exit_reason_;
  model::RunSummary summary_;
};

std::string count_of(std::size_t count, std::string_view what) {
  return std::to_string(count) + " " + std::string(what);
}

}  // namespace

void conclude(const std::vector<std::pair<std::string, Verdict>>& verdicts, model::RunSummary& summary) {
  summary.counts.clear();
  const auto count_as = [&](Verdict verdict) {
    return static_cast<std::size_t>(
        std::count_if(verdicts.begin(), verdicts.end(), [&](const auto& one) { return one.second == verdict; }));
  };
  for (const auto verdict : model::all_verdicts) summary.counts.emplace_back(verdict, count_as(verdict));
  std::string first;
  std::vector<std::string> parts;
  for (const auto verdict : {Verdict::fail, Verdict::error, Verdict::inconclusive, Verdict::not_run}) {
    const auto count = count_as(verdict);
    if (count == 0) continue;
    parts.push_back(count_of(count, verdict == Verdict::fail ? "failed" : model::name_of(verdict)));
    if (!first.empty()) continue;
    first =
        std::find_if(verdicts.begin(), verdicts.end(), [&](const auto& one) { return one.second == verdict; })->first;
  }
  bool ran = false;
  bool failed = false;
  summary.not_verified.clear();
  for (const auto& [id, verdict] : verdicts) {
    ran = ran || verdict == Verdict::pass || verdict == Verdict::advisory;
    failed = failed || verdict == Verdict::fail;
    const bool verified = verdict == Verdict::pass || verdict == Verdict::advisory || verdict == Verdict::fail ||
                          verdict == Verdict::not_applicable;
    if (!verified) summary.not_verified.push_back(id);
  }
  const bool unproven = !parts.empty() && !failed;
  summary.exit_code = failed ? exits::failed : unproven ? exits::not_proven : ran ? exits::proven : exits::no_input;
  summary.proven = summary.exit_code == exits::proven && summary.not_verified.empty();
  if (!parts.empty()) {
    summary.exit_reason = join(parts, ", ") + " (first: " + first + ")";
  } else if (!ran) {
    summary.exit_reason = "no case was applicable";
  } else {
    summary.exit_reason = count_of(verdicts.size(), "cases");
  }
}

model::RunSummary run(const RunInput& input) {
  return Run(input).carry_out();
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/run.hpp"

#include <csignal>

#include <algorithm>
#include <deque>
#include <stdexcept>

#include "runner/base/text.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/engine/device/device_bench.hpp"
#include "runner/model/exit_code.hpp"

namespace dmsc::engine {
namespace {

using model::Verdict;
using Clock = std::chrono::steady_clock;
namespace exits = model::exit_code;

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

class Run {
 public:
  explicit Run(const RunInput& input) : in_(input) {
    for (const auto& side : input.sides) accounts_.push_back(account_of(side.pixit));
  }

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
    summary_.account = changed_accounts();
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
    const auto side = side_of(planned);
    const auto bench = in_.sides[side].make_bench(accounts_[side]);
    std::optional<Error> trouble;
    auto result = carried_out(planned, in_.sides[side], *bench, trouble);
    result.took = since(start);
    if (const auto lateness = bench->lateness()) summary_.lateness = lateness;
    if (trouble) take(*trouble, planned, *bench, result);
    return result;
  }

  std::size_t side_of(const model::PlannedCase& planned) const {
    for (std::size_t at = 0; at < in_.sides.size(); ++at) {
      if (in_.sides[at].dut == planned.test->dut) return at;
    }
    throw std::logic_error(planned.id + " is planned, but its side is not in the run");
  }

  /// Of one side by the PIXIT's items; of several with the side in front.
  Value changed_accounts() const {
    Value out;
    for (std::size_t at = 0; at < in_.sides.size(); ++at) {
      const auto& side = in_.sides[at];
      const auto changed = changed_nonces(account_of(side.pixit), accounts_[at]);
      if (changed.is_null()) continue;
      for (const auto& [item, nonce] : changed.as_map()) {
        out[in_.sides.size() == 1 ? item : std::string(name_of(side.dut)) + "." + item] = nonce;
      }
    }
    return out;
  }

  /// A bug of ours costs the case it shows in.
  model::CaseResult carried_out(const model::PlannedCase& planned, const Side& side, Bench& bench,
                                std::optional<Error>& trouble) {
    try {
      return CaseRunner(bench, in_.library, side.ics, side.pixit).run(planned, trouble);
    } catch (const std::logic_error& bug) {
      auto result = not_run(planned, Verdict::error, std::string("a bug of the suite: ") + bug.what());
      result.error_type = "harness";
      return result;
    }
  }

  void take(const Error& trouble, const model::PlannedCase& planned, Bench& bench, model::CaseResult& result) {
    if (trouble.code == Errc::interrupted) {
      stop();
      result.verdict = Verdict::not_run;
      result.reason = over_;
      return;
    }
    if (result.error_type == "harness") return;
    const auto recovered = bench.recover(trouble);
    if (recovered) return;
    over_ = "run ended at " + planned.id + ": " + recovered.error().text();
    remember(model::exit_code_of(recovered.error().code), over_);
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
  std::vector<peer::Account> accounts_;       ///< of each side; nonces move on from session to session
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

BenchMaker card_benches(port::CardLink& link, port::StreamDialer* dialer, const load::Library& library,
                        const model::Ics& ics, const model::Pixit& pixit, const std::atomic<int>& stop) {
  const auto lateness = std::make_shared<Lateness>(pixit);
  return [&link, dialer, &library, &ics, &pixit, &stop, lateness](peer::Account& account) {
    return std::make_unique<CardBench>(link, dialer, library, ics, pixit, account, stop, lateness);
  };
}

BenchMaker device_benches(port::DeviceLink& link, const load::Library& library, const model::Ics& ics,
                          const model::Pixit& pixit) {
  return [&link, &library, &ics, &pixit](peer::Account& account) {
    return std::make_unique<DeviceBench>(link, library, ics, pixit, account);
  };
}

model::RunSummary run(const RunInput& input) {
  return Run(input).carry_out();
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "reports/console/console_report.hpp"

#include <algorithm>
#include <ostream>

#include "reports/common/wording.hpp"

namespace dmsc::reports {
namespace {

using model::Verdict;

const char* color_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "\033[32m";
    case Verdict::fail:
      return "\033[1;31m";
    case Verdict::error:
    case Verdict::inconclusive:
    case Verdict::not_run:
      return "\033[35m";
    case Verdict::advisory:
      return "\033[33m";
    default:
      return "\033[2m";
  }
}

}  // namespace

std::string ConsoleReport::painted(Verdict verdict) const {
  return style_.color ? color_of(verdict) + shout(verdict) + "\033[0m" : shout(verdict);
}

/// One reason that keeps many cases from being run is told once.
void ConsoleReport::tell_likewise() {
  if (untold_ > 0) out_ << "      likewise " << untold_ << " more " << (untold_ == 1 ? "case" : "cases") << "\n";
  untold_ = 0;
}

void ConsoleReport::clear_progress() {
  if (progress_shown_) diagnostics_ << "\r\033[K" << std::flush;
  progress_shown_ = false;
}

Result<void> ConsoleReport::run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) {
  planned_ = static_cast<std::size_t>(
      std::count_if(plan.begin(), plan.end(), [](const auto& planned) { return planned.test->declared.empty(); }));
  if (!style_.quiet) {
    out_ << "dmsc " << one_line(info.suite_version) << ", ledger " << one_line(info.edition.name) << ", " << planned_
         << " cases against " << one_line(info.dut) << "\n"
         << "ICS " << one_line(info.ics) << ", PIXIT " << one_line(info.pixit) << "\n";
  }
  out_ << std::flush;
  for (const auto& note : info.notes) diagnostics_ << "note: " << one_line(note) << "\n";
  return {};
}

Result<void> ConsoleReport::prepared(const model::Preliminary& what) {
  clear_progress();
  diagnostics_ << name_of(what.dut) << ", " << what.title << ": " << one_line(what.outcome) << "\n" << std::flush;
  return {};
}

void ConsoleReport::case_started(const model::PlannedCase& planned) {
  if (!style_.terminal) return;
  clear_progress();
  diagnostics_ << "[" << ended_ + 1 << "/" << planned_ << "] " << one_line(planned.id) << std::flush;
  progress_shown_ = true;
}

Result<void> ConsoleReport::case_ended(const model::CaseResult& result) {
  const bool of_the_review = !result.planned->test->declared.empty();
  if (!of_the_review) ++ended_;
  clear_progress();
  const bool fine = result.verdict == Verdict::pass || result.verdict == Verdict::not_applicable;
  if (fine && (style_.quiet || of_the_review)) return {};
  if (result.verdict == Verdict::not_run && !result.reason.empty() && result.reason == untold_reason_) {
    ++untold_;
    return {};
  }
  tell_likewise();
  untold_reason_ = result.verdict == Verdict::not_run ? result.reason : std::string{};
  out_ << painted(result.verdict) << "  " << one_line(result.planned->id) << "  "
       << one_line(result.planned->test->title);
  if (result.occasions) out_ << "  (" << *result.occasions << " occasions)";
  for (const auto& [ambiguity, reading] : readings_of(result)) out_ << "  [" << ambiguity << " " << reading << "]";
  if (!result.reason.empty()) out_ << "\n      " << one_line(result.reason);
  out_ << "\n";
  for (const auto& finding : result.findings) {
    for (const auto& line : finding_lines(finding)) out_ << "      " << line << "\n";
  }
  out_ << std::flush;
  return {};
}

Result<void> ConsoleReport::run_ended(const model::RunSummary& summary) {
  clear_progress();
  tell_likewise();
  out_ << "\n";
  bool first = true;
  for (const auto& [verdict, count] : summary.counts) {
    if (count == 0) continue;
    out_ << (first ? "" : ", ") << count << " " << name_of(verdict);
    first = false;
  }
  out_ << " in " << seconds(summary.took) << " s\n";
  for (const auto& note : summary.notes) out_ << "note: " << one_line(note) << "\n";
  for (const auto& line : reading_lines(summary)) out_ << line << "\n";
  constexpr std::size_t most = 10;
  for (std::size_t at = 0; at < std::min(summary.causes.size(), most); ++at) {
    out_ << (at == 0 ? "causes:\n" : "") << "  " << cause_line(summary.causes[at]) << "\n";
  }
  if (summary.causes.size() > most) out_ << "  and " << summary.causes.size() - most << " more, see run.jsonl\n";
  if (summary.lateness) diagnostics_ << in_words(*summary.lateness) << "\n";
  if (summary.account.is_map()) {
    // A card keeps its nonces: the next run starts from these.
    out_ << "account after this run, for the next PIXIT:";
    for (const auto& [item, value] : summary.account.as_map()) out_ << " " << item << "=" << value.as_string();
    out_ << "\n";
  }
  out_ << std::flush;
  return {};
}

}  // namespace dmsc::reports

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <iosfwd>

#include "runner/port/listener.hpp"

namespace dmsc::reports {

struct ConsoleStyle {
  bool terminal = false;  ///< diagnostics have a progress line that rewrites itself
  bool color = false;     ///< of verdicts
  bool quiet = false;     ///< only notes, what did not pass, and the summary
};

/// What a person reads while a run goes on. Results go to one stream: the head, one line a case, the findings of what
/// did not pass, the summary. Notes, what precedes the first case, the progress line and how late the card was go to
/// the other.
class ConsoleReport final : public port::Listener {
 public:
  ConsoleReport(std::ostream& results, std::ostream& diagnostics, ConsoleStyle style)
      : out_(results), diagnostics_(diagnostics), style_(style) {}

  Result<void> run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) override;
  Result<void> prepared(const model::Preliminary& what) override;
  void case_started(const model::PlannedCase& planned) override;
  Result<void> case_ended(const model::CaseResult& result) override;
  Result<void> run_ended(const model::RunSummary& summary) override;

 private:
  std::string painted(model::Verdict verdict) const;
  void clear_progress();
  void tell_likewise();

  std::ostream& out_;
  std::ostream& diagnostics_;
  ConsoleStyle style_;
  std::size_t planned_ = 0;
  std::size_t ended_ = 0;
  bool progress_shown_ = false;
  std::string untold_reason_;  ///< of the cases that were not run, told last
  std::size_t untold_ = 0;     ///< others with that reason
};

}  // namespace dmsc::reports

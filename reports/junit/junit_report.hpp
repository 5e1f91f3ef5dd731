// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <map>
#include <set>

#include "reports/common/traces.hpp"
#include "runner/port/listener.hpp"

namespace pugi {
class xml_node;
}

namespace dmsc::reports {

/// junit.xml, strict flavour: valid against junit-10.xsd, one flat test suite a clause, at most one status child a
/// case, counters taken from what was written. Inconclusive, error and not-run are `<error>`, so that no consumer shows
/// green. A planned case that nobody reported is in it as not-run, a run that never began as an error of its own. Until
/// the run has ended the file says that it has not.
class JunitReport final : public port::Listener {
 public:
  /// @param file  where to write; an empty path keeps the text for `text()` only
  /// @param traces  of which cases there is a trace to attach
  explicit JunitReport(std::filesystem::path file, Traces traces = Traces::failed)
      : file_(std::move(file)), traces_(traces) {}

  /// Writes a file of one error, "not finished", which stays where the process is killed.
  Result<void> begin();

  Result<void> run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) override;
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override;
  Result<void> run_ended(const model::RunSummary& summary) override;

  const std::string& text() const { return text_; }

 private:
  struct Entry {
    std::string name;
    std::string classname;
    std::chrono::microseconds took{};
    std::string child;  ///< failure, error, skipped or empty
    std::string type;
    std::string message;
    std::vector<std::string> body;  ///< behind the message
    std::string output;
  };
  struct Suite {
    std::string name;
    std::string package;
    std::vector<Entry> entries;
  };
  Entry entry_of(const model::CaseResult& result, const std::string& clause, const std::string& side) const;
  std::string clause_of(const model::TestCase& test) const;
  void report_unheard();
  void make_names_unique();
  void add_suite(pugi::xml_node& root, const Suite& suite, std::size_t id, const model::RunSummary& summary) const;

  std::string attachment_line(const model::CaseResult& result) const;
  void report_failed_start(const model::RunSummary& summary);
  Result<void> write(const std::string& name, const model::RunSummary& summary);

  std::filesystem::path file_;
  Traces traces_;
  model::RunInfo info_;
  std::string lateness_;
  std::vector<const model::PlannedCase*> plan_;
  std::set<std::string> heard_;  ///< ids of cases that have ended
  std::map<std::string, Suite> suites_;
  std::string text_;
};

}  // namespace dmsc::reports

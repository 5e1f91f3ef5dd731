// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>

#include "runner/port/listener.hpp"

namespace dmsc::reports {

/// run.jsonl, the native record from which any other report can be made: header, plan, then per case its exchanges, its
/// events and its result, then a footer. One JSON object a line, on the disk when the case has ended.
class Journal final : public port::Listener {
 public:
  explicit Journal(std::filesystem::path file) : file_(std::move(file)) {}

  Result<void> run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) override;
  Result<void> prepared(const model::Preliminary& what) override;
  void case_started(const model::PlannedCase& planned) override;
  Result<void> case_ended(const model::CaseResult& result) override;
  Result<void> run_ended(const model::RunSummary& summary) override;

 private:
  Result<void> put(const Value& record);
  Result<void> flush();

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path file_;
  std::unique_ptr<std::FILE, Close> out_;
};

}  // namespace dmsc::reports

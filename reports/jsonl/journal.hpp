// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdio>
#include <filesystem>
#include <memory>

#include "runner/port/listener.hpp"

namespace dmsc::reports {

/// run.jsonl, the native record from which any other report can be made: header, plan, text of the cases, then per case
/// its exchanges, its events and its result, then a footer. One JSON object a line, on the disk when the case has
/// ended.
class Journal final : public port::Listener {
 public:
  static constexpr int format = 2;  ///< of the record. Source: reports/schema/run.schema.json

  explicit Journal(std::filesystem::path file) : file_(std::move(file)) {}

  Result<void> run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) override;
  Result<void> prepared(const model::Preliminary& what) override;
  void case_started(const model::PlannedCase& planned) override;
  Result<void> case_ended(const model::CaseResult& result) override;
  Result<void> run_ended(const model::RunSummary& summary) override;

 private:
  Result<void> put(const Value& record);
  Result<void> flush();
  tl::unexpected<Error> give_up();
  Result<void> keep_sources(const std::vector<model::PlannedCase>& plan);

  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  std::filesystem::path file_;
  std::unique_ptr<std::FILE, Close> out_;
  std::string salt_;          ///< of this run
  std::int64_t written_ = 0;  ///< octets
  std::int64_t whole_ = 0;    ///< of them those that reached the disk with the last of a case
};

}  // namespace dmsc::reports

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "runner/port/listener.hpp"

namespace dmsc::reports {

/// adapter.ndjson of each case that talked to an adapter, as artifacts/ID/adapter.ndjson below the output folder: what
/// crossed the adapter protocol, one JSON object a line.
class AdapterReport final : public port::Listener {
 public:
  explicit AdapterReport(std::filesystem::path folder) : folder_(std::move(folder)) {}

  Result<void> run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& /*plan*/) override {
    return {};
  }
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override;
  Result<void> run_ended(const model::RunSummary& /*summary*/) override { return {}; }

 private:
  std::filesystem::path folder_;
};

}  // namespace dmsc::reports

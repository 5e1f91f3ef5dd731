// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>

#include "reports/common/traces.hpp"
#include "runner/port/listener.hpp"

namespace dmsc::reports {

/// trace.pcap of cases that talked to the card, as artifacts/ID/trace.pcap below the output folder: GSMTAP over UDP
/// 4729, ATR and APDU frames. Stamps count from the start of the run, plus the virtual time of the case.
class PcapReport final : public port::Listener {
 public:
  explicit PcapReport(std::filesystem::path folder, Traces traces = Traces::failed)
      : folder_(std::move(folder)), traces_(traces) {}

  Result<void> run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) override;
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override;
  Result<void> run_ended(const model::RunSummary& summary) override;

 private:
  std::filesystem::path folder_;
  Traces traces_;
  std::int64_t start_us_ = 0;
};

}  // namespace dmsc::reports

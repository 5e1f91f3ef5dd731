// SPDX-License-Identifier: Apache-2.0
#include "reports/adapter/adapter_report.hpp"

#include <fstream>
#include <iterator>

#include "runner/base/catch.hpp"

namespace dmsc::reports {
namespace {

model::CaseResult result_of(const model::PlannedCase& planned, std::string log) {
  model::CaseResult result;
  result.planned = &planned;
  result.adapter_log = std::move(log);
  return result;
}

}  // namespace

TEST_CASE("what crossed the adapter protocol is kept by case", "[adapter_report]") {
  const auto folder = std::filesystem::path(DMSC_BUILD_DIR) / "adapter_report_test";
  std::filesystem::remove_all(folder);
  model::PlannedCase talked;
  talked.id = "DM_SC-1.0-con-151";
  model::PlannedCase silent;
  silent.id = "DM_SC-1.0-con-152";
  AdapterReport report(folder);
  const std::string log = "{\"t\":1}\n{\"t\":2}\n";
  REQUIRE(report.case_ended(result_of(talked, log)));
  REQUIRE(report.case_ended(result_of(silent, "")));
  std::ifstream file(folder / "artifacts" / talked.id / "adapter.ndjson", std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(file), {}) == log);
  CHECK_FALSE(std::filesystem::exists(folder / "artifacts" / silent.id));
}

TEST_CASE("a folder that cannot be made is an error with its place", "[adapter_report]") {
  model::PlannedCase planned;
  planned.id = "x";
  AdapterReport report("/proc/no-such");
  const auto written = report.case_ended(result_of(planned, "{}\n"));
  REQUIRE_FALSE(written);
  CHECK(written.error().code == Errc::cannot_create);
}

}  // namespace dmsc::reports

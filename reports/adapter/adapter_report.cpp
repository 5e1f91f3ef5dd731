// SPDX-License-Identifier: Apache-2.0
#include "reports/adapter/adapter_report.hpp"

#include "reports/common/output_file.hpp"

namespace dmsc::reports {

Result<void> AdapterReport::case_ended(const model::CaseResult& result) {
  if (result.adapter_log.empty()) return {};
  const auto folder = folder_ / "artifacts" / result.planned->id;
  const auto made = make_folder(folder);
  if (!made) return made;
  return write_atomically(folder / "adapter.ndjson", result.adapter_log);
}

}  // namespace dmsc::reports

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string_view>

namespace dmsc::model {

/// One cell of table 1 of DM_SC: who initiates, and by which trigger.
struct Table1Cell {
  const char* scenario;
  const char* trigger;                         ///< off-line, on-line; empty where the scenario is out of scope
  const char* requirement;                     ///< of the ledger; a case that names it proves the cell
  std::span<const std::string_view> wake_ups;  ///< that belong to it, where a case goes through them by `wake_up`
};

/// The cells in the order of the document. Source: DM_SC 5.3, table 1
std::span<const Table1Cell> table1();

}  // namespace dmsc::model

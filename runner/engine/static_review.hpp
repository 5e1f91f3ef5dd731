// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/load/library.hpp"
#include "runner/model/verdict.hpp"

namespace dmsc::engine {

/// What a declaration comes to in one row: an item that is mandatory, or the first of a group of which one is.
/// Source: ISO/IEC 9646-1, static conformance review
struct ReviewRow {
  const model::IcsItem* item = nullptr;
  model::Verdict verdict{};  ///< pass, fail, or not_applicable where the condition does not hold
  std::string expected;
  std::string observed;  ///< of a fail
  std::string reason;    ///< of a not_applicable: the items that decided
};

/// Every row of the statement's side, in the order of the items.
std::vector<ReviewRow> review(const std::vector<model::IcsItem>& items, const model::Ics& ics);

/// Why a statement cannot be meant as it is, one sentence each; empty: it does not contradict itself.
std::vector<std::string> contradictions(const std::vector<model::Consistency>& rules, const model::Ics& ics);

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>

#include "runner/engine/applicability.hpp"
#include "runner/load/library.hpp"
#include "runner/load/patterns.hpp"
#include "runner/model/result.hpp"

namespace dmsc::engine {

/// What the user asked for.
struct Selection {
  load::Patterns patterns =
      {};                ///< ids, expanded ids, globs, tags, requirement ids or clauses; what is skipped is shown
  bool traffic = false;  ///< cases about all traffic are selected, whatever the patterns say
  std::map<std::string, std::string> lacking =
      {};  ///< ICS item -> what the tester lacks to try it: its cases are not run
};

/// Expanded cases of the sides that the statements are about, in the order of the sides and their ids, with
/// applicability by ICS.
/// @return  Errc::data naming the first pattern that matched nothing, with the nearest word; what is skipped may match
///          cases that are not selected
Result<std::vector<model::PlannedCase>> make_plan(const load::Library& library, const Selection& selection,
                                                  const std::vector<Declared>& sides);

/// Patterns of what is skipped that fit none of the cases of a plan.
std::vector<std::string> idle_skips(const load::Library& library, const load::Patterns& patterns,
                                    const std::vector<model::PlannedCase>& plan);

/// Whether an expanded case applies that has something to say of that row of the ledger.
bool can_judge(const model::TestCase& test, const Declared& declared, std::string_view requirement);

/// The rows of the static review of each side, as cases that are always selected.
std::vector<model::PlannedCase> static_rows(const load::Library& library, const std::vector<Declared>& sides);

/// All combinations of a matrix, the last parameter running fastest; one null without a matrix.
std::vector<Value> expand(const Value& for_each);

/// Clause of the first requirement that a case proves, as reports cite it.
std::string clause_of(const load::Library& library, const model::TestCase& test);

}  // namespace dmsc::engine

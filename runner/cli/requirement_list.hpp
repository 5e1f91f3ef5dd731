// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/cli/exit.hpp"
#include "runner/cli/options.hpp"
#include "runner/load/library.hpp"

namespace dmsc::cli {

/// Prints the rows of the ledger with the cases that cite each and the shipped personalities to which one of these
/// applies. A pattern names rows by id or clause, or a case: then the rows that it cites.
Exit list_requirements(const load::Library& library, const ListOptions& options);

}  // namespace dmsc::cli

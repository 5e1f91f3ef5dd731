// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "runner/cli/run_side.hpp"

namespace dmsc::cli {

/// What the header record of a run says beside the suite: program, host, command line, operator, and of each side its
/// URI, the road to it, ICS and PIXIT. Secrets are salted digests. Source: reports/schema/run.schema.json
/// @param suite_digest  of the library
/// @param sides  in the order of the run; what is not open has no facts of its road
Value run_facts(const RunOptions& options, const load::Library& library, const std::string& suite_digest,
                const std::deque<RunSide>& sides, const std::string& salt);

/// Whether the suite is the one that this program was built with.
bool is_own_suite(const std::string& digest);

}  // namespace dmsc::cli

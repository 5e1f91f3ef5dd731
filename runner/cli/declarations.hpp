// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/cli/installation.hpp"

namespace dmsc::cli {

/// ICS and PIXIT of a run, with a note for the reports when they were not named.
struct Declarations {
  model::Ics ics;
  model::Pixit pixit;
  std::vector<std::string> notes;
};

/// The files named, or those of a reference personality, whose side `dut` says. A run that names none declares all that
/// the reference supports: the strictest reading, so nothing is passed over.
/// @return  the errors of the library; Errc::configuration for an ICS of the other side
Result<Declarations> load_declarations(const load::Library& library, const std::string& ics, const std::string& pixit,
                                       const std::string& personality, model::Dut dut);

}  // namespace dmsc::cli

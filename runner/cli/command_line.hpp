// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/cli/exit.hpp"

namespace dmsc::cli {

/// Reads the command line, calls the verb and says how it ended.
Exit dispatch(int argc, char** argv);

}  // namespace dmsc::cli

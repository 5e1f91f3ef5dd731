// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "runner/base/result.hpp"
#include "runner/model/exit_code.hpp"

namespace dmsc::cli {

/// How a verb ended: a code of the contract and the reason for the last line on standard error.
struct Exit {
  int code = model::exit_code::proven;
  std::string reason;
  bool judged = false;  ///< cases were run, so that 0 means they passed
  bool silent = false;  ///< no last line: what was printed is all that was asked for
};

/// An error that ends a verb; a signal counts with its number.
Exit exit_for(const Error& error);

/// `exit 2: not proven - 3 cases, first cause: ...; 61 of 74 MUST rows proven`
std::string last_line(const Exit& exit);

}  // namespace dmsc::cli

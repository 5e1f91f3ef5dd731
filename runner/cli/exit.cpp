// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/exit.hpp"

#include "runner/cli/stop_signal.hpp"

namespace dmsc::cli {

Exit exit_for(const Error& error) {
  const int number = stop_signal().load();
  if (error.code == Errc::interrupted && number != 0) return {model::exit_code::signals + number, error.text()};
  return {model::exit_code_of(error.code), error.text()};
}

std::string last_line(const Exit& exit) {
  const bool done = exit.code == model::exit_code::proven && !exit.judged;
  return "exit " + std::to_string(exit.code) + ": " + (done ? "done" : model::meaning_of_exit(exit.code)) +
         (exit.reason.empty() ? "" : " - " + exit.reason);
}

}  // namespace dmsc::cli

// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <iostream>

#include "runner/cli/command_line.hpp"

namespace dmsc::cli {

std::string last_line(const Exit& exit) {
  const bool done = exit.code == model::exit_code::proven && !exit.judged;
  return "exit " + std::to_string(exit.code) + ": " + (done ? "done" : model::meaning_of_exit(exit.code)) +
         (exit.reason.empty() ? "" : " - " + exit.reason);
}

}  // namespace dmsc::cli

int main(int argc, char** argv) {
  dmsc::cli::Exit exit;
  try {
    exit = dmsc::cli::dispatch(argc, argv);
  } catch (const std::exception& bug) {
    exit = {dmsc::model::exit_code::software, bug.what()};
  }
  std::cout.flush();
  if (!std::cout && exit.code == 0) exit = {dmsc::model::exit_code::io, "standard output cannot be written"};
  if (exit.code != 0 || !exit.reason.empty()) std::cerr << dmsc::cli::last_line(exit) << std::endl;
  return exit.code;
}

// SPDX-License-Identifier: Apache-2.0
#include <exception>
#include <iostream>

#include "runner/base/text.hpp"

#include "runner/cli/command_line.hpp"

namespace dmsc::cli {

std::string last_line(const Exit& exit) {
  const bool done = exit.code == model::exit_code::proven && !exit.judged;
  return "exit " + std::to_string(exit.code) + ": " + (done ? "done" : model::meaning_of_exit(exit.code)) +
         (exit.reason.empty() ? "" : " - " + exit.reason);
}

}  // namespace dmsc::cli

namespace {

/// What has several lines is told in full; the last line has room for the first of them.
void keep_first_line(dmsc::cli::Exit& exit) {
  const auto lines = dmsc::split(exit.reason, '\n');
  if (lines.size() < 2) return;
  std::cerr << exit.reason << "\n";
  exit.reason = lines.front() + " (and " + std::to_string(lines.size() - 1) + " more above)";
}

}  // namespace

int main(int argc, char** argv) {
  dmsc::cli::Exit exit;
  try {
    exit = dmsc::cli::dispatch(argc, argv);
  } catch (const std::exception& bug) {
    exit = {dmsc::model::exit_code::software, bug.what()};
  }
  std::cout.flush();
  if (!std::cout && exit.code == 0) exit = {dmsc::model::exit_code::io, "standard output cannot be written"};
  keep_first_line(exit);
  if (exit.code != 0 || !exit.reason.empty()) std::cerr << dmsc::cli::last_line(exit) << std::endl;
  return exit.code;
}

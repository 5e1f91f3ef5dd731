// SPDX-License-Identifier: Apache-2.0
#include <fcntl.h>
#include <unistd.h>

#include <exception>
#include <iostream>

#include "runner/base/text.hpp"
#include "runner/cli/command_line.hpp"

namespace {

/// A descriptor that is not there would become that of a socket or a pipe of ours. What is written to it still fails.
void hold_standard_streams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) < 0) static_cast<void>(open("/dev/null", O_RDONLY));
  }
}

/// What an argument or a file brought along does nothing to a terminal.
std::string told(const std::string& reason) {
  auto lines = dmsc::split(reason, '\n');
  for (auto& line : lines) line = dmsc::printable(line);
  return dmsc::join(lines, "\n");
}

/// What has several lines is told in full; the last line has room for the first of them.
void keep_first_line(dmsc::cli::Exit& exit) {
  const auto lines = dmsc::split(exit.reason, '\n');
  if (lines.size() < 2) return;
  std::cerr << exit.reason << "\n";
  exit.reason = lines.front() + " (and " + std::to_string(lines.size() - 1) + " more above)";
}

}  // namespace

int main(int argc, char** argv) {
  hold_standard_streams();
  dmsc::cli::Exit exit;
  try {
    exit = dmsc::cli::dispatch(argc, argv);
  } catch (const std::exception& bug) {
    exit = {dmsc::model::exit_code::software, bug.what()};
  }
  std::cout.flush();
  if (!std::cout && exit.code == 0) exit = {dmsc::model::exit_code::io, "standard output cannot be written"};
  exit.reason = told(exit.reason);
  keep_first_line(exit);
  if (!exit.silent) std::cerr << dmsc::cli::last_line(exit) << std::endl;
  return exit.code;
}

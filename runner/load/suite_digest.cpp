// SPDX-License-Identifier: Apache-2.0
#include <cstdio>

#include "runner/load/library.hpp"

/// Prints the digest of a suite for the build: `suite_digest FOLDER`.
int main(int argc, char** argv) {
  if (argc != 2) return 64;
  std::fputs(dmsc::load::digest_of_suite(argv[1]).c_str(), stdout);
  return 0;
}

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

namespace dmsc::cli {

struct RunOptions {
  std::vector<std::string> patterns;
  std::vector<std::string> skip;
  std::string card;
  std::string device;
  std::string ics;
  std::string pixit;
  std::string out;
  bool quiet = false;
};

struct ListOptions {
  std::vector<std::string> patterns;
  std::string ics;
  bool json = false;
  bool defects = false;
};

struct ShowOptions {
  std::string id;
  bool json = false;
};

struct CheckOptions {
  std::vector<std::string> files;
  std::string kind;  ///< case, ics or pixit; empty: by file name and content
};

struct DecodeOptions {
  std::vector<std::string> inputs;
  std::string kind;
  bool json = false;
};

struct DoctorOptions {
  std::string reader;
  bool measure = false;
  bool json = false;
};

struct RefCardOptions {
  std::string vpcd;
  std::string personality;
  std::string defect;
  std::string fault;
};

struct BenchOptions {
  std::string card;
  std::string file;
  int rounds = 20;
  int apdus = 500;
};

}  // namespace dmsc::cli

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "reports/common/traces.hpp"
#include "runner/engine/limits.hpp"

namespace dmsc::cli {

struct RunOptions {
  std::vector<std::string> patterns;
  std::vector<std::string> skip;
  bool traffic = false;
  std::vector<std::string> readings;  ///< AMB-3=R1
  std::string card;
  std::vector<std::string> card_ip;
  std::string device;
  std::vector<std::string> device_ip;
  std::string control;  ///< of a device behind a virtual reader
  bool debug_adapter = false;
  std::string ics;
  std::string pixit;
  std::string account;  ///< file of nonces; empty: the usual one
  std::string out;
  bool force = false;  ///< an earlier run in that folder may go
  engine::TimeLimits time;
  std::vector<std::string> command;  ///< the whole command line, as it was given
  std::string operator_name;
  std::string note;
  bool mask_iccid = false;
  reports::Traces traces = reports::Traces::failed;
  bool quiet = false;
};

struct HelpOptions {
  std::vector<std::string> words;
  bool man = false;
  std::string completion;  ///< shell; empty: none
};

struct ListOptions {
  std::vector<std::string> patterns;
  std::string ics;
  std::string pixit;
  bool json = false;
  bool defects = false;
  bool variants = false;
  bool table1 = false;
  bool requirements = false;
};

struct ShowOptions {
  std::string id;
  bool json = false;
};

/// Of each verb of `dmsc ics`: its words, a PIXIT where one is named, and the flags of single verbs.
struct IcsOptions {
  std::vector<std::string> words;
  std::string pixit;
  bool interview = false;  ///< of new
  std::string card;        ///< of truth; so are the rest
  std::string device;
  std::string control;
  bool debug_adapter = false;
  bool json = false;
};

struct CheckOptions {
  std::vector<std::string> files;
  std::string kind;  ///< case, ics, pixit or run; empty: by file name and content
};

struct DecodeOptions {
  std::vector<std::string> inputs;
  std::string kind;
  std::string secret;  ///< of the server, to prove the digest of a package0
  std::string nonce;   ///< hexadecimal
  bool proves = false;
  std::vector<std::string> filters;
  bool json = false;
};

struct VocabularyOptions {
  std::string pattern;
  bool json = false;
  bool schema = false;
  bool markdown = false;
  bool lua = false;
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
  std::string variant;
  std::string fault;
  std::string state;  ///< file of nonces; empty: they end with the process
  std::string iccid;  ///< empty: that of the personality with a state, else a new one
  std::vector<std::string> ip;
};

struct RefDeviceOptions {
  std::string personality;
  std::string defect;
  std::string variant;
  std::string clock = "real";
  std::string localuicc;
  std::string state;  ///< file of nonces; empty: they end with the process
  std::string id;     ///< likewise
  std::string listen;
  bool allow_remote = false;  ///< listen where other machines reach it
  std::string card;
};

struct AdapterOptions {
  std::string device;  ///< of test
  std::string name;    ///< of new
  bool debug_adapter = false;
};

struct BridgeOptions {
  std::string card;
  std::string listen = "127.0.0.1:4116";
  std::string http = "127.0.0.1:3516";
  std::string out;
  int silence = 30;  ///< seconds
};

struct BenchOptions {
  std::string card;
  std::string file;
  int rounds = 20;
  int apdus = 500;
  int threads = 1;
  std::string against;  ///< another dmsc
};

}  // namespace dmsc::cli

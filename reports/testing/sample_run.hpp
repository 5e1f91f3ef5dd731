// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "runner/port/listener.hpp"

/// A run made by hand for the tests of the reports: one case of each verdict, nothing that a clock decides.
namespace dmsc::reports::testing {

struct SampleRun {
  std::vector<model::Requirement> ledger;
  std::deque<model::TestCase> tests;
  std::vector<model::PlannedCase> plan;  ///< what the run is told; results point at its items
  std::vector<model::CaseResult> results;
  model::RunInfo info;
  model::RunSummary summary;

  SampleRun() = default;
  SampleRun(const SampleRun&) = delete;
  SampleRun& operator=(const SampleRun&) = delete;

  model::CaseResult& result(model::Verdict verdict) {
    for (auto& one : results) {
      if (one.verdict == verdict) return one;
    }
    throw std::logic_error("the sample has no such verdict");
  }
};

/// Tells a listener all of the run. @return whether it took each call
inline bool tell(port::Listener& listener, const SampleRun& run) {
  bool good = listener.run_started(run.info, run.plan).has_value();
  for (const auto& result : run.results) {
    if (!result.exchanges.empty()) listener.case_started(*result.planned);
    good = listener.case_ended(result).has_value() && good;
  }
  return listener.run_ended(run.summary).has_value() && good;
}

namespace details {

inline void add_case(SampleRun& run, const std::string& id, const std::string& title, const std::string& requirement,
                     model::Verdict verdict, const std::string& reason, int milliseconds) {
  auto& test = run.tests.emplace_back();
  test.id = id.substr(0, 17);
  test.title = title;
  test.requirements = {requirement};
  model::PlannedCase planned;
  planned.id = id;
  planned.test = &test;
  run.plan.push_back(planned);
  model::CaseResult result;
  result.verdict = verdict;
  result.reason = reason;
  result.took = std::chrono::milliseconds(milliseconds);
  run.results.push_back(std::move(result));
}

inline void add_exchanges(model::CaseResult& result) {
  using std::chrono::microseconds;
  result.exchanges = {{microseconds(0), {}, {0x3B, 0x9F, 0x96}},
                      {microseconds(0), {0x00, 0xA4, 0x00, 0x0C, 0x02, 0x3F, 0x00}, {0x90, 0x00}},
                      {microseconds(0), {0x80, 0x12, 0x00, 0x00, 0x04}, {0xD0, 0x02, 0x81, 0x03, 0x90, 0x00}},
                      {microseconds(1000000), {0x80, 0xF2, 0x00, 0x00}, {0x90, 0x00}}};
}

inline model::Finding finding(model::Verdict verdict) {
  model::Finding out;
  out.verdict = verdict;
  out.step = 3;
  out.requirement = "DMSC-7.1-10";
  out.clause = "DM_SC 7.1 phase 2";
  out.level = "MUST";
  out.expected = "proactive.open_channel with port 32769";
  out.observed = "proactive.open_channel with port 32770";
  out.octets = {0xD0, 0x02, 0x81, 0x03};
  out.offset = 2;
  return out;
}

}  // namespace details

/// The first requirement has the clause DM_SC 7, the second DM_SC 6, so there are two suites.
inline std::unique_ptr<SampleRun> sample_run() {
  using model::Verdict;
  auto run = std::make_unique<SampleRun>();
  run->ledger = {{"DMSC-7-1", "DM_SC 7", "MUST", "C", "a trigger"}, {"DMSC-6-2", "DM_SC 6", "info", "C", "a timer"}};
  const auto add = [&](const char* id, const char* title, const char* requirement, Verdict verdict, const char* reason,
                       int took) { details::add_case(*run, id, title, requirement, verdict, reason, took); };
  add("DM_SC-1.0-con-101", "Power-on wakes the card", "DMSC-7-1", Verdict::pass, "", 412);
  add("DM_SC-1.0-con-102", "The card closes its channel", "DMSC-7-1", Verdict::advisory,
      "step 3 (DM_SC 7.1 phase 2 SHOULD): expected proactive.close_channel, got nothing", 30);
  add("DM_SC-1.0-con-103", "The timer wakes the card", "DMSC-6-2", Verdict::inconclusive,
      "step 2 the card started no timer", 1999);
  add("DM_SC-1.0-con-104.power_on", "The port is right", "DMSC-7-1", Verdict::fail,
      "step 3 (DM_SC 7.1 phase 2 MUST): expected port 32769, got port 32770", 381);
  add("DM_SC-1.0-con-104.timer", "The port is right", "DMSC-7-1", Verdict::error, "SCardTransmit: card was removed",
      20);
  add("DM_SC-1.0-con-105", "STATUS wakes the card", "DMSC-6-2", Verdict::not_applicable, "ICS C_WAKE_STATUS=false", 0);
  add("DM_SC-1.0-con-106", "A call wakes the card", "DMSC-7-1", Verdict::skipped, "--skip", 0);
  add("DM_SC-1.0-con-107", "Roaming wakes the card", "DMSC-7-1", Verdict::not_run, "stopped by SIGINT", 0);
  for (std::size_t at = 0; at < run->plan.size(); ++at) run->results[at].planned = &run->plan[at];
  run->plan[5].applicable = false;
  run->plan[6].selected = false;
  for (const auto verdict : {Verdict::pass, Verdict::advisory, Verdict::inconclusive, Verdict::fail}) {
    details::add_exchanges(run->result(verdict));
  }
  run->result(Verdict::fail).findings = {details::finding(Verdict::fail)};
  run->result(Verdict::fail).steps = {{1, "do terminal.start", "done"},
                                      {3, "expect proactive.open_channel", "not met"}};
  run->result(Verdict::advisory).findings = {details::finding(Verdict::advisory)};
  run->result(Verdict::error).error_type = "transport";
  auto& info = run->info;
  info.suite_version = "0.1.0";
  info.suite_digest = "sha256:00";
  info.edition = {"DM_SC-1.0/1", "sha256:11"};
  info.dut = "sample card";
  info.ics = "sample ICS";
  info.pixit = "sample PIXIT";
  info.started = "2025-11-22T10:27:31";
  info.notes = {"a note"};
  info.ledger = &run->ledger;
  auto& summary = run->summary;
  summary.took = std::chrono::milliseconds(3000);
  for (const auto verdict : model::all_verdicts) summary.counts.emplace_back(verdict, 1);
  summary.exit_code = 1;
  summary.exit_reason = "1 case, first cause: port 32770; 1 of 3 MUST rows proven";
  summary.rows = 3;
  summary.rows_proven = 1;
  summary.not_verified = {"DMSC-7-1", "DMSC-7.1-10"};
  summary.unproven_cases = {"DM_SC-1.0-con-103", "DM_SC-1.0-con-104.timer", "DM_SC-1.0-con-106", "DM_SC-1.0-con-107"};
  summary.causes = {{"port 32770", {"DM_SC-1.0-con-104.power_on"}},
                    {"SCardTransmit: card was removed", {"DM_SC-1.0-con-104.timer", "DM_SC-1.0-con-107"}}};
  summary.notes = {"DM_SC-1.0-con-701, not judged in this run: a breach"};
  summary.readings["AMB-3"] = {{"R2", 1}};
  summary.readings["AMB-6"] = {{"R1", 2}, {"R2", 1}};
  model::TrafficBreach breach;
  breach.finding = details::finding(Verdict::fail);
  breach.finding.step = 0;
  breach.count = 3;
  breach.cases = 2;
  breach.id = "DM_SC-1.0-con-101";
  breach.exchange = 2;
  model::TrafficTally tally;
  tally["announced_length"] = {12, {{"length", breach}}};
  tally["command_form"] = {5, {}};
  summary.traffic = {{model::Dut::card, tally}};
  run->result(Verdict::pass).readings = {{"AMB-3", "R2", 2}, {"AMB-3", "R2", 4}};
  run->result(Verdict::pass).occasions = 12;
  auto& failed = run->result(Verdict::fail);
  failed.cause = "port 32770";
  failed.traffic["announced_length"] = {4, {{"length", breach}}};
  failed.traffic["command_form"] = {2, {}};
  run->result(Verdict::error).cause = "SCardTransmit: card was removed";
  return run;
}

/// Every control character, octets that are no UTF-8, and what ends a CDATA section, an attribute or a line.
inline std::string hostile_text() {
  std::string text = "begin ";
  for (char c = 0; c < 0x20; ++c) text += c;
  text +=
      "\x7F \x1B[31mred \xC2\x9B"
      "31m \xFF\xC0\xAF\xED\xA0\x80 \xEF\xBF\xBE\xEF\xBF\xBF ]]> ]]]]>> \" ' < > & &#0; </failure> \xC3\xA4 end";
  return text;
}

/// A folder that goes with the test.
struct Folder {
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "dmsc-report-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  std::filesystem::path path;
};

inline std::string content(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

}  // namespace dmsc::reports::testing

// SPDX-License-Identifier: Apache-2.0
#include "reports/console/console_report.hpp"

#include <algorithm>
#include <sstream>

#include "reports/testing/sample_run.hpp"
#include "runner/base/catch.hpp"

using namespace dmsc;
using dmsc::model::Verdict;
using dmsc::reports::ConsoleReport;
using dmsc::reports::ConsoleStyle;
namespace sample = dmsc::reports::testing;

namespace {

struct Streams {
  std::string results;
  std::string diagnostics;
};

Streams told(const sample::SampleRun& run, ConsoleStyle style) {
  std::ostringstream results;
  std::ostringstream diagnostics;
  ConsoleReport report(results, diagnostics, style);
  REQUIRE(sample::tell(report, run));
  return {results.str(), diagnostics.str()};
}

std::string shown(const sample::SampleRun& run, ConsoleStyle style) {
  return told(run, style).results;
}

constexpr const char* header = R"(dmsc 0.1.0, ledger DM_SC-1.0/1, 8 cases against sample card
ICS sample ICS, PIXIT sample PIXIT
)";

constexpr const char* open_points = R"(ADVISORY  DM_SC-1.0-con-102  The card closes its channel
      step 3 (DM_SC 7.1 phase 2 SHOULD): expected proactive.close_channel, got nothing
      clause:   DM_SC 7.1 phase 2 MUST (DMSC-7.1-10)
      expected: proactive.open_channel with port 32769
      observed: proactive.open_channel with port 32770
      octets:   D0 02 [81] 03
      offset:   2
INCONCLUSIVE  DM_SC-1.0-con-103  The timer wakes the card
      step 2 the card started no timer
FAIL  DM_SC-1.0-con-104.power_on  The port is right
      step 3 (DM_SC 7.1 phase 2 MUST): expected port 32769, got port 32770
      clause:   DM_SC 7.1 phase 2 MUST (DMSC-7.1-10)
      expected: proactive.open_channel with port 32769
      observed: proactive.open_channel with port 32770
      octets:   D0 02 [81] 03
      offset:   2
ERROR  DM_SC-1.0-con-104.timer  The port is right
      SCardTransmit: card was removed
)";

constexpr const char* left_out = R"(SKIPPED  DM_SC-1.0-con-106  A call wakes the card
      --skip
NOT RUN  DM_SC-1.0-con-107  Roaming wakes the card
      stopped by SIGINT

1 pass, 1 advisory, 1 inconclusive, 1 fail, 1 error, 1 not_applicable, 1 skipped, 1 not_run in 3.000 s
note: DM_SC-1.0-con-701, not judged in this run: a breach
AMB-3: met by R2 in 1 case, not by R1
AMB-6: met by R1 in 2 cases, by R2 in 1 case
causes:
  1 case: port 32770 (first: DM_SC-1.0-con-104.power_on)
  2 cases: SCardTransmit: card was removed (first: DM_SC-1.0-con-104.timer)
)";

}  // namespace

TEST_CASE("a run as a person reads it", "[console]") {
  const auto expected = std::string(header) +
                        "PASS  DM_SC-1.0-con-101  Power-on wakes the card  (12 occasions)  [AMB-3 R2]\n" + open_points +
                        "NOT APPLICABLE  DM_SC-1.0-con-105  STATUS wakes the card\n"
                        "      ICS C_WAKE_STATUS=false\n" +
                        left_out;
  const auto streams = told(*sample::sample_run(), {});
  CHECK(streams.results == expected);
  CHECK(streams.diagnostics == "note: a note\n");
}

TEST_CASE("quiet leaves what did not pass, the notes and the summary", "[console]") {
  ConsoleStyle style;
  style.quiet = true;
  const auto streams = told(*sample::sample_run(), style);
  CHECK(streams.results == std::string(open_points) + left_out);
  CHECK(streams.diagnostics == "note: a note\n");
}

TEST_CASE("color paints verdicts and nothing else", "[console]") {
  ConsoleStyle style;
  style.color = true;
  auto text = shown(*sample::sample_run(), style);
  CHECK(text.find("\033[32mPASS\033[0m  DM_SC-1.0-con-101") != std::string::npos);
  CHECK(text.find("\033[1;31mFAIL\033[0m  DM_SC-1.0-con-104.power_on") != std::string::npos);
  CHECK(text.find("\033[35mINCONCLUSIVE\033[0m") != std::string::npos);
  CHECK(text.find("\033[35mNOT RUN\033[0m") != std::string::npos);
  while (text.find('\033') != std::string::npos)
    text.erase(text.find('\033'), text.find('m', text.find('\033')) - text.find('\033') + 1);
  CHECK(text == shown(*sample::sample_run(), {}));
}

TEST_CASE("a terminal sees which case runs, and the line goes when the case has ended", "[console]") {
  auto run = sample::sample_run();
  run->results.resize(1);
  run->info.notes.clear();
  run->results[0].occasions.reset();
  run->results[0].readings.clear();
  run->summary = {};
  run->summary.took = std::chrono::milliseconds(3000);
  run->summary.counts = {{Verdict::pass, 1}, {Verdict::fail, 0}};
  ConsoleStyle style;
  style.terminal = true;
  const auto streams = told(*run, style);
  CHECK(streams.diagnostics == "[1/8] DM_SC-1.0-con-101\r\033[K");
  CHECK(streams.results == std::string(header) +
                               "PASS  DM_SC-1.0-con-101  Power-on wakes the card\n"
                               "\n1 pass in 3.000 s\n");
}

TEST_CASE("of many causes the first ten are shown", "[console]") {
  auto run = sample::sample_run();
  run->summary.causes.clear();
  for (int at = 0; at < 12; ++at) run->summary.causes.push_back({"cause " + std::string(1, char('a' + at)), {"x"}});
  const auto text = shown(*run, {});
  CHECK(text.find("  1 case: cause j (first: x)\n  and 2 more, see run.jsonl\n") != std::string::npos);
  CHECK(text.find("cause k") == std::string::npos);
}

TEST_CASE("D21: what a card or a file says does not act on the terminal", "[console]") {
  auto run = sample::sample_run();
  const auto text = sample::hostile_text();
  for (auto& test : run->tests) test.title = text;
  for (auto& result : run->results) {
    result.reason = text;
    result.findings = {sample::details::finding(result.verdict)};
    result.findings[0].expected = result.findings[0].observed = result.findings[0].clause = text;
  }
  run->plan[0].id = text;
  run->info.dut = run->info.ics = run->info.pixit = run->info.suite_version = text;
  run->info.notes = {text};
  run->summary.notes = {text};
  run->summary.causes = {{text, {text}}};
  const auto streams = told(*run, {});
  const auto out = streams.results + streams.diagnostics;
  CHECK(std::none_of(out.begin(), out.end(),
                     [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\n') || c == 0x7F; }));
  CHECK(out.find("\xC2\x9B") == std::string::npos);
  CHECK(out.find("note: begin \\x00\\x01") != std::string::npos);
}

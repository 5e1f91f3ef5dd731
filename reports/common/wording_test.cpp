// SPDX-License-Identifier: Apache-2.0
#include "reports/common/wording.hpp"

#include "reports/common/output_file.hpp"
#include "reports/testing/sample_run.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/text.hpp"

using namespace dmsc;
using namespace dmsc::reports;
using namespace std::chrono_literals;
using Lines = std::vector<std::string>;

TEST_CASE("the octet to blame stands in brackets", "[wording]") {
  const Octets octets = {0xD0, 0x11, 0x81, 0x03, 0x01};
  CHECK(marked_octets(octets, 3) == "D0 11 81 [03] 01");
  CHECK(marked_octets(octets, 0) == "[D0] 11 81 03 01");
  CHECK(marked_octets(octets, 4) == "D0 11 81 03 [01]");
  CHECK(marked_octets(octets, 5) == "D0 11 81 03 01");
  CHECK(marked_octets(octets, {}) == "D0 11 81 03 01");
  CHECK(marked_octets({}, 0) == "");
  const auto whole = marked_octets(Octets(256), {});
  CHECK(whole.size() == 256 * 3 - 1);
  CHECK(marked_octets(Octets(257), {}) == whole + " ... (257 octets)");
}

TEST_CASE("D20: seconds have three decimals and no exponent", "[wording]") {
  CHECK(seconds(0us) == "0.000");
  CHECK(seconds(1us) == "0.000");
  CHECK(seconds(999us) == "0.000");
  CHECK(seconds(1ms) == "0.001");
  CHECK(seconds(1999999us) == "1.999");
  CHECK(seconds(31034ms) == "31.034");
  CHECK(seconds(100h) == "360000.000");
  CHECK(seconds(-5s) == "0.000");
}

TEST_CASE("text for reports holds nothing a terminal or a parser acts on", "[wording]") {
  CHECK(plain("") == "");
  CHECK(plain("two\nlines, \xC3\xA4") == "two\nlines, \xC3\xA4");
  CHECK(plain("\n\n") == "\n\n");
  CHECK(plain("a\tb\rc") ==
        "a\\x09"
        "b\\x0D"
        "c");
  CHECK(plain(std::string_view("\0\x1B[31m\x7F", 7)) == "\\x00\\x1B[31m\\x7F");
  CHECK(plain("\xC2\x9B"
              "31m") ==
        "\\xC2\\x9B"
        "31m");  // C1: CSI in one character
  CHECK(plain("\xFF"
              "a\xC3") == "?a?");
  CHECK(plain("\xED\xA0\x80") == "???");                                         // a surrogate
  CHECK(plain("\xEF\xBF\xBE \xEF\xBF\xBF \xEF\xBF\xBD") == "? ? \xEF\xBF\xBD");  // XML has no U+FFFE and no U+FFFF
  CHECK(one_line("two\nlines") == "two\\x0Alines");
  CHECK(valid_utf8_prefix(plain(testing::hostile_text())) == plain(testing::hostile_text()).size());
  CHECK(one_line(one_line(testing::hostile_text())) == one_line(testing::hostile_text()));
}

TEST_CASE("a headline is one line: who, what, where", "[wording]") {
  auto run = testing::sample_run();
  CHECK(headline(run->result(model::Verdict::pass)) == "DM_SC-1.0-con-101: PASS");
  CHECK(headline(run->result(model::Verdict::fail)) ==
        "DM_SC-1.0-con-104.power_on: FAIL at step 3 (DM_SC 7.1 phase 2 MUST): expected port 32769, got port 32770");
  CHECK(headline(run->result(model::Verdict::not_run)) == "DM_SC-1.0-con-107: NOT RUN: stopped by SIGINT");
  run->results[0].reason = "first\nsecond";
  CHECK(headline(run->results[0]) == "DM_SC-1.0-con-101: PASS: first\\x0Asecond");
}

TEST_CASE("a finding names clause, expectation, observation and octets", "[wording]") {
  auto finding = testing::details::finding(model::Verdict::fail);
  CHECK(finding_lines(finding) ==
        Lines{"clause:   DM_SC 7.1 phase 2 MUST (DMSC-7.1-10)", "expected: proactive.open_channel with port 32769",
              "observed: proactive.open_channel with port 32770", "octets:   D0 02 [81] 03", "offset:   2"});
  finding.offset.reset();
  CHECK(finding_lines(finding).size() == 4);
  finding.octets.clear();
  CHECK(finding_lines(finding).size() == 3);
}

TEST_CASE("verdicts are shouted without underscores", "[wording]") {
  Lines all;
  for (const auto verdict : model::all_verdicts) all.push_back(shout(verdict));
  CHECK(all == Lines{"PASS", "ADVISORY", "INCONCLUSIVE", "FAIL", "ERROR", "NOT APPLICABLE", "SKIPPED", "NOT RUN"});
}

TEST_CASE("a file appears whole or not at all", "[wording]") {
  const testing::Folder folder;
  const auto file = folder.path / "a.txt";
  REQUIRE(write_atomically(file, "first"));
  REQUIRE(write_atomically(file, "second"));
  CHECK(testing::content(file) == "second");
  CHECK_FALSE(std::filesystem::exists(folder.path / "a.txt.part"));
  const auto nowhere = write_atomically(folder.path / "none" / "a.txt", "x");
  CHECK(nowhere.error().code == Errc::cannot_create);
  CHECK(nowhere.error().text() == (folder.path / "none" / "a.txt.part").string() + ": cannot be created");
  REQUIRE(make_folder(folder.path / "b" / "c"));
  CHECK(make_folder(file / "c").error().code == Errc::cannot_create);
}

TEST_CASE("a cause is told with how many cases it explains, and the first of them", "[wording]") {
  CHECK(reports::cause_line({"port 384", {"a"}}) == "1 case: port 384 (first: a)");
  CHECK(reports::cause_line({"port 384", {"a", "b", "c"}}) == "3 cases: port 384 (first: a)");
  CHECK(reports::cause_line({"a\nb", {"c\x1B"}}) == "1 case: a\\x0Ab (first: c\\x1B)");
}

TEST_CASE("readings: once a case, and a peer that no case met by R1 is named", "[wording]") {
  model::CaseResult result;
  result.readings = {{"AMB-3", "R2", 1}, {"AMB-3", "R2", 5}, {"AMB-6", "R1", 5}};
  CHECK(reports::readings_of(result) ==
        std::vector<std::pair<std::string, std::string>>{{"AMB-3", "R2"}, {"AMB-6", "R1"}});
  model::RunSummary summary;
  CHECK(reports::reading_lines(summary).empty());
  summary.readings["AMB-3"] = {{"R2", 4}};
  summary.readings["AMB-6"] = {{"R1", 1}, {"R2", 2}};
  CHECK(reports::reading_lines(summary) == std::vector<std::string>{"AMB-3: met by R2 in 4 cases, not by R1",
                                                                    "AMB-6: met by R1 in 1 case, by R2 in 2 cases"});
}

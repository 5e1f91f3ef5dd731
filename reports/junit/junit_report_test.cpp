// SPDX-License-Identifier: Apache-2.0
#include "reports/junit/junit_report.hpp"

#include <algorithm>
#include <cstdlib>
#include <map>
#include <pugixml.hpp>
#include <set>

#include "reports/common/wording.hpp"
#include "reports/testing/sample_run.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/text.hpp"

using namespace dmsc;
using dmsc::model::Verdict;
using dmsc::reports::JunitReport;
namespace fs = std::filesystem;
namespace sample = dmsc::reports::testing;

namespace {

std::string report_of(const sample::SampleRun& run) {
  JunitReport report{fs::path{}};
  REQUIRE(sample::tell(report, run));
  return report.text();
}

/// As a consumer sees it. What a parser refuses fails the test.
struct Parsed {
  explicit Parsed(const std::string& text) {
    const auto result = document.load_string(text.c_str(), pugi::parse_default | pugi::parse_ws_pcdata_single);
    INFO(result.description() << " at " << result.offset);
    REQUIRE(result);
    for (const auto& node : document.select_nodes("//testcase")) tests.push_back(node.node());
  }
  pugi::xml_node test(const std::string& id) const {
    for (const auto& one : tests) {
      if (std::string(one.attribute("name").value()) == id) return one;
    }
    FAIL("no test case " << id);
    return {};
  }
  pugi::xml_document document;
  std::vector<pugi::xml_node> tests;
};

/// Text of an element, its CDATA sections put together.
std::string text_of(const pugi::xml_node& node) {
  std::string out;
  for (const auto& part : node.children()) out += part.value();
  return out;
}

std::vector<std::string> status_children(const pugi::xml_node& test) {
  std::vector<std::string> out;
  for (const auto& child : test.children()) {
    if (child.name() != std::string("system-out")) out.emplace_back(child.name());
  }
  return out;
}

/// Attributes that junit-10.xsd allows, and whether each is required. Source: jenkinsci/xunit-plugin, junit-10.xsd
const std::map<std::string, std::map<std::string, bool>> allowed_attributes = {
    {"testsuites",
     {{"name", false}, {"time", false}, {"tests", false}, {"failures", false}, {"disabled", false}, {"errors", false}}},
    {"testsuite",
     {{"name", true},
      {"tests", true},
      {"failures", true},
      {"errors", true},
      {"group", false},
      {"time", false},
      {"skipped", false},
      {"timestamp", false},
      {"hostname", false},
      {"id", false},
      {"package", false},
      {"file", false},
      {"log", false},
      {"url", false}}},
    {"properties", {}},
    {"property", {{"name", true}, {"value", true}}},
    {"testcase", {{"name", true}, {"time", false}, {"classname", false}, {"group", false}}},
    {"failure", {{"type", false}, {"message", false}}},
    {"error", {{"type", false}, {"message", false}}},
    {"skipped", {{"type", false}, {"message", false}}},
    {"system-out", {}},
};
const std::map<std::string, std::set<std::string>> allowed_children = {
    {"testsuites", {"testsuite"}},
    {"testsuite", {"properties", "testcase"}},  // D19: no suite in a suite
    {"properties", {"property"}},
    {"property", {}},
    {"testcase", {"failure", "error", "skipped", "system-out"}},
    {"failure", {}},
    {"error", {}},
    {"skipped", {}},
    {"system-out", {}},
};

/// Digits, a point, three digits.
bool is_decimal(const std::string& text) {
  const auto point = text.find('.');
  return point != std::string::npos && point > 0 && text.size() == point + 4 &&
         text.find_first_not_of("0123456789.") == std::string::npos && text.find('.', point + 1) == std::string::npos;
}

void check_strict(const pugi::xml_node& node) {
  const std::string name = node.name();
  INFO(node.path());
  REQUIRE(allowed_attributes.contains(name));
  const auto& attributes = allowed_attributes.at(name);
  for (const auto& attribute : node.attributes()) {
    INFO(attribute.name());
    CHECK(attributes.contains(attribute.name()));
    if (attribute.name() == std::string("time")) {
      CHECK(is_decimal(attribute.value()));  // D20
    }
  }
  for (const auto& [attribute, required] : attributes) {
    INFO(attribute);
    CHECK((!required || node.attribute(attribute.c_str())));
  }
  for (const auto& child : node.children()) {
    if (child.type() != pugi::node_element) continue;
    INFO(child.name());
    CHECK(allowed_children.at(name).contains(child.name()));
    check_strict(child);
  }
}

std::size_t count_of(const pugi::xml_node& from, const char* what) {
  return from.select_nodes((std::string(".//") + what).c_str()).size();
}

/// Output and success of a program that reads `file`; nothing where it is not installed.
std::optional<std::string> judged_by(const std::string& program, const std::string& command) {
  if (std::system(("command -v " + program + " >/dev/null 2>&1").c_str()) != 0) return {};
  std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen((command + " 2>&1 && echo good").c_str(), "r"), pclose);
  REQUIRE(pipe != nullptr);
  std::string out;
  char part[256];
  while (std::fgets(part, sizeof part, pipe.get()) != nullptr) out += part;
  return out;
}

}  // namespace

TEST_CASE("D4: the report of one case a verdict is the golden file", "[junit]") {
  const auto run = sample::sample_run();
  const fs::path golden = fs::path(DMSC_SOURCE_DIR) / "reports" / "golden" / "junit.xml";
  CHECK(report_of(*run) == sample::content(golden));
}

TEST_CASE("D4: each verdict has its element and type", "[junit]") {
  struct Row {
    const char* id;
    std::vector<std::string> children;
    const char* type;
    const char* message;
  };
  const Parsed report(report_of(*sample::sample_run()));
  const std::vector<Row> rows = {
      {"DM_SC-1.0-con-101", {}, "", ""},
      {"DM_SC-1.0-con-102", {}, "", ""},
      {"DM_SC-1.0-con-103",
       {"error"},
       "inconclusive",
       "DM_SC-1.0-con-103: INCONCLUSIVE at step 2 the card started no timer"},
      {"DM_SC-1.0-con-104.power_on",
       {"failure"},
       "conformance",
       "DM_SC-1.0-con-104.power_on: FAIL at step 3 (DM_SC 7.1 phase 2 MUST): expected port 32769, got port 32770"},
      {"DM_SC-1.0-con-104.timer",
       {"error"},
       "transport",
       "DM_SC-1.0-con-104.timer: ERROR: SCardTransmit: card was removed"},
      {"DM_SC-1.0-con-105", {"skipped"}, "", "NA: ICS C_WAKE_STATUS=false"},
      {"DM_SC-1.0-con-106", {"skipped"}, "", "SKIP: --skip"},
      {"DM_SC-1.0-con-107", {"error"}, "not-run", "DM_SC-1.0-con-107: NOT RUN: stopped by SIGINT"},
  };
  REQUIRE(report.tests.size() == rows.size());
  for (const auto& row : rows) {
    INFO(row.id);
    const auto test = report.test(row.id);
    CHECK(status_children(test) == row.children);
    if (row.children.empty()) continue;
    const auto child = test.child(row.children[0].c_str());
    CHECK(std::string(child.attribute("type").value()) == row.type);
    CHECK(std::string(child.attribute("message").value()) == row.message);
    if (row.children[0] == "skipped") continue;
    CHECK(split(text_of(child), '\n').front() == row.message);  // GitLab shows the body only
  }
}

TEST_CASE("D1: nothing unproven is green", "[junit]") {
  for (const auto verdict : {Verdict::inconclusive, Verdict::error, Verdict::not_run}) {
    auto run = sample::sample_run();
    for (auto& result : run->results) result.verdict = verdict;
    const Parsed report(report_of(*run));
    INFO(name_of(verdict));
    CHECK(count_of(report.document, "error") == run->results.size());
    CHECK(std::string(report.document.child("testsuites").attribute("errors").value()) ==
          std::to_string(run->results.size()));
  }
}

TEST_CASE("D2: children, attributes and verdicts count the same", "[junit]") {
  auto run = sample::sample_run();
  run->results[0].verdict = Verdict::fail;  // so that no two counts are alike
  run->results[1].verdict = Verdict::fail;
  const Parsed report(report_of(*run));
  const auto verdicts = [&](std::initializer_list<Verdict> wanted) {
    std::size_t count = 0;
    for (const auto& result : run->results) count += std::count(wanted.begin(), wanted.end(), result.verdict);
    return count;
  };
  const auto root = report.document.child("testsuites");
  CHECK(count_of(root, "testcase") == run->results.size());
  CHECK(count_of(root, "failure") == verdicts({Verdict::fail}));
  CHECK(count_of(root, "error") == verdicts({Verdict::inconclusive, Verdict::error, Verdict::not_run}));
  CHECK(count_of(root, "skipped") == verdicts({Verdict::not_applicable, Verdict::skipped}));
  std::map<std::string, std::size_t> sums;
  for (const auto& suite : root.children("testsuite")) {
    for (const auto& [attribute, element] : {std::pair("tests", "testcase"), std::pair("failures", "failure"),
                                             std::pair("errors", "error"), std::pair("skipped", "skipped")}) {
      INFO(suite.attribute("name").value() << " " << attribute);
      CHECK(suite.attribute(attribute).as_uint() == count_of(suite, element));
      sums[attribute] += count_of(suite, element);
    }
    CHECK(count_of(suite, "testcase") > 0);
  }
  for (const char* attribute : {"tests", "failures", "errors"}) {
    CHECK(root.attribute(attribute).as_uint() == sums[attribute]);
  }
}

TEST_CASE("D5, D21: any text leaves a report that parsers read", "[junit]") {
  auto run = sample::sample_run();
  const auto text = sample::hostile_text();
  for (auto& test : run->tests) test.title = text;
  for (auto& result : run->results) {
    result.reason = text;
    result.findings = {sample::details::finding(result.verdict)};
    result.findings[0].expected = text;
    result.findings[0].observed = text;
    result.findings[0].clause = text;
    result.steps = {{1, text, text}};
  }
  run->result(Verdict::error).error_type = text;
  run->info.dut = run->info.ics = run->info.pixit = run->info.started = run->info.suite_version = text;
  run->ledger[0].clause = text;
  const sample::Folder folder;
  const auto file = folder.path / "junit.xml";
  JunitReport report(file);
  REQUIRE(sample::tell(report, *run));
  const auto written = sample::content(file);
  CHECK(written == report.text());

  const Parsed parsed(written);
  CHECK(parsed.tests.size() == run->results.size());
  check_strict(parsed.document.child("testsuites"));
  CHECK(valid_utf8_prefix(written) == written.size());
  CHECK(std::none_of(written.begin(), written.end(),
                     [](char c) { return static_cast<unsigned char>(c) < 0x20 && c != '\n'; }));
  const auto failure = parsed.document.select_node("//failure").node();
  CHECK(failure.attribute("message").value() == "DM_SC-1.0-con-104.power_on: FAIL: " + reports::one_line(text));
  CHECK(text_of(failure).starts_with(std::string(failure.attribute("message").value()) + "\n"));

  const auto quoted = "'" + file.string() + "'";
  const auto lint = judged_by("xmllint", "xmllint --noout " + quoted);
  if (lint) CHECK(*lint == "good\n");
  const auto python =
      judged_by("python3", "python3 -c 'import sys, xml.etree.ElementTree as e; e.parse(sys.argv[1])' " + quoted);
  if (python) CHECK(*python == "good\n");
}

TEST_CASE("D18, D19, D20: strict in elements and attributes, flat, one status a case", "[junit]") {
  auto run = sample::sample_run();
  for (auto& result : run->results) result.took = std::chrono::microseconds(10);
  run->result(Verdict::pass).took = std::chrono::hours(1000);
  const auto text = report_of(*run);
  CHECK(text.find("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites ") == 0);
  const Parsed report(text);
  check_strict(report.document.child("testsuites"));
  CHECK(report.document.select_nodes("//testsuite//testsuite").empty());
  for (const auto& test : report.tests) {
    INFO(test.attribute("name").value());
    CHECK(status_children(test).size() <= 1);
    CHECK(test.select_nodes("system-out").size() <= 1);
  }
  CHECK(std::string(report.test("DM_SC-1.0-con-101").attribute("time").value()) == "3600000.000");
  CHECK(std::string(report.test("DM_SC-1.0-con-107").attribute("time").value()) == "0.000");
}

TEST_CASE("classname and name are a pair of their own, without punctuation too", "[junit]") {
  auto run = sample::sample_run();
  run->plan[1].id = run->plan[0].id;
  run->tests[1].title = run->tests[0].title;
  run->plan[6].id = "DM_SC-1.0-con-101";
  run->tests[6].title = "Power-on: wakes the card!";
  const Parsed report(report_of(*run));
  std::set<std::string> pairs;
  for (const auto& test : report.tests) {
    std::string pair = std::string(test.attribute("classname").value()) + " " + test.attribute("name").value();
    std::erase_if(pair, [](unsigned char c) { return std::isalnum(c) == 0; });
    INFO(pair);
    CHECK(pairs.insert(pair).second);
  }
  CHECK(std::string(report.tests[1].attribute("classname").value()) == "oma.dmsc.v1_0.card.DM_SC_6");
}

TEST_CASE("an advisory is told in its output, behind the title", "[junit]") {
  const Parsed report(report_of(*sample::sample_run()));
  const auto output = split(text_of(report.test("DM_SC-1.0-con-102").child("system-out")), '\n');
  CHECK(output.front() == "The card closes its channel");
  CHECK(output.at(1) ==
        "ADVISORY: DM_SC-1.0-con-102: ADVISORY at step 3 (DM_SC 7.1 phase 2 SHOULD): expected proactive.close_channel, "
        "got nothing");
  CHECK(output.at(2) == "clause:   DM_SC 7.1 phase 2 MUST (DMSC-7.1-10)");
}

TEST_CASE("occasions and readings of a case stand in its output, a cause where it did not pass", "[junit]") {
  auto run = sample::sample_run();
  run->result(Verdict::pass).cause = "nothing to explain";
  const Parsed report(report_of(*run));
  CHECK(text_of(report.test("DM_SC-1.0-con-101").child("system-out")) ==
        "Power-on wakes the card\noccasions: 12\nreading: step 2 by AMB-3 R2\nreading: step 4 by AMB-3 R2\n");
  CHECK(text_of(report.test("DM_SC-1.0-con-104.timer").child("system-out")) ==
        "The port is right\ncause: SCardTransmit: card was removed\n");
  CHECK(text_of(report.test("DM_SC-1.0-con-106").child("system-out")) == "A call wakes the card\n");
}

TEST_CASE("a failure shows findings, steps and where the trace is", "[junit]") {
  const Parsed report(report_of(*sample::sample_run()));
  const auto test = report.test("DM_SC-1.0-con-104.power_on");
  const auto body = split(text_of(test.child("failure")), '\n');
  CHECK(body ==
        std::vector<std::string>{
            "DM_SC-1.0-con-104.power_on: FAIL at step 3 (DM_SC 7.1 phase 2 MUST): expected port 32769, got port 32770",
            "clause:   DM_SC 7.1 phase 2 MUST (DMSC-7.1-10)", "expected: proactive.open_channel with port 32769",
            "observed: proactive.open_channel with port 32770", "octets:   D0 02 [81] 03", "offset:   2",
            "step 1: do terminal.start -> done", "step 3: expect proactive.open_channel -> not met"});
  CHECK(text_of(test.child("system-out")) ==
        "The port is right\ncause: port 32770\n[[ATTACHMENT|artifacts/DM_SC-1.0-con-104.power_on/trace.pcap]]\n");
}

TEST_CASE("octets of a finding are shown in part, however many there are", "[junit]") {
  auto run = sample::sample_run();
  auto& finding = run->result(Verdict::fail).findings[0];
  finding.octets.assign(1'000'000, 0x41);
  finding.offset = 500'000;
  CHECK(report_of(*run).size() < 20'000);
}

TEST_CASE("until the run has ended the file says that it has not", "[junit]") {
  const sample::Folder folder;
  const auto file = folder.path / "junit.xml";
  const auto run = sample::sample_run();
  JunitReport report(file);
  REQUIRE(report.begin());
  const auto says_so = [&] {
    const Parsed begun(sample::content(file));
    check_strict(begun.document.child("testsuites"));
    REQUIRE(begun.tests.size() == 1);
    CHECK(std::string(begun.document.child("testsuites").attribute("errors").value()) == "1");
    CHECK(std::string(begun.tests[0].child("error").attribute("message").value()) ==
          "not finished: the run is under way, or was ended before it could say more");
  };
  says_so();
  REQUIRE(report.run_started(run->info, run->plan));
  for (const auto& result : run->results) REQUIRE(report.case_ended(result));
  says_so();
  REQUIRE(report.run_ended(run->summary));
  CHECK(Parsed(sample::content(file)).tests.size() == run->plan.size());
}

TEST_CASE("a run without a plan is an error of its own", "[junit]") {
  JunitReport report{fs::path{}};
  model::RunSummary summary;
  summary.exit_reason = "the adapter ended";
  REQUIRE(report.run_started({}, {}));
  REQUIRE(report.run_ended(summary));
  const Parsed parsed(report.text());
  REQUIRE(parsed.tests.size() == 1);
  CHECK(std::string(parsed.tests[0].attribute("name").value()) == "DM_SC-1.0-run");
  CHECK(std::string(parsed.tests[0].child("error").attribute("message").value()) == "the adapter ended");
}

TEST_CASE("a changed suite is told in every test suite", "[junit]") {
  auto run = sample::sample_run();
  const std::string words = "name=\"suite.changed\" value=\"not the suite that this dmsc was built with\"";
  run->info.facts["suite_unmodified"] = true;
  CHECK(report_of(*run).find(words) == std::string::npos);
  run->info.facts["suite_unmodified"] = false;
  CHECK(report_of(*run).find(words) != std::string::npos);
}

TEST_CASE("D6: each planned case is in the report, also one that nobody reported", "[junit]") {
  auto run = sample::sample_run();
  run->results.resize(3);
  const Parsed report(report_of(*run));
  CHECK(report.tests.size() == run->plan.size());
  for (const auto& planned : run->plan) CHECK(report.test(planned.id));
  const auto unheard = report.test("DM_SC-1.0-con-107").child("error");
  CHECK(std::string(unheard.attribute("type").value()) == "not-run");
  CHECK(std::string(unheard.attribute("message").value()) ==
        "DM_SC-1.0-con-107: NOT RUN: the run ended without a word about it");
  CHECK(std::string(report.document.child("testsuites").attribute("errors").value()) == "6");
}

TEST_CASE("a broken case file is an error beside the plan", "[junit]") {
  auto run = sample::sample_run();
  auto& test = run->tests.emplace_back();
  test.id = "DM_SC-1.0-con-149";
  test.title = "case file cannot be used";
  model::PlannedCase planned;
  planned.id = test.id;
  planned.test = &test;
  auto& result = run->results.emplace_back();
  result.planned = &planned;
  result.verdict = Verdict::error;
  result.reason = "a.json: /: a list is not of type object";
  const Parsed report(report_of(*run));
  const auto error = report.test(test.id).child("error");
  CHECK(std::string(error.attribute("type").value()) == "harness");
  CHECK(std::string(error.parent().parent().attribute("name").value()) == "case files (card)");
}

TEST_CASE("the properties say what was run against what", "[junit]") {
  const Parsed report(report_of(*sample::sample_run()));
  std::map<std::string, std::string> properties;
  for (const auto& suite : report.document.child("testsuites").children("testsuite")) {
    properties.clear();
    for (const auto& one : suite.child("properties").children()) {
      properties[one.attribute("name").value()] = one.attribute("value").value();
    }
    CHECK(properties == std::map<std::string, std::string>{
                            {"suite.version", "0.1.0"},
                            {"suite.digest", "sha256:00"},
                            {"ledger.edition", "DM_SC-1.0/1"},
                            {"ledger.digest", "sha256:11"},
                            {"timestamp.zone", "UTC"},
                            {"plan.count", "8"},
                            {"dut.label", "sample card"},
                            {"dut.atr", "3B9F96"},
                            {"ics", "sample ICS"},
                            {"pixit", "sample PIXIT"},
                            {"cause.1", "1 case: port 32770 (first: DM_SC-1.0-con-104.power_on)"},
                            {"cause.2", "2 cases: SCardTransmit: card was removed (first: DM_SC-1.0-con-104.timer)"},
                            {"reading.AMB-3", "AMB-3: met by R2 in 1 case, not by R1"},
                            {"reading.AMB-6", "AMB-6: met by R1 in 2 cases, by R2 in 1 case"}});
    CHECK(std::string(suite.attribute("timestamp").value()) == "2025-11-22T10:27:31");
  }
}

TEST_CASE("a report that cannot be written is an error", "[junit]") {
  const sample::Folder folder;
  JunitReport report(folder.path / "none" / "junit.xml");
  const auto run = sample::sample_run();
  REQUIRE(report.run_started(run->info, run->plan));
  const auto ended = report.run_ended(run->summary);
  CHECK(ended.error().code == Errc::cannot_create);
  CHECK(ended.error().text() == (folder.path / "none" / "junit.xml.part").string() + ": cannot be created");
}

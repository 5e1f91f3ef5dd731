// SPDX-License-Identifier: Apache-2.0
#include "reports/junit/junit_report.hpp"

#include <algorithm>
#include <cctype>
#include <pugixml.hpp>
#include <sstream>

#include "reports/common/output_file.hpp"
#include "reports/common/wording.hpp"

namespace dmsc::reports {
namespace {

using model::Verdict;

/// 7.1 phase 2 -> 7_1_phase_2, so that consumers which split on dots keep the clause whole.
std::string name_part(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) {
      out += c;
    } else if (!out.empty() && out.back() != '_') {
      out += '_';
    }
  }
  while (!out.empty() && out.back() == '_') out.pop_back();
  return out;
}

std::vector<std::string> lines_of(const std::vector<model::Finding>& findings) {
  std::vector<std::string> lines;
  for (const auto& finding : findings) {
    for (auto& line : finding_lines(finding)) lines.push_back(std::move(line));
  }
  return lines;
}

/// CDATA cannot hold its own end: the end mark is split over two sections.
void add_cdata(pugi::xml_node node, std::string_view text) {
  constexpr std::string_view end = "]]>";
  for (;;) {
    const auto at = text.find(end);
    const auto piece = at == std::string_view::npos ? text : text.substr(0, at + 2);
    node.append_child(pugi::node_cdata).set_value(std::string(piece).c_str());
    if (at == std::string_view::npos) return;
    text.remove_prefix(at + 2);
  }
}

void add_property(pugi::xml_node properties, const char* name, const std::string& value) {
  auto property = properties.append_child("property");
  property.append_attribute("name") = name;
  property.append_attribute("value") = one_line(value).c_str();
}

struct Counts {
  std::size_t tests = 0;
  std::size_t failures = 0;
  std::size_t errors = 0;
  std::size_t skipped = 0;
};

/// What was really written, so that attributes and children can never differ.
Counts count(const pugi::xml_node& suite) {
  Counts counts;
  for (const auto& test : suite.children("testcase")) {
    ++counts.tests;
    if (test.child("failure")) ++counts.failures;
    if (test.child("error")) ++counts.errors;
    if (test.child("skipped")) ++counts.skipped;
  }
  return counts;
}

void add_counts(pugi::xml_node& node, const Counts& counts) {
  node.append_attribute("tests") = std::to_string(counts.tests).c_str();
  node.append_attribute("failures") = std::to_string(counts.failures).c_str();
  node.append_attribute("errors") = std::to_string(counts.errors).c_str();
}

}  // namespace

Result<void> JunitReport::run_started(const model::RunInfo& info, const std::vector<model::PlannedCase>& plan) {
  info_ = info;
  for (const auto& planned : plan) plan_.push_back(&planned);
  return {};
}

namespace {

/// By which readings and under which cause, a line each.
std::string remarks_of(const model::CaseResult& result) {
  std::string out;
  if (result.occasions) out += "occasions: " + std::to_string(*result.occasions) + "\n";
  for (const auto& taken : result.readings) {
    out +=
        "reading: step " + std::to_string(taken.step) + " by " + one_line(taken.ambiguity + " " + taken.reading) + "\n";
  }
  const bool fine = result.verdict == Verdict::pass || result.verdict == Verdict::not_applicable ||
                    result.verdict == Verdict::skipped;
  if (!fine && !result.cause.empty()) out += "cause: " + one_line(result.cause) + "\n";
  return out;
}

}  // namespace

/// Where a consumer finds the trace, as GitLab and the Jenkins plugin for attachments read it.
std::string JunitReport::attachment_line(const model::CaseResult& result) const {
  if (!keeps(traces_, result)) return {};
  return "[[ATTACHMENT|artifacts/" + result.planned->id + "/trace.pcap]]\n";
}

JunitReport::Entry JunitReport::entry_of(const model::CaseResult& result, const std::string& clause,
                                         const std::string& side) const {
  Entry entry;
  const auto title = one_line(result.planned->test->title) + "\n";
  entry.name = one_line(result.planned->id);
  entry.classname = "oma.dmsc.v1_0." + side + "." + name_part(clause);
  entry.took = result.took;
  entry.message = headline(result);
  switch (result.verdict) {
    case Verdict::pass:
      entry.output = title + remarks_of(result);
      return entry;
    case Verdict::advisory:
      entry.output = title + "ADVISORY: " + entry.message + "\n" + remarks_of(result);
      for (const auto& line : lines_of(result.findings)) entry.output += line + "\n";
      entry.output += attachment_line(result);
      return entry;
    case Verdict::fail:
      entry.child = "failure";
      entry.type = "conformance";
      break;
    case Verdict::inconclusive:
      entry.child = "error";
      entry.type = "inconclusive";
      break;
    case Verdict::error:
      entry.child = "error";
      entry.type = result.error_type.empty() ? "harness" : one_line(result.error_type);
      break;
    case Verdict::not_run:
      entry.child = "error";
      entry.type = "not-run";
      break;
    case Verdict::not_applicable:
      entry.child = "skipped";
      entry.message = one_line("NA: " + result.reason);
      entry.output = title;
      return entry;
    case Verdict::skipped:
      entry.child = "skipped";
      entry.message = one_line("SKIP: " + result.reason);
      entry.output = title;
      return entry;
  }
  entry.body = lines_of(result.findings);
  for (const auto& step : result.steps) {
    entry.body.push_back(one_line("step " + std::to_string(step.step) + ": " + step.text + " -> " + step.outcome));
  }
  entry.output = title + remarks_of(result) + attachment_line(result);
  return entry;
}

std::string JunitReport::clause_of(const model::TestCase& test) const {
  if (info_.ledger == nullptr || test.requirements.empty()) return "case files";
  const auto row = std::find_if(info_.ledger->begin(), info_.ledger->end(),
                                [&](const auto& one) { return one.id == test.requirements.front(); });
  return row == info_.ledger->end() ? "case files" : row->clause;
}

Result<void> JunitReport::case_ended(const model::CaseResult& result) {
  const auto& test = *result.planned->test;
  heard_.insert(result.planned->id);
  for (const auto& exchange : result.exchanges) {
    if (info_.atr.empty() && exchange.command.empty()) info_.atr = to_hex(exchange.response);
  }
  const auto clause = clause_of(test);
  const std::string side(name_of(test.dut));
  auto& suite = suites_[side + " " + clause];
  suite.name = clause + " (" + side + ")";
  suite.package = "oma.dmsc.v1_0." + side;
  suite.entries.push_back(entry_of(result, clause, side));
  return {};
}

/// Whatever ended the run, a case that was planned is in the report.
void JunitReport::report_unheard() {
  for (const auto* planned : plan_) {
    if (heard_.contains(planned->id)) continue;
    model::CaseResult result;
    result.planned = planned;
    result.verdict = Verdict::not_run;
    result.reason = "the run ended without a word about it";
    static_cast<void>(case_ended(result));
  }
}

/// Consumers drop the second of two cases with one name, some after they have taken the punctuation out.
void JunitReport::make_names_unique() {
  std::set<std::string> taken;
  for (auto& [key, suite] : suites_) {
    for (auto& entry : suite.entries) {
      const auto name = entry.name;
      for (int again = 2; !taken.insert(name_part(entry.classname + " " + entry.name)).second; ++again) {
        entry.name = name + " #" + std::to_string(again);
      }
    }
  }
}

void JunitReport::add_suite(pugi::xml_node& root, const Suite& suite, std::size_t id,
                            const model::RunSummary& summary) const {
  auto node = root.append_child("testsuite");
  node.append_attribute("name") = one_line(suite.name).c_str();
  node.append_attribute("id") = std::to_string(id).c_str();
  node.append_attribute("package") = suite.package.c_str();
  auto properties = node.append_child("properties");
  add_property(properties, "suite.version", info_.suite_version);
  add_property(properties, "suite.digest", info_.suite_digest);
  if (!info_.facts.bool_or("suite_unmodified", true)) {
    add_property(properties, "suite.changed", "not the suite that this dmsc was built with");
  }
  add_property(properties, "ledger.edition", info_.edition.name);
  add_property(properties, "ledger.digest", info_.edition.digest);
  add_property(properties, "timestamp.zone", "UTC");
  add_property(properties, "plan.count", std::to_string(plan_.size()));
  add_property(properties, "dut.label", info_.dut);
  add_property(properties, "dut.atr", info_.atr);
  add_property(properties, "ics", info_.ics);
  add_property(properties, "pixit", info_.pixit);
  std::size_t number = 0;
  for (const auto& cause : summary.causes)
    add_property(properties, ("cause." + std::to_string(++number)).c_str(), cause_line(cause));
  for (const auto& line : reading_lines(summary)) {
    add_property(properties, ("reading." + line.substr(0, line.find(':'))).c_str(), line);
  }
  if (!lateness_.empty()) add_property(properties, "card.lateness", lateness_);
  std::chrono::microseconds took{};
  for (const auto& entry : suite.entries) {
    took += entry.took;
    auto test = node.append_child("testcase");
    test.append_attribute("classname") = entry.classname.c_str();
    test.append_attribute("name") = entry.name.c_str();
    test.append_attribute("time") = seconds(entry.took).c_str();
    if (!entry.child.empty()) {
      auto child = test.append_child(entry.child.c_str());
      if (!entry.type.empty()) child.append_attribute("type") = entry.type.c_str();
      child.append_attribute("message") = entry.message.c_str();
      std::string body = entry.message;
      for (const auto& line : entry.body) body += "\n" + line;
      if (entry.child != "skipped") add_cdata(child, body);
    }
    if (!entry.output.empty()) add_cdata(test.append_child("system-out"), entry.output);
  }
  add_counts(node, count(node));
  node.append_attribute("skipped") = std::to_string(count(node).skipped).c_str();
  node.append_attribute("time") = seconds(took).c_str();
  node.append_attribute("timestamp") = one_line(info_.started).c_str();
}

Result<void> JunitReport::begin() {
  model::RunSummary summary;
  summary.exit_reason = "not finished: the run is under way, or was ended before it could say more";
  report_failed_start(summary);
  const auto written = write("dmsc, not finished", summary);
  suites_.clear();
  return written;
}

/// An error that no case can carry.
void JunitReport::report_failed_start(const model::RunSummary& summary) {
  auto& suite = suites_["run"];
  suite.name = "run";
  suite.package = "oma.dmsc.v1_0";
  Entry entry;
  entry.name = "DM_SC-1.0-run";
  entry.classname = "oma.dmsc.v1_0.run";
  entry.child = "error";
  entry.type = "not-run";
  entry.message = one_line(summary.exit_reason);
  entry.output = "The run as a whole\n";
  suite.entries = {std::move(entry)};
}

Result<void> JunitReport::run_ended(const model::RunSummary& summary) {
  if (summary.lateness) lateness_ = in_words(*summary.lateness);
  report_unheard();
  make_names_unique();
  if (suites_.empty()) report_failed_start(summary);
  return write("dmsc", summary);
}

Result<void> JunitReport::write(const std::string& name, const model::RunSummary& summary) {
  pugi::xml_document document;
  auto declaration = document.append_child(pugi::node_declaration);
  declaration.append_attribute("version") = "1.0";
  declaration.append_attribute("encoding") = "UTF-8";
  auto root = document.append_child("testsuites");
  root.append_attribute("name") = name.c_str();
  std::size_t id = 0;
  for (const auto& [key, suite] : suites_) add_suite(root, suite, id++, summary);
  Counts all;
  std::chrono::microseconds total{};
  for (const auto& node : root.children("testsuite")) {
    const auto one = count(node);
    all.tests += one.tests;
    all.failures += one.failures;
    all.errors += one.errors;
  }
  for (const auto& [key, suite] : suites_) {
    for (const auto& entry : suite.entries) total += entry.took;
  }
  add_counts(root, all);
  root.append_attribute("time") = seconds(std::max(total, summary.took)).c_str();
  std::ostringstream out;
  document.save(out, "  ");
  text_ = out.str();
  return file_.empty() ? Result<void>{} : write_atomically(file_, text_);
}

}  // namespace dmsc::reports

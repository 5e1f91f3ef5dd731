// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/installation.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/applicability.hpp"
#include "runner/engine/step_words.hpp"
#include "runner/model/traffic.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::cli {
namespace {

/// A row of the table: the name of the field, then its lines.
void row(const char* name, const std::vector<std::string>& lines) {
  std::string label(name);
  for (const auto& line : lines.empty() ? std::vector<std::string>{"None"} : lines) {
    label.resize(26, ' ');
    std::cout << "| " << label << "| " << line << "\n";
    label.clear();
  }
  std::cout << "|" << std::string(100, '-') << "\n";
}

std::vector<std::string> references(const load::Library& library, const model::TestCase& test) {
  std::vector<std::string> lines;
  for (const auto& id : test.requirements) {
    const auto* requirement = library.find_requirement(id);
    lines.push_back(id + "  " + requirement->clause + " " + requirement->level + ": " + requirement->statement);
  }
  return lines;
}

/// Each ambiguity that the case allows for, in the ledger's words.
std::vector<std::string> readings(const load::Library& library, const model::TestCase& test) {
  std::vector<std::string> lines;
  for (const auto& id : test.readings) {
    const auto* ambiguity = library.find_ambiguity(id);
    lines.push_back(id + "  " + ambiguity->text);
    for (const auto& [reading, words] : ambiguity->readings) lines.push_back("  " + reading + "  " + words);
  }
  return lines;
}

std::vector<std::string> preconditions(const model::TestCase& test) {
  auto lines = test.preconditions;
  lines.push_back("ICS: " + engine::needs_in_words(test.needs));
  if (!test.for_each.is_null()) lines.push_back("for each of " + write_json(test.for_each));
  if (!test.control.empty()) lines.push_back("the control " + test.control + " passes right after it");
  return lines;
}

struct Procedure {
  std::vector<std::string> steps;
  std::vector<std::string> criteria;
};

Procedure procedure(const model::TestCase& test) {
  Procedure out;
  if (const auto* rule = model::find_traffic_rule(test.traffic)) {
    out.steps.push_back(std::string("1. Look at all ") + rule->occasion + " of the run");
    out.criteria.push_back(std::string(rule->expected) + (rule->weight == model::Verdict::fail ? "" : " (advisory)"));
    out.criteria.push_back(std::string("weight rests on: ") + rule->source);
  }
  for (std::size_t at = 0; at < test.steps.size(); ++at) {
    const auto& step = test.steps[at];
    const auto number = std::to_string(at + 1) + ". ";
    const bool judges = step.kind == model::StepKind::expect || step.kind == model::StepKind::forbid;
    if (judges) {
      out.criteria.push_back("At step " + std::to_string(at + 1) + ": " + engine::describe(step) +
                             (step.weak.empty() ? "" : " (advisory: " + step.weak + ")"));
      out.steps.push_back(number + "Observe: " + (step.note.empty() ? step.what : step.note));
      continue;
    }
    const auto* stimulus = step.kind == model::StepKind::act ? model::find_stimulus(step.what) : nullptr;
    const auto sentence =
        stimulus != nullptr ? std::string(stimulus->meaning) + (step.with.is_null() ? "" : " " + write_json(step.with))
                            : engine::describe(step);
    out.steps.push_back(number + sentence + (step.note.empty() ? "" : " (" + step.note + ")"));
  }
  return out;
}

}  // namespace

Exit show_case(const ShowOptions& options) {
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const auto library = installation->open_library();
  if (!library) return exit_for(library.error());
  const auto* test = library->find(options.id);
  if (test == nullptr) {
    std::vector<std::string> ids;
    for (const auto& one : library->cases()) ids.push_back(one->id);
    return {model::exit_code::data, "\"" + options.id + "\" is no case" + did_you_mean(options.id, ids)};
  }
  if (options.json) {
    std::cout << write_json(*load_json(test->file), 2) << "\n";
    return {};
  }
  const auto steps = procedure(*test);
  row("Test Case Id", {test->id});
  row("Test Object", {std::string(name_of(test->dut))});
  row("Test Case Description", {test->title, test->purpose});
  row("Specification Reference", references(*library, *test));
  row("Preconditions", preconditions(*test));
  row("Test Procedure", steps.steps);
  row("Pass-Criteria", steps.criteria);
  row("Readings", readings(*library, *test));
  row("Refuted by", test->refuted_by);
  return {};
}

}  // namespace dmsc::cli

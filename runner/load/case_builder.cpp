// SPDX-License-Identifier: Apache-2.0
// JSON that schema and rules accepted -> model. Nothing is checked here.
#include <map>

#include "runner/load/rules.hpp"

namespace dmsc::load {
namespace {

std::vector<std::string> strings_of(const Value* list) {
  std::vector<std::string> out;
  if (list != nullptr) {
    for (const auto& item : list->as_list()) out.push_back(item.as_string());
  }
  return out;
}

Value value_or_null(const Value& document, std::string_view key) {
  const auto* member = document.find(key);
  return member == nullptr ? Value{} : *member;
}

model::Step build_step(const Value& document) {
  static const std::map<std::string_view, model::StepKind> kinds = {{"do", model::StepKind::act},
                                                                    {"expect", model::StepKind::expect},
                                                                    {"forbid", model::StepKind::forbid},
                                                                    {"answer", model::StepKind::answer}};
  model::Step step;
  for (const auto& [word, kind] : kinds) {
    if (document.find(word) == nullptr) continue;
    step.kind = kind;
    step.what = document.text_or(word, "");
  }
  step.with = value_or_null(document, "with");
  step.where = value_or_null(document, "where");
  step.readings = value_or_null(document, "readings");
  step.when = value_or_null(document, "when");
  step.window = value_or_null(document, step.kind == model::StepKind::forbid ? "for" : "within");
  step.save_as = document.text_or("as", "");
  step.level = model::level_of(document.text_or("level", ""));
  step.requirement = document.text_or("requirement", "");
  step.weak = document.text_or("weak", "");
  step.needs = value_or_null(document, "needs");
  step.times = document.int_or("times", 0);
  step.more_than = value_or_null(document, "more_than");
  step.note = document.text_or("note", "");
  return step;
}

}  // namespace

model::TestCase build_case(const Value& document) {
  model::TestCase test;
  test.id = document.text_or("id", "");
  test.title = document.text_or("title", "");
  test.purpose = document.text_or("purpose", "");
  test.dut = *model::dut_of(document.text_or("dut", ""));
  test.level = *model::level_of(document.text_or("level", ""));
  test.requirements = strings_of(document.find("requirements"));
  test.tags = strings_of(document.find("tags"));
  test.needs = value_or_null(document, "needs");
  test.for_each = value_or_null(document, "for_each");
  test.needs_each = value_or_null(document, "needs_each");
  test.control = document.text_or("control", "");
  test.preconditions = strings_of(document.find("preconditions"));
  test.readings = strings_of(document.find("readings"));
  test.refuted_by = strings_of(document.find("refuted_by"));
  test.traffic = document.text_or("traffic", "");
  if (const auto* steps = document.find("steps")) {
    for (const auto& step : steps->as_list()) test.steps.push_back(build_step(step));
  }
  return test;
}

}  // namespace dmsc::load

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/plan.hpp"

#include <algorithm>
#include <set>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/engine/static_review.hpp"

namespace dmsc::engine {
namespace {

std::string suffix(const Value& parameters) {
  std::string out;
  if (parameters.is_null()) return out;
  for (const auto& [name, value] : parameters.as_map()) {
    out += "." + (value.is_string() ? value.as_string() : write_json(value));
  }
  return out;
}

/// Words by which a planned case can be named.
std::vector<std::string> words_of(const load::Library& library, const model::PlannedCase& planned) {
  const auto& test = *planned.test;
  std::vector<std::string> words = {planned.id, test.id};
  words.insert(words.end(), test.tags.begin(), test.tags.end());
  for (const auto& id : test.requirements) {
    words.push_back(id);
    if (const auto* row = library.find_requirement(id)) words.push_back(row->clause);
  }
  return words;
}

/// Needs that the values of an expanded case add.
std::vector<const Value*> needs_of_values(const model::TestCase& test, const Value& parameters) {
  std::vector<const Value*> out;
  if (parameters.is_null()) return out;
  for (const auto& [name, value] : parameters.as_map()) {
    const auto* needs =
        test.needs_each.at_path(name + "." + (value.is_string() ? value.as_string() : write_json(value)));
    if (needs != nullptr) out.push_back(needs);
  }
  return out;
}

/// Needs of the case and of each parameter value.
model::Applicability judge(const model::TestCase& test, const Value& parameters, const Declared& declared) {
  auto verdict = judge_needs(test.needs, declared);
  for (const auto* needs : needs_of_values(test, parameters)) {
    if (verdict.applicable) verdict = judge_needs(*needs, declared);
  }
  return verdict;
}

bool matches(const std::string& pattern, const std::vector<std::string>& words) {
  const auto below = " " + pattern;
  return std::any_of(words.begin(), words.end(), [&](const std::string& word) {
    // A clause stands for what lies below it: 7.1 names "DM_SC 7.1 phase 2".
    return glob_match(pattern, word) || word.ends_with(below) || word.find(below + " ") != std::string::npos;
  });
}

/// Whether nobody knows what the file of a case says of its tags and requirements.
bool is_unknown(const model::PlannedCase& planned) {
  return !planned.broken.empty() && planned.test->tags.empty() && planned.test->requirements.empty();
}

using Words = std::vector<std::vector<std::string>>;

Words words_of(const load::Library& library, const std::vector<model::PlannedCase>& plan) {
  Words out;
  out.reserve(plan.size());
  for (const auto& planned : plan) out.push_back(words_of(library, planned));
  return out;
}

tl::unexpected<Error> no_case(const load::Pattern& pattern, const Words& words) {
  std::set<std::string> all;
  for (const auto& one : words) all.insert(one.begin(), one.end());
  const std::vector<std::string> known(all.begin(), all.end());
  return fail(Errc::data, "\"" + pattern.text + "\" matches no case" + did_you_mean(pattern.text, known), {},
              pattern.place);
}

/// @return  the first pattern that no case has a word for
Result<void> apply(const std::vector<load::Pattern>& patterns, const Words& words,
                   std::vector<model::PlannedCase>& plan, void (*mark)(model::PlannedCase&)) {
  for (const auto& pattern : patterns) {
    bool used = false;
    bool by_id =
        false;  // what names ids is about no other case; what names tags or clauses may be about any unknown one
    for (std::size_t at = 0; at < plan.size(); ++at) {
      if (!matches(pattern.text, words[at])) continue;
      used = true;
      by_id = by_id || glob_match(pattern.text, plan[at].id) || glob_match(pattern.text, plan[at].test->id);
      mark(plan[at]);
    }
    if (!used) return no_case(pattern, words);
    for (auto& planned : plan) {
      if (!by_id && is_unknown(planned)) mark(planned);
    }
  }
  return {};
}

/// Every case of the suite, of whatever side.
std::vector<model::PlannedCase> all_cases(const load::Library& library) {
  std::vector<model::PlannedCase> out;
  const auto add = [&](const model::TestCase& test, std::string id) {
    out.emplace_back().id = std::move(id);
    out.back().test = &test;
  };
  for (const auto& test : library.cases()) {
    for (const auto& parameters : expand(test->for_each)) add(*test, test->id + suffix(parameters));
  }
  for (const auto& broken : library.quarantined()) add(*broken.shell, broken.id);
  return out;
}

/// What is left out must at least be a case.
Result<void> check_skips(const load::Library& library, const std::vector<load::Pattern>& skipped) {
  if (skipped.empty()) return {};
  auto all = all_cases(library);
  return apply(skipped, words_of(library, all), all, [](model::PlannedCase& /*planned*/) {});
}

}  // namespace

std::vector<Value> expand(const Value& for_each) {
  std::vector<Value> combinations = {Value{}};
  if (for_each.is_null()) return combinations;
  for (const auto& [name, values] : for_each.as_map()) {
    std::vector<Value> longer;
    for (const auto& combination : combinations) {
      for (const auto& value : model::labels_of(values)) {
        auto next = combination;
        next[name] = value;
        longer.push_back(std::move(next));
      }
    }
    combinations = std::move(longer);
  }
  return combinations;
}

namespace {

/// The item of a tree that the tester cannot try.
std::string lacking_for(const Value& needs, const std::map<std::string, std::string>& lacking) {
  if (needs.is_string()) {
    const auto found = lacking.find(needs.as_string());
    return found == lacking.end() ? std::string{} : found->second;
  }
  if (const auto* all = needs.find("all")) {
    for (const auto& tree : all->as_list()) {
      if (auto one = lacking_for(tree, lacking); !one.empty()) return one;
    }
  }
  return {};
}

void append_expanded(const model::TestCase& test, const Selection& selection, const Declared& declared,
                     std::vector<model::PlannedCase>& plan) {
  const bool selected = selection.patterns.chosen.empty() || (selection.traffic && !test.traffic.empty());
  for (const auto& parameters : expand(test.for_each)) {
    auto verdict = judge(test, parameters, declared);
    model::PlannedCase planned;
    planned.id = test.id + suffix(parameters);
    planned.test = &test;
    planned.parameters = parameters;
    planned.applicable = verdict.applicable;
    planned.reason = verdict.reason;
    planned.lacking = lacking_for(test.needs, selection.lacking);
    for (const auto* needs : needs_of_values(test, planned.parameters)) {
      if (planned.lacking.empty()) planned.lacking = lacking_for(*needs, selection.lacking);
    }
    planned.selected = selected;
    plan.push_back(std::move(planned));
  }
}

}  // namespace

bool can_judge(const model::TestCase& test, const Declared& declared, std::string_view requirement) {
  const auto combinations = expand(test.for_each);
  const bool applies = std::any_of(combinations.begin(), combinations.end(), [&](const Value& parameters) {
    return judge(test, parameters, declared).applicable;
  });
  if (!applies || !test.traffic.empty()) return applies && load::judges(test, requirement);
  return std::any_of(test.steps.begin(), test.steps.end(), [&](const model::Step& step) {
    return load::judges(test, step, requirement) && judge_needs(step.needs, declared).applicable;
  });
}

std::string clause_of(const load::Library& library, const model::TestCase& test) {
  const auto* row = test.requirements.empty() ? nullptr : library.find_requirement(test.requirements[0]);
  return row == nullptr ? std::string{} : row->clause;
}

Result<std::vector<model::PlannedCase>> make_plan(const load::Library& library, const Selection& selection,
                                                  const std::vector<Declared>& sides) {
  std::vector<model::PlannedCase> plan;
  for (const auto& side : sides) {
    for (const auto& test : library.cases()) {
      if (test->dut == side.ics.dut) append_expanded(*test, selection, side, plan);
    }
  }
  for (const auto& broken : library.quarantined()) {
    const auto about = [&](const Declared& side) { return side.ics.dut == broken.shell->dut; };
    if (std::none_of(sides.begin(), sides.end(), about)) continue;
    auto& planned = plan.emplace_back();
    planned.id = broken.id;
    planned.test = broken.shell.get();
    planned.broken = broken.error.text();
    planned.selected = selection.patterns.chosen.empty();
  }
  // What is about all traffic is judged once the others have been run.
  std::stable_partition(plan.begin(), plan.end(), [](const auto& planned) { return planned.test->traffic.empty(); });
  const auto known = check_skips(library, selection.patterns.skipped);
  if (!known) return tl::make_unexpected(known.error());
  const auto words = words_of(library, plan);
  const auto chosen =
      apply(selection.patterns.chosen, words, plan, [](model::PlannedCase& planned) { planned.selected = true; });
  if (!chosen) return tl::make_unexpected(chosen.error());
  std::erase_if(plan, [](const model::PlannedCase& planned) { return !planned.selected; });
  for (auto& planned : plan) {
    const auto its = words_of(library, planned);
    const auto& skipped = selection.patterns.skipped;
    planned.selected =
        std::none_of(skipped.begin(), skipped.end(), [&](const auto& pattern) { return matches(pattern.text, its); });
  }
  return plan;
}

std::vector<std::string> idle_skips(const load::Library& library, const load::Patterns& patterns,
                                    const std::vector<model::PlannedCase>& plan) {
  const auto words = words_of(library, plan);
  std::vector<std::string> out;
  for (const auto& pattern : patterns.skipped) {
    const bool used =
        std::any_of(words.begin(), words.end(), [&](const auto& its) { return matches(pattern.text, its); });
    if (!used) out.push_back(pattern.text);
  }
  return out;
}

std::vector<model::PlannedCase> static_rows(const load::Library& library, const std::vector<Declared>& sides) {
  std::vector<model::PlannedCase> plan;
  for (const auto& side : sides) {
    const auto rows = review(library.vocabulary().ics.items, side.ics);
    for (const auto& test : library.static_rows()) {
      const auto row =
          std::find_if(rows.begin(), rows.end(), [&](const auto& one) { return one.item->id == test->declared; });
      if (row == rows.end()) continue;
      auto& planned = plan.emplace_back();
      planned.id = test->id;
      planned.test = test.get();
      planned.applicable = row->verdict != model::Verdict::not_applicable;
      planned.reason = row->reason;
    }
  }
  return plan;
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/requirement_list.hpp"

#include <algorithm>
#include <iostream>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/engine/applicability.hpp"

namespace dmsc::cli {
namespace {

constexpr std::string_view ending = ".ics.json";

/// A shipped declaration by the name of its personality.
struct Personality {
  std::string name;
  model::Ics ics;
  model::Pixit pixit;
};

Result<std::vector<Personality>> shipped(const load::Library& library) {
  std::vector<Personality> out;
  for (const auto& entry : std::filesystem::directory_iterator(library.folder() / "ics")) {
    const auto file = entry.path().filename().string();
    if (!file.ends_with(ending)) continue;
    auto ics = library.load_ics(entry.path());
    if (!ics) return tl::make_unexpected(ics.error());
    const auto name = file.substr(0, file.size() - ending.size());
    auto pixit = library.load_pixit(entry.path().parent_path() / (name + ".pixit.json"), &*ics);
    if (!pixit) return tl::make_unexpected(pixit.error());
    out.push_back({name, std::move(*ics), std::move(*pixit)});
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.name < b.name; });
  return out;
}

/// Names of the personalities to which one of the cases applies.
Value::List personalities_of(const std::vector<const model::TestCase*>& cases, const std::vector<Personality>& all) {
  Value::List out;
  for (const auto& one : all) {
    const bool applies = std::any_of(cases.begin(), cases.end(), [&](const auto* test) {
      return test->dut == one.ics.dut && engine::judge_needs(test->needs, {one.ics, one.pixit}).applicable;
    });
    if (applies) out.emplace_back(one.name);
  }
  return out;
}

bool wanted(const model::Requirement& row, const std::vector<const model::TestCase*>& cases,
            const std::string& pattern) {
  return glob_match(pattern, row.id) || glob_match(pattern, row.clause) || row.clause.ends_with(" " + pattern) ||
         std::any_of(cases.begin(), cases.end(), [&](const auto* test) { return glob_match(pattern, test->id); });
}

Value::List texts(const std::vector<std::string>& words) {
  return {words.begin(), words.end()};
}

Value row_json(const model::Requirement& row, const std::vector<const model::TestCase*>& cases,
               Value::List personalities) {
  Value out;
  out["id"] = row.id;
  out["clause"] = row.clause;
  out["level"] = row.level;
  out["on"] = row.on;
  out["statement"] = row.statement;
  out["confidence"] = row.confidence;
  out["evidence"] = row.evidence;
  out["status"] = row.status;
  if (!row.why.empty()) out["why"] = row.why;
  out["readings"] = texts(row.readings);
  Value::List list;
  for (const auto* test : cases) list.push_back(Value::Map{{"id", test->id}, {"dut", name_of(test->dut)}});
  out["cases"] = std::move(list);
  out["personalities"] = std::move(personalities);
  return out;
}

void print_row(const model::Requirement& row, const std::vector<const model::TestCase*>& cases,
               const Value::List& personalities) {
  std::cout << row.id << "  " << row.level << "  " << row.on << "  " << row.clause << ": " << row.statement << "\n"
            << "  " << row.status << (row.why.empty() ? "" : ": " + row.why) << "  [" << row.confidence << ": "
            << row.evidence << "]" << (row.readings.empty() ? "" : "  " + join(row.readings, ", ")) << "\n";
  for (const auto* test : cases) {
    std::cout << "  " << name_of(test->dut) << "  " << test->id << "  " << test->title << "\n";
  }
  std::vector<std::string> names;
  for (const auto& name : personalities) names.push_back(name.as_string());
  if (!names.empty()) std::cout << "  applies to " << join(names, ", ") << "\n";
}

}  // namespace

Exit list_requirements(const load::Library& library, const ListOptions& options) {
  const auto personalities = shipped(library);
  if (!personalities) return exit_for(personalities.error());
  std::vector<bool> used(options.patterns.size(), false);
  std::vector<std::string> ids;
  Value::List list;
  for (const auto& row : library.vocabulary().ledger.requirements) {
    ids.push_back(row.id);
    std::vector<const model::TestCase*> cases;
    for (const auto& test : library.cases()) {
      if (load::cites(*test, row.id)) cases.push_back(test.get());
    }
    bool shown = options.patterns.empty();
    for (std::size_t at = 0; at < options.patterns.size(); ++at) {
      if (!wanted(row, cases, options.patterns[at])) continue;
      used[at] = true;
      shown = true;
    }
    if (!shown) continue;
    auto names = personalities_of(cases, *personalities);
    if (!options.json) print_row(row, cases, names);
    list.push_back(row_json(row, cases, std::move(names)));
  }
  const auto unused = std::find(used.begin(), used.end(), false);
  if (unused != used.end()) {
    const auto& pattern = options.patterns[static_cast<std::size_t>(unused - used.begin())];
    return {model::exit_code::data, "\"" + pattern + "\" matches no row of the ledger" + did_you_mean(pattern, ids)};
  }
  if (options.json) std::cout << write_json(list, 2) << "\n";
  return {};
}

}  // namespace dmsc::cli

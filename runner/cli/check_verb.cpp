// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "reports/jsonl/run_record.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/installation.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/static_review.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::cli {
namespace {

/// What a file most likely is, by the member that no other kind has, or by its name; empty: it shows nothing.
std::string guess_kind(const std::string& file) {
  if (file.ends_with(".jsonl")) return "run";
  const auto document = load_json(file);
  const auto has = [&](const char* member) { return document && document->find(member) != nullptr; };
  if (has("steps") || has("traffic")) return "case";
  for (const auto& [kind, member] : {std::pair("ics", "items"), std::pair("pixit", "values")}) {
    if (has(member) || file.ends_with(std::string(".") + kind + ".json")) return kind;
  }
  return document && !has("id") ? "" : "case";
}

std::string counted(std::size_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

/// The record of a run against its schema; what keeps it from being whole is told.
Result<void> check_run(const Installation& installation, const std::string& file) {
  const auto schemas = load::Schemas::load(installation.report_schemas());
  if (!schemas) return tl::make_unexpected(schemas.error());
  const auto run = reports::read_run(file, [&](const auto& type, const Value& record, const auto& place) {
    const auto name = "run/" + type;
    return schemas->has(name) ? schemas->check(name, record, place) : fail(Errc::unknown, type, {}, place);
  });
  if (!run) return tl::make_unexpected(run.error());
  if (!run->footer.is_null()) return {};
  return fail(Errc::data,
              "the run did not end: " + std::to_string(run->cases.size()) + " of " + std::to_string(run->plan.size()) +
                  " cases have a result" + (run->begun.empty() ? "" : ", " + run->begun + " was under way") +
                  (run->cut ? "; the last line is cut" : ""),
              {}, file);
}

Result<void> check_file(const Installation& installation, const load::Library& library, const std::string& file,
                        const std::string& kind) {
  if (kind.empty()) {
    return tl::make_unexpected(load::data_error(
        file, "",
        R"(has neither "items" (an ICS) nor "values" (a PIXIT) nor "steps" (a case); --kind says which it is)"));
  }
  if (kind == "run") return check_run(installation, file);
  if (kind == "ics") {
    const auto ics = library.load_ics(file);
    if (!ics) return tl::make_unexpected(ics.error());
    const auto against = engine::contradictions(library.vocabulary().ics.consistency, *ics);
    if (!against.empty()) {
      return fail(Errc::configuration, "contradicts itself: " + join(against, "; "), {}, ics->file);
    }
  } else if (kind == "pixit") {
    const auto pixit = library.load_pixit(file);
    if (!pixit) return tl::make_unexpected(pixit.error());
  } else {
    const auto test = library.load_case(file);
    if (!test) return tl::make_unexpected(test.error());
    if (!test->control.empty() && library.find(test->control) == nullptr) {
      return tl::make_unexpected(load::data_error(file, "/control", "\"" + test->control + "\" is no usable case"));
    }
  }
  return {};
}

/// Defects that no case says it catches: a catalogue without proof.
std::vector<std::string> defects_without_case(const load::Library& library) {
  auto left = library.vocabulary().defects;
  for (const auto& test : library.cases()) {
    for (const auto& id : test->refuted_by) left.erase(id);
  }
  return {left.begin(), left.end()};
}

}  // namespace

Exit check_files(const CheckOptions& options) {
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const auto library = installation->open_library();
  if (!library) return exit_for(library.error());
  std::vector<std::string> problems;
  std::size_t checked = options.files.size();
  for (const auto& file : options.files) {
    const auto result =
        check_file(*installation, *library, file, options.kind.empty() ? guess_kind(file) : options.kind);
    if (!result) problems.push_back(result.error().text());
    if (!result && result.error().code == Errc::no_input) return exit_for(result.error());
  }
  if (options.files.empty()) {
    checked = library->cases().size() + library->quarantined().size();
    for (const auto& broken : library->quarantined()) problems.push_back(broken.error.text());
    for (const auto& id : defects_without_case(*library)) problems.push_back("defect " + id + " is refuted by no case");
    for (auto& problem : library->check_ledger()) problems.push_back(std::move(problem));
  }
  for (const auto& problem : problems) std::cerr << problem << "\n";
  if (checked == 0) return {model::exit_code::no_input, "there is no case"};
  if (!problems.empty())
    return {model::exit_code::data, counted(problems.size(), "problem") + " in " + counted(checked, "file")};
  return {model::exit_code::proven, counted(checked, "file") + (checked == 1 ? " is" : " are") + " in order"};
}

}  // namespace dmsc::cli

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <iostream>
#include <map>
#include <set>

#include "adapters/reference/deviation.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/built.hpp"
#include "runner/cli/installation.hpp"
#include "runner/cli/requirement_list.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/table1_proof.hpp"
#include "runner/model/table1.hpp"

namespace dmsc::cli {
namespace {

Value case_json(const model::PlannedCase& planned) {
  Value out;
  out["id"] = planned.id;
  out["case"] = planned.test->id;
  out["dut"] = name_of(planned.test->dut);
  out["title"] = planned.test->title;
  out["level"] = name_of(planned.test->level);
  Value::List requirements;
  for (const auto& id : planned.test->requirements) requirements.emplace_back(id);
  out["requirements"] = std::move(requirements);
  out["applicable"] = planned.applicable;
  out["reason"] = planned.reason;
  return out;
}

Exit list_deviations(const Result<std::vector<reference::Deviation>>& deviations, bool json) {
  if (!deviations) return exit_for(deviations.error());
  Value::List list;
  for (const auto& one : *deviations) {
    list.push_back(Value::Map{{"id", one.id}, {"title", one.title}});
    if (!one.clause.empty()) list.back()["clause"] = one.clause;
    if (json) continue;
    std::cout << one.id << "  " << one.title << (one.clause.empty() ? "" : "  [" + one.clause + "]") << "\n";
  }
  if (json) std::cout << write_json(list, 2) << "\n";
  return {};
}

/// Each cell with its cases. A cell that a side has no case for is a gap of the suite.
Exit list_table1(const std::vector<model::PlannedCase>& plan, bool json) {
  Value::List list;
  for (const auto& cell : model::table1()) {
    const bool in_scope = *cell.trigger != '\0';
    Value::List cases;
    std::string lines;
    std::map<model::Dut, std::set<std::string>> all;
    for (const auto& planned : plan) {
      if (!in_scope || !engine::is_about(planned, cell)) continue;
      const auto proofs = engine::proofs_of(*planned.test);
      std::vector<std::string> words(proofs.begin(), proofs.end());
      Value::List proves;
      for (const auto& word : words) proves.emplace_back(word);
      cases.push_back(case_json(planned));
      cases.back()["proves"] = std::move(proves);
      all[planned.test->dut].insert(words.begin(), words.end());
      lines += "  " + std::string(name_of(planned.test->dut)) + "  " + planned.id + "  " + planned.test->title + ": " +
               (words.empty() ? "nothing" : join(words, ", ")) +
               (planned.applicable ? "" : "  [not applicable: " + planned.reason + "]") + "\n";
    }
    if (in_scope && cases.empty()) lines = "  no case\n";
    if (!json) {
      std::cout << cell.scenario << (in_scope ? std::string(", ") + cell.trigger : ": out of the scope of DM_SC 1.0")
                << "  [" << cell.requirement << "]\n";
      for (const auto& [dut, words] : all) {
        std::cout << "  " << name_of(dut) << " proves "
                  << join(std::vector<std::string>(words.begin(), words.end()), ", ") << "\n";
      }
      std::cout << lines;
    }
    list.push_back(Value::Map{{"scenario", cell.scenario},
                              {"trigger", cell.trigger},
                              {"requirement", cell.requirement},
                              {"in_scope", in_scope},
                              {"cases", std::move(cases)}});
  }
  if (json) std::cout << write_json(list, 2) << "\n";
  return {};
}

/// The PIXIT that is named, or the one that stands beside its ICS by name, as templates do; else the defaults.
Result<model::Pixit> values_beside(const load::Library& library, const model::Ics& ics, const std::string& named) {
  if (!named.empty()) return library.load_pixit(named);
  auto file = ics.file;
  const auto at = file.rfind(".ics.json");
  if (at == std::string::npos) return library.default_pixit();
  file.replace(at, std::string::npos, ".pixit.json");
  if (!std::filesystem::exists(file)) return library.default_pixit();
  return library.load_pixit(file);
}

}  // namespace

Exit list_cases(const ListOptions& options) {
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const auto catalogue = installation->card_catalogue();
  if (options.defects) return list_deviations(reference::load_defects(catalogue.defects), options.json);
  if (options.variants) return list_deviations(reference::load_variants(catalogue.variants), options.json);
  const auto library = installation->open_library(built.suite_sound ? built.suite_digest : "");
  if (!library) return exit_for(library.error());
  if (options.requirements) return list_requirements(*library, options);
  std::vector<model::Ics> statements;
  const auto folder = library->folder() / "ics";
  const std::vector<std::filesystem::path> both = {
      folder / (std::string(refcard::default_personality) + ".ics.json"),
      folder / (std::string(refdevice::default_personality) + ".ics.json")};
  for (const auto& file : options.ics.empty() ? both : std::vector<std::filesystem::path>{options.ics}) {
    auto ics = library->load_ics(file);
    if (!ics) return exit_for(ics.error());
    statements.push_back(std::move(*ics));
  }
  std::vector<model::Pixit> values;
  for (const auto& ics : statements) {
    auto pixit = values_beside(*library, ics, options.pixit);
    if (!pixit) return exit_for(pixit.error());
    values.push_back(std::move(*pixit));
  }
  std::vector<engine::Declared> sides;
  for (std::size_t at = 0; at < statements.size(); ++at) sides.push_back({statements[at], values[at]});
  const auto patterns = load::read_patterns(options.patterns, {});
  if (!patterns) return exit_for(patterns.error());
  const auto plan = engine::make_plan(*library, {*patterns}, sides);
  if (!plan) return exit_for(plan.error());
  if (options.table1) return list_table1(*plan, options.json);
  Value::List list;
  for (const auto& planned : *plan) {
    if (options.json) {
      list.push_back(case_json(planned));
      continue;
    }
    std::cout << planned.id << "  " << name_of(planned.test->level) << "  " << planned.test->title
              << (planned.applicable ? "" : "  [not applicable: " + planned.reason + "]") << "\n";
  }
  if (options.json) std::cout << write_json(list, 2) << "\n";
  for (const auto& broken : library->quarantined()) std::cerr << "error: " << broken.error.text() << "\n";
  if (!library->quarantined().empty()) return exit_for(library->quarantined().front().error);
  return {};
}

}  // namespace dmsc::cli

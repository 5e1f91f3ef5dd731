// SPDX-License-Identifier: Apache-2.0
#include <iostream>

#include "adapters/reference/defect.hpp"
#include "runner/base/json.hpp"
#include "runner/cli/installation.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/plan.hpp"

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

Exit list_defects(const Installation& installation, bool json) {
  const auto defects = reference::load_defects(installation.card_catalogue().defects);
  if (!defects) return exit_for(defects.error());
  Value::List list;
  for (const auto& defect : *defects) {
    list.push_back(Value::Map{{"id", defect.id}, {"title", defect.title}});
    if (!json) std::cout << defect.id << "  " << defect.title << "\n";
  }
  if (json) std::cout << write_json(list, 2) << "\n";
  return {};
}

}  // namespace

Exit list_cases(const ListOptions& options) {
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  if (options.defects) return list_defects(*installation, options.json);
  const auto library = installation->open_library();
  if (!library) return exit_for(library.error());
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
  std::vector<const model::Ics*> sides;
  for (const auto& ics : statements) sides.push_back(&ics);
  const auto plan = engine::make_plan(*library, {options.patterns, {}}, sides);
  if (!plan) return exit_for(plan.error());
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

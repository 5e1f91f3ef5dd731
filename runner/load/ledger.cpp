// SPDX-License-Identifier: Apache-2.0
#include "runner/load/ledger.hpp"

#include <algorithm>
#include <set>

#include "runner/base/digest.hpp"
#include "runner/base/json.hpp"
#include "runner/load/schema.hpp"

namespace dmsc::load {
namespace {

/// The texts of a list, such as the ambiguities of a row.
std::vector<std::string> texts_of(const Value& row, const char* key) {
  std::vector<std::string> out;
  const auto* list = row.find(key);
  if (list == nullptr || !list->is_list()) return out;
  for (const auto& text : list->as_list()) {
    if (text.is_string()) out.push_back(text.as_string());
  }
  return out;
}

model::Requirement requirement_of(const Value& row) {
  model::Requirement out;
  out.id = row.text_or("id", "");
  out.clause = row.text_or("clause", "");
  out.level = row.text_or("level", "");
  out.on = row.text_or("on", "");
  out.statement = row.text_or("statement", "");
  out.confidence = row.text_or("confidence", "");
  out.evidence = row.text_or("evidence", "");
  out.status = row.text_or("status", "");
  out.why = row.text_or("why", "");
  out.readings = texts_of(row, "readings");
  return out;
}

model::Ambiguity ambiguity_of(const Value& row) {
  model::Ambiguity out;
  out.id = row.text_or("id", "");
  out.text = row.text_or("text", "");
  out.how = row.text_or("how", "");
  const auto* readings = row.find("readings");
  if (readings == nullptr || !readings->is_list()) return out;
  for (const auto& reading : readings->as_list()) {
    out.readings.emplace_back(reading.text_or("id", ""), reading.text_or("text", ""));
  }
  return out;
}

template <class Fits>
bool any_case(const std::vector<std::unique_ptr<model::TestCase>>& cases, model::Dut dut, Fits fits) {
  return std::any_of(cases.begin(), cases.end(), [&](const auto& test) { return test->dut == dut && fits(*test); });
}

bool tells(const model::TestCase& test, const std::string& ambiguity, const std::string& reading) {
  return std::any_of(test.steps.begin(), test.steps.end(), [&](const auto& step) {
    if (!step.readings.is_list()) return false;
    const auto& list = step.readings.as_list();
    return std::any_of(list.begin(), list.end(), [&](const Value& one) {
      return one.text_or("of", "") == ambiguity && one.text_or("id", "") == reading;
    });
  });
}

/// What a row asks of one side and no case gives; empty: nothing.
std::string gap(const model::Requirement& row, const std::vector<std::unique_ptr<model::TestCase>>& cases,
                model::Dut dut) {
  const auto side = " of a " + std::string(name_of(dut));
  if (!any_case(cases, dut, [&](const auto& test) { return cites(test, row.id); })) {
    return "row " + row.id + " is tested, but no case" + side + " cites it";
  }
  const bool binds = row.level == "MUST" || row.level == "SHOULD";
  if (binds && !any_case(cases, dut, [&](const auto& test) { return judges(test, row.id); })) {
    return "row " + row.id + " is tested, but no case" + side + " judges it";
  }
  return {};
}

}  // namespace

Result<Ledger> load_ledger(const std::filesystem::path& file) {
  const auto document = load_json(file);
  if (!document) return tl::make_unexpected(document.error());
  Ledger ledger;
  for (const auto* key : {"requirements", "ambiguities"}) {
    const auto* list = document->find(key);
    if (list == nullptr || !list->is_list()) {
      return tl::make_unexpected(data_error(file.string(), "/", "\"" + std::string(key) + "\" is no list"));
    }
  }
  for (const auto& row : document->find("requirements")->as_list()) ledger.requirements.push_back(requirement_of(row));
  for (const auto& row : document->find("ambiguities")->as_list()) ledger.ambiguities.push_back(ambiguity_of(row));
  ledger.edition = {document->text_or("edition", ""), "sha256:" + sha256_hex(write_json(*document))};
  return ledger;
}

bool cites(const model::TestCase& test, std::string_view requirement) {
  return std::find(test.requirements.begin(), test.requirements.end(), requirement) != test.requirements.end() ||
         std::any_of(test.steps.begin(), test.steps.end(),
                     [&](const auto& step) { return step.requirement == requirement; });
}

bool judges(const model::TestCase& test, const model::Step& step, std::string_view requirement) {
  const bool judging = step.kind == model::StepKind::expect || step.kind == model::StepKind::forbid;
  return judging && (step.requirement.empty() ? test.requirements.front() : step.requirement) == requirement;
}

bool judges(const model::TestCase& test, std::string_view requirement) {
  if (!test.traffic.empty()) return test.requirements.front() == requirement;
  return std::any_of(test.steps.begin(), test.steps.end(),
                     [&](const auto& step) { return judges(test, step, requirement); });
}

std::vector<std::string> check_rows(const Ledger& ledger) {
  std::vector<std::string> problems;
  std::set<std::string> ids;
  std::set<std::string> ambiguities;
  for (const auto& one : ledger.ambiguities) {
    if (!ambiguities.insert(one.id).second) problems.push_back("ambiguity " + one.id + " is there twice");
  }
  for (const auto& row : ledger.requirements) {
    if (!ids.insert(row.id).second) problems.push_back("row " + row.id + " is there twice");
    for (const auto& id : row.readings) {
      if (!ambiguities.contains(id)) problems.push_back("row " + row.id + " names " + id + ", which is no ambiguity");
    }
    if (row.status != "tested" && row.why.empty()) {
      problems.push_back("row " + row.id + " is not tested (" + row.status + ") and gives no reason");
    }
  }
  return problems;
}

std::vector<std::string> check_coverage(const Ledger& ledger,
                                        const std::vector<std::unique_ptr<model::TestCase>>& cases) {
  std::vector<std::string> problems;
  for (const auto& row : ledger.requirements) {
    if (row.status != "tested") continue;
    for (const auto dut : {model::Dut::card, model::Dut::device}) {
      if (!row.asks(dut == model::Dut::card ? 'C' : 'D')) continue;
      if (auto found = gap(row, cases, dut); !found.empty()) problems.push_back(std::move(found));
    }
  }
  for (const auto& one : ledger.ambiguities) {
    for (const auto& [reading, words] : one.readings) {
      const bool told =
          std::any_of(cases.begin(), cases.end(), [&](const auto& test) { return tells(*test, one.id, reading); });
      if (!told && one.how.empty())
        problems.push_back("no step tells " + one.id + " " + reading + ", and no word how it shows");
    }
  }
  return problems;
}

std::vector<std::string> check_edition(const Ledger& ledger, const std::filesystem::path& editions) {
  const auto frozen = load_json(editions);
  if (!frozen) return {frozen.error().text()};
  const auto digest = frozen->text_or(ledger.edition.name, "");
  if (digest == ledger.edition.digest) return {};
  return {"the ledger is not what edition " + ledger.edition.name + " was frozen as: " + ledger.edition.digest +
          ", frozen " + (digest.empty() ? "never" : digest)};
}

}  // namespace dmsc::load

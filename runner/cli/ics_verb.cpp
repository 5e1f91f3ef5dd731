// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <fstream>
#include <iostream>

#include "reports/common/output_file.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/installation.hpp"
#include "runner/cli/interview.hpp"
#include "runner/cli/item_words.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/static_review.hpp"
#include "runner/load/find_row.hpp"

namespace dmsc::cli {
namespace {

namespace fs = std::filesystem;

std::string yes_or_no(bool value) {
  return value ? "yes" : "no";
}

/// Values that an item is named for.
std::vector<std::string> values_of(const load::Library& library, const std::string& item) {
  std::vector<std::string> out;
  for (const auto& value : library.vocabulary().pixit_items) {
    for (const auto dut : {model::Dut::card, model::Dut::device}) {
      const auto leaves = model::leaves_of(value.needed_by(dut));
      if (std::find(leaves.begin(), leaves.end(), item) != leaves.end()) out.push_back(value.id);
    }
  }
  return out;
}

void explain_item(const load::Library& library, const model::IcsItem& item) {
  std::cout << item.id << "  " << item.scr << "\n  " << item.text << "\n  " << item.clause << "; status "
            << status_in_words(item) << "\n";
  if (!item.requirement.empty()) {
    const auto* row = library.find_requirement(item.requirement);
    std::cout << "  " << row->id << " " << row->level << ": " << row->statement << "\n";
  }
  const auto values = values_of(library, item.id);
  if (!values.empty()) std::cout << "  values of the PIXIT: " << join(values, ", ") << "\n";
}

void explain_value(const load::PixitItem& value) {
  std::cout << value.id << "  value of the PIXIT\n  " << value.text << "\n  " << format_in_words(value) << "\n";
  if (!value.fallback.is_null()) std::cout << "  default " << write_json(value.fallback) << "\n";
  if (!value.example.is_null()) std::cout << "  for example " << write_json(value.example) << "\n";
  for (const auto dut : {model::Dut::card, model::Dut::device}) {
    const auto needed = need_in_words(value, dut);
    if (!needed.empty()) std::cout << "  needed by " << needed << "\n";
  }
}

/// Expanded cases that apply.
Result<std::vector<std::string>> applicable(const load::Library& library, const model::Ics& ics,
                                            const model::Pixit& pixit) {
  const auto plan = engine::make_plan(library, {}, {{ics, pixit}});
  if (!plan) return tl::make_unexpected(plan.error());
  std::vector<std::string> out;
  for (const auto& planned : *plan) {
    if (planned.applicable) out.push_back(planned.id);
  }
  return out;
}

/// `ITEM=yes` or `ITEM=no` applied to a statement.
Result<void> answer(const std::string& text, model::Ics& ics) {
  const auto at = text.find('=');
  const auto item = text.substr(0, at);
  const auto word = at == std::string::npos ? std::string{} : text.substr(at + 1);
  const bool yes = word == "yes" || word == "true";
  if (!yes && word != "no" && word != "false") return fail(Errc::usage, text + " is not ITEM=yes or ITEM=no");
  std::vector<std::string> known;
  for (const auto& [id, value] : ics.items) known.push_back(id);
  const auto found = ics.items.find(item);
  if (found == ics.items.end()) {
    return fail(Errc::usage, "\"" + item + "\" is no item of a " + std::string(name_of(ics.dut)) + " ICS" +
                                 did_you_mean(item, known));
  }
  found->second = yes;
  return {};
}

std::vector<std::string> without(const std::vector<std::string>& all, const std::vector<std::string>& those) {
  std::vector<std::string> out;
  for (const auto& one : all) {
    if (std::find(those.begin(), those.end(), one) == those.end()) out.push_back(one);
  }
  return out;
}

/// Errc::configuration for a statement that contradicts itself.
Result<void> check_consistency(const load::Library& library, const model::Ics& ics) {
  const auto against = engine::contradictions(library.vocabulary().ics.consistency, ics);
  if (against.empty()) return {};
  return fail(Errc::configuration, "contradicts itself: " + join(against, "; "), {}, ics.file);
}

/// Prints the rows of the static review that apply.
Exit review_ics(const load::Library& library, const model::Ics& ics) {
  std::size_t failed = 0;
  std::size_t rows = 0;
  for (const auto& row : engine::review(library.vocabulary().ics.items, ics)) {
    if (row.verdict == model::Verdict::not_applicable) continue;
    ++rows;
    failed += row.verdict == model::Verdict::fail ? 1 : 0;
    std::cout << (row.verdict == model::Verdict::fail ? "FAIL  " : "PASS  ") << "DM_SC-1.0-ics-" << row.item->id << "  "
              << row.expected << (row.observed.empty() ? "" : ", got: " + row.observed) << "\n";
  }
  const auto count = std::to_string(rows) + " rows of the static review";
  if (failed > 0) return {model::exit_code::failed, std::to_string(failed) + " of " + count};
  return {model::exit_code::proven, count + " hold"};
}

Result<void> write_new(const fs::path& from, const fs::path& to) {
  std::ifstream in(from, std::ios::binary);
  std::ofstream out(to, std::ios::binary);
  out << in.rdbuf();
  out.flush();
  if (!in || !out) return fail(Errc::cannot_create, "cannot be written", {}, to.string());
  return {};
}

constexpr const char* endings[] = {".ics.json", ".pixit.json"};

/// Both or none.
Result<void> write_pair(const std::string& name, const Interviewed& documents) {
  const Value* contents[] = {&documents.ics, &documents.pixit};
  for (std::size_t at = 0; at < std::size(endings); ++at) {
    const auto written = reports::write_atomically(name + endings[at], write_json(*contents[at], 2) + "\n");
    if (written) continue;
    std::error_code ignored;
    if (at > 0) fs::remove(name + endings[0], ignored);
    return written;
  }
  return {};
}

/// Questions go to standard error. What the answers come to is said as `ics check` says it.
Exit write_interview(const load::Library& library, model::Dut dut, const std::string& name) {
  auto documents = interview(library, dut, fs::path(name).filename().string(), name + endings[1], std::cin, std::cerr);
  if (!documents) {
    documents.error().message += "; nothing is written";
    return exit_for(documents.error());
  }
  const auto written = write_pair(name, *documents);
  if (!written) return exit_for(written.error());
  for (const auto* ending : endings) std::cout << name << ending << "\n";
  documents->statement.file = name + endings[0];
  const auto sound = check_consistency(library, documents->statement);
  if (!sound) return exit_for(sound.error());
  return review_ics(library, documents->statement);
}

Result<load::Library> open_suite() {
  auto installation = Installation::find();
  if (!installation) return tl::make_unexpected(installation.error());
  return installation->open_library();
}

}  // namespace

Exit explain_ics_item(const IcsOptions& options) {
  const auto library = open_suite();
  if (!library) return exit_for(library.error());
  const auto& words = library->vocabulary();
  std::vector<std::string> known;
  for (const auto& item : words.ics.items) known.push_back(item.id);
  for (const auto& value : words.pixit_items) known.push_back(value.id);
  const auto& id = options.words.front();
  if (const auto* item = load::find_row(words.ics.items, id)) {
    explain_item(*library, *item);
    return {};
  }
  if (const auto* value = load::find_row(words.pixit_items, id)) {
    explain_value(*value);
    return {};
  }
  if (const auto* retired = load::find_row(words.ics.retired, id)) {
    std::cout << id << "  is not asked any more: " << retired->instead << "\n";
    return {};
  }
  return {model::exit_code::data,
          "\"" + id + "\" is no item of an ICS and no value of a PIXIT" + did_you_mean(id, known)};
}

Exit check_ics(const IcsOptions& options) {
  const auto library = open_suite();
  if (!library) return exit_for(library.error());
  const auto ics = library->load_ics(options.words.front());
  if (!ics) return exit_for(ics.error());
  for (const auto& note : ics->notes) std::cerr << "note: " << note << "\n";
  const auto sound = check_consistency(*library, *ics);
  if (!sound) return exit_for(sound.error());
  if (!options.pixit.empty()) {
    const auto pixit = library->load_pixit(options.pixit, &*ics);
    if (!pixit) return exit_for(pixit.error());
  }
  return review_ics(*library, *ics);
}

Exit diff_ics(const IcsOptions& options) {
  const auto library = open_suite();
  if (!library) return exit_for(library.error());
  const auto one = library->load_ics(options.words.at(0));
  if (!one) return exit_for(one.error());
  const auto other = library->load_ics(options.words.at(1));
  if (!other) return exit_for(other.error());
  if (one->dut != other->dut) return {model::exit_code::usage, "the statements are of a card and of a device"};
  for (const auto& item : library->vocabulary().ics.items) {
    if (item.dut != one->dut || one->items.at(item.id) == other->items.at(item.id)) continue;
    std::cout << item.id << "  " << yes_or_no(one->items.at(item.id)) << " -> " << yes_or_no(other->items.at(item.id))
              << "  " << item.text << "\n";
  }
  return {};
}

Exit ask_what_if(const IcsOptions& options) {
  const auto library = open_suite();
  if (!library) return exit_for(library.error());
  const auto ics = library->load_ics(options.words.front());
  if (!ics) return exit_for(ics.error());
  auto pixit = library->default_pixit();
  if (!options.pixit.empty()) {
    auto named = library->load_pixit(options.pixit);
    if (!named) return exit_for(named.error());
    pixit = std::move(*named);
  }
  auto changed = *ics;
  for (std::size_t at = 1; at < options.words.size(); ++at) {
    const auto answered = answer(options.words[at], changed);
    if (!answered) return exit_for(answered.error());
  }
  const auto before = applicable(*library, *ics, pixit);
  if (!before) return exit_for(before.error());
  const auto after = applicable(*library, changed, pixit);
  if (!after) return exit_for(after.error());
  for (const auto& id : without(*after, *before)) std::cout << "+ " << id << "\n";
  for (const auto& id : without(*before, *after)) std::cout << "- " << id << "\n";
  for (const auto& row : engine::review(library->vocabulary().ics.items, changed)) {
    if (row.verdict == model::Verdict::fail) {
      std::cout << "FAIL  DM_SC-1.0-ics-" << row.item->id << "  " << row.expected << ", got: " << row.observed << "\n";
    }
  }
  for (const auto& sentence : engine::contradictions(library->vocabulary().ics.consistency, changed)) {
    std::cout << "contradicts itself: " << sentence << "\n";
  }
  return {model::exit_code::proven,
          std::to_string(before->size()) + " cases apply, then " + std::to_string(after->size())};
}

Exit write_ics(const IcsOptions& options) {
  const auto library = open_suite();
  if (!library) return exit_for(library.error());
  const auto dut = model::dut_of(options.words.front());
  if (!dut) return {model::exit_code::usage, "\"" + options.words.front() + "\" is none of card, device"};
  const auto name = options.words.size() > 1 ? options.words[1] : std::string("my");
  for (const auto* ending : endings) {
    if (fs::exists(name + ending)) return {model::exit_code::cannot_create, name + ending + ": is there already"};
  }
  if (options.interview) return write_interview(*library, *dut, name);
  const std::string stem = *dut == model::Dut::card ? refcard::default_personality : refdevice::default_personality;
  for (const auto* ending : endings) {
    const auto written = write_new(library->folder() / "ics" / (stem + ending), name + ending);
    if (!written) return exit_for(written.error());
    std::cout << name << ending << "\n";
  }
  return {};
}

}  // namespace dmsc::cli

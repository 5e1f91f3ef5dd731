// SPDX-License-Identifier: Apache-2.0
#include "runner/load/library.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "runner/base/json.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/profile.hpp"
#include "runner/load/digest.hpp"
#include "runner/load/rules.hpp"

namespace dmsc::load {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view case_prefix = "DM_SC-";

/// Files below a folder with this ending, sorted, so that every machine sees one order.
std::vector<fs::path> files_below(const fs::path& folder, std::string_view ending) {
  std::vector<fs::path> files;
  std::error_code trouble;
  for (const auto& entry : fs::recursive_directory_iterator(folder, trouble)) {
    if (entry.is_regular_file() && entry.path().filename().string().ends_with(ending)) files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  return files;
}

Result<Value> load_list(const fs::path& file, const char* key) {
  auto document = load_json(file);
  if (!document) return document;
  auto* list = document->find(key);
  if (list == nullptr || !list->is_list()) {
    return tl::make_unexpected(data_error(file.string(), "/", "\"" + std::string(key) + "\" is no list"));
  }
  return std::move(*list);
}

Result<void> load_items(const fs::path& folder, Vocabulary& words) {
  const auto items = load_list(folder / "items.json", "items");
  if (!items) return tl::make_unexpected(items.error());
  for (const auto& row : items->as_list()) {
    words.ics_items.push_back({row.text_or("id", ""), model::dut_of(row.text_or("dut", "")).value_or(model::Dut::card),
                               row.text_or("text", ""), row.text_or("clause", "")});
  }
  const auto values = load_list(folder / "pixit-items.json", "items");
  if (!values) return tl::make_unexpected(values.error());
  for (const auto& row : values->as_list()) {
    const auto* fallback = row.find("default");
    words.pixit_items.push_back({row.text_or("id", ""), row.text_or("kind", ""), row.text_or("text", ""),
                                 fallback == nullptr ? Value{} : *fallback, row.text_or("digits_of", "")});
  }
  return {};
}

Result<void> load_profiles(const fs::path& folder, Vocabulary& words) {
  for (const auto& file : files_below(folder, ".json")) {
    const auto document = load_json(file);
    if (!document) return tl::make_unexpected(document.error());
    const auto* facilities = document->find("facilities");
    const auto octets =
        facilities == nullptr ? fail(Errc::data, "\"facilities\" is missing") : codec::encode_profile(*facilities);
    if (!octets) return tl::make_unexpected(data_error(file.string(), "/facilities", octets.error().message));
    words.profiles.emplace(file.stem().string(), *facilities);
  }
  return {};
}

/// Why a value does not fit its item; empty when it does.
std::string misfit(const PixitItem& item, const Value& value) {
  constexpr std::int64_t most = 65535;
  if (item.kind == "number") {
    if (!value.is_int()) return shown(value) + " is no number";
    const bool outside = value.as_int() < 0 || value.as_int() > most;
    return outside ? shown(value) + " is outside 0 to " + std::to_string(most) : "";
  }
  if (item.kind == "flag") return value.is_bool() ? "" : shown(value) + " is neither true nor false";
  if (!value.is_string()) return shown(value) + " is not of type string";
  if (item.kind == "duration") {
    const auto duration = model::duration_of(value);
    if (!duration) return shown(value) + " is no duration, such as \"500 ms\", \"30 s\" or \"2 min\"";
    return duration->count() > 0 ? "" : shown(value) + " is too short, at least \"1 ms\"";
  }
  if (item.kind == "octets" && !parse_hex(value.as_string())) return shown(value) + " is not hexadecimal";
  if (item.kind == "messages") {
    for (const auto& message : split(value.as_string(), ',')) {
      const auto octets = parse_hex(message);
      if (!octets || octets->empty()) return shown(Value(message)) + " is no message in hexadecimal";
    }
  }
  return value.as_string().empty() ? "is empty" : "";
}

}  // namespace

Result<Library> Library::open(const fs::path& testcases, std::set<std::string> defects) {
  Library library;
  library.folder_ = testcases;
  if (!fs::is_directory(testcases))
    return fail(Errc::configuration, "is no folder of test cases", {}, testcases.string());
  auto schemas = Schemas::load(testcases / "schema");
  if (!schemas) return tl::make_unexpected(schemas.error());
  library.schemas_ = std::move(*schemas);
  auto& words = library.vocabulary_;
  words.defects = std::move(defects);
  auto ledger = load_ledger(testcases / "requirements.json");
  if (!ledger) return tl::make_unexpected(ledger.error());
  words.ledger = std::move(*ledger);
  for (const auto& loaded : {load_items(testcases / "ics", words), load_profiles(testcases / "profiles", words)}) {
    if (!loaded) return tl::make_unexpected(loaded.error());
  }
  std::ifstream version(testcases / "VERSION");
  std::getline(version, library.version_);
  if (library.version_.empty()) {
    return fail(Errc::configuration, "states no version of the suite", {}, (testcases / "VERSION").string());
  }
  return library;
}

void Library::load_cases() {
  for (const auto& file : files_below(folder_, ".json")) {
    const auto id = file.stem().string();
    if (!id.starts_with(case_prefix)) continue;
    auto test = load_case(file);
    if (test) {
      cases_.push_back(std::make_unique<model::TestCase>(std::move(*test)));
    } else {
      quarantined_.push_back({id, file.string(), test.error()});
    }
  }
  const auto by_id = [](const auto& a, const auto& b) { return a->id < b->id; };
  std::stable_sort(cases_.begin(), cases_.end(), by_id);
  for (auto& broken : check_relations()) {
    std::erase_if(cases_, [&](const auto& test) { return test->id == broken.id; });
    quarantined_.push_back(std::move(broken));
  }
}

Result<model::TestCase> Library::load_case(const fs::path& file) const {
  const auto document = load_json(file);
  if (!document) return tl::make_unexpected(document.error());
  const auto shaped = schemas_.check("testcase", *document, file.string());
  if (!shaped) return tl::make_unexpected(shaped.error());
  const auto meant = check_rules(*document, vocabulary_, file.string());
  if (!meant) return tl::make_unexpected(meant.error());
  auto test = build_case(*document);
  test.file = file.string();
  return test;
}

std::vector<Quarantined> Library::check_relations() const {
  std::vector<Quarantined> broken;
  std::vector<std::string> ids;
  std::map<std::string, std::string> files;  // id -> the file that had it first
  for (const auto& test : cases_) {
    ids.push_back(test->id);
    const auto [first, is_new] = files.emplace(test->id, test->file);
    if (is_new) continue;
    broken.push_back({test->id, test->file,
                      data_error(test->file, "/id", shown(test->id) + " is the id of " + first->second + " too")});
  }
  for (const auto& test : cases_) {
    if (test->control.empty()) continue;
    const auto* control = find(test->control);
    std::string sentence;
    if (control == nullptr) {
      sentence = shown(test->control) + " is no usable case" + hint(test->control, ids);
    } else if (control == test.get()) {
      sentence = "a case cannot be its own control";
    } else if (control->dut != test->dut) {
      sentence = "\"" + test->control + "\" is not for a " + std::string(name_of(test->dut));
    } else if (!control->control.empty()) {
      sentence = "\"" + test->control + "\" has a control itself";
    } else if (!control->traffic.empty()) {
      sentence = "\"" + test->control + "\" is about all traffic and cannot be run as a control";
    }
    if (!sentence.empty()) broken.push_back({test->id, test->file, data_error(test->file, "/control", sentence)});
  }
  return broken;
}

Result<model::Ics> Library::load_ics(const fs::path& file) const {
  const auto document = load_json(file);
  if (!document) return tl::make_unexpected(document.error());
  const auto shaped = schemas_.check("ics", *document, file.string());
  if (!shaped) return tl::make_unexpected(shaped.error());
  model::Ics ics;
  ics.file = file.string();
  ics.title = document->text_or("title", "");
  ics.dut = *model::dut_of(document->text_or("dut", ""));
  std::vector<std::string> known;
  for (const auto& item : vocabulary_.ics_items) {
    if (item.dut != ics.dut) continue;
    known.push_back(item.id);
    ics.items[item.id] = false;
  }
  for (const auto& [id, value] : document->find("items")->as_map()) {
    if (!ics.items.contains(id)) {
      const auto sentence = shown(id) + " is no item of a " + std::string(name_of(ics.dut)) + " ICS" + hint(id, known);
      return tl::make_unexpected(data_error(file.string(), below("/items", id), sentence));
    }
    ics.items[id] = value.as_bool();
  }
  return ics;
}

Result<model::Pixit> Library::load_pixit(const fs::path& file) const {
  const auto document = load_json(file);
  if (!document) return tl::make_unexpected(document.error());
  const auto shaped = schemas_.check("pixit", *document, file.string());
  if (!shaped) return tl::make_unexpected(shaped.error());
  model::Pixit pixit;
  pixit.file = file.string();
  pixit.title = document->text_or("title", "");
  pixit.values = Value::Map{};
  std::vector<std::string> known;
  for (const auto& item : vocabulary_.pixit_items) {
    known.push_back(item.id);
    if (!item.fallback.is_null()) pixit.values[item.id] = item.fallback;
  }
  for (const auto& [id, value] : document->find("values")->as_map()) {
    const auto& name = id;
    const auto pointer = below("/values", id);
    const auto row = std::find_if(vocabulary_.pixit_items.begin(), vocabulary_.pixit_items.end(),
                                  [&](const PixitItem& item) { return item.id == name; });
    if (row == vocabulary_.pixit_items.end()) {
      return tl::make_unexpected(
          data_error(file.string(), pointer, shown(id) + " is no value of the PIXIT" + hint(id, known)));
    }
    const auto sentence = misfit(*row, value);
    if (!sentence.empty()) return tl::make_unexpected(data_error(file.string(), pointer, sentence));
    pixit.values[id] = value;
    if (row->kind == "file") {
      const auto named = file.parent_path() / value.as_string();
      std::ifstream in(named, std::ios::binary);
      std::string text((std::istreambuf_iterator<char>(in)), {});
      if (!in || text.empty()) {
        return tl::make_unexpected(data_error(file.string(), pointer, named.string() + " cannot be read"));
      }
      pixit.values[id] = std::move(text);
    }
  }
  for (const auto& item : vocabulary_.pixit_items) {
    const auto number = pixit.values.text_or(item.digits_of, "");
    if (item.digits_of.empty() || number.empty() || pixit.values.find(item.id) != nullptr) continue;
    pixit.values[item.id] = number.substr(number.starts_with('+') ? 1 : 0);
  }
  return pixit;
}

const model::TestCase* Library::find(std::string_view id) const {
  const auto found = std::find_if(cases_.begin(), cases_.end(), [&](const auto& test) { return test->id == id; });
  return found == cases_.end() ? nullptr : found->get();
}

const model::Requirement* Library::find_requirement(std::string_view id) const {
  return vocabulary_.ledger.find(id);
}

const model::Ambiguity* Library::find_ambiguity(std::string_view id) const {
  const auto& all = vocabulary_.ledger.ambiguities;
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& row) { return row.id == id; });
  return found == all.end() ? nullptr : &*found;
}

std::string Library::digest() const {
  std::ostringstream all;
  for (const auto& file : files_below(folder_, ".json")) {
    std::ifstream in(file, std::ios::binary);
    all << fs::relative(file, folder_).generic_string() << '\0' << in.rdbuf() << '\0';
  }
  return "sha256:" + sha256_hex(all.str());
}

std::vector<std::string> Library::check_ledger() const {
  const auto& ledger = vocabulary_.ledger;
  std::vector<std::string> problems;
  const auto file = folder_ / "requirements.json";
  const auto document = load_json(file);
  const auto shaped = document ? schemas_.check("ledger", *document, file.string()) : Result<void>{};
  if (!shaped) problems.push_back(shaped.error().text());
  for (const auto& found :
       {check_rows(ledger), check_coverage(ledger, cases_), check_edition(ledger, folder_ / "editions.json")}) {
    problems.insert(problems.end(), found.begin(), found.end());
  }
  return problems;
}

}  // namespace dmsc::load

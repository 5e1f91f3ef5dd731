// SPDX-License-Identifier: Apache-2.0
#include "runner/load/library.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

#include "runner/base/digest.hpp"
#include "runner/base/file.hpp"
#include "runner/base/json.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/load/find_row.hpp"
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

/// By the number of the case: x01 to x49 are about cards, the others about devices.
model::Dut side_of(const std::string& id) {
  constexpr int of_a_block = 100;
  constexpr int first_device = 50;
  const auto at = id.find_last_not_of("0123456789");
  const auto digits = id.substr(at == std::string::npos ? 0 : at + 1);
  const int number = digits.empty() || digits.size() > 6 ? 0 : std::stoi(digits);
  return number % of_a_block < first_device ? model::Dut::card : model::Dut::device;
}

std::vector<std::string> texts_of(const Value* list) {
  std::vector<std::string> out;
  if (list == nullptr || !list->is_list()) return out;
  for (const auto& item : list->as_list()) {
    if (item.is_string()) out.push_back(item.as_string());
  }
  return out;
}

/// What a file adds to the text whose digest is the suite's: its name below the folder and its octets, each with a zero
/// behind it.
void add_to_suite(std::string& all, const fs::path& folder, const fs::path& file, std::string_view text) {
  const auto name = file.lexically_relative(folder.has_filename() ? folder : folder.parent_path());
  all.append(name.generic_string()).append(1, '\0').append(text).append(1, '\0');
}

std::string digest_of(const std::string& all) {
  return "sha256:" + sha256_hex(all);
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
  auto items = load_ics_items(testcases / "ics" / "items.json", library.schemas_);
  if (!items) return tl::make_unexpected(items.error());
  words.ics = std::move(*items);
  auto values = load_pixit_items(testcases / "ics" / "pixit-items.json", library.schemas_);
  if (!values) return tl::make_unexpected(values.error());
  words.pixit_items = std::move(*values);
  const auto profiles = load_profiles(testcases / "profiles", words);
  if (!profiles) return tl::make_unexpected(profiles.error());
  library.make_static_rows();
  std::ifstream version(testcases / "VERSION");
  std::getline(version, library.version_);
  if (library.version_.empty()) {
    return fail(Errc::configuration, "states no version of the suite", {}, (testcases / "VERSION").string());
  }
  return library;
}

/// A file with its octets, read once: what is digested is what is taken for a case.
struct Library::File {
  fs::path path;
  Result<std::string> text;
};

void Library::load_cases(std::string_view known) {
  std::vector<File> files;
  for (const auto& path : files_below(folder_, ".json")) files.push_back({path, read_file(path, most_file_octets)});
  const bool checked = !known.empty() && is_suite(files, known);
  for (const auto& file : files) {
    const auto id = file.path.stem().string();
    if (!id.starts_with(case_prefix)) continue;
    auto test = read_case(file, checked);
    if (test) {
      cases_.push_back(std::make_unique<model::TestCase>(std::move(*test)));
    } else {
      set_aside({id, file.path.string(), test.error()});
    }
  }
  const auto by_id = [](const auto& a, const auto& b) { return a->id < b->id; };
  std::stable_sort(cases_.begin(), cases_.end(), by_id);
  for (auto& broken : check_relations()) {
    std::erase_if(cases_, [&](const auto& test) { return test->id == broken.id; });
    set_aside(std::move(broken));
  }
}

void Library::set_aside(Quarantined broken) {
  auto shell = std::make_shared<model::TestCase>();
  shell->id = broken.id;
  shell->title = "case file cannot be used";
  shell->file = broken.file;
  shell->dut = side_of(broken.id);
  if (const auto document = load_json(broken.file)) {
    shell->tags = texts_of(document->find("tags"));
    shell->requirements = texts_of(document->find("requirements"));
    shell->dut = model::dut_of(document->text_or("dut", "")).value_or(shell->dut);
  }
  broken.shell = std::move(shell);
  quarantined_.push_back(std::move(broken));
}

bool Library::is_suite(const std::vector<File>& files, std::string_view digest) const {
  std::string all;
  for (const auto& file : files) {
    if (!file.text) return false;
    add_to_suite(all, folder_, file.path, *file.text);
  }
  return digest_of(all) == digest;
}

Result<model::TestCase> Library::load_case(const fs::path& file) const {
  return read_case({file, read_file(file, most_file_octets)}, false);
}

Result<model::TestCase> Library::read_case(const File& file, bool checked) const {
  const auto place = file.path.string();
  if (!file.text) return tl::make_unexpected(file.text.error());
  const auto document = parse_json(*file.text, place);
  if (!document) return tl::make_unexpected(document.error());
  if (!checked) {
    const auto shaped = schemas_.check("testcase", *document, place);
    if (!shaped) return tl::make_unexpected(shaped.error());
    const auto meant = check_rules(*document, vocabulary_, place);
    if (!meant) return tl::make_unexpected(meant.error());
  }
  auto test = build_case(*document);
  test.file = place;
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

void Library::make_static_rows() {
  for (const auto& item : vocabulary_.ics.items) {
    if (!item.leads()) continue;
    auto row = std::make_unique<model::TestCase>();
    row->file = (folder_ / "ics" / "items.json").string();
    row->id = "DM_SC-1.0-ics-" + item.id;
    row->title = item.text;
    row->purpose = "static conformance review of the ICS: " + item.scr;
    row->dut = item.dut;
    row->level = model::Level::must;
    row->requirements = {item.requirement};
    row->declared = item.id;
    static_rows_.push_back(std::move(row));
  }
}

const model::TestCase* Library::find(std::string_view id) const {
  const auto found = std::find_if(cases_.begin(), cases_.end(), [&](const auto& test) { return test->id == id; });
  return found == cases_.end() ? nullptr : found->get();
}

const model::Requirement* Library::find_requirement(std::string_view id) const {
  return find_row(vocabulary_.ledger.requirements, id);
}

const model::Ambiguity* Library::find_ambiguity(std::string_view id) const {
  return find_row(vocabulary_.ledger.ambiguities, id);
}

std::string digest_of_suite(const std::filesystem::path& folder) {
  std::string all;
  for (const auto& file : files_below(folder, ".json")) {
    std::ifstream in(file, std::ios::binary);
    add_to_suite(all, folder, file, std::string(std::istreambuf_iterator<char>(in), {}));
  }
  return digest_of(all);
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

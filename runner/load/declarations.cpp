// SPDX-License-Identifier: Apache-2.0
// How a library reads what is declared of a device under test.
#include <algorithm>

#include "runner/base/file.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/load/find_row.hpp"
#include "runner/load/library.hpp"

namespace dmsc::load {
namespace {

namespace fs = std::filesystem;

/// A file that a value names: relative to the PIXIT, or `suite:PATH`, relative to the folder that holds `testcases`.
fs::path named_file(const std::string& value, const fs::path& pixit, const fs::path& testcases) {
  constexpr std::string_view of_the_suite = "suite:";
  if (!value.starts_with(of_the_suite)) return pixit.parent_path() / value;
  return testcases.parent_path() / value.substr(of_the_suite.size());
}

/// A file that cannot be used is a value that does not fit, whatever is wrong with it.
Result<std::string> content_of(const fs::path& file) {
  constexpr std::size_t most = std::size_t{1} << 20;
  auto text = read_file(file, most);
  if (!text) return fail(Errc::configuration, text.error().text());
  if (text->find("-----BEGIN ") == std::string::npos)
    return fail(Errc::configuration, file.string() + " is no PEM file");
  return text;
}

std::string who_needs(const Value& tree, const model::Ics& ics) {
  auto items = model::leaves_of(tree);
  std::erase_if(items, [&](const auto& item) { return !model::claims(ics, item); });
  return items.empty() ? "every " + std::string(name_of(ics.dut)) : join(items, ", ");
}

std::string with_example(const PixitItem& item) {
  const bool none = item.example.is_null() && item.fallback.is_null();
  return none || item.kind == "duration" ? std::string{} : ", for example " + example_of(item);
}

}  // namespace

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
  for (const auto& item : vocabulary_.ics.items) {
    if (item.dut != ics.dut) continue;
    known.push_back(item.id);
    ics.items[item.id] = false;
  }
  std::vector<std::string> problems;
  for (const auto& [id, value] : document->find("items")->as_map()) {
    const auto* retired = find_row(vocabulary_.ics.retired, id);
    if (retired != nullptr && retired->dut == ics.dut) {
      ics.notes.push_back("ICS " + id + " is not asked any more: " + retired->instead);
    } else if (!ics.items.contains(id)) {
      const auto sentence = shown(id) + " is no item of a " + std::string(name_of(ics.dut)) + " ICS" + hint(id, known);
      problems.push_back(data_error(file.string(), below("/items", id), sentence).text());
    } else {
      ics.items[id] = value.as_bool();
    }
  }
  if (!problems.empty()) return fail(Errc::data, join(problems, "\n"));
  return ics;
}

model::Pixit Library::default_pixit() const {
  model::Pixit pixit;
  pixit.values = Value::Map{};
  for (const auto& item : vocabulary_.pixit_items) {
    if (!item.fallback.is_null()) pixit.values[item.id] = item.fallback;
  }
  return pixit;
}

Result<std::string> Library::named_content(const std::string& value, const fs::path& pixit) const {
  return content_of(named_file(value, pixit, folder_));
}

Result<model::Pixit> Library::load_pixit(const fs::path& file, const model::Ics* ics) const {
  const auto document = load_json(file);
  if (!document) return tl::make_unexpected(document.error());
  const auto shaped = schemas_.check("pixit", *document, file.string());
  if (!shaped) return tl::make_unexpected(shaped.error());
  auto pixit = default_pixit();
  pixit.file = file.string();
  pixit.title = document->text_or("title", "");
  std::vector<std::string> known;
  for (const auto& item : vocabulary_.pixit_items) known.push_back(item.id);
  std::vector<std::string> unknown;
  std::vector<std::string> problems;
  const auto problem = [&](const std::string& id, const std::string& sentence) {
    problems.push_back(data_error(file.string(), below("/values", id), sentence).text());
  };
  for (const auto& [id, value] : document->find("values")->as_map()) {
    const auto* row = find_row(vocabulary_.pixit_items, id);
    if (row == nullptr) {
      unknown.push_back(
          data_error(file.string(), below("/values", id), shown(id) + " is no value of the PIXIT" + hint(id, known))
              .text());
      continue;
    }
    const auto sentence = misfit(*row, value);
    if (!sentence.empty()) {
      problem(id, sentence + with_example(*row));
      continue;
    }
    pixit.values[id] = value;
    if (row->kind != "file") continue;
    auto content = named_content(value.as_string(), file);
    if (content) pixit.values[id] = std::move(*content);
    if (!content) problem(id, content.error().message);
  }
  for (const auto& item : vocabulary_.pixit_items) {
    const auto number = pixit.values.text_or(item.digits_of, "");
    if (!item.digits_of.empty() && !number.empty() && pixit.values.find(item.id) == nullptr) {
      pixit.values[item.id] = number.substr(number.starts_with('+') ? 1 : 0);
    }
    const bool there = document->find("values")->find(item.id) != nullptr;
    if (ics == nullptr || there || !needs(*ics, item)) continue;
    problem(item.id, "is missing, " + who_needs(item.needed_by(ics->dut), *ics) + " needs it: " + item.text +
                         with_example(item));
  }
  // A value of another shape weighs more than a missing one, and hides none.
  if (!unknown.empty()) {
    unknown.insert(unknown.end(), problems.begin(), problems.end());
    return fail(Errc::data, join(unknown, "\n"));
  }
  if (!problems.empty()) return fail(Errc::configuration, join(problems, "\n"));
  return pixit;
}

}  // namespace dmsc::load

// SPDX-License-Identifier: Apache-2.0
#include "runner/load/items.hpp"

#include <algorithm>
#include <set>

#include "runner/base/json.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/pattern.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/card/atr.hpp"
#include "runner/load/schema.hpp"

namespace dmsc::load {
namespace {

Result<Value> load_shaped(const std::filesystem::path& file, const Schemas& schemas, const char* schema) {
  auto document = load_json(file);
  if (!document) return document;
  const auto shaped = schemas.check(schema, *document, file.string());
  if (!shaped) return tl::make_unexpected(shaped.error());
  return document;
}

Value member(const Value& row, const char* key) {
  const auto* found = row.find(key);
  return found == nullptr ? Value{} : *found;
}

model::Dut dut_of(const Value& row) {
  return model::dut_of(row.text_or("dut", "")).value_or(model::Dut::card);
}

/// The two numbers of a list, where it has them.
void bounds(const Value& row, const char* key, PixitItem& item) {
  const auto* pair = row.find(key);
  if (pair == nullptr) return;
  item.least = pair->as_list()[0].as_int();
  item.most = pair->as_list()[1].as_int();
}

PixitItem pixit_item(const Value& row) {
  PixitItem item;
  item.id = row.text_or("id", "");
  item.kind = row.text_or("kind", "");
  item.text = row.text_or("text", "");
  item.format = row.text_or("format", "");
  item.unit = row.text_or("unit", "");
  item.pattern = row.text_or("pattern", "");
  item.secret = row.bool_or("secret", false);
  item.digits_of = row.text_or("digits_of", "");
  item.fallback = member(row, "default");
  item.example = member(row, "example");
  const auto words = member(row, "one_of");
  if (words.is_list()) {
    for (const auto& word : words.as_list()) item.one_of.push_back(word.as_string());
  }
  bounds(row, "range", item);
  bounds(row, "length", item);
  const auto needed = member(row, "needed_by");
  item.needed_by_card = member(needed, "card");
  item.needed_by_device = member(needed, "device");
  return item;
}

std::string range_in_words(const PixitItem& item) {
  return std::to_string(item.least) + " to " + std::to_string(item.most);
}

std::string misfit_of_number(const PixitItem& item, const Value& value) {
  if (!value.is_int()) return shown(value) + " is no number";
  const bool outside = value.as_int() < item.least || value.as_int() > item.most;
  return outside ? shown(value) + " is outside " + range_in_words(item) : "";
}

std::string misfit_of_octets(const PixitItem& item, const std::string& text) {
  const auto octets = parse_hex(text);
  if (!octets) return shown(Value(text)) + " is not hexadecimal";
  const auto size = static_cast<std::int64_t>(octets->size());
  if (size < item.least || size > item.most) {
    return "has " + std::to_string(size) + " octets, not " + range_in_words(item);
  }
  if (item.id != "card_atr") return {};
  return codec::read_atr(*octets).anomalies.empty() ? "" : shown(Value(text)) + " is no answer to reset";
}

std::string misfit_of_messages(const std::string& text) {
  for (const auto& message : split(text, ',')) {
    const auto octets = parse_hex(message);
    if (!octets || octets->empty()) return shown(Value(message)) + " is no message in hexadecimal";
  }
  return {};
}

std::string misfit_of_duration(const Value& value) {
  const auto duration = model::duration_of(value);
  if (!duration) return shown(value) + " is no duration, such as \"500 ms\", \"30 s\" or \"2 min\"";
  return duration->count() > 0 ? "" : shown(value) + " is too short, at least \"1 ms\"";
}

std::string misfit_of_text(const PixitItem& item, const std::string& text) {
  constexpr std::size_t longest = 255;
  if (text.size() > longest)
    return "has " + std::to_string(text.size()) + " octets, more than " + std::to_string(longest);
  if (!item.one_of.empty() && std::find(item.one_of.begin(), item.one_of.end(), text) == item.one_of.end()) {
    return shown(Value(text)) + " is none of " + join(item.one_of, ", ");
  }
  if (item.pattern.empty()) return {};
  const auto pattern = Pattern::read(item.pattern);
  return pattern && pattern->fits(text) ? "" : shown(Value(text)) + " is not as it must be: " + item.format;
}

}  // namespace

Result<IcsItems> load_ics_items(const std::filesystem::path& file, const Schemas& schemas) {
  const auto document = load_shaped(file, schemas, "ics-items");
  if (!document) return tl::make_unexpected(document.error());
  IcsItems out;
  std::set<std::pair<model::Dut, std::string>> groups;
  for (const auto& row : document->find("items")->as_list()) {
    model::IcsItem item;
    item.id = row.text_or("id", "");
    item.dut = dut_of(row);
    item.text = row.text_or("text", "");
    item.clause = row.text_or("clause", "");
    item.scr = row.text_or("scr", "");
    item.status = row.text_or("status", "O");
    item.condition = member(row, "if");
    item.then = row.text_or("then", "");
    item.requirement = row.text_or("requirement", "");
    const auto& group = item.condition.is_null() ? item.status : item.then;
    item.first = group == "M" || groups.emplace(item.dut, group).second;
    out.items.push_back(std::move(item));
  }
  for (const auto& row : document->find("consistency")->as_list()) {
    out.consistency.push_back({dut_of(row), member(row, "holds"), row.text_or("text", "")});
  }
  for (const auto& row : document->find("retired")->as_list()) {
    out.retired.push_back({row.text_or("id", ""), dut_of(row), row.text_or("instead", "")});
  }
  return out;
}

Result<std::vector<PixitItem>> load_pixit_items(const std::filesystem::path& file, const Schemas& schemas) {
  const auto document = load_shaped(file, schemas, "pixit-items");
  if (!document) return tl::make_unexpected(document.error());
  std::vector<PixitItem> out;
  for (const auto& row : document->find("items")->as_list()) {
    const auto pattern = Pattern::read(row.text_or("pattern", ""));
    if (!pattern) {
      const auto pointer = "/items/" + std::to_string(out.size()) + "/pattern";
      return tl::make_unexpected(data_error(file.string(), pointer, pattern.error().message));
    }
    out.push_back(pixit_item(row));
  }
  return out;
}

bool needs(const model::Ics& ics, const PixitItem& item) {
  const auto& tree = item.needed_by(ics.dut);
  if (tree.is_null()) return false;
  const auto judged = model::judge_tree(tree, [&](const Value& leaf) {  // `true` is every device
    return leaf.is_string() ? model::judge_item(leaf.as_string(), ics) : model::Applicability{};
  });
  return judged.applicable;
}

std::string misfit(const PixitItem& item, const Value& value) {
  if (item.kind == "number") return misfit_of_number(item, value);
  if (item.kind == "flag") return value.is_bool() ? "" : shown(value) + " is neither true nor false";
  if (!value.is_string()) return shown(value) + " is not of type string";
  const auto& text = value.as_string();
  if (item.kind == "duration") return misfit_of_duration(value);
  if (text.empty()) return "is empty";
  if (item.kind == "octets") return misfit_of_octets(item, text);
  if (item.kind == "messages") return misfit_of_messages(text);
  return item.kind == "text" ? misfit_of_text(item, text) : "";
}

std::string example_of(const PixitItem& item) {
  return write_json(item.example.is_null() ? item.fallback : item.example);
}

}  // namespace dmsc::load

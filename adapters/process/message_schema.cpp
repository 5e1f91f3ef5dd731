// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/message_schema.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

namespace dmsc::process {
namespace {

using Adapter = valijson::adapters::NlohmannJsonAdapter;

constexpr std::string_view hex_pattern = "^([0-9A-F]{2})*$";

/// Takes the patterns out of a schema: a regular expression recurses once a character, and an APDU is long.
void drop_patterns(Value& schema) {
  if (schema.is_list()) {
    for (auto& item : schema.as_list()) drop_patterns(item);
  }
  if (!schema.is_map()) return;
  auto& members = schema.as_map();
  std::erase_if(members, [](const auto& member) { return member.first == "pattern"; });
  for (auto& member : members) drop_patterns(member.second);
}

const Value& resolve(const Value& root, const Value& schema) {
  const auto reference = schema.text_or("$ref", "");
  if (reference.empty()) return schema;
  return *root.find("definitions")->find(reference.substr(reference.rfind('/') + 1));
}

bool is_hex(const std::string& text) {
  return text.size() % 2 == 0 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F'); });
}

/// The one pattern that the schema has, in place of the validator. Octets are members of params and results, or `null`.
std::optional<std::string> find_bad_hex(const Value& root, const Value& schema, const Value& value) {
  const auto* properties = schema.find("properties");
  if (properties == nullptr) return {};
  for (const auto& [key, member] : properties->as_map()) {
    const auto* text = value.find(key);
    if (text == nullptr || !text->is_string()) continue;
    Value::List kinds{resolve(root, member)};
    if (const auto* either = member.find("oneOf")) kinds = either->as_list();
    const bool octets = std::any_of(kinds.begin(), kinds.end(), [&](const Value& kind) {
      return resolve(root, kind).text_or("pattern", "") == hex_pattern;
    });
    if (octets && !is_hex(text->as_string())) return key;
  }
  return {};
}

std::string pointer_of(const std::vector<std::string>& context) {
  std::string out;
  for (const auto& part : context) {  // `<root>`, then `[key]`
    if (part.size() > 2 && part.front() == '[') out += "/" + part.substr(1, part.size() - 2);
  }
  return out.empty() ? "/" : out;
}

/// The validator's words as ours begin and end.
std::string sentence(std::string words) {
  while (words.ends_with('.')) words.pop_back();
  if (words.find("'additionalProperties'") != std::string::npos) {
    return "member " + words.substr(words.rfind(": ") + 2) + " is not known";
  }
  if (words.size() > 1 && std::islower(static_cast<unsigned char>(words[1])) != 0) {
    words[0] = static_cast<char>(std::tolower(static_cast<unsigned char>(words[0])));
  }
  return words;
}

std::string cut(const std::string& text) {
  constexpr std::size_t most = 200;
  const auto head = std::string_view(text).substr(0, most);
  return printable(head.substr(0, valid_utf8_prefix(head)));
}

}  // namespace

struct MessageSchema::Compiled {
  valijson::Schema schema;
  valijson::Validator validator;
};

Result<MessageSchema> MessageSchema::load(const std::filesystem::path& file) {
  auto root = load_json(file);
  if (!root) return tl::make_unexpected(root.error());
  const auto* methods = root->find("methods");
  const auto* definitions = root->find("definitions");
  const bool whole = methods != nullptr && methods->is_map() && definitions != nullptr && definitions->is_map();
  if (!whole) return fail(Errc::configuration, "has no methods and definitions", {}, file.string());
  MessageSchema out;
  out.root_ = std::move(*root);
  out.compiled_ = std::make_shared<std::map<std::string, std::unique_ptr<Compiled>>>();
  return out;
}

bool MessageSchema::knows(std::string_view method) const {
  return method.starts_with("x.") || root_.find("methods")->find(method) != nullptr;
}

bool MessageSchema::goes_to(std::string_view whom, std::string_view method) const {
  const auto* row = root_.find("methods")->find(method);
  return row != nullptr && row->text_or("to", "") == whom;
}

std::vector<std::string> MessageSchema::methods_to(std::string_view whom) const {
  std::vector<std::string> out;
  for (const auto& [method, row] : root_.find("methods")->as_map()) {
    if (row.text_or("to", "") == whom) out.push_back(method);
  }
  return out;
}

Result<void> MessageSchema::check(const std::string& method, Part part, const Value& value) const {
  if (method.starts_with("x.")) return {};
  const auto* row = root_.find("methods")->find(method);
  if (row == nullptr) return fail(Errc::unknown, "there is no method \"" + cut(method) + "\"");
  const std::string name = part == Part::params ? "params" : "result";
  const auto place = method + " " + name;
  const auto& schema = resolve(root_, *row->find(name));
  const auto bad_hex = find_bad_hex(root_, schema, value);
  if (bad_hex) return fail(Errc::malformed, "no octets in upper-case hexadecimal", {}, place + ": /" + *bad_hex);

  auto& entry = (*compiled_)[place];
  if (!entry) {
    entry = std::make_unique<Compiled>();
    auto document = schema;
    document["definitions"] = *root_.find("definitions");
    drop_patterns(document);
    const auto json = nlohmann::json::parse(write_json(document));
    valijson::SchemaParser(valijson::SchemaParser::kDraft7).populateSchema(Adapter(json), entry->schema);
  }
  const auto json = nlohmann::json::parse(write_json(value));
  valijson::ValidationResults results;
  if (entry->validator.validate(entry->schema, Adapter(json), &results)) return {};
  valijson::ValidationResults::Error error;
  valijson::ValidationResults::Error deepest;
  while (results.popError(error)) {
    if (deepest.description.empty() || error.context.size() > deepest.context.size()) deepest = error;
  }
  return fail(Errc::malformed, cut(sentence(deepest.description)), {}, place + ": " + cut(pointer_of(deepest.context)));
}

}  // namespace dmsc::process

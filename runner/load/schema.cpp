// SPDX-License-Identifier: Apache-2.0
#include "runner/load/schema.hpp"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "runner/base/json.hpp"
#include "runner/base/pattern.hpp"
#include "runner/base/text.hpp"

namespace dmsc::load {
namespace {

using Json = nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

/// Follows `$ref` to a definition of the same file.
const Value& resolve(const Value& root, const Value& schema) {
  const auto* reference = schema.find("$ref");
  if (reference == nullptr) return schema;
  const Value* found = &root;
  for (const auto& key : split(reference->as_string().substr(2), '/')) found = found->find(key);
  return *found;
}

/// Schema of a member or an item, or null where any value may stand.
const Value* schema_below(const Value& root, const Value& schema, const std::string& key) {
  const auto& here = resolve(root, schema);
  if (const auto* properties = here.find("properties")) {
    if (const auto* one = properties->find(key)) return &resolve(root, *one);
  }
  if (const auto* items = here.find("items")) return &resolve(root, *items);
  const auto* more = here.find("additionalProperties");
  return more != nullptr && more->is_map() ? &resolve(root, *more) : nullptr;
}

struct Violation {
  std::string pointer;
  std::string sentence;
};

/// What is looked at before the validator: it names no unknown key, which would come last among its other words, its
/// regular expressions recurse a character, and for lists without equal items it looks at each pair.
class Ahead {
 public:
  using Patterns = std::map<std::string, Result<Pattern>>;

  Ahead(const Value& root, Patterns& patterns) : root_(root), patterns_(patterns) {}

  std::optional<Violation> look(const Value& schema, const Value& document, const std::string& pointer) {
    const auto& here = resolve(root_, schema);
    if (document.is_list()) return look_at_items(here, document.as_list(), pointer);
    if (document.is_map()) return look_at_members(here, document.as_map(), pointer);
    const auto* pattern = here.find("pattern");
    if (pattern == nullptr || !document.is_string() || fits(pattern->as_string(), document.as_string())) return {};
    return Violation{pointer, shown(document) + " does not match " + pattern->as_string()};
  }

 private:
  bool fits(const std::string& expression, const std::string& text) {
    auto known = patterns_.find(expression);
    if (known == patterns_.end()) known = patterns_.emplace(expression, Pattern::read(expression)).first;
    return known->second && known->second->occurs_in(text);
  }

  std::optional<Violation> look_at_items(const Value& schema, const Value::List& items, const std::string& pointer) {
    constexpr std::size_t most_items = 1000;
    if (items.size() > most_items && schema.find("uniqueItems") != nullptr) {
      return Violation{pointer,
                       "has " + std::to_string(items.size()) + " items, more than " + std::to_string(most_items)};
    }
    const auto* one = schema_below(root_, schema, {});
    if (one == nullptr) return {};
    for (std::size_t at = 0; at < items.size(); ++at) {
      auto found = look(*one, items[at], below(pointer, std::to_string(at)));
      if (found) return found;
    }
    return {};
  }

  std::optional<Violation> look_at_members(const Value& schema, const Value::Map& members, const std::string& pointer) {
    const auto* properties = schema.find("properties");
    const auto* more = schema.find("additionalProperties");
    const bool closed = more != nullptr && more->is_bool() && !more->as_bool();
    for (const auto& [key, value] : members) {
      const auto place = below(pointer, key);
      if (closed && (properties == nullptr || properties->find(key) == nullptr)) {
        return Violation{place, "key is not known" + hint(key, keys_of(properties))};
      }
      const auto* one = schema_below(root_, schema, key);
      if (one == nullptr) continue;
      auto found = look(*one, value, place);
      if (found) return found;
    }
    return {};
  }

  static std::vector<std::string> keys_of(const Value* properties) {
    std::vector<std::string> keys;
    if (properties == nullptr) return keys;
    for (const auto& member : properties->as_map()) keys.push_back(member.first);
    return keys;
  }

  const Value& root_;
  Patterns& patterns_;
};

/// A schema without its patterns, which Ahead has looked at.
Value without_patterns(Value schema) {
  if (schema.is_list()) {
    for (auto& item : schema.as_list()) item = without_patterns(std::move(item));
  } else if (schema.is_map()) {
    auto& members = schema.as_map();
    std::erase_if(members, [](const auto& one) { return one.first == "pattern" && one.second.is_string(); });
    for (auto& member : members) member.second = without_patterns(std::move(member.second));
  }
  return schema;
}

std::string list_of(const Value& value) {
  if (value.is_string()) return value.as_string();
  std::vector<std::string> names;
  for (const auto& item : value.as_list()) names.push_back(item.as_string());
  return join(names, " or ");
}

bool speaks_of(const std::string& words, std::string_view part) {
  return words.find(part) != std::string::npos;
}

std::string counted(std::size_t count, const std::string& what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

std::string enum_sentence(const Value& schema, const Value& value) {
  std::vector<std::string> names;
  for (const auto& item : schema.find("enum")->as_list()) names.push_back(item.as_string());
  const auto near = value.is_string() ? did_you_mean(value.as_string(), names) : std::string{};
  return shown(value) + " is none of " + join(names, ", ") + near;
}

/// Characters of text that is valid UTF-8, as the parser has seen to.
std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

struct Size {
  std::size_t count;
  const char* what;
  const char* least;  ///< keyword
  const char* most;
};

Size size_of(const Value& value) {
  if (value.is_list()) return {value.as_list().size(), "item", "minItems", "maxItems"};
  if (value.is_map()) return {value.as_map().size(), "member", "minProperties", "maxProperties"};
  return {value.is_string() ? characters(value.as_string()) : 0, "character", "minLength", "maxLength"};
}

std::string size_sentence(const Value& schema, const Value& value, bool too_small) {
  const auto size = size_of(value);
  const auto limit = static_cast<std::size_t>(schema.int_or(too_small ? size.least : size.most, 0));
  if (too_small && size.count == 0) return "is empty, at least " + counted(limit, size.what) + " must be there";
  return "has " + counted(size.count, size.what) + (too_small ? ", fewer than " : ", more than ") +
         std::to_string(limit);
}

/// The validator's words in ours.
std::string sentence_for(const std::string& words, const Value& schema, const Value& value) {
  if (speaks_of(words, "Missing required property")) {
    const auto from = words.find('\'') + 1;
    return "\"" + words.substr(from, words.rfind('\'') - from) + "\" is missing";
  }
  if (speaks_of(words, "'type' constraint") && schema.find("type") != nullptr) {
    return shown(value) + " is not of type " + list_of(*schema.find("type"));
  }
  if (speaks_of(words, "enum values") && schema.find("enum") != nullptr) return enum_sentence(schema, value);
  if (speaks_of(words, "no fewer than")) return size_sentence(schema, value, true);
  if (speaks_of(words, "no more than")) return size_sentence(schema, value, false);
  if (speaks_of(words, "uniqueness")) return "holds an item twice";
  if (speaks_of(words, "Expected number")) {
    const auto limit = [&](const char* key) {
      return schema.find(key) == nullptr ? std::string("any") : shown(*schema.find(key));
    };
    return shown(value) + " is outside " + limit("minimum") + " to " + limit("maximum");
  }
  return "does not fit the schema";
}

/// `[steps][0]` as the validator writes it -> key.
std::string bare(const std::string& part) {
  return part.size() > 2 && part.front() == '[' ? part.substr(1, part.size() - 2) : std::string{};
}

const Value* child(const Value* value, const std::string& key) {
  if (value == nullptr) return nullptr;
  if (!value->is_list()) return value->find(key);
  const auto index = static_cast<std::size_t>(std::stoul(key));
  return index < value->as_list().size() ? &value->as_list()[index] : nullptr;
}

Violation translate(const valijson::ValidationResults::Error& error, const Value& root, const Value& document) {
  Violation violation;
  const Value* schema = &root;
  const Value* value = &document;
  for (const auto& part : error.context) {
    const auto key = bare(part);
    if (key.empty()) continue;
    violation.pointer = below(violation.pointer, key);
    if (schema != nullptr) schema = schema_below(root, *schema, key);
    value = child(value, key);
  }
  const Value nothing;
  violation.sentence =
      sentence_for(error.description, schema == nullptr ? nothing : *schema, value == nullptr ? nothing : *value);
  return violation;
}

Json to_nlohmann(const Value& value) {
  if (value.is_bool()) return value.as_bool();
  if (value.is_int()) return value.as_int();
  if (value.is_string()) return value.as_string();
  if (value.is_list()) {
    auto list = Json::array();
    for (const auto& item : value.as_list()) list.push_back(to_nlohmann(item));
    return list;
  }
  if (value.is_map()) {
    auto map = Json::object();
    for (const auto& [key, item] : value.as_map()) map[key] = to_nlohmann(item);
    return map;
  }
  return nullptr;
}

std::string cut(std::string_view text) {
  constexpr std::size_t most = 60;
  if (text.size() <= most) return std::string(text);
  return std::string(text.substr(0, valid_utf8_prefix(text.substr(0, most)))) + "...";
}

}  // namespace

Error data_error(const std::string& place, const std::string& pointer, const std::string& sentence) {
  return Error{Errc::data, printable(sentence), {}, place + ": " + (pointer.empty() ? "/" : printable(pointer))};
}

std::string shown(const Value& value) {
  if (value.is_string()) return "\"" + printable(cut(value.as_string())) + "\"";
  if (value.is_list()) return "a list";
  return value.is_map() ? "an object" : write_json(value);
}

std::string below(const std::string& pointer, std::string_view key) {
  std::string out = pointer + "/";
  for (const char c : cut(key)) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
  return out;
}

std::string hint(std::string_view word, const std::vector<std::string>& words) {
  constexpr std::size_t longest_word = 80;  // beyond that nothing is near, and to measure it takes long
  constexpr std::size_t few = 10;
  if (word.size() > longest_word) return {};
  const auto difference = [&](const std::string& other) {
    return std::max(word.size(), other.size()) - std::min(word.size(), other.size());
  };
  auto by_length = words;  // of two words as near, the one as long is meant
  std::stable_sort(by_length.begin(), by_length.end(),
                   [&](const auto& a, const auto& b) { return difference(a) < difference(b); });
  auto near = did_you_mean(word, by_length);
  if (!near.empty() || words.empty() || words.size() > few) return near;
  return ", known are " + join(words, ", ");
}

/// A schema in the validator's form, and its regular expressions.
struct Schemas::Compiled {
  std::optional<Violation> validate(const Value& root, const Value& document) {
    if (!parsed)
      valijson::SchemaParser(valijson::SchemaParser::kDraft7)
          .populateSchema(Adapter(to_nlohmann(without_patterns(root))), schema);
    parsed = true;
    const auto json = to_nlohmann(document);
    valijson::ValidationResults results;
    if (validator.validate(schema, Adapter(json), &results)) return {};
    valijson::ValidationResults::Error error;
    valijson::ValidationResults::Error deepest;
    while (results.popError(error)) {
      if (error.context.size() > deepest.context.size()) deepest = error;
    }
    return translate(deepest, root, document);
  }

  Ahead::Patterns patterns;
  bool parsed = false;
  valijson::Schema schema;
  valijson::Validator validator;
};

Result<Schemas> Schemas::load(const std::filesystem::path& folder) {
  Schemas out;
  std::error_code trouble;
  constexpr std::string_view ending = ".schema.json";
  for (const auto& file : std::filesystem::directory_iterator(folder, trouble)) {
    const auto name = file.path().filename().string();
    if (!name.ends_with(ending)) continue;
    auto schema = load_json(file.path());
    if (!schema) return tl::make_unexpected(schema.error());
    const auto stem = name.substr(0, name.size() - ending.size());
    const auto add = [&](const std::string& its_name, Value document) {
      auto& entry = out.schemas_[its_name];
      entry.document = std::move(document);
      entry.compiled = std::make_shared<Compiled>();
    };
    // Of a schema that is one of several each is known by its own name, so that a violation is told by its place.
    if (const auto* kinds = schema->find("oneOf")) {
      for (const auto& kind : kinds->as_list()) {
        const auto reference = kind.text_or("$ref", "");
        add(stem + "/" + reference.substr(reference.rfind('/') + 1),
            Value::Map{{"$ref", reference}, {"definitions", *schema->find("definitions")}});
      }
    }
    add(stem, std::move(*schema));
  }
  if (out.schemas_.empty()) return fail(Errc::configuration, "holds no schema", {}, folder.string());
  return out;
}

Result<void> Schemas::check(const std::string& schema, const Value& document, const std::string& place) const {
  const auto found = schemas_.find(schema);
  if (found == schemas_.end()) return fail(Errc::configuration, "schema \"" + schema + "\" is not installed");
  const auto& root = found->second.document;
  auto violation = Ahead(root, found->second.compiled->patterns).look(root, document, {});
  if (!violation) violation = found->second.compiled->validate(root, document);
  if (!violation) return {};
  return tl::make_unexpected(data_error(place, violation->pointer, violation->sentence));
}

}  // namespace dmsc::load

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "runner/base/json.hpp"
#include "runner/load/grammar.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::load {
namespace {

using model::Member;
using model::MemberKind;
using model::Unnamed;

Value of_type(const char* type) {
  return Value::Map{{"type", type}};
}

Value reference_to(const std::string& name) {
  return Value::Map{{"$ref", "#/definitions/" + name}};
}

const char* pattern_of(Unnamed rule) {
  switch (rule) {
    case Unnamed::objects:
      return "^unknown_([0-9A-F]{2}|[0-9A-F]{4})$";
    case Unnamed::parameters:
      return "^parameter_[0-9A-F]{2}$";
    case Unnamed::bits:
      return "^bit_[1-9][0-9]*_[1-8]$";
    case Unnamed::any:
      return "";
    case Unnamed::none:
      break;
  }
  return nullptr;
}

/// Definitions, each content once.
class Definitions {
 public:
  /// A member as a matcher of it; its definition's name.
  std::string matcher_of(const Member& member) {
    const auto literal = literal_of(member);
    const auto known = names_.find(write_json(literal));
    if (known != names_.end()) return known->second;
    const auto name = "is." + member.key + (++count_[member.key] > 1 ? "." + std::to_string(count_[member.key]) : "");
    names_[write_json(literal)] = name;
    const auto self = reference_to(name);
    Value several = Value::Map{{"type", "array"}, {"minItems", 1}, {"items", self}};
    Value words = Value::Map{{"in", several},
                             {"all", several},
                             {"not", self},
                             {"any", self},
                             {"present", of_type("boolean")},
                             {"matches", of_type("string")},
                             {"range", of_type("array")},
                             {"bits", of_type("object")},
                             {"distinct", of_type("object")}};
    Value::List ways = {literal, Value::Map{{"type", "string"}, {"pattern", "^\\$"}},
                        Value::Map{{"type", "object"},
                                   {"minProperties", 1},
                                   {"maxProperties", 1},
                                   {"additionalProperties", false},
                                   {"properties", std::move(words)}}};
    if (member.list) ways.push_back(Value::Map{{"type", "array"}, {"items", self}});
    all_[name] = Value::Map{{"anyOf", std::move(ways)}};
    return name;
  }

  /// An object with these members and no others.
  Value object_of(const std::vector<Member>& members, Unnamed unnamed, bool wire) {
    Value properties = Value::Map{};
    for (const auto& member : members) properties[member.key] = reference_to(matcher_of(member));
    if (wire) properties["raw"] = Value::Map{};
    Value out = Value::Map{{"type", "object"}, {"properties", std::move(properties)}};
    const auto* pattern = pattern_of(unnamed);
    if (pattern != nullptr && *pattern == '\0') return out;  // whatever the peer says
    if (pattern != nullptr) out["patternProperties"] = Value::Map{{pattern, Value::Map{}}};
    out["additionalProperties"] = false;
    return out;
  }

  void add(const std::string& name, Value value) { all_[name] = std::move(value); }
  Value take() { return std::move(all_); }

 private:
  Value literal_of(const Member& member) {
    Value::List ways;
    if (!member.words.empty()) {
      Value::List words;
      for (const auto& word : member.words) words.emplace_back(word);
      ways.push_back(Value::Map{{"enum", std::move(words)}});
    }
    switch (member.kind) {
      case MemberKind::any:
        return Value::Map{};
      case MemberKind::number:
        ways.push_back(of_type("integer"));
        break;
      case MemberKind::flag:
        ways.push_back(of_type("boolean"));
        break;
      case MemberKind::words:
        if (member.open) ways.push_back(of_type("integer"));
        break;
      case MemberKind::map:
        return object_of(member.members, member.unnamed, member.wire);
      default:
        ways.push_back(of_type("string"));
    }
    if (member.wire) ways.push_back(object_of({}, Unnamed::none, true));
    if (member.wire && member.kind == MemberKind::text) {
      ways.back()["properties"]["text"] = Value::Map{};
    }
    return ways.size() == 1 ? ways.front() : Value(Value::Map{{"anyOf", std::move(ways)}});
  }

  Value all_ = Value::Map{};
  std::map<std::string, std::string> names_;
  std::map<std::string, int> count_;
};

/// `if` the step has this word `then` what goes with it.
Value rule(const char* word, Value name, Value then) {
  return Value::Map{{"if", Value::Map{{"properties", Value::Map{{word, std::move(name)}}}}},
                    {"then", Value::Map{{"properties", std::move(then)}}}};
}

/// Rules of steps of one kind.
Value rules_of(const char* word, Value::List rules) {
  return Value::Map{{"if", Value::Map{{"required", Value::List{word}}}},
                    {"then", Value::Map{{"allOf", std::move(rules)}}}};
}

/// Where a step speaks of the fields of its event.
Value places_of(const Value& where) {
  const Value row = Value::Map{{"properties", Value::Map{{"where", where}}}};
  const Value rows = Value::Map{{"items", row}};
  return Value::Map{{"where", where}, {"when", rows}, {"readings", rows}};
}

Value parameter_schema(const model::Parameter& parameter) {
  static const std::map<std::string_view, const char*> types = {{"text", "string"},  {"number", "integer"},
                                                                {"flag", "boolean"}, {"duration", "string"},
                                                                {"list", "array"},   {"map", "object"}};
  Value out = Value::Map{{"description", parameter.meaning}};
  const auto type = types.find(parameter.kind);
  if (type == types.end()) return out;
  Value::List words;
  for (const auto word : parameter.words) words.emplace_back(std::string(word));
  Value literal = words.empty() ? of_type(type->second) : Value(Value::Map{{"enum", std::move(words)}});
  out["anyOf"] = Value::List{std::move(literal), Value::Map{{"type", "string"}, {"pattern", "^\\$"}}};
  return out;
}

Value with_schema(const model::Stimulus& row) {
  Value properties = Value::Map{};
  Value::List required;
  for (const auto& parameter : row.parameters) {
    properties[parameter.key] = parameter_schema(parameter);
    if (parameter.required) required.emplace_back(parameter.key);
  }
  Value out = Value::Map{{"description", row.meaning},
                         {"type", "object"},
                         {"properties", std::move(properties)},
                         {"additionalProperties", false}};
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

Value event_name() {
  Value::List keys;
  for (const auto& key : model::event_keys()) keys.emplace_back(key);
  Value::List ways = {Value::Map{{"enum", std::move(keys)}}};
  for (const auto& unknown : model::unknown_events()) {
    ways.push_back(Value::Map{{"type", "string"}, {"pattern", "^" + std::string(unknown.prefix) + "[0-9A-F]+$"}});
  }
  return Value::Map{{"anyOf", std::move(ways)}};
}

}  // namespace

Value words_schema(Value base) {
  Definitions definitions;
  Value::List expected;
  Value::List forbidden;
  Value::List done;
  for (const auto& key : model::event_keys()) {
    const auto& event = *model::find_event(key);
    const auto name = "event." + key;
    auto fields = definitions.object_of(event.members, event.unnamed, false);
    fields["description"] = event.name + " [" + event.origin + "]";
    definitions.add(name, std::move(fields));
    const Value one = reference_to(name);
    const Value several = Value::Map{{"type", "object"},
                                     {"required", Value::List{"in"}},
                                     {"additionalProperties", false},
                                     {"properties", Value::Map{{"in", Value::Map{{"type", "array"}, {"items", one}}}}}};
    const Value where = Value::Map{{"anyOf", Value::List{one, several}}};
    expected.push_back(rule("expect", Value::Map{{"const", key}}, places_of(where)));
    forbidden.push_back(rule("forbid", Value::Map{{"const", key}}, places_of(where)));
  }
  Value::List names;
  for (const auto& row : model::stimuli()) {
    names.emplace_back(row.name);
    auto one = rule("do", Value::Map{{"const", row.name}}, Value::Map{{"with", with_schema(row)}});
    const bool needed = std::ranges::any_of(row.parameters, [](const auto& parameter) { return parameter.required; });
    if (needed) one["then"]["required"] = Value::List{"with"};
    done.push_back(std::move(one));
  }
  const auto defined = definitions.take();
  for (const auto& [name, value] : defined.as_map()) base["definitions"][name] = value;
  auto& step = base["definitions"]["step"];
  for (const auto* word : {"expect", "forbid"}) step["properties"][word] = event_name();
  step["properties"]["do"] = Value::Map{{"enum", std::move(names)}};
  step["allOf"] = Value::List{rules_of("expect", std::move(expected)), rules_of("forbid", std::move(forbidden)),
                              rules_of("do", std::move(done))};
  base["title"] = "DM_SC test case, with its words";
  return base;
}

}  // namespace dmsc::load

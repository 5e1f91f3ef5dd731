// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/matcher.hpp"

#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/base/pattern.hpp"
#include "runner/base/text.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::engine {
namespace {

std::string words_of(const Value* value) {
  if (value == nullptr) return "nothing";
  return value->is_string() ? value->as_string() : write_json(*value);
}

/// As much of what a peer said as a finding needs.
std::string shown(const Value* value) {
  constexpr std::size_t enough = 200;
  auto words = words_of(value);
  if (words.size() <= enough) return words;
  const auto all = words.size();
  words.resize(enough);
  while (!words.empty() && (static_cast<unsigned char>(words.back()) & 0xC0U) == 0x80U) words.pop_back();
  if (!words.empty() && static_cast<unsigned char>(words.back()) >= 0xC0U) words.pop_back();
  return words + "... (" + std::to_string(all) + " characters)";
}

std::string below(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

bool meets(const Value& matcher, const Value* actual);

/// Whether the items that `operand.for` fits share the value of `operand.member` with no other item of the list;
/// without `for`, whether all values differ.
bool is_distinct(const Value::List& items, const Value& operand) {
  const auto member = operand.text_or("member", "");
  const auto* whose = operand.find("for");
  for (std::size_t a = 0; a < items.size(); ++a) {
    const auto* value = items[a].find(member);
    if (value == nullptr || (whose != nullptr && !meets(*whose, &items[a]))) continue;
    for (std::size_t b = 0; b < items.size(); ++b) {
      const auto* other = items[b].find(member);
      if (b != a && other != nullptr && *other == *value) return false;
    }
  }
  return true;
}

bool holds(std::string_view word, const Value& operand, const Value* actual) {
  if (word == "present") return operand.as_bool() == (actual != nullptr);
  if (word == "all") {
    return std::all_of(operand.as_list().begin(), operand.as_list().end(),
                       [&](const Value& one) { return meets(one, actual); });
  }
  if (actual == nullptr) return word == "not";
  if (word == "in") {
    return std::any_of(operand.as_list().begin(), operand.as_list().end(),
                       [&](const Value& item) { return meets(item, actual); });
  }
  if (word == "not") return !meets(operand, actual);
  if (word == "any") {
    return actual->is_list() && std::any_of(actual->as_list().begin(), actual->as_list().end(),
                                            [&](const Value& item) { return meets(operand, &item); });
  }
  if (word == "distinct") return actual->is_list() && is_distinct(actual->as_list(), operand);
  if (word == "range") {
    return actual->is_int() && actual->as_int() >= operand.as_list()[0].as_int() &&
           actual->as_int() <= operand.as_list()[1].as_int();
  }
  if (word == "bits") {
    return actual->is_int() && (actual->as_int() & operand.int_or("mask", 0)) == operand.int_or("value", 0);
  }
  const auto pattern = Pattern::read(operand.as_string());
  return actual->is_string() && pattern && pattern->occurs_in(actual->as_string());
}

bool meets(const Value& matcher, const Value* actual) {
  const auto word = model::matcher_of(matcher);
  if (!word.empty()) return holds(word, matcher.as_map()[0].second, actual);
  if (!matcher.is_map()) return actual != nullptr && *actual == matcher;
  const auto& members = matcher.as_map();
  return std::all_of(members.begin(), members.end(), [&](const auto& member) {
    return meets(member.second, actual == nullptr ? nullptr : actual->find(member.first));
  });
}

/// How many members of a map matcher an item fits.
std::size_t members_met(const Value& matcher, const Value& item) {
  const auto& members = matcher.as_map();
  return static_cast<std::size_t>(std::count_if(members.begin(), members.end(), [&](const auto& member) {
    return meets(member.second, item.find(member.first));
  }));
}

/// Of a list in which no item fits, the one that comes nearest.
std::string observed_of(const Value& matcher, const Value* actual) {
  const auto word = model::matcher_of(matcher);
  const auto& wanted = matcher.as_map()[0].second;
  const bool list = word == "any" && actual != nullptr && actual->is_list() && !actual->as_list().empty();
  if (!list || !wanted.is_map() || !model::matcher_of(wanted).empty()) return shown(actual);
  const auto& items = actual->as_list();
  const auto nearest = std::max_element(items.begin(), items.end(), [&](const Value& a, const Value& b) {
    return members_met(wanted, a) < members_met(wanted, b);
  });
  return "a list of " + std::to_string(items.size()) + ", nearest " + shown(&*nearest);
}

std::optional<Mismatch> compare(const Value& matcher, const Value* actual, const std::string& path) {
  if (meets(matcher, actual)) return {};
  const bool word = !model::matcher_of(matcher).empty();
  if (word || !matcher.is_map())
    return Mismatch{path, in_words(matcher), word ? observed_of(matcher, actual) : shown(actual)};
  for (const auto& [key, wanted] : matcher.as_map()) {
    auto found = compare(wanted, actual == nullptr ? nullptr : actual->find(key), below(path, key));
    if (found) return found;
  }
  return {};
}

}  // namespace

bool fits(const Value& matcher, const Value& actual) {
  return matcher.is_null() || meets(matcher, &actual);
}

std::optional<Mismatch> mismatch(const Value& matcher, const Value& actual) {
  if (matcher.is_null()) return {};
  return compare(matcher, &actual, {});
}

std::string in_words(const Value& matcher) {
  const auto word = model::matcher_of(matcher);
  if (word.empty()) {
    if (!matcher.is_map()) return words_of(&matcher);
    std::vector<std::string> parts;
    for (const auto& [key, value] : matcher.as_map()) {
      const bool nested = value.is_map() && model::matcher_of(value).empty();
      parts.push_back(key + " " + (nested ? "(" + in_words(value) + ")" : in_words(value)));
    }
    return join(parts, ", ");
  }
  const auto& operand = matcher.as_map()[0].second;
  if (word == "in") {
    std::vector<std::string> parts;
    for (const auto& item : operand.as_list())
      parts.push_back(item.is_map() ? "(" + in_words(item) + ")" : in_words(item));
    return "one of " + join(parts, ", ");
  }
  if (word == "range") return words_of(&operand.as_list()[0]) + " to " + words_of(&operand.as_list()[1]);
  if (word == "not") return "anything but " + in_words(operand);
  if (word == "any") return "a list that holds " + in_words(operand);
  if (word == "distinct") return "a list without two equal " + operand.text_or("member", "");
  if (word == "all") {
    std::vector<std::string> parts;
    for (const auto& one : operand.as_list()) parts.push_back(in_words(one));
    return join(parts, " and ");
  }
  if (word == "present") return operand.as_bool() ? "present" : "absent";
  if (word == "matches") return "text like " + words_of(&operand);
  return "bits " + words_of(&operand);
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/applicability.hpp"

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/engine/matcher.hpp"

namespace dmsc::engine {
namespace {

using model::Applicability;

Applicability judge_values(const Value::Map& wanted, const model::Pixit& pixit) {
  for (const auto& [name, matcher] : wanted) {
    const auto* value = pixit.values.find(name);
    if (value != nullptr && fits(matcher, *value)) continue;
    return {false, "PIXIT " + name + (value == nullptr ? " is left out" : "=" + write_json(*value))};
  }
  return {};
}

}  // namespace

Applicability judge_needs(const Value& needs, const Declared& declared) {
  return model::judge_tree(needs, [&](const Value& leaf) {
    if (leaf.is_string()) return model::judge_item(leaf.as_string(), declared.ics);
    return judge_values(leaf.find("pixit")->as_map(), declared.pixit);
  });
}

std::string needs_in_words(const Value& needs) {
  if (needs.is_string()) return needs.as_string();
  if (!needs.is_map()) return "nothing";
  const auto& [word, below] = needs.as_map()[0];
  if (word == "not") return "not " + needs_in_words(below);
  if (word == "pixit") return "PIXIT " + in_words(below);
  std::vector<std::string> parts;
  for (const auto& tree : below.as_list()) parts.push_back(needs_in_words(tree));
  return "(" + join(parts, word == "all" ? " and " : " or ") + ")";
}

}  // namespace dmsc::engine

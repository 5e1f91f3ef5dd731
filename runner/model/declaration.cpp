// SPDX-License-Identifier: Apache-2.0
#include "runner/model/declaration.hpp"

namespace dmsc::model {
namespace {

Applicability judge_all(const Value::List& trees, const JudgeLeaf& judge_leaf) {
  for (const auto& tree : trees) {
    auto one = judge_tree(tree, judge_leaf);
    if (!one.applicable) return one;
  }
  return {};
}

Applicability judge_any(const Value::List& trees, const JudgeLeaf& judge_leaf) {
  Applicability none{false, {}};
  for (const auto& tree : trees) {
    auto one = judge_tree(tree, judge_leaf);
    if (one.applicable) return one;
    none.reason += (none.reason.empty() ? "" : " and ") + one.reason;
  }
  return none;
}

}  // namespace

bool claims(const Ics& ics, std::string_view item) {
  const auto found = ics.items.find(item);
  return found != ics.items.end() && found->second;
}

Applicability judge_item(const std::string& item, const Ics& ics) {
  if (claims(ics, item)) return {};
  return {false, "ICS " + item + "=false"};
}

std::vector<std::string> leaves_of(const Value& tree) {
  if (tree.is_string()) return {tree.as_string()};
  std::vector<std::string> out;
  if (!tree.is_map()) return out;
  for (const auto& [word, below] : tree.as_map()) {
    if (word == "pixit") {
      for (const auto& [name, matcher] : below.as_map()) out.push_back(name);
    } else if (below.is_list()) {
      for (const auto& one : below.as_list()) {
        const auto more = leaves_of(one);
        out.insert(out.end(), more.begin(), more.end());
      }
    } else {
      const auto more = leaves_of(below);
      out.insert(out.end(), more.begin(), more.end());
    }
  }
  return out;
}

Applicability judge_tree(const Value& tree, const JudgeLeaf& judge_leaf) {
  if (tree.is_null()) return {};
  if (!tree.is_map()) return judge_leaf(tree);
  if (const auto* all = tree.find("all")) return judge_all(all->as_list(), judge_leaf);
  if (const auto* any = tree.find("any")) return judge_any(any->as_list(), judge_leaf);
  const auto* denied = tree.find("not");
  if (denied == nullptr) return judge_leaf(tree);
  if (!judge_tree(*denied, judge_leaf).applicable) return {};
  return {false, denied->is_string() ? "ICS " + denied->as_string() + "=true" : "ICS excludes it"};
}

}  // namespace dmsc::model

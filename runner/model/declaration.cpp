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

Applicability judge_item(const std::string& item, const Ics& ics) {
  const auto found = ics.items.find(item);
  if (found != ics.items.end() && found->second) return {};
  return {false, "ICS " + item + "=false"};
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

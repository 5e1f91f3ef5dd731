// SPDX-License-Identifier: Apache-2.0
#include "runner/model/declaration.hpp"

namespace dmsc::model {
namespace {

Applicability judge_all(const Value::List& trees, const Ics& ics) {
  for (const auto& tree : trees) {
    auto one = judge_needs(tree, ics);
    if (!one.applicable) return one;
  }
  return {};
}

Applicability judge_any(const Value::List& trees, const Ics& ics) {
  Applicability none{false, {}};
  for (const auto& tree : trees) {
    auto one = judge_needs(tree, ics);
    if (one.applicable) return one;
    none.reason += (none.reason.empty() ? "" : " and ") + one.reason;
  }
  return none;
}

}  // namespace

Applicability judge_needs(const Value& needs, const Ics& ics) {
  if (needs.is_string()) {
    const auto found = ics.items.find(needs.as_string());
    if (found != ics.items.end() && found->second) return {};
    return {false, "ICS " + needs.as_string() + "=false"};
  }
  if (const auto* all = needs.find("all")) return judge_all(all->as_list(), ics);
  if (const auto* any = needs.find("any")) return judge_any(any->as_list(), ics);
  if (const auto* tree = needs.find("not")) {
    const auto one = judge_needs(*tree, ics);
    if (!one.applicable) return {};
    return {false, tree->is_string() ? "ICS " + tree->as_string() + "=true" : "ICS excludes it"};
  }
  return {};
}

}  // namespace dmsc::model

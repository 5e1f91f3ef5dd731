// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/static_review.hpp"

#include <algorithm>

#include "runner/base/text.hpp"
#include "runner/engine/applicability.hpp"

namespace dmsc::engine {
namespace {

model::Applicability holds(const Value& tree, const model::Ics& ics) {
  return model::judge_tree(tree, [&](const Value& leaf) { return model::judge_item(leaf.as_string(), ics); });
}

/// M, O or O.n, with what a condition makes of it.
const std::string& status_under(const model::IcsItem& item) {
  return item.condition.is_null() ? item.status : item.then;
}

ReviewRow judge(const model::IcsItem& item, const std::vector<std::string>& group, const model::Ics& ics) {
  ReviewRow row;
  row.item = &item;
  if (const auto condition = holds(item.condition, ics); !condition.applicable) {
    row.verdict = model::Verdict::not_applicable;
    row.reason = condition.reason;
    return row;
  }
  const auto when =
      item.condition.is_null() ? std::string{} : " (" + item.status + ": " + needs_in_words(item.condition) + ")";
  row.expected = (group.size() > 1 ? "one of " : "") + join(group, ", ") + " supported" + when;
  const bool good = std::any_of(group.begin(), group.end(), [&](const auto& id) { return model::claims(ics, id); });
  row.verdict = good ? model::Verdict::pass : model::Verdict::fail;
  if (!good) row.observed = "the ICS says no to " + join(group, ", ");
  return row;
}

}  // namespace

std::vector<ReviewRow> review(const std::vector<model::IcsItem>& items, const model::Ics& ics) {
  std::vector<ReviewRow> rows;
  for (const auto& item : items) {
    if (item.dut != ics.dut || !item.leads()) continue;
    std::vector<std::string> group = {item.id};
    for (const auto& other : items) {
      const bool same = &other != &item && other.dut == item.dut && status_under(other) == status_under(item);
      if (same && status_under(item) != "M") group.push_back(other.id);
    }
    rows.push_back(judge(item, group, ics));
  }
  return rows;
}

std::vector<std::string> contradictions(const std::vector<model::Consistency>& rules, const model::Ics& ics) {
  std::vector<std::string> out;
  for (const auto& rule : rules) {
    if (rule.dut != ics.dut) continue;
    const auto judged = holds(rule.holds, ics);
    if (!judged.applicable) out.push_back(rule.text + " (" + judged.reason + ")");
  }
  return out;
}

}  // namespace dmsc::engine

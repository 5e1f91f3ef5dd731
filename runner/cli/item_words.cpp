// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/item_words.hpp"

#include "runner/base/text.hpp"
#include "runner/engine/applicability.hpp"

namespace dmsc::cli {

std::string status_in_words(const model::IcsItem& item) {
  if (item.condition.is_null()) return item.status;
  return item.status + ": " + item.then + " where " + engine::needs_in_words(item.condition) + ", else O";
}

std::string format_in_words(const load::PixitItem& value) {
  auto out = value.kind;
  if (!value.format.empty()) out += ", " + value.format;
  if (!value.one_of.empty()) out += ", one of " + join(value.one_of, ", ");
  if (value.kind == "number") out += ", " + std::to_string(value.least) + " to " + std::to_string(value.most);
  if (!value.unit.empty()) out += ", " + value.unit;
  return out;
}

std::string need_in_words(const load::PixitItem& value, model::Dut dut) {
  const auto& needed = value.needed_by(dut);
  if (needed.is_null()) return {};
  return needed.is_bool() ? "every " + std::string(name_of(dut)) : engine::needs_in_words(needed);
}

}  // namespace dmsc::cli

// SPDX-License-Identifier: Apache-2.0
#include "runner/model/test_case.hpp"

#include <charconv>

namespace dmsc::model {

std::string_view name_of(Dut dut) {
  return dut == Dut::card ? "card" : "device";
}

std::string_view name_of(Level level) {
  switch (level) {
    case Level::must:
      return "must";
    case Level::should:
      return "should";
    case Level::may:
      return "may";
    case Level::robustness:
      return "robustness";
  }
  return {};
}

std::optional<Dut> dut_of(std::string_view name) {
  for (const auto dut : {Dut::card, Dut::device}) {
    if (name == name_of(dut)) return dut;
  }
  return {};
}

std::optional<Level> level_of(std::string_view name) {
  for (const auto level : {Level::must, Level::should, Level::may, Level::robustness}) {
    if (name == name_of(level)) return level;
  }
  return {};
}

Value::List labels_of(const Value& parameter) {
  if (parameter.is_list()) return parameter.as_list();
  Value::List labels;
  for (const auto& [label, value] : parameter.as_map()) labels.emplace_back(label);
  return labels;
}

Value value_of(const Value& parameter, const Value& label) {
  const auto* value = parameter.is_map() && label.is_string() ? parameter.find(label.as_string()) : nullptr;
  return value == nullptr ? label : *value;
}

std::optional<std::chrono::milliseconds> duration_of(const Value& value) {
  if (!value.is_string()) return {};
  const std::string& text = value.as_string();
  std::int64_t number = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), number);
  if (read.ec != std::errc{} || number < 0 || number > 86'400'000) return {};
  const std::string_view unit(read.ptr, static_cast<std::size_t>(text.data() + text.size() - read.ptr));
  if (unit == " ms") return std::chrono::milliseconds(number);
  if (unit == " s") return std::chrono::seconds(number);
  if (unit == " min") return std::chrono::minutes(number);
  return {};
}

}  // namespace dmsc::model

// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <string_view>

#include "runner/codec/cat/name_tables.hpp"
#include "runner/codec/cat/spec.hpp"

namespace dmsc::codec {

Names device_names() {
  return tables::devices;
}

Names command_names() {
  return tables::commands;
}

Names event_names() {
  return tables::events;
}

Names result_names() {
  return tables::results;
}

Names additional_result_names(std::uint8_t general_result) {
  switch (general_result) {
    case 0x20:
      return tables::terminal_problems;
    case 0x25:
    case 0x39:
      return tables::control_problems;
    case 0x26:
      return tables::browser_problems;
    case 0x38:
      return tables::multiple_card_problems;
    case 0x3A:
      return tables::bip_problems;
    case 0x3C:
      return tables::frames_problems;
    default:
      return {};  // 21 carries a cause of the network, 34, 35 and 37 an error of another protocol
  }
}

Names coding_scheme_names() {
  return tables::coding_schemes;
}

std::span<const Field> fields_of(const ObjectSpec& row, std::size_t length) {
  const auto other = std::ranges::find_if(
      row.others, [&](const OtherLayout& one) { return length >= one.min_length && length <= one.max_length; });
  return other == row.others.end() ? row.fields : other->fields;
}

bool has_key(std::span<const Field> fields, std::string_view key) {
  return std::ranges::any_of(fields, [&](const Field& field) {
    if (field.kind != FieldKind::parts) return key == field.key;
    return std::ranges::any_of(field.parts, [&](const Part& part) { return key == part.key; });
  });
}

bool performed(std::string_view general_result) {
  constexpr std::uint32_t last_performed = 0x0F;
  const auto* name = find_name(result_names(), general_result);
  return name != nullptr && name->code <= last_performed;
}

}  // namespace dmsc::codec

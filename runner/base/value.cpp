// SPDX-License-Identifier: Apache-2.0
#include "runner/base/value.hpp"

#include <algorithm>

namespace dmsc {

const Value* Value::find(std::string_view key) const {
  const auto* map = std::get_if<Map>(&data_);
  if (map == nullptr) return nullptr;
  const auto found = std::find_if(map->begin(), map->end(), [&](const Member& member) { return member.first == key; });
  return found == map->end() ? nullptr : &found->second;
}

Value* Value::find(std::string_view key) {
  return const_cast<Value*>(std::as_const(*this).find(key));
}

Value& Value::operator[](std::string_view key) {
  if (is_null()) data_ = Map{};
  if (auto* member = find(key)) return *member;
  auto& map = std::get<Map>(data_);
  map.emplace_back(std::string(key), Value{});
  return map.back().second;
}

const Value* Value::at_path(std::string_view dotted) const {
  if (dotted.empty()) return this;
  const Value* here = this;
  for (;;) {
    const auto dot = dotted.find('.');
    here = here->find(dotted.substr(0, dot));
    if (here == nullptr || dot == std::string_view::npos) return here;
    dotted.remove_prefix(dot + 1);
  }
}

std::string Value::text_or(std::string_view key, std::string_view fallback) const {
  const auto* member = find(key);
  return member != nullptr && member->is_string() ? member->as_string() : std::string(fallback);
}

std::int64_t Value::int_or(std::string_view key, std::int64_t fallback) const {
  const auto* member = find(key);
  return member != nullptr && member->is_int() ? member->as_int() : fallback;
}

bool Value::bool_or(std::string_view key, bool fallback) const {
  const auto* member = find(key);
  return member != nullptr && member->is_bool() ? member->as_bool() : fallback;
}

std::size_t memory_of(const Value& value) {
  std::size_t octets = sizeof value;
  if (value.is_string()) octets += value.as_string().size();
  if (value.is_list()) {
    for (const auto& item : value.as_list()) octets += memory_of(item);
  }
  if (value.is_map()) {
    for (const auto& [key, item] : value.as_map()) octets += sizeof key + key.size() + memory_of(item);
  }
  return octets;
}

}  // namespace dmsc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace dmsc {

/// A JSON value without fractions: what the codec reads from octets, what cases write, what matchers compare.
/// Octets are upper-case hexadecimal strings. Maps keep the order in which keys were added.
class Value {
 public:
  using List = std::vector<Value>;
  using Member = std::pair<std::string, Value>;
  using Map = std::vector<Member>;

  Value() = default;
  Value(bool flag) : data_(flag) {}                           // NOLINT(google-explicit-constructor)
  Value(int number) : data_(std::int64_t{number}) {}          // NOLINT(google-explicit-constructor)
  Value(std::int64_t number) : data_(number) {}               // NOLINT(google-explicit-constructor)
  Value(std::size_t number) : data_(std::int64_t(number)) {}  // NOLINT(google-explicit-constructor)
  Value(const char* text) : data_(std::string(text)) {}       // NOLINT(google-explicit-constructor)
  Value(std::string text) : data_(std::move(text)) {}         // NOLINT(google-explicit-constructor)
  Value(std::string_view text) : data_(std::string(text)) {}  // NOLINT(google-explicit-constructor)
  Value(List list) : data_(std::move(list)) {}                // NOLINT(google-explicit-constructor)
  Value(Map map) : data_(std::move(map)) {}                   // NOLINT(google-explicit-constructor)

  bool is_null() const { return std::holds_alternative<std::monostate>(data_); }
  bool is_bool() const { return std::holds_alternative<bool>(data_); }
  bool is_int() const { return std::holds_alternative<std::int64_t>(data_); }
  bool is_string() const { return std::holds_alternative<std::string>(data_); }
  bool is_list() const { return std::holds_alternative<List>(data_); }
  bool is_map() const { return std::holds_alternative<Map>(data_); }

  // Each of these throws std::bad_variant_access when the value is of another kind.
  bool as_bool() const { return std::get<bool>(data_); }
  std::int64_t as_int() const { return std::get<std::int64_t>(data_); }
  const std::string& as_string() const { return std::get<std::string>(data_); }
  const List& as_list() const { return std::get<List>(data_); }
  List& as_list() { return std::get<List>(data_); }
  const Map& as_map() const { return std::get<Map>(data_); }
  Map& as_map() { return std::get<Map>(data_); }

  /// Member of a map, or null when this is no map or has no such key.
  const Value* find(std::string_view key) const;
  Value* find(std::string_view key);

  /// Member of a map, added when missing; a null value becomes a map first.
  Value& operator[](std::string_view key);

  /// Walks keys separated by dots; null where the path ends early. The empty path is the value itself.
  const Value* at_path(std::string_view dotted) const;

  /// The member's text, or `fallback` where it is missing or no string.
  std::string text_or(std::string_view key, std::string_view fallback) const;
  std::int64_t int_or(std::string_view key, std::int64_t fallback) const;
  bool bool_or(std::string_view key, bool fallback) const;

  bool operator==(const Value& other) const = default;

 private:
  std::variant<std::monostate, bool, std::int64_t, std::string, List, Map> data_;
};

/// What a value takes of our memory, near enough for a bound: octets of its texts, names and nodes.
std::size_t memory_of(const Value& value);

}  // namespace dmsc

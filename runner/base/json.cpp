// SPDX-License-Identifier: Apache-2.0
#include "runner/base/json.hpp"

#include <nlohmann/json.hpp>

#include "runner/base/file.hpp"
#include "runner/base/text.hpp"

namespace dmsc {
namespace {

constexpr std::size_t most_levels = 64;

/// Builds a Value from parser events and keeps the JSON pointer of where it stands.
class Builder : public nlohmann::json_sax<nlohmann::json> {
 public:
  explicit Builder(const std::string& place) : place_(place) {}

  bool null() override { return put({}); }
  bool boolean(bool flag) override { return put(flag); }
  bool number_integer(number_integer_t number) override { return put(std::int64_t{number}); }
  bool number_unsigned(number_unsigned_t number) override {
    if (number > INT64_MAX) return refuse("number " + std::to_string(number) + " is too large");
    return put(static_cast<std::int64_t>(number));
  }
  bool number_float(number_float_t /*number*/, const string_t& text) override {
    const bool integer = text.find_first_of(".eE") == std::string::npos;
    return refuse(integer ? "number " + text + " is too large" : "number " + text + " is no integer");
  }
  bool string(string_t& text) override { return put(std::move(text)); }
  bool binary(binary_t& /*data*/) override { return refuse("binary data"); }
  bool start_object(std::size_t /*size*/) override { return open(Value::Map{}); }
  bool start_array(std::size_t /*size*/) override { return open(Value::List{}); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }
  bool key(string_t& key) override {
    auto& level = levels_.back();
    level.key = std::move(key);
    if (level.value.find(level.key) == nullptr) return true;
    return refuse("key \"" + level.key + "\" stands twice in this object");
  }
  bool parse_error(std::size_t /*position*/, const std::string& /*token*/,
                   const nlohmann::json::exception& problem) override {
    std::string text = problem.what();  // [json.exception.parse_error.101] parse error at line 1, column 2: ...
    if (text.starts_with('[')) text.erase(0, text.find("] ") + 2);
    constexpr std::string_view opening = "parse error ";
    if (text.starts_with(opening)) text.erase(0, opening.size());
    error_ = Error{Errc::data, printable(text), {}, place_};
    return false;
  }

  Value take() { return std::move(result_); }
  const Error& error() const { return error_; }

 private:
  struct Level {
    Value value;
    std::string key;
  };

  /// RFC 6901, 3
  static std::string escaped(const std::string& key) {
    std::string out;
    for (const char c : key) out += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    return out;
  }

  bool put(Value value) {
    if (levels_.empty()) {
      result_ = std::move(value);
      return true;
    }
    auto& level = levels_.back();
    if (level.value.is_map()) {
      level.value.as_map().emplace_back(std::move(level.key), std::move(value));
    } else {
      level.value.as_list().push_back(std::move(value));
    }
    return true;
  }

  bool open(Value value) {
    if (levels_.size() == most_levels) return refuse("more than " + std::to_string(most_levels) + " levels");
    levels_.push_back({std::move(value), {}});
    return true;
  }

  bool close() {
    auto value = std::move(levels_.back().value);
    levels_.pop_back();
    return put(std::move(value));
  }

  bool refuse(std::string message) {
    std::string pointer;
    for (const auto& level : levels_) {
      pointer += '/';
      pointer += level.value.is_map() ? escaped(level.key) : std::to_string(level.value.as_list().size());
    }
    error_ = Error{Errc::data, std::move(message), {}, place_ + ": " + (pointer.empty() ? "/" : pointer)};
    return false;
  }

  std::string place_;
  std::vector<Level> levels_;
  Value result_;
  Error error_;
};

nlohmann::ordered_json to_nlohmann(const Value& value) {
  if (value.is_bool()) return value.as_bool();
  if (value.is_int()) return value.as_int();
  if (value.is_string()) return value.as_string();
  if (value.is_list()) {
    auto list = nlohmann::ordered_json::array();
    for (const auto& item : value.as_list()) list.push_back(to_nlohmann(item));
    return list;
  }
  if (value.is_map()) {
    auto map = nlohmann::ordered_json::object();
    for (const auto& [key, item] : value.as_map()) map[key] = to_nlohmann(item);
    return map;
  }
  return nullptr;
}

}  // namespace

Result<Value> parse_json(std::string_view text, const std::string& place) {
  if (text.size() > most_file_octets) return fail(Errc::data, "is larger than 16 MiB", {}, place);
  Builder builder(place);
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return tl::make_unexpected(builder.error());
  return builder.take();
}

Result<Value> load_json(const std::filesystem::path& file) {
  const auto text = read_file(file, most_file_octets);
  if (!text) return tl::make_unexpected(text.error());
  return parse_json(*text, file.string());
}

std::string write_json(const Value& value, int indent) {
  return to_nlohmann(value).dump(indent, ' ', false, nlohmann::json::error_handler_t::replace);
}

}  // namespace dmsc

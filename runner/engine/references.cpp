// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/references.hpp"

namespace dmsc::engine {

Result<Value> Bindings::resolve(const Value& value) const {
  if (value.is_list()) {
    Value::List out;
    for (const auto& item : value.as_list()) {
      auto one = resolve(item);
      if (!one) return one;
      out.push_back(std::move(*one));
    }
    return Value(std::move(out));
  }
  if (value.is_map()) {
    Value::Map out;
    for (const auto& [key, item] : value.as_map()) {
      auto one = resolve(item);
      if (!one) return one;
      out.emplace_back(key, std::move(*one));
    }
    return Value(std::move(out));
  }
  if (!value.is_string() || !value.as_string().starts_with('$')) return value;
  const std::string_view text = std::string_view(value.as_string()).substr(1);
  const auto dot = text.find('.');
  const auto bound = values_.find(text.substr(0, dot));
  const auto* found = bound == values_.end()          ? nullptr
                      : dot == std::string_view::npos ? &bound->second
                                                      : bound->second.at_path(text.substr(dot + 1));
  if (found != nullptr) return *found;
  const bool said = bound != values_.end() && seen_.contains(bound->first);
  if (said) return fail(Errc::absent, "what was seen has no \"" + value.as_string() + "\"");
  return fail(Errc::unknown, "\"" + value.as_string() + "\" stands for nothing here");
}

}  // namespace dmsc::engine

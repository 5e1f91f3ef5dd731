// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/value.hpp"
#include "runner/model/test_case.hpp"

/// The words of the case language that are not rows of the codec: stimuli, matchers and kinds of wake-up.
namespace dmsc::model {

struct Parameter {
  const char* key;
  const char* kind;  ///< text, number, flag, duration, list, map or any
  bool required = false;
  const char* meaning = "";
  std::span<const std::string_view> words = {};  ///< all that a text can be, where that is known
};

struct Stimulus {
  Dut dut;  ///< on which side a case can ask for it
  const char* name;
  const char* meaning;  ///< a sentence for `dmsc show`
  std::span<const Parameter> parameters;
  const char* verb = "";  ///< of the adapter, without which it cannot come about; empty: none
};

std::span<const Stimulus> stimuli();
const Stimulus* find_stimulus(std::string_view name);

std::span<const std::string_view> wake_ups();

/// `in`, `range`, `not`, `present`, `matches`, `bits`, `any`, `all`, `distinct`.
std::span<const std::string_view> matchers();

/// The matcher a map stands for: a map of one member whose key is the name of one. Empty otherwise.
std::string_view matcher_of(const Value& value);

/// Every key an event can have in a case.
const std::vector<std::string>& event_keys();

/// Members that the fields of an event can have: row keys, for responses `sw`, `status`, `data` and the like.
/// Empty where any member may come (card.reset has `atr`).
std::vector<std::string> event_members(std::string_view event);

/// Keys that a coded field of an event can have, by its path such as `result.general`; empty where the field is not
/// coded.
std::vector<std::string> field_words(std::string_view event, std::string_view path);

}  // namespace dmsc::model

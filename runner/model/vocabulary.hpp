// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "runner/base/value.hpp"
#include "runner/model/event_shape.hpp"
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

/// Every key that a row names. Besides, what has no row has a key by its code: `proactive.unknown_command_7F`.
const std::vector<std::string>& event_keys();

/// Keys of events without a row: a prefix and a code in capitals.
struct UnknownEvents {
  std::string_view prefix;                    ///< `proactive.unknown_command_`
  std::string_view what;                      ///< of the code: `type of command`
  bool wide = false;                          ///< a code of four or six digits is possible, too
  const char* (*row_of)(std::uint32_t code);  ///< key of the row that a code has; null: it has none
};
std::span<const UnknownEvents> unknown_events();

/// What an event is made of, by its key or by the rule for its code; null for what cannot be.
const EventShape* find_event(std::string_view key);

/// How the modes of channels are called; a mode of one command tells how another is answered.
std::vector<std::string> channel_modes();

}  // namespace dmsc::model

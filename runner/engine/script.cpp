// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/script.hpp"

#include <algorithm>

#include "runner/base/text.hpp"

namespace dmsc::engine {
namespace {

/// What a stimulus has our end say word by word.
struct Row {
  const char* stimulus;
  const char* pattern;            ///< of the events that carry it
  const char* only_with[4] = {};  ///< parameters that make it the case's words; none: always
};

constexpr Row rows[] = {
    {"card.apdu", "*"},
    {"terminal.envelope", "envelope.*"},
    {"terminal.foreign_timer", "envelope.timer_expiration"},
    {"terminal.registry", "envelope.terminal_applications"},
    {"terminal.start", "envelope.terminal_applications"},
    {"terminal.start", "command.terminal_profile"},
    {"terminal.before_fetch", "*"},
    {"terminal.sms_download", "envelope.sms_pp_download"},
    {"wake_up", "envelope.sms_pp_download"},
    {"wake_up", "envelope.terminal_applications"},
    {"dm.session", "dm.client_message", {"unknown_command", "large_object", "switch_session_at", "abort_at"}},
    {"uicc.proactive", "proactive.*"},
    {"uicc.trigger", "proactive.*"},
    {"uicc.notify", "proactive.*"},
    {"uicc.short_message", "proactive.send_short_message"},
    {"uicc.server", "dm.server_message", {"commands", "abort_at", "credentials", "challenge"}},
};

bool applies(const Row& row, const std::string& stimulus, const Value& parameters) {
  if (stimulus != row.stimulus) return false;
  if (row.only_with[0] == nullptr) return true;
  return std::any_of(std::begin(row.only_with), std::end(row.only_with),
                     [&](const char* key) { return key != nullptr && parameters.find(key) != nullptr; });
}

/// What is queued or set up for later is said after the stimulus is over.
bool goes_on(std::string_view stimulus) {
  return stimulus.starts_with("uicc.") || stimulus == "terminal.before_fetch";
}

}  // namespace

void Script::act(const std::string& stimulus, const Value& parameters, std::size_t from) {
  for (const auto& row : rows) {
    if (applies(row, stimulus, parameters)) add(row.pattern, from, goes_on(stimulus));
  }
}

void Script::answer(const std::string& message, const Value& members, std::size_t from) {
  constexpr std::string_view asked = "proactive.";
  if (message.starts_with(asked)) {
    add("terminal_response." + message.substr(asked.size()), from, true);
    if (members.find("before") != nullptr) add("*", from, true);
    return;
  }
  add(message, from, true);
}

void Script::answer_by_default(std::size_t from) {
  for (auto& part : parts_) part.to = std::min(part.to, from);
}

void Script::done(std::size_t from) {
  for (auto& part : parts_) {
    if (!part.of_answer) part.to = std::min(part.to, from);
  }
}

bool Script::covers(const model::Event& event) const {
  return std::any_of(parts_.begin(), parts_.end(), [&](const Part& part) {
    return event.number >= part.from && event.number < part.to && glob_match(part.pattern, event.key);
  });
}

}  // namespace dmsc::engine

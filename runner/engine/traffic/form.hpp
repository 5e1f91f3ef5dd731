// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/traffic/traffic_watch.hpp"

/// What rules of both sides ask of the form of a message.
namespace dmsc::engine {

/// A message that cannot be read fails; one with anomalies is advisory, a kind for each wording.
void judge_form(const model::Event& event, TrafficNotes& notes);

/// A timer value: swapped BCD, minutes and seconds below 60 (fail), 24 hours at most (advisory). Nothing is said of a
/// value that is not there.
void judge_clock_value(const model::Event& event, const Value* value, TrafficNotes& notes);

/// Whether a member of device identities names this device (81 the UICC, 82 the terminal, 83 the network ...).
bool is_device(const Value& identities, std::string_view member, std::uint8_t device);
std::string device_in_words(const Value& identities, std::string_view member);

/// Where the object of this key stands in a decoded message.
std::optional<std::size_t> offset_of_object(const model::Event& event, std::string_view key);

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/traffic/form.hpp"

#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/spec.hpp"

namespace dmsc::engine {

void judge_form(const model::Event& event, TrafficNotes& notes) {
  const auto name = event.key.substr(event.key.find('.') + 1);
  if (event.decoded->error) {
    const auto& error = *event.decoded->error;
    notes.fails(without_numbers(error.message), name + ": " + error.text(), error.offset);
    return;
  }
  for (const auto& anomaly : event.decoded->own_anomalies()) {
    notes.advises(without_numbers(anomaly.text), name + ": " + anomaly.text, anomaly.offset);
  }
}

std::optional<std::size_t> offset_of_object(const model::Event& event, std::string_view key) {
  if (event.decoded == nullptr) return {};
  const auto& fields = event.decoded->fields;
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const codec::Node& node) { return node.key == key; });
  return found == fields.end() ? std::nullopt : std::optional(found->offset);
}

void judge_clock_value(const model::Event& event, const Value* value, TrafficNotes& notes) {
  if (value == nullptr || !value->is_map() || value->find("hours") == nullptr) return;
  const auto offset = offset_of_object(event, "timer_value");
  for (const auto* part : {"hours", "minutes", "seconds"}) {
    const auto* number = value->find(part);
    if (number != nullptr && number->is_int()) continue;
    const auto* raw = number == nullptr ? nullptr : number->find("raw");
    notes.fails("not bcd",
                std::string(part) + " " + (raw == nullptr ? "?" : raw->as_string()) + ", no two decimal digits",
                offset);
    return;
  }
  for (const auto* part : {"minutes", "seconds"}) {
    const auto number = value->int_or(part, 0);
    if (number > 59) notes.fails(part, std::to_string(number) + " " + part, offset);
  }
  const auto hours = value->int_or("hours", 0);
  if (hours > 24) notes.advises("hours", std::to_string(hours) + " hours", offset);
}

bool is_device(const Value& identities, std::string_view member, std::uint8_t device) {
  const auto* value = identities.find(member);
  if (value == nullptr) return false;
  const auto* name = codec::find_name(codec::device_names(), device);
  return value->is_string() ? name != nullptr && value->as_string() == name->key
                            : value->is_int() && value->as_int() == device;
}

std::string device_in_words(const Value& identities, std::string_view member) {
  const auto* value = identities.find(member);
  if (value == nullptr) return "nobody";
  return value->is_string() ? value->as_string() : "device " + write_json(*value);
}

}  // namespace dmsc::engine

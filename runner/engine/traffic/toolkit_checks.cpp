// SPDX-License-Identifier: Apache-2.0
// Rules on a card's proactive commands.
#include <algorithm>
#include <cctype>

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/cat/slots.hpp"
#include "runner/engine/facility.hpp"
#include "runner/engine/traffic/form.hpp"
#include "runner/engine/traffic/traffic_watch.hpp"

namespace dmsc::engine {
namespace {

using codec::Node;

const codec::MessageSpec* row_of(const model::Event& event) {
  const auto& decoded = *event.decoded;
  return codec::find_message(codec::MessageKind::proactive, decoded.key, decoded.variant);
}

const Node* node_of(const model::Event& event, std::string_view key) {
  for (const auto& node : event.decoded->fields) {
    if (node.key == key) return &node;
  }
  return nullptr;
}

bool readable(const Glance& glance, TrafficNotes& notes) {
  if (glance.event.decoded == nullptr || glance.event.decoded->error) return false;
  notes.occasion();
  return true;
}

void command_form(const Glance& glance, TrafficNotes& notes) {
  if (glance.event.decoded == nullptr) return;
  notes.occasion();
  judge_form(glance.event, notes);
}

void command_objects(const Glance& glance, TrafficNotes& notes) {
  if (!readable(glance, notes)) return;
  const auto* row = row_of(glance.event);
  if (row == nullptr) return;  // a command that nobody knows is refused for its type
  for (const auto& node : glance.event.decoded->fields) {
    if (!node.comprehension || !node.tag) continue;
    const auto* object = codec::find_object(*node.tag);
    const bool fits = object != nullptr && std::any_of(row->slots.begin(), row->slots.end(), [&](const auto& slot) {
                        return std::string_view(slot.object) == object->key;
                      });
    if (!fits) {
      notes.fails(node.key,
                  std::string(glance.tail()) + " with " + node.name + " (" + to_hex(ByteView(node.octets).first(1)) +
                      "), comprehension required",
                  node.offset);
    }
  }
}

void command_number(const Glance& glance, TrafficNotes& notes) {
  if (!readable(glance, notes)) return;
  const auto* number = glance.event.fields.at_path("command_details.number");
  if (number == nullptr || !number->is_int() || (number->as_int() >= 1 && number->as_int() <= 0xFE)) return;
  const auto* node = node_of(glance.event, "command_details");
  notes.advises("number", "command number " + hex_number(static_cast<std::uint64_t>(number->as_int()), 2),
                node == nullptr || node->fields.empty() ? std::nullopt : std::optional(node->fields[0].offset));
}

void command_order(const Glance& glance, TrafficNotes& notes) {
  if (!readable(glance, notes)) return;
  const auto* row = row_of(glance.event);
  if (row == nullptr) return;
  std::size_t last = 0;
  for (const auto& node : glance.event.decoded->fields) {
    const auto slot = std::find_if(row->slots.begin(), row->slots.end(),
                                   [&](const auto& one) { return std::string_view(one.key) == node.key; });
    if (slot == row->slots.end()) continue;
    const auto place = static_cast<std::size_t>(slot - row->slots.begin());
    if (place < last) {
      notes.advises("order", std::string(glance.tail()) + " with " + node.key + " behind what follows it", node.offset);
      return;
    }
    last = place;
  }
}

void command_identities(const Glance& glance, TrafficNotes& notes) {
  if (!readable(glance, notes)) return;
  const auto* row = row_of(glance.event);
  if (row == nullptr) return;
  const std::string command(glance.tail());
  const auto* identities = glance.event.fields.find("device_identities");
  if (identities == nullptr || !identities->is_map()) {
    notes.fails("missing", command + " without device identities");
    return;
  }
  const auto* node = node_of(glance.event, "device_identities");
  const auto offset = [&](std::size_t at) {
    return node == nullptr || node->fields.size() <= at ? std::nullopt : std::optional(node->fields[at].offset);
  };
  if (!is_device(*identities, "source", row->source)) {
    notes.fails("source", command + " from " + device_in_words(*identities, "source"), offset(0));
  }
  constexpr std::uint8_t any_channel = 0x21;
  constexpr std::uint8_t card_reader = 0x11;
  // Where no official vector shows the destination, it is told and not judged.
  const bool shown =
      std::string_view(row->origin) != std::string_view(codec::slots::by_hand) || command == "open_channel";
  const bool right = row->destination == any_channel ? channel_of(glance.event.fields) != 0
                                                     : is_device(*identities, "destination", row->destination);
  if (right || row->destination == card_reader) return;
  notes.breach("destination", shown ? model::Verdict::fail : model::Verdict::advisory,
               command + " to " + device_in_words(*identities, "destination"), offset(1));
}

/// Swapped BCD, and a time that a clock can show. The coding is known from five sources, the longest time from memory.
void command_timer(const Glance& glance, TrafficNotes& notes) {
  if (!readable(glance, notes)) return;
  const auto& fields = glance.event.fields;
  const auto timer = fields.int_or("timer_identifier", 0);
  const auto* node = node_of(glance.event, "timer_identifier");
  if (timer < 1 || timer > 8) {
    notes.fails("identifier", "timer " + std::to_string(timer),
                node == nullptr ? std::nullopt : std::optional(node->offset));
  }
  judge_clock_value(glance.event, fields.find("timer_value"), notes);
}

std::string facility_of_information(std::int64_t qualifier) {
  static constexpr std::pair<int, const char*> rows[] = {{0, "local_information"},
                                                         {1, "local_information"},
                                                         {2, "local_information_nmr"},
                                                         {3, "local_information_date_time"},
                                                         {4, "local_information_language"},
                                                         {5, "local_information_timing_advance"},
                                                         {6, "local_information_access_technology"},
                                                         {7, "local_information_esn"},
                                                         {8, "local_information_imeisv"},
                                                         {9, "local_information_search_mode"},
                                                         {10, "local_information_battery"},
                                                         {11, "local_information_meid"},
                                                         {12, "local_information_wsid"},
                                                         {13, "local_information_broadcast"}};
  for (const auto& [value, key] : rows) {
    if (value == qualifier) return key;
  }
  return "local_information_" + std::to_string(qualifier);
}

/// Every facility that a command needs.
std::vector<std::string> facilities_of(const Value& command, const std::string& key) {
  if (key == "provide_local_information") {
    const auto* qualifier = command.at_path("command_details.qualifier");
    return {facility_of_information(qualifier == nullptr || !qualifier->is_int() ? 0 : qualifier->as_int())};
  }
  std::vector<std::string> out = {facility_of(command, key)};
  const auto* qualifier = command.at_path("command_details.qualifier");
  const bool reads =
      key == "timer_management" && qualifier != nullptr && qualifier->is_int() && qualifier->as_int() == 2;
  if (reads) out = {"timer_management_get"};
  if (const auto* protocol = command.at_path("transport_level.protocol");
      key == "open_channel" && protocol != nullptr) {
    const auto name = protocol->is_string() ? protocol->as_string() : std::string("unknown");
    out.push_back(name == "tcp_server" ? "tcp_uicc_server" : name == "direct" ? "direct_channel" : name);
  }
  return out;
}

// The official suite raises the channel events without SET UP EVENT LIST in the profile; cat.md 11, 9b.
constexpr std::string_view free_events[] = {"data_available", "channel_status"};

void judge_facility(const Glance& glance, const std::string& facility, const std::string& what, TrafficNotes& notes) {
  notes.occasion();
  const auto* row = codec::find_profile_bit(facility);
  if (row != nullptr && codec::profile_value(glance.state.profile(), *row) != 0) return;
  const auto words =
      what + (row == nullptr ? ", for which the profile has no bit" : ", which the profile does not claim");
  const bool solid = row != nullptr && row->assertable;
  notes.breach(what, solid ? model::Verdict::fail : model::Verdict::advisory,
               words + (glance.state.profiled() ? "" : ", before any profile"));
}

void inside_profile(const Glance& glance, TrafficNotes& notes) {
  if (glance.event.decoded == nullptr || glance.event.decoded->error) return;
  const auto& fields = glance.event.fields;
  for (const auto& facility : facilities_of(fields, std::string(glance.tail()))) {
    judge_facility(glance, facility, facility, notes);
  }
  const auto* events = fields.find("event_list");
  if (events == nullptr || !events->is_list()) return;
  for (const auto& wanted : events->as_list()) {
    const auto name = wanted.is_string()
                          ? wanted.as_string()
                          : hex_number(static_cast<std::uint64_t>(wanted.is_int() ? wanted.as_int() : 0), 2);
    if (std::find(std::begin(free_events), std::end(free_events), name) != std::end(free_events)) continue;
    judge_facility(glance, "event_" + name, "event " + name, notes);
  }
}

void own_channels(const Glance& glance, TrafficNotes& notes) {
  const auto tail = glance.tail();
  if (tail != "send_data" && tail != "receive_data" && tail != "close_channel") return;
  if (!readable(glance, notes)) return;
  const auto number = channel_of(glance.event.fields);
  if (number == 0) return;  // its identities are another rule's
  const auto& channel = glance.state.channel(number);
  if (channel.life != TrafficState::Channel::Life::closed) return;
  const auto* node = node_of(glance.event, "device_identities");
  notes.fails(channel.was_open ? "closed" : "never granted",
              std::string(tail) + " for channel " + std::to_string(number) +
                  (channel.was_open ? ", which was closed" : ", which was never granted"),
              node == nullptr || node->fields.size() < 2 ? std::nullopt : std::optional(node->fields[1].offset));
}

/// Judged when the terminal has closed the channel: until then the data may still be sent.
void stored_data_sent(const Glance& glance, TrafficNotes& notes) {
  const auto* asked = glance.asked();
  if (asked == nullptr || asked->key != "proactive.close_channel" || !performed(glance.event.fields)) return;
  const auto& channel = glance.state.channel(channel_of(asked->fields));
  if (channel.life != TrafficState::Channel::Life::open || channel.mode != "terminal_server") return;
  notes.occasion();
  if (channel.stored == 0) return;
  notes.fails("stored", std::to_string(channel.stored) + " octets that SEND DATA stored and never sent");
}

constexpr TrafficCheck checks[] = {
    {"command_form", "proactive.", command_form},
    {"command_objects", "proactive.", command_objects},
    {"command_number", "proactive.", command_number},
    {"command_order", "proactive.", command_order},
    {"command_identities", "proactive.", command_identities},
    {"command_timer", "proactive.timer_management", command_timer},
    {"inside_profile", "proactive.", inside_profile},
    {"own_channels", "proactive.", own_channels},
    {"stored_data_sent", "terminal_response.close_channel", stored_data_sent},
};

}  // namespace

std::span<const TrafficCheck> toolkit_checks() {
  return checks;
}

}  // namespace dmsc::engine

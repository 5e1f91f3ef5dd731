// SPDX-License-Identifier: Apache-2.0
// Rules on a device's envelopes and commands.
#include <algorithm>

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/cat/registry.hpp"
#include "runner/codec/cat/slots.hpp"
#include "runner/engine/traffic/form.hpp"
#include "runner/engine/traffic/traffic_watch.hpp"

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

const codec::MessageSpec* row_of(const model::Event& event) {
  const auto& decoded = *event.decoded;
  return codec::find_message(codec::MessageKind::envelope, decoded.key, decoded.variant);
}

bool readable(const Glance& glance) {
  return glance.event.decoded != nullptr && !glance.event.decoded->error;
}

std::string seconds_of(model::Moment moment) {
  return std::to_string(std::chrono::duration_cast<std::chrono::seconds>(moment).count()) + " s";
}

void message_form(const Glance& glance, TrafficNotes& notes) {
  if (glance.event.decoded == nullptr) return;
  notes.occasion();
  judge_form(glance.event, notes);
}

void envelope_identities(const Glance& glance, TrafficNotes& notes) {
  const auto* row = readable(glance) ? row_of(glance.event) : nullptr;
  if (row == nullptr) return;
  notes.occasion();
  const std::string tail(glance.tail());
  const auto* identities = glance.event.fields.find("device_identities");
  const auto offset = offset_of_object(glance.event, "device_identities");
  if (identities == nullptr || !identities->is_map()) {
    notes.fails("missing", tail + " without device identities", offset);
    return;
  }
  // A call's events come from either end of it.
  const bool either = tail == "call_connected" || tail == "call_disconnected" || tail == "mt_call";
  if (is_device(*identities, "destination", row->destination) &&
      (either || is_device(*identities, "source", row->source))) {
    return;
  }
  static constexpr std::string_view agreed[] = {"terminal_applications", "timer_expiration", "sms_pp_download",
                                                "call_control",          "channel_status",   "data_available",
                                                "location_status"};
  const bool shown = std::string_view(row->origin) != std::string_view(codec::slots::by_hand) ||
                     std::find(std::begin(agreed), std::end(agreed), tail) != std::end(agreed);
  notes.breach(
      "others", shown ? model::Verdict::fail : model::Verdict::advisory,
      tail + " from " + device_in_words(*identities, "source") + " to " + device_in_words(*identities, "destination"),
      offset);
}

bool near(model::Moment a, model::Moment b) {
  const auto slack = model::Moment(2s) + std::max(a, b) / 20;
  return a > b ? a - b <= slack : b - a <= slack;
}

/// What the value counts is memory: the coding can fail, the clock is told.
void timer_told(const Glance& glance, TrafficNotes& notes) {
  if (!readable(glance)) return;
  const auto* value = glance.event.fields.find("timer_value");
  if (value == nullptr) return;
  notes.occasion();
  judge_clock_value(glance.event, value, notes);
  const auto told = time_of(value);
  const auto& timer = glance.state.timer(glance.event.fields.int_or("timer_identifier", 0));
  if (!told || !timer.runs) return;
  const auto offset = offset_of_object(glance.event, "timer_value");
  const auto passed = std::min(glance.event.at - timer.started, timer.length);
  if (glance.event.key == "envelope.timer_expiration") {
    if (near(*told, timer.length) || near(*told, passed)) return;
    notes.advises("expired", "a timer of " + seconds_of(timer.length) + " that tells " + seconds_of(*told), offset);
    return;
  }
  const auto* asked = glance.asked();
  const auto* qualifier = asked == nullptr ? nullptr : asked->fields.at_path("command_details.qualifier");
  if (qualifier == nullptr || *qualifier == Value(0)) return;  // a start may tell the value before it
  if (near(*told, timer.length - passed) || near(*told, passed)) return;
  notes.advises(
      "running",
      "a timer of " + seconds_of(timer.length) + " tells " + seconds_of(*told) + " after " + seconds_of(passed),
      offset);
}

void timer_once(const Glance& glance, TrafficNotes& notes) {
  if (!readable(glance)) return;
  notes.occasion();
  const auto number = glance.event.fields.int_or("timer_identifier", 0);
  if (glance.state.timer(number).runs) return;
  notes.fails("not running", "an expiration of timer " + std::to_string(number) + ", which does not run",
              offset_of_object(glance.event, "timer_identifier"));
}

void message_once(const Glance& glance, TrafficNotes& notes) {
  notes.occasion();
  if (!glance.state.downloaded().empty() && glance.state.downloaded() == to_hex(glance.event.octets)) {
    notes.fails("again", "the message that the card has taken already");
  }
}

bool of_channel(std::string_view event) {
  return event == "data_available" || event == "channel_status";
}

void events_asked(const Glance& glance, TrafficNotes& notes) {
  const auto* row = readable(glance) ? row_of(glance.event) : nullptr;
  if (row == nullptr || row->event < 0 || of_channel(glance.tail())) return;  // channel events: AMB-10
  notes.occasion();
  const std::string name(glance.tail());
  if (!glance.state.asked_for(name)) {
    notes.fails(name, "event " + name + ", which the last event list does not name",
                offset_of_object(glance.event, "event_list"));
  }
}

std::string facility_of_envelope(const Glance& glance, const codec::MessageSpec& row) {
  const std::string name(glance.tail());
  if (row.event >= 0) return "event_" + name;
  if (name == "sms_pp_download" && std::string_view(row.variant) == "cdma") return "cdma_sms_pp_download";
  return name;
}

void own_profile(const Glance& glance, TrafficNotes& notes) {
  const auto* row = readable(glance) ? row_of(glance.event) : nullptr;
  if (row == nullptr) return;
  const auto facility = facility_of_envelope(glance, *row);
  const auto* bit = codec::find_profile_bit(facility);
  if (bit == nullptr) return;
  notes.occasion();
  if (codec::profile_value(glance.state.profile(), *bit) != 0) return;
  notes.breach(facility, bit->assertable ? model::Verdict::fail : model::Verdict::advisory,
               facility + ", which the device's profile does not claim" +
                   (glance.state.profiled() ? "" : ", before any profile"));
}

std::string hex_of(const std::array<std::uint8_t, 4>& header) {
  return to_hex(ByteView(header), " ");
}

void judge_header(const Glance& glance, TrafficNotes& notes) {
  notes.occasion();
  const auto& header = glance.event.header;
  constexpr std::uint8_t toolkit = 0x80;
  if (header[0] != toolkit) notes.fails("class", std::string(glance.tail()) + " with header " + hex_of(header), 0);
  if (header[0] == toolkit && (header[2] != 0 || header[3] != 0)) {
    notes.fails("p1 p2", std::string(glance.tail()) + " with header " + hex_of(header), 2);
  }
}

/// STATUS may go over another logical channel, and has parameters of its own.
void judge_command_header(const Glance& glance, TrafficNotes& notes) {
  const auto tail = glance.tail();
  if (tail == "terminal_profile" || tail == "fetch") return judge_header(glance, notes);
  if (tail != "status") return;
  notes.occasion();
  const auto& header = glance.event.header;
  if ((header[0] & 0x80) == 0 || header[0] == 0xA0) {
    notes.fails("status class", "status with header " + hex_of(header), 0);
  } else if (header[2] > 2 || (header[3] != 0x00 && header[3] != 0x01 && header[3] != 0x0C)) {
    notes.advises("status p1 p2", "status with header " + hex_of(header), 2);
  }
}

void prompt_fetch(const Glance& glance, TrafficNotes& notes) {
  const auto& announced = glance.state.announced();
  const auto tail = glance.tail();
  if (tail == "status" && announced) {
    notes.advises("ignored", "STATUS while a command of " + std::to_string(announced->length) + " octets waits");
  }
  if (tail != "fetch") return;
  notes.occasion();
  constexpr auto prompt = model::Moment(2s);
  if (!announced) {
    notes.advises("unannounced", "FETCH of nothing");
  } else if (glance.event.at - announced->at > prompt) {
    notes.advises("late", "FETCH " + seconds_of(glance.event.at - announced->at) + " after its announcement");
  }
}

void registry_port(const Glance& glance, TrafficNotes& notes) {
  if (!readable(glance)) return;
  const auto all = glance.state.registry_with(glance.event.fields);
  for (const auto& client : all) {
    if (client.int_or("application_type", 0) != codec::dm_client_type) continue;
    notes.occasion();
    const auto port = client.int_or("port", 0);
    const auto other = std::find_if(all.begin(), all.end(), [&](const Value& one) {
      return one.int_or("application_type", codec::dm_client_type) != codec::dm_client_type &&
             one.int_or("port", -1) == port;
    });
    if (other == all.end()) continue;
    notes.fails("shared",
                "port " + std::to_string(port) + " of the DM Client is registered for type " +
                    std::to_string(other->int_or("application_type", 0)) + " too",
                offset_of_object(glance.event, "registry_application_data"));
    return;
  }
}

constexpr TrafficCheck checks[] = {
    {"message_form", "envelope.", message_form},
    {"envelope_identities", "envelope.", envelope_identities},
    {"timer_told", "envelope.timer_expiration", timer_told},
    {"timer_told", "terminal_response.timer_management", timer_told},
    {"timer_once", "envelope.timer_expiration", timer_once},
    {"message_once", "envelope.sms_pp_download", message_once},
    {"events_asked", "envelope.", events_asked},
    {"own_profile", "envelope.", own_profile},
    {"class_bytes", "envelope.", judge_header},
    {"class_bytes", "terminal_response.", judge_header},
    {"class_bytes", "command.", judge_command_header},
    {"prompt_fetch", "command.", prompt_fetch},
    {"registry_port", "envelope.terminal_applications", registry_port},
};

}  // namespace

std::span<const TrafficCheck> envelope_checks() {
  return checks;
}

}  // namespace dmsc::engine

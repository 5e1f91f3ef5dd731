// SPDX-License-Identifier: Apache-2.0
// Rules on a device's terminal responses.
#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/cat/spec.hpp"
#include "runner/engine/facility.hpp"
#include "runner/engine/traffic/form.hpp"
#include "runner/engine/traffic/traffic_watch.hpp"

namespace dmsc::engine {
namespace {

constexpr std::uint8_t uicc = 0x81;
constexpr std::uint8_t terminal = 0x82;

std::string general_of(const Value& response) {
  const auto* general = response.at_path("result.general");
  return general != nullptr && general->is_string() ? general->as_string() : std::string{};
}

std::int64_t qualifier_of(const Value& command) {
  const auto* details = command.find("command_details");
  return details == nullptr ? 0 : details->int_or("qualifier", 0);
}

/// The response is one to a command that was well formed, so that its result can be held to it.
const model::Event* answered(const Glance& glance) {
  if (glance.event.decoded == nullptr || glance.event.decoded->error) return nullptr;
  const auto& pending = glance.state.pending();
  return pending && pending->clean && pending->key == glance.tail() ? glance.asked() : nullptr;
}

std::optional<std::size_t> offset_of_detail(const model::Event& event, std::size_t field) {
  for (const auto& node : event.decoded->fields) {
    if (node.key == "command_details" && node.fields.size() > field) return node.fields[field].offset;
  }
  return {};
}

void response_details(const Glance& glance, TrafficNotes& notes) {
  if (glance.event.decoded == nullptr || !glance.state.pending()) return;
  notes.occasion();
  const auto* asked = glance.asked()->fields.find("command_details");
  const auto* named = glance.event.fields.find("command_details");
  if (named == nullptr || !named->is_map()) {
    notes.fails("missing", "a response without command details");
    return;
  }
  if (asked == nullptr || !asked->is_map()) return;
  std::size_t field = 0;
  for (const auto* part : {"number", "type", "qualifier"}) {
    const auto* wanted = asked->find(part);
    const auto* got = named->find(part);
    if (wanted != nullptr && (got == nullptr || *got != *wanted)) {
      notes.fails(part,
                  std::string(glance.tail()) + " with " + part + " " + (got == nullptr ? "missing" : write_json(*got)) +
                      " for " + write_json(*wanted),
                  offset_of_detail(glance.event, field));
      return;
    }
    ++field;
  }
}

void one_response(const Glance& glance, TrafficNotes& notes) {
  notes.occasion();
  if (!glance.state.pending()) notes.fails("unasked", std::string(glance.tail()) + ", and no command was fetched");
}

void response_identities(const Glance& glance, TrafficNotes& notes) {
  if (glance.event.decoded == nullptr || glance.event.decoded->error) return;
  notes.occasion();
  const auto* identities = glance.event.fields.find("device_identities");
  const auto offset = offset_of_object(glance.event, "device_identities");
  if (identities == nullptr || !identities->is_map()) {
    notes.fails("missing", std::string(glance.tail()) + " without device identities");
  } else if (!is_device(*identities, "source", terminal) || !is_device(*identities, "destination", uicc)) {
    notes.fails("others",
                std::string(glance.tail()) + " from " + device_in_words(*identities, "source") + " to " +
                    device_in_words(*identities, "destination"),
                offset);
  }
}

/// Whether the profile claims what the command asks for beside itself: the transport of OPEN CHANNEL, the events of SET
/// UP EVENT LIST.
bool claims_rest(const Value& command, const TrafficState& state) {
  if (const auto* protocol = command.at_path("transport_level.protocol");
      protocol != nullptr && protocol->is_string()) {
    const auto& name = protocol->as_string();
    return state.claims(name == "tcp_server" ? "tcp_uicc_server" : name);
  }
  const auto* events = command.find("event_list");
  if (events == nullptr || !events->is_list()) return true;
  const auto& list = events->as_list();
  return std::all_of(list.begin(), list.end(), [&](const Value& event) {
    return event.is_string() && state.claims("event_" + event.as_string());
  });
}

void claims_performed(const Glance& glance, TrafficNotes& notes) {
  const auto* asked = answered(glance);
  if (asked == nullptr) return;
  const auto command = facility_of(asked->fields, std::string(glance.tail()));
  const auto* row = codec::find_profile_bit(command);
  if (row == nullptr || !row->assertable || !glance.state.claims(command) || !claims_rest(asked->fields, glance.state))
    return;
  notes.occasion();
  const auto word = general_of(glance.event.fields);
  if (word != "beyond_terminal_capabilities" && word != "command_type_not_understood") return;
  notes.fails(command, command + ", which the profile claims, with result " + word,
              offset_of_object(glance.event, "result"));
}

/// Results 0X other than the usual, and "not now" to what needs nothing but the device itself.
void result_ground(const Glance& glance, TrafficNotes& notes) {
  const auto* asked = answered(glance);
  if (asked == nullptr) return;
  notes.occasion();
  const auto word = general_of(glance.event.fields);
  const auto tail = std::string(glance.tail());
  const auto offset = offset_of_object(glance.event, "result");
  static constexpr std::string_view usual[] = {"performed", "performed_partial_comprehension",
                                               "performed_missing_information", "performed_limited_service",
                                               "performed_with_modification"};
  const bool is_usual = std::find(std::begin(usual), std::end(usual), word) != std::end(usual);
  if (codec::performed(word) && !is_usual) notes.advises(word, tail + " with result " + word, offset);
  static constexpr std::string_view harmless[] = {"more_time",         "poll_interval",    "polling_off",
                                                  "set_up_event_list", "timer_management", "provide_local_information",
                                                  "get_channel_status"};
  const bool needs_nothing = std::find(std::begin(harmless), std::end(harmless), tail) != std::end(harmless);
  if (needs_nothing && (word == "terminal_unable" || word == "network_unable")) {
    notes.advises(tail + " " + word, tail + " with result " + word, offset);
  }
}

/// What a response must hold that says the command was performed.
void result_complete(const Glance& glance, TrafficNotes& notes) {
  const auto* asked = answered(glance);
  if (asked == nullptr || !performed(glance.event.fields)) return;
  const auto& answer = glance.event.fields;
  const auto qualifier = qualifier_of(asked->fields);
  const auto tail = glance.tail();
  const auto offset = offset_of_object(glance.event, "result");
  const auto missing = [&](const char* object, model::Verdict verdict) {
    notes.occasion();
    const auto* member = answer.find(object);
    const bool there = member != nullptr && !member->is_null();
    if (!there)
      notes.breach(std::string(tail) + " " + object, verdict, std::string(tail) + " performed, without " + object,
                   offset);
    return !there;
  };
  constexpr auto fail = model::Verdict::fail;
  constexpr auto advisory = model::Verdict::advisory;
  if (tail == "provide_local_information") {
    static constexpr std::pair<int, const char*> rows[] = {
        {0, "location_information"}, {1, "imei"}, {3, "date_time_timezone"}, {4, "language"}, {6, "access_technology"}};
    for (const auto& [value, object] : rows) {
      if (value == qualifier && general_of(answer) == "performed") missing(object, fail);
    }
  }
  if (tail == "timer_management") {
    if (!missing("timer_identifier", advisory) &&
        answer.int_or("timer_identifier", 0) != asked->fields.int_or("timer_identifier", 0)) {
      notes.fails("timer",
                  "timer " + std::to_string(answer.int_or("timer_identifier", 0)) + " for timer " +
                      std::to_string(asked->fields.int_or("timer_identifier", 0)),
                  offset_of_object(glance.event, "timer_identifier"));
    }
    if (qualifier == 2) missing("timer_value", fail);
    if (qualifier == 1) missing("timer_value", advisory);
  }
  if (tail == "poll_interval") missing("duration", advisory);
  if (tail == "open_channel") missing("channel_status", fail);
  if (tail == "receive_data") {
    missing("channel_data_length", fail);
    const auto wanted = asked->fields.int_or("channel_data_length", 0);
    const auto got = static_cast<std::int64_t>(answer.text_or("channel_data", "").size() / 2);
    const bool list = answer.find("channel_data") != nullptr && answer.find("channel_data")->is_list();
    if (!list && got > wanted) {
      notes.fails("more than asked", std::to_string(got) + " octets for " + std::to_string(wanted),
                  offset_of_object(glance.event, "channel_data"));
    }
  }
  if (tail == "send_data") missing("channel_data_length", fail);
  if (tail == "get_channel_status") missing("channel_status", fail);
}

void bip_cause(const Glance& glance, TrafficNotes& notes) {
  const auto* asked = answered(glance);
  if (asked == nullptr || general_of(glance.event.fields) != "bip_error") return;
  notes.occasion();
  const auto& answer = glance.event.fields;
  const auto tail = std::string(glance.tail());
  const auto offset = offset_of_object(glance.event, "result");
  const auto* why = answer.at_path("result.additional");
  if (why == nullptr) {
    notes.fails("none", tail + " refused with 3A and no additional information", offset);
    return;
  }
  const auto word = why->is_string() ? why->as_string() : write_json(*why);
  if (!why->is_string())
    notes.advises("reserved", tail + " refused with 3A and additional information " + word, offset);
  if (tail == "open_channel") {
    if (answer.find("channel_status") != nullptr) {
      notes.advises("status", "a channel status in a refusal", offset_of_object(glance.event, "channel_status"));
    }
    const bool about_channel = word == "channel_closed" || word == "channel_id_not_valid";
    if (about_channel) notes.advises(word, "open_channel refused with " + word, offset);
    const auto* row = codec::find_profile_bit("number_of_channels");
    const auto most = row == nullptr ? 0U : codec::profile_value(glance.state.profile(), *row);
    if (word == "no_channel_available" && glance.state.open_channels() < most) {
      notes.advises("channels left",
                    "no channel available, with " + std::to_string(glance.state.open_channels()) + " of " +
                        std::to_string(most) + " open",
                    offset);
    }
    const bool all_taken = most > 0 && glance.state.open_channels() >= most;
    if (all_taken && word != "no_channel_available") {
      notes.advises("all taken", "open_channel refused with " + word + ", though all channels are open", offset);
    }
    return;
  }
  const auto number = channel_of(asked->fields);
  const auto& channel = glance.state.channel(number);
  const bool gone = number == 0 || channel.life == TrafficState::Channel::Life::closed;
  if (gone && word != "channel_closed" && word != "channel_id_not_valid") {
    notes.fails("not open", tail + " for a channel that is not open refused with " + word, offset);
  }
  if (!gone && word == "channel_id_not_valid") {
    notes.fails("open", tail + " for channel " + std::to_string(number) + ", which is open, refused with " + word,
                offset);
  }
}

constexpr TrafficCheck checks[] = {
    {"response_details", "terminal_response.", response_details},
    {"one_response", "terminal_response.", one_response},
    {"response_identities", "terminal_response.", response_identities},
    {"message_form", "terminal_response.",
     [](const Glance& glance, TrafficNotes& notes) {
       if (glance.event.decoded == nullptr) return;
       notes.occasion();
       judge_form(glance.event, notes);
     }},
    {"claims_performed", "terminal_response.", claims_performed},
    {"result_ground", "terminal_response.", result_ground},
    {"result_complete", "terminal_response.", result_complete},
    {"bip_cause", "terminal_response.", bip_cause},
};

}  // namespace

std::span<const TrafficCheck> response_checks() {
  return checks;
}

}  // namespace dmsc::engine

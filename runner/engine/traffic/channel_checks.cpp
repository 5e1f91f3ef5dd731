// SPDX-License-Identifier: Apache-2.0
// Rules on a device's channels: numbers, states, lengths and rooms.
#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/engine/traffic/form.hpp"
#include "runner/engine/traffic/traffic_watch.hpp"

namespace dmsc::engine {
namespace {

using Life = TrafficState::Channel::Life;

constexpr std::int64_t ff = 255;  // "255 or more"

/// The response is one to a well-formed command, and says that it was performed.
const model::Event* done(const Glance& glance) {
  if (glance.event.decoded == nullptr || glance.event.decoded->error) return nullptr;
  const auto& pending = glance.state.pending();
  const bool fits = pending && pending->clean && pending->key == glance.tail() && performed(glance.event.fields);
  return fits ? glance.asked() : nullptr;
}

std::string channel_in_words(std::int64_t number) {
  return "channel " + std::to_string(number);
}

void channel_granted(const Glance& glance, TrafficNotes& notes) {
  const auto* asked = done(glance);
  const auto* status = glance.event.fields.find("channel_status");
  if (asked == nullptr || status == nullptr || !status->is_map()) return;
  notes.occasion();
  const auto number = status->int_or("channel", 0);
  const auto offset = offset_of_object(glance.event, "channel_status");
  if (number < 1 || number > 7) {
    notes.fails("number", "a channel with number " + std::to_string(number), offset);
    return;
  }
  if (glance.state.channel(number).life == Life::open)
    notes.fails("taken", channel_in_words(number) + " once more", offset);
  const auto state = status->text_or("state", "");
  const auto mode = asked->fields.text_or("mode", "");
  if (state == "reserved_state" || state.empty()) {
    notes.advises("reserved", channel_in_words(number) + " in a state that is reserved", offset);
  } else if (mode == "terminal_server" && state != "established") {
    notes.advises("no link", "a local channel in state " + state + ", without a link", offset);
  } else if (mode == "uicc_server" && state == "established") {
    notes.advises("no listener", "a channel that should listen in state established", offset);
  }
  const auto* buffer = glance.event.fields.find("buffer_size");
  const auto wanted = asked->fields.int_or("buffer_size", 0);
  if (buffer == nullptr || !buffer->is_int()) {
    notes.advises("no buffer", "a channel without a buffer size");
    return;
  }
  const auto place = offset_of_object(glance.event, "buffer_size");
  if (buffer->as_int() == 0) notes.fails("buffer 0", "a channel with a buffer of 0 octets", place);
  const auto* general = glance.event.fields.at_path("result.general");
  const bool modified = general != nullptr && *general == Value("performed_with_modification");
  if (buffer->as_int() != wanted && buffer->as_int() != 0 && !modified) {
    notes.advises("buffer changed",
                  "a buffer of " + std::to_string(buffer->as_int()) + " octets for " + std::to_string(wanted) +
                      ", and the result does not say so",
                  place);
  }
}

void judge_named(const Glance& glance, std::int64_t number, const std::string& what, std::optional<std::size_t> offset,
                 TrafficNotes& notes) {
  const auto& channel = glance.state.channel(number);
  if (channel.life != Life::closed) return;
  if (channel.was_open) {
    notes.advises("closed", what + " of " + channel_in_words(number) + ", which was closed", offset);
  } else {
    notes.fails("never opened", what + " of " + channel_in_words(number) + ", which was never opened", offset);
  }
}

void event_told(const Glance& glance, TrafficNotes& notes) {
  const auto tail = glance.tail();
  if (tail != "channel_status" && tail != "data_available") return;
  const auto* status = glance.event.fields.find("channel_status");
  if (status == nullptr || !status->is_map()) return;
  notes.occasion();
  judge_named(glance, status->int_or("channel", 0), "event " + std::string(tail),
              offset_of_object(glance.event, "channel_status"), notes);
}

void status_told(const Glance& glance, TrafficNotes& notes) {
  if (done(glance) == nullptr) return;
  const auto* list = glance.event.fields.find("channel_status");
  if (list == nullptr || !list->is_list()) return;
  notes.occasion();
  const auto offset = offset_of_object(glance.event, "channel_status");
  std::size_t told = 0;
  for (const auto& status : list->as_list()) {
    const auto number = status.int_or("channel", 0);
    if (number == 0) continue;  // none is open
    if (status.text_or("state", "") == "closed") continue;
    ++told;
    judge_named(glance, number, "GET CHANNEL STATUS tells", offset, notes);
  }
  if (told < glance.state.open_channels()) {
    notes.advises(
        "left out",
        std::to_string(told) + " channels told, " + std::to_string(glance.state.open_channels()) + " are open", offset);
  }
}

void data_available(const Glance& glance, TrafficNotes& notes) {
  notes.occasion();
  if (glance.event.fields.int_or("channel_data_length", 0) == 0) {
    notes.advises("nothing", "data available, 0 octets", offset_of_object(glance.event, "channel_data_length"));
  }
}

/// What was told to be there must come, now or as the rest that is told. More may have arrived meanwhile.
void received(const Glance& glance, TrafficNotes& notes) {
  const auto* asked = done(glance);
  if (asked == nullptr) return;
  const auto* data = glance.event.fields.find("channel_data");
  if (data != nullptr && !data->is_string()) return;
  notes.occasion();
  const auto got = data == nullptr ? 0 : static_cast<std::int64_t>(data->as_string().size() / 2);
  const auto left = glance.event.fields.int_or("channel_data_length", 0);
  const auto offset = offset_of_object(glance.event, "channel_data_length");
  const auto& channel = glance.state.channel(channel_of(asked->fields));
  if (got == 0 && left > 0) {
    notes.fails("nothing came", "no octets, and " + std::to_string(left) + " remain", offset);
  } else if (channel.due && left < ff && got + left < static_cast<std::int64_t>(*channel.due)) {
    notes.fails("fewer than told",
                std::to_string(got) + " octets and " + std::to_string(left) + " that remain, " +
                    std::to_string(*channel.due) + " were told",
                offset);
  } else if (channel.announced && channel.due == std::size_t{1} && got > 1) {
    notes.advises("more than announced", "data available said 1, and " + std::to_string(got) + " octets came", offset);
  }
}

/// What is stored takes room from the buffer, and nothing but sending gives it back.
void room(const Glance& glance, TrafficNotes& notes) {
  const auto* asked = done(glance);
  const auto* told = glance.event.fields.find("channel_data_length");
  if (asked == nullptr || told == nullptr || !told->is_int()) return;
  notes.occasion();
  const auto* qualifier = asked->fields.at_path("command_details.qualifier");
  const bool immediately = qualifier != nullptr && qualifier->is_int() && (qualifier->as_int() & 1) != 0;
  const auto size = static_cast<std::int64_t>(asked->fields.text_or("channel_data", "").size() / 2);
  const auto& channel = glance.state.channel(channel_of(asked->fields));
  const auto offset = offset_of_object(glance.event, "channel_data_length");
  if (channel.life != Life::open) return;
  if (channel.buffer > 0) {
    const auto stored = immediately ? 0 : static_cast<std::int64_t>(channel.stored) + size;
    const auto most = std::max<std::int64_t>(0, static_cast<std::int64_t>(channel.buffer) - stored);
    if (told->as_int() > most) {
      notes.fails("more than the buffer",
                  "room " + std::to_string(told->as_int()) + ", with " + std::to_string(stored) + " of " +
                      std::to_string(channel.buffer) + " octets stored",
                  offset);
      return;
    }
  }
  if (!channel.room) return;
  const auto before = static_cast<std::int64_t>(*channel.room);
  if (size > before && channel.room_shrinks) {
    notes.fails("more than the room",
                std::to_string(size) + " octets taken, and the room was " + std::to_string(before), offset);
  } else if (size > before) {
    notes.advises("room was more", std::to_string(size) + " octets taken, and the room was " + std::to_string(before),
                  offset);
  } else if (channel.room_shrinks && !immediately && told->as_int() != before - size) {
    // Room that stays at 254 may be the most that the terminal tells: less than there is may be told.
    const bool grows = told->as_int() > before - size && (told->as_int() != before || before != ff - 1);
    notes.breach("room", grows ? model::Verdict::fail : model::Verdict::advisory,
                 "room " + std::to_string(told->as_int()) + " after " + std::to_string(size) + " of " +
                     std::to_string(before) + " octets were stored",
                 offset);
  }
}

constexpr TrafficCheck checks[] = {
    {"channel_granted", "terminal_response.open_channel", channel_granted},
    {"channel_told", "envelope.", event_told},
    {"channel_told", "terminal_response.get_channel_status", status_told},
    {"data_arithmetic", "envelope.data_available", data_available},
    {"data_arithmetic", "terminal_response.receive_data", received},
    {"data_arithmetic", "terminal_response.send_data", room},
};

}  // namespace

std::span<const TrafficCheck> channel_checks() {
  return checks;
}

}  // namespace dmsc::engine

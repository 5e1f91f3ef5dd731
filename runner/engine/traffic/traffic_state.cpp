// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/traffic/traffic_state.hpp"

#include <algorithm>

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/cat/registry.hpp"
#include "runner/codec/cat/spec.hpp"

namespace dmsc::engine {
namespace {

constexpr std::size_t ff = 255;  // a length of one octet says "255 or more"

std::size_t size_of_hex(const Value* hex) {
  return hex != nullptr && hex->is_string() ? hex->as_string().size() / 2 : 0;
}

std::int64_t qualifier_of(const Value& command) {
  const auto* details = command.find("command_details");
  return details == nullptr ? 0 : details->int_or("qualifier", 0);
}

}  // namespace

std::int64_t channel_of(const Value& fields) {
  const auto* destination = fields.at_path("device_identities.destination");
  if (destination == nullptr || !destination->is_string()) return 0;
  const auto& name = destination->as_string();
  constexpr std::string_view prefix = "channel_";
  if (!name.starts_with(prefix) || name.size() != prefix.size() + 1) return 0;
  const auto number = name.back() - '0';
  return number >= 1 && number <= 7 ? number : 0;
}

bool performed(const Value& response) {
  const auto* general = response.at_path("result.general");
  return general != nullptr && general->is_string() && codec::performed(general->as_string());
}

std::optional<model::Moment> time_of(const Value* value) {
  if (value == nullptr || !value->is_map()) return {};
  model::Moment out{};
  for (const auto& [key, unit] : {std::pair("hours", 3600), std::pair("minutes", 60), std::pair("seconds", 1)}) {
    const auto* part = value->find(key);
    if (part == nullptr || !part->is_int()) return {};
    out += std::chrono::seconds(part->as_int() * unit);
  }
  return out;
}

const TrafficState::Channel& TrafficState::channel(std::int64_t number) const {
  static const Channel none;
  return number >= 1 && number <= 7 ? channels_[std::size_t(number) - 1] : none;
}

TrafficState::Channel* TrafficState::find(std::int64_t number) {
  return number >= 1 && number <= 7 ? &channels_[std::size_t(number) - 1] : nullptr;
}

std::size_t TrafficState::open_channels() const {
  return static_cast<std::size_t>(std::count_if(channels_.begin(), channels_.end(), [](const Channel& channel) {
    return channel.life != Channel::Life::closed;
  }));
}

const TrafficState::Timer& TrafficState::timer(std::int64_t number) const {
  static const Timer none;
  return number >= 1 && number <= 8 ? timers_[std::size_t(number) - 1] : none;
}

bool TrafficState::claims(std::string_view facility) const {
  return codec::profile_has(profile_, facility);
}

void TrafficState::take(const model::Event& event, std::size_t at, bool scripted) {
  const std::string_view key = event.key;
  if (key == "card.reset") {
    *this = TrafficState(any_response_);
    return;
  }
  if (key.starts_with("response.")) return take_response(event);
  if (key == "sms.deliver") downloaded_.clear();
  if (key.starts_with("proactive.")) return take_proactive(event, at, scripted);
  const bool response = key.starts_with("terminal_response.");
  const bool envelope = key.starts_with("envelope.");
  if (!response && !envelope && !key.starts_with("command.")) return;
  command_ = {event.key, {}, scripted, event.decoded == nullptr || !event.decoded->error, event.header};
  if (!response && !envelope) command_.fields = event.fields;
  if (announced_ && key != "command.fetch") ++announced_->commands;
  if (key == "command.terminal_profile") {
    profile_ = parse_hex(event.fields.text_or("data", "")).value_or(Octets{});
    profiled_ = true;
  }
  if (response) take_terminal_response(event);
  if (envelope) take_envelope(event);
}

void TrafficState::take_response(const model::Event& event) {
  const auto sw = parse_hex(event.fields.text_or("sw", "")).value_or(Octets{});
  if (sw.size() != 2) return;
  const codec::StatusWord status{static_cast<std::uint16_t>(sw[0] << 8 | sw[1])};
  if (event.key == "response.envelope.sms_pp_download" && status.ok()) downloaded_ = downloading_;
  if (event.key == "response.envelope.timer_expiration" && expired_ != 0 && !status.ok()) {
    timers_[expired_ - 1].runs = true;  // the card did not take it, so it may be told again
  }
  if (event.key == "response.fetch" || status.proactive()) announced_.reset();
  if (status.proactive()) announced_ = Announced{status.sw2() == 0 ? 256U : status.sw2(), event.at, 0};
}

void TrafficState::take_proactive(const model::Event& event, std::size_t at, bool scripted) {
  pending_ = Pending{at, event.key.substr(event.key.find('.') + 1), scripted,
                     event.decoded != nullptr && !event.decoded->error};
  asked_ = event.fields;
}

void TrafficState::take_terminal_response(const model::Event& event) {
  if (!pending_) return;
  // A response to another command leaves the one that is due where it is.
  const auto* wanted = asked_.find("command_details");
  const auto* named = event.fields.find("command_details");
  for (const auto* part : {"number", "type"}) {
    const auto* a = wanted == nullptr ? nullptr : wanted->find(part);
    const auto* b = named == nullptr ? nullptr : named->find(part);
    if (!any_response_ && a != nullptr && (b == nullptr || *a != *b)) return;
  }
  const auto pending = std::exchange(pending_, std::nullopt);
  const auto asked = std::exchange(asked_, Value{});
  const auto& key = pending->key;
  const auto& answer = event.fields;
  const bool done = performed(answer);
  if (key == "open_channel" && done) {
    const auto* number = answer.at_path("channel_status.channel");
    auto* channel = number != nullptr && number->is_int() ? find(number->as_int()) : nullptr;
    if (channel == nullptr) return;
    *channel = Channel{};
    channel->life = Channel::Life::open;
    channel->was_open = true;
    channel->mode = asked.text_or("mode", "");
    if (const auto* level = asked.find("transport_level")) {
      channel->protocol = level->text_or("protocol", "");
      channel->port = level->int_or("port", 0);
    }
    channel->buffer = static_cast<std::size_t>(std::clamp<std::int64_t>(answer.int_or("buffer_size", 0), 0, 65535));
    return;
  }
  auto* channel = find(channel_of(asked));
  if (channel != nullptr && key == "close_channel") {
    // Told that there is no such channel, the card may believe it; refused otherwise it stays.
    const auto* why = answer.at_path("result.additional");
    const bool gone = why != nullptr && (*why == Value("channel_closed") || *why == Value("channel_id_not_valid"));
    const bool back = channel->mode == "uicc_server" && (qualifier_of(asked) & 1) != 0;
    if (done && !back) channel->life = Channel::Life::closed;
    if (done && back) channel->due.reset();
    if (!done && gone) channel->life = Channel::Life::doubtful;
    if (done) channel->stored = 0;
  }
  if (channel != nullptr && key == "send_data") {
    const bool immediately = (qualifier_of(asked) & 1) != 0;
    if (done) channel->stored = immediately ? 0 : channel->stored + size_of_hex(asked.find("channel_data"));
    channel->room.reset();
    channel->room_shrinks = !immediately;
    const auto* room = answer.find("channel_data_length");
    if (done && room != nullptr && room->is_int() && room->as_int() < std::int64_t{ff}) {
      channel->room = static_cast<std::size_t>(std::max<std::int64_t>(room->as_int(), 0));
    }
    const auto* why = answer.at_path("result.additional");
    const bool gone = why != nullptr && (*why == Value("channel_closed") || *why == Value("channel_id_not_valid"));
    if (!done && gone && channel->life == Channel::Life::open) channel->life = Channel::Life::doubtful;
  }
  if (channel != nullptr && key == "receive_data" && done) {
    const auto* left = answer.find("channel_data_length");
    channel->due.reset();
    channel->announced = false;
    if (left != nullptr && left->is_int()) channel->due = static_cast<std::size_t>(left->as_int());
  }
  if (key == "set_up_event_list" && done) {
    events_.clear();
    if (const auto* list = asked.find("event_list"); list != nullptr && list->is_list()) {
      for (const auto& one : list->as_list()) events_.insert(one.is_string() ? one.as_string() : std::string{});
    }
  }
  if (key == "timer_management" && done) {
    const auto number = asked.int_or("timer_identifier", 0);
    if (number < 1 || number > 8) return;
    auto& timer = timers_[std::size_t(number) - 1];
    const auto action = qualifier_of(asked) & 3;
    if (action == 0) timer = {true, event.at, time_of(asked.find("timer_value")).value_or(model::Moment{})};
    if (action == 1) timer.runs = false;
  }
}

void TrafficState::take_envelope(const model::Event& event) {
  const auto& fields = event.fields;
  if (event.key == "envelope.timer_expiration") {
    const auto number = fields.int_or("timer_identifier", 0);
    expired_ = number >= 1 && number <= 8 && timer(number).runs ? std::size_t(number) : 0;
    if (expired_ != 0) timers_[expired_ - 1].runs = false;
  }
  if (event.key == "envelope.sms_pp_download") downloading_ = to_hex(event.octets);
  const bool status = event.key == "envelope.channel_status";
  if (status || event.key == "envelope.data_available") {
    const auto* told = fields.find("channel_status");
    auto* channel = told == nullptr || !told->is_map() ? nullptr : find(told->int_or("channel", 0));
    if (channel == nullptr) return;
    const bool dropped = told->text_or("information", "") == "link_dropped";
    if (status && channel->life == Channel::Life::open && (dropped || told->text_or("state", "") == "closed")) {
      // A channel that listens on goes on; one that is gone may still be closed by a command under way.
      if (told->text_or("state", "") != "listen") channel->life = Channel::Life::doubtful;
    }
    if (status) channel->due.reset();
    if (!status) {
      channel->due = static_cast<std::size_t>(std::max<std::int64_t>(fields.int_or("channel_data_length", 0), 0));
      channel->announced = true;
    }
  }
  if (event.key == "envelope.terminal_applications") {
    registry_ = registry_with(fields);
    registry_whole_ = fields.find("last_envelope") != nullptr;
  }
}

std::vector<Value> TrafficState::registry_with(const Value& envelope) const {
  auto all = registry_whole_ ? std::vector<Value>{} : registry_;
  const auto* list = envelope.find("registry_application_data");
  if (list == nullptr || !list->is_list()) return all;
  const auto is_client = [](const Value& one) { return one.int_or("application_type", 0) == codec::dm_client_type; };
  const auto& told = list->as_list();
  if (std::any_of(told.begin(), told.end(), is_client) && std::any_of(all.begin(), all.end(), is_client)) all.clear();
  constexpr std::size_t most = 256;
  all.insert(all.end(), told.begin(),
             told.begin() + static_cast<std::ptrdiff_t>(std::min(told.size(), most - all.size())));
  return all;
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
// How the terminal performs proactive commands.
#include <algorithm>
#include <stdexcept>

#include "runner/codec/message.hpp"
#include "runner/codec/profile.hpp"
#include "runner/peer/terminal/terminal.hpp"

namespace dmsc::peer {
namespace {

using codec::MessageKind;
using model::Moment;
using namespace std::chrono_literals;

Value result(const char* general) {
  return Value::Map{{"result", Value::Map{{"general", general}}}};
}

Value bip_error(const char* additional) {
  return Value::Map{{"result", Value::Map{{"general", "bip_error"}, {"additional", additional}}}};
}

std::int64_t qualifier_of(const codec::Decoded& command) {
  const auto* details = command.find("command_details");
  return details == nullptr ? 0 : details->int_or("qualifier", 0);
}

Value clock_value(Moment moment) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(moment).count();
  return Value::Map{{"hours", std::int64_t{seconds / 3600 % 100}},
                    {"minutes", std::int64_t{seconds / 60 % 60}},
                    {"seconds", std::int64_t{seconds % 60}}};
}

Moment moment_of(const Value& clock) {
  return std::chrono::hours(clock.int_or("hours", 0)) + std::chrono::minutes(clock.int_or("minutes", 0)) +
         std::chrono::seconds(clock.int_or("seconds", 0));
}

Moment unit_of(const Value& duration) {
  const auto unit = duration.text_or("unit", "");
  if (unit == "minutes") return 1min;
  return unit == "seconds" ? Moment(1s) : Moment(100ms);
}

/// Puts `over` on top of `under`, member by member.
Value merged(Value under, const Value& over) {
  if (!over.is_map()) return over;
  for (const auto& [key, value] : over.as_map()) under[key] = value;
  return under;
}

}  // namespace

Result<void> Terminal::answer(AnswerRule rule) {
  const auto* row = codec::find_message(MessageKind::terminal_response, rule.key);
  if (row == nullptr) return fail(Errc::unknown, "\"" + rule.key + "\" is no proactive command");
  const auto body = codec::encode_message(*row, merged(result("performed"), rule.members));
  if (!body) return tl::make_unexpected(body.error());
  rules_.push_back(std::move(rule));
  return {};
}

const Value* Terminal::override_for(const std::string& key) {
  for (auto& rule : rules_) {
    if (rule.key != key || rule.times < 0) continue;
    if (rule.times > 0 && --rule.times == 0) rule.times = -1;
    return &rule.members;
  }
  return nullptr;
}

void Terminal::perform(ByteView fetched) {
  const auto command = codec::decode_proactive(fetched);
  const auto* details = command.find("command_details");
  const auto* rule = override_for(command.key);
  Value members = rule != nullptr && rule->find("result") != nullptr ? *rule : perform_default(command);
  if (rule != nullptr) members = merged(std::move(members), *rule);
  if (details != nullptr && details->is_map() && members.find("command_details") == nullptr) {
    members["command_details"] = *details;
  }
  const auto* row = codec::find_message(MessageKind::terminal_response, command.key);
  if (row == nullptr) row = codec::find_message(MessageKind::terminal_response, "more_time");
  auto body = codec::encode_message(*row, members);
  if (!body) throw std::logic_error("terminal response to " + command.key + ": " + body.error().text());
  reply_ = codec::write_command({0x80, 0x14, 0x00, 0x00, std::move(*body), {}, false});
}

Value Terminal::perform_default(const codec::Decoded& command) {
  static constexpr std::pair<std::string_view, Handler> handlers[] = {
      {"more_time", &Terminal::do_nothing},           {"poll_interval", &Terminal::do_poll_interval},
      {"polling_off", &Terminal::do_polling_off},     {"set_up_event_list", &Terminal::do_event_list},
      {"timer_management", &Terminal::do_timer},      {"provide_local_information", &Terminal::do_local_information},
      {"open_channel", &Terminal::do_open_channel},   {"send_data", &Terminal::do_send_data},
      {"close_channel", &Terminal::do_close_channel},
  };
  if (command.error) return result("command_data_not_understood");
  for (const auto& [key, handler] : handlers) {
    if (command.key == key) return (this->*handler)(command);
  }
  return result(command.key.starts_with("unknown_") ? "command_type_not_understood" : "beyond_terminal_capabilities");
}

Value Terminal::do_nothing(const codec::Decoded& /*command*/) {
  return result("performed");
}

Value Terminal::do_poll_interval(const codec::Decoded& command) {
  const auto* duration = command.find("duration");
  if (duration == nullptr) return result("required_values_missing");
  const auto count = duration->int_or("interval", 0);
  if (count == 0) return result("command_data_not_understood");  // 0 is reserved
  poll_period_ = unit_of(*duration) * count;
  next_poll_ = now_ + *poll_period_;
  return merged(result("performed"), Value::Map{{"duration", *duration}});
}

Value Terminal::do_polling_off(const codec::Decoded& /*command*/) {
  poll_period_.reset();
  return result("performed");
}

Value Terminal::do_event_list(const codec::Decoded& command) {
  const auto* list = command.find("event_list");
  if (list == nullptr || !list->is_list()) return result("required_values_missing");
  events_.clear();
  for (const auto& event : list->as_list()) {
    if (event.is_string()) events_.insert(event.as_string());
  }
  return result("performed");
}

Value Terminal::remaining(const Timer& timer) const {
  return clock_value(std::max(Moment{}, timer.ends - now_));
}

Value Terminal::do_timer(const codec::Decoded& command) {
  const auto* identifier = command.find("timer_identifier");
  if (identifier == nullptr || !identifier->is_int()) return result("required_values_missing");
  const auto number = identifier->as_int();
  if (number < 1 || number > static_cast<std::int64_t>(timers_.size())) return result("command_data_not_understood");
  auto& timer = timers_[std::size_t(number) - 1];
  Value answer = result("performed");
  answer["timer_identifier"] = number;
  const auto action = qualifier_of(command) & 0x03;
  if (action == 0) {
    const auto* value = command.find("timer_value");
    if (value == nullptr) return result("required_values_missing");
    timer = {true, now_ + moment_of(*value), *value};
    return answer;
  }
  if (!timer.runs) return merged(answer, result("timer_state_contradiction"));
  answer["timer_value"] = remaining(timer);
  if (action == 1) timer.runs = false;
  return answer;
}

Value Terminal::do_local_information(const codec::Decoded& command) {
  Value answer = result("performed");
  switch (qualifier_of(command)) {
    case 0x00:
      answer["location_information"] = Value::Map{{"plmn", place_.plmn}, {"lac", place_.lac}, {"cell", place_.cell}};
      return answer;
    case 0x04:
      answer["language"] = "en";
      return answer;
    default:
      return result("beyond_terminal_capabilities");
  }
}

Value Terminal::do_open_channel(const codec::Decoded& command) {
  const auto* level = command.find("transport_level");
  if (level == nullptr || command.variant != "terminal_server") return result("beyond_terminal_capabilities");
  const auto* buffer = command.find("buffer_size");
  if (buffer == nullptr || !buffer->is_int()) return result("required_values_missing");
  const auto protocol = level->text_or("protocol", "");
  if (!codec::profile_has(profile_, protocol)) return bip_error("transport_level_not_available");
  const auto port = level->int_or("port", -1);
  if (!ports_.contains(port)) return bip_error("port_not_available");
  const auto free = std::find(channels_.begin(), channels_.end(), std::nullopt);
  if (free == channels_.end()) return bip_error("no_channel_available");
  *free = Channel{buffer->as_int(), port};
  Value answer = result("performed");
  answer["channel_status"] = Value::Map{{"state", "established"},
                                        {"channel", std::int64_t{free - channels_.begin() + 1}},
                                        {"information", "no_information"}};
  answer["buffer_size"] = *buffer;
  return answer;
}

std::optional<int> Terminal::channel_of(const codec::Decoded& command) const {
  const auto* devices = command.find("device_identities");
  if (devices == nullptr) return {};
  const auto destination = devices->text_or("destination", "");
  constexpr std::string_view prefix = "channel_";
  if (!destination.starts_with(prefix) || destination.size() != prefix.size() + 1) return {};
  return destination.back() - '0';
}

Value Terminal::do_send_data(const codec::Decoded& command) {
  const auto channel = channel_of(command);
  if (!channel || *channel < 1 || *channel > 7) return bip_error("channel_id_not_valid");
  if (!channels_[std::size_t(*channel) - 1]) return bip_error("channel_closed");
  if (command.find("channel_data") == nullptr) return result("required_values_missing");
  return merged(result("performed"), Value::Map{{"channel_data_length", 255}});
}

Value Terminal::do_close_channel(const codec::Decoded& command) {
  const auto channel = channel_of(command);
  if (!channel || *channel < 1 || *channel > 7) return bip_error("channel_id_not_valid");
  auto& slot = channels_[std::size_t(*channel) - 1];
  if (!slot) return bip_error("channel_closed");
  slot.reset();
  return result("performed");
}

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
// How the terminal performs proactive commands.
#include <algorithm>
#include <stdexcept>

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/peer/session/push_message.hpp"
#include "runner/peer/terminal/terminal.hpp"

namespace dmsc::peer {
namespace {

using codec::MessageKind;
using model::Moment;
using namespace std::chrono_literals;

Value result(const char* general) {
  return Value::Map{{"result", Value::Map{{"general", general}}}};
}

Value bip_error(const Habits& habits, const std::string& additional) {
  const bool about_state = additional == "channel_closed" || additional == "channel_id_not_valid";
  if (about_state && !habits.has(Habit::says_why_closed)) return result("terminal_unable");
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

/// Whether an answer says that the command was not performed: any general result but 0X.
bool refuses(const Value& members) {
  const auto* general = members.at_path("result.general");
  return general != nullptr && !(general->is_string() && codec::performed(general->as_string()));
}

/// 0 where the command is not directed to a channel.
int channel_of(const codec::Decoded& command) {
  const auto* devices = command.find("device_identities");
  const auto destination = devices == nullptr ? std::string{} : devices->text_or("destination", "");
  constexpr std::string_view prefix = "channel_";
  if (!destination.starts_with(prefix) || destination.size() != prefix.size() + 1) return 0;
  return destination.back() - '0';
}

}  // namespace

Value channel_status(int channel, Gateway::State state) {
  static constexpr std::pair<Gateway::State, const char*> names[] = {{Gateway::State::closed, "closed"},
                                                                     {Gateway::State::listen, "listen"},
                                                                     {Gateway::State::established, "established"},
                                                                     {Gateway::State::dropped, "closed"}};
  const auto* name =
      std::find_if(std::begin(names), std::end(names), [&](const auto& row) { return row.first == state; });
  const bool dropped = state == Gateway::State::dropped;
  return Value::Map{
      {"state", name->second}, {"channel", channel}, {"information", dropped ? "link_dropped" : "no_information"}};
}

Result<void> Terminal::answer(AnswerRule rule) {
  const auto* row = codec::find_message(MessageKind::terminal_response, rule.key.substr(0, rule.key.find('.')));
  if (row == nullptr) return fail(Errc::unknown, "\"" + rule.key + "\" is no proactive command");
  const auto body = codec::encode_message(*row, merged(result("performed"), rule.members));
  if (!body) return tl::make_unexpected(body.error());
  rules_.push_back(std::move(rule));
  return {};
}

/// Of OPEN CHANNEL its own, of a command to a channel that of the channel; empty: it has none.
std::string Terminal::mode_of(const codec::Decoded& command) const {
  const auto channel = channel_of(command);
  if (!gateway_.is_open(channel)) return command.variant;
  return gateway_.mode(channel) == Gateway::Mode::uicc_server ? "uicc_server" : "terminal_server";
}

const AnswerRule* Terminal::rule_for(const codec::Decoded& command) {
  for (auto& rule : rules_) {
    const bool fits = rule.key == command.key || rule.key == command.key + "." + mode_of(command);
    if (!fits || rule.times < 0) continue;
    if (rule.times > 0 && --rule.times == 0) rule.times = -1;
    return &rule;
  }
  return nullptr;
}

/// A refusal that says that there is no such channel is true from then on. Source: ETSI TS 102 223, 8.12.11
void Terminal::believe(const AnswerRule& refusal, const codec::Decoded& command) {
  const auto* additional = refusal.members.at_path("result.additional");
  const bool no_channel =
      additional != nullptr && (*additional == Value("channel_closed") || *additional == Value("channel_id_not_valid"));
  if (no_channel && command.key == "close_channel") (void)gateway_.close(channel_of(command), false);
}

void Terminal::perform(ByteView fetched) {
  const auto command = codec::decode_proactive(fetched);
  // What cannot be understood is answered by no rule: nothing of it was performed.
  const bool understood = !command.error && codec::misplaced_objects(command).empty();
  if (!understood) return conclude(command, result("command_data_not_understood"));
  if (command.key == "send_short_message" && ask_of_message(command)) {
    asked_of_ = to_octets(fetched);
    return;
  }
  carry_out(command);
}

void Terminal::carry_out(const codec::Decoded& command) {
  const auto* rule = rule_for(command);
  const bool refused = rule != nullptr && refuses(rule->members);
  Value members = refused ? rule->members : perform_default(command);
  if (refused) believe(*rule, command);
  if (rule != nullptr && !refused) members = merged(std::move(members), rule->members);
  if (rule != nullptr) {
    const auto* details = command.find("command_details");
    const auto number = details == nullptr ? 0 : details->int_or("number", 0);
    for (const auto& before : rule->before) queue_.push(CommandQueue::Rank::reply, before.octets(number));
    const auto* told = members.at_path("channel_status.channel");
    const bool opens = command.key == "open_channel" && told != nullptr && told->is_int();
    if (rule->drop_link) dropping_ = opens ? static_cast<int>(told->as_int()) : channel_of(command);
  }
  conclude(command, std::move(members));
}

/// Asks the card whether its message may be sent. @return  whether it is asked
bool Terminal::ask_of_message(const codec::Decoded& command) {
  const auto* octets = command.find("sms_tpdu");
  const bool controls = asks_before_message_ && codec::profile_has(profile_, "mo_short_message_control");
  if (!controls || octets == nullptr || !has(Habit::asks_before_message)) return false;
  const auto tpdu = codec::decode_tpdu(parse_hex(octets->as_string()).value_or(Octets{}), codec::SmsWay::from_terminal);
  const auto* destination = tpdu.find("destination");
  if (tpdu.error || destination == nullptr) return false;
  const auto* centre = command.find("address");
  const auto sent = send_envelope(
      "mo_short_message_control",
      Value::Map{{"service_centre_address", centre == nullptr ? address_of(messages_.service_centre()) : *centre},
                 {"destination_address", address_of(destination->text_or("number", ""))},
                 {"location_information", location()}});
  return sent.has_value();
}

/// The card's answer to that: no data or 00 lets the message pass, anything else bars it.
void Terminal::take_message_answer(codec::StatusWord status) {
  const auto command = codec::decode_proactive(std::exchange(asked_of_, {}));
  const bool allowed = data_.empty() || (data_.front() == 0 && has(Habit::lets_allowed_pass));
  const bool barred = !status.ok() || !allowed;
  if (!barred || !has(Habit::obeys_message_barring)) return carry_out(command);
  constexpr int action_not_allowed = 1;
  conclude(command, has(Habit::reports_barring)
                        ? Value::Map{{"result", Value::Map{{"general", "not_allowed_by_control"},
                                                           {"additional", action_not_allowed}}}}
                        : result("performed"));
}

/// Sends the response to a command, with what holds for each.
void Terminal::conclude(const codec::Decoded& command, Value members) {
  const auto* details = command.find("command_details");
  const bool limited = behaviour_.ways.tells_limited && place_.status == "limited_service";
  if (const auto* general = members.at_path("result.general");
      limited && general != nullptr && *general == Value("performed")) {
    members["result"]["general"] = "performed_limited_service";
  }
  if (details != nullptr && details->is_map()) {
    // What a rule says of the command details lies on top of what the command had.
    members["command_details"] = merged(
        *details, members.find("command_details") == nullptr ? Value(Value::Map{}) : *members.find("command_details"));
  }
  const auto* told = members.at_path("channel_status.channel");
  if (command.key == "open_channel" && told != nullptr && told->is_int()) {
    gateway_.shrink_buffer(static_cast<int>(told->as_int()),
                           static_cast<std::size_t>(std::max<std::int64_t>(members.int_or("buffer_size", 65535), 1)));
  }
  respond(command.key, std::move(members));
}

void Terminal::respond(const std::string& key, Value members) {
  const auto* row = codec::find_message(MessageKind::terminal_response, key);
  if (row == nullptr) row = codec::find_message(MessageKind::terminal_response, "more_time");
  Outgoing message{"terminal_response." + key, std::move(members), 1, 0};
  give_stranger(message);
  if (behaviour_.tamper) behaviour_.tamper(message);
  auto body = body_of(*row, message.members);
  if (!body) throw std::logic_error("terminal response to " + key + ": " + body.error().text());
  queue_.push(CommandQueue::Rank::reply, codec::write_command({0x80, 0x14, 0x00, 0x00, std::move(*body), {}, false}),
              message);
}

Value Terminal::perform_default(const codec::Decoded& command) {
  static constexpr std::pair<std::string_view, Handler> handlers[] = {
      {"more_time", &Terminal::do_nothing},
      {"set_up_menu", &Terminal::do_set_up_menu},
      {"poll_interval", &Terminal::do_poll_interval},
      {"polling_off", &Terminal::do_polling_off},
      {"set_up_event_list", &Terminal::do_event_list},
      {"timer_management", &Terminal::do_timer},
      {"provide_local_information", &Terminal::do_local_information},
      {"send_short_message", &Terminal::do_short_message},
      {"open_channel", &Terminal::do_open_channel},
      {"send_data", &Terminal::do_send_data},
      {"receive_data", &Terminal::do_receive_data},
      {"close_channel", &Terminal::do_close_channel},
      {"get_channel_status", &Terminal::do_channel_status},
  };
  for (const auto& [key, handler] : handlers) {
    if (command.key == key) return (this->*handler)(command);
  }
  if (!has(Habit::refuses_unknown)) return result("performed");
  return result(command.key.starts_with("unknown_") ? "command_type_not_understood" : "beyond_terminal_capabilities");
}

Value Terminal::do_nothing(const codec::Decoded& /*command*/) {
  return result("performed");
}

/// The menu is the user's, whom nobody plays but by ENVELOPE (Menu Selection): nothing of it is kept.
Value Terminal::do_set_up_menu(const codec::Decoded& /*command*/) {
  return result(codec::profile_has(profile_, "set_up_menu") ? "performed" : "beyond_terminal_capabilities");
}

Value Terminal::do_poll_interval(const codec::Decoded& command) {
  const auto* duration = command.find("duration");
  if (duration == nullptr) return result("required_values_missing");
  const auto count = duration->int_or("interval", 0);
  if (count == 0) return result("command_data_not_understood");  // 0 is reserved
  if (has(Habit::polls_as_agreed)) {
    poll_period_ = unit_of(*duration) * count;
    next_poll_ = now_ + *poll_period_;
  }
  return merged(result("performed"), Value::Map{{"duration", *duration}});
}

Value Terminal::do_polling_off(const codec::Decoded& /*command*/) {
  if (has(Habit::stops_polling)) {
    poll_period_.reset();
    if (const auto period = poll_period()) next_poll_ = now_ + *period;
  }
  return result("performed");
}

Value Terminal::do_event_list(const codec::Decoded& command) {
  const auto* list = command.find("event_list");
  if (list == nullptr || !list->is_list()) return result("required_values_missing");
  if (has(Habit::replaces_event_list)) events_.clear();
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
    auto runs_for = moment_of(*value);
    if (timer.runs && !has(Habit::restarts_timers)) return answer;
    if (!has(Habit::waits_for_timers)) runs_for /= 2;
    if (!has(Habit::expires_in_time)) runs_for *= 2;
    timer = {true, now_ + runs_for, *value};
    return answer;
  }
  if (!timer.runs) return merged(answer, result("timer_state_contradiction"));
  answer["timer_value"] = remaining(timer);
  if (action == 1) timer.runs = !has(Habit::stops_timers);
  return answer;
}

Value Terminal::do_local_information(const codec::Decoded& command) {
  Value answer = result("performed");
  switch (qualifier_of(command)) {
    case 0x00:
      answer["location_information"] = location();
      return answer;
    case 0x04:
      answer["language"] = "en";
      return answer;
    default:
      return result("beyond_terminal_capabilities");
  }
}

Value Terminal::do_short_message(const codec::Decoded& command) {
  auto answer = messages_.send(command, profile_, behaviour_.habits, behaviour_.tamper);
  if (!behaviour_.own_number.empty()) deliver_to_self();
  return answer;
}

/// The service centre: a message to the terminal's own number comes back, and a push in it reaches the DM Client.
void Terminal::deliver_to_self() {
  constexpr std::size_t most_pushed = 100;
  while (const auto sent = messages_.take_sent()) {
    const bool gsm = sent->bearer == codec::SmsBearer::gsm;
    const auto asked = codec::decode_short_message(sent->bearer, codec::SmsWay::from_terminal, sent->message);
    const auto* address = asked.find(gsm ? "destination" : "destination_address");
    if (address == nullptr || address->text_or("number", "") != digits_of(behaviour_.own_number)) continue;
    const auto delivered = forwarded(sent->bearer, sent->message, behaviour_.own_number);
    if (!delivered) continue;
    auto whole =
        inbox_.take(sent->bearer, codec::decode_short_message(sent->bearer, codec::SmsWay::to_terminal, *delivered),
                    behaviour_.habits);
    if (whole) pushed_.push_back({sent->bearer, std::move(*whole)});
    if (pushed_.size() > most_pushed) pushed_.pop_front();
  }
}

std::optional<Pushed> Terminal::take_pushed() {
  if (pushed_.empty()) return {};
  auto first = std::move(pushed_.front());
  pushed_.pop_front();
  return first;
}

Value Terminal::do_open_channel(const codec::Decoded& command) {
  const auto* level = command.find("transport_level");
  const bool server = command.variant == "uicc_server";
  if (level == nullptr || (!server && command.variant != "terminal_server")) {
    return result("beyond_terminal_capabilities");
  }
  const auto* buffer = command.find("buffer_size");
  if (buffer == nullptr || !buffer->is_int()) return result("required_values_missing");
  return server ? open_server(command) : open_local(command);
}

/// What was asked for, or less with result 07, or 1 in place of 0. Source: ETSI TS 102 223, 6.4.27 and 8.12
void Terminal::grant_buffer(std::int64_t asked, Value& answer) const {
  const std::int64_t most = behaviour_.ways.buffer_most > 0 ? behaviour_.ways.buffer_most : asked;
  const auto granted = std::max<std::int64_t>(std::min(most, asked), 1);
  answer["buffer_size"] = granted;
  if (granted != asked) answer["result"]["general"] = "performed_with_modification";
}

Value Terminal::open_local(const codec::Decoded& command) {
  const auto& level = *command.find("transport_level");
  const auto& buffer = *command.find("buffer_size");
  const auto protocol = level.text_or("protocol", "");
  if (gateway_.full()) return bip_error(behaviour_.habits, "no_channel_available");
  const bool spoken = has(protocol == "tcp_local" ? Habit::opens_tcp : Habit::opens_udp);
  if (!codec::profile_has(profile_, protocol) || !spoken) {
    return bip_error(behaviour_.habits, "transport_level_not_available");
  }
  const auto port = level.int_or("port", -1);
  const bool registered = ports_.contains(port) ? has(Habit::listens_where_registered) : !has(Habit::checks_port);
  if (!registered) return bip_error(behaviour_.habits, "port_not_available");
  const auto opened = gateway_.open({Gateway::Mode::terminal_server, protocol, port, buffer.as_int()});
  if (opened.problem != nullptr) return bip_error(behaviour_.habits, opened.problem);
  Value answer = result("performed");
  answer["channel_status"] = channel_status(opened.channel, Gateway::State::established);
  grant_buffer(buffer.as_int(), answer);
  return answer;
}

Value Terminal::open_server(const codec::Decoded& command) {
  const auto& buffer = *command.find("buffer_size");
  const bool serves = codec::profile_has(profile_, "tcp_uicc_server") && has(Habit::serves_uicc_server);
  if (!serves) return bip_error(behaviour_.habits, "transport_level_not_available");
  const auto port = command.find("transport_level")->int_or("port", -1);
  if (port < 1) return bip_error(behaviour_.habits, "port_not_available");
  const auto opened = gateway_.open({Gateway::Mode::uicc_server, "tcp_server", port, buffer.as_int()});
  if (opened.problem != nullptr) return bip_error(behaviour_.habits, opened.problem);
  if (listen_by_event_) gateway_.announce(opened.channel);
  Value answer = result("performed");
  answer["channel_status"] =
      channel_status(opened.channel, listen_by_event_ ? Gateway::State::closed : Gateway::State::listen);
  grant_buffer(buffer.as_int(), answer);
  return answer;
}

Value Terminal::do_send_data(const codec::Decoded& command) {
  const auto* data = command.find("channel_data");
  if (data == nullptr || !data->is_string()) return result("required_values_missing");
  const auto octets = parse_hex(data->as_string());
  const auto sent = gateway_.send(channel_of(command), octets ? *octets : Octets{}, (qualifier_of(command) & 1) != 0);
  if (sent.problem != nullptr) return bip_error(behaviour_.habits, sent.problem);
  const auto room = has(Habit::reports_room) ? std::min<std::size_t>(sent.length, 0xFF) : 0xFF;
  return merged(result("performed"), Value::Map{{"channel_data_length", room}});
}

Value Terminal::do_receive_data(const codec::Decoded& command) {
  const auto* wanted = command.find("channel_data_length");
  if (wanted == nullptr || !wanted->is_int()) return result("required_values_missing");
  const auto received = gateway_.receive(
      channel_of(command), std::min(static_cast<std::size_t>(wanted->as_int()), behaviour_.ways.receive_most));
  if (received.problem != nullptr) return bip_error(behaviour_.habits, received.problem);
  auto answer = result(received.short_of_data ? "performed_missing_information" : "performed");
  answer["channel_data"] = to_hex(received.data);
  answer["channel_data_length"] = std::min<std::size_t>(received.length, 0xFF);
  return answer;
}

Value Terminal::do_close_channel(const codec::Decoded& command) {
  const auto closed = gateway_.close(channel_of(command), (qualifier_of(command) & 1) != 0);
  return closed.problem == nullptr ? result("performed") : bip_error(behaviour_.habits, closed.problem);
}

Value Terminal::do_channel_status(const codec::Decoded& /*command*/) {
  Value::List open;
  for (int channel = 1; channel <= Gateway::most_channels; ++channel) {
    if (gateway_.is_open(channel)) open.push_back(channel_status(channel, gateway_.state(channel)));
  }
  if (open.empty()) open.push_back(Value::Map{{"state", "closed"}, {"channel", 0}, {"information", "no_information"}});
  Value answer = result("performed");
  answer["channel_status"] = std::move(open);
  return answer;
}

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/terminal.hpp"

#include <algorithm>
#include <stdexcept>

#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/wire/fields.hpp"

namespace dmsc::peer {
namespace {

using codec::MessageKind;
using model::Moment;

using Rank = CommandQueue::Rank;

constexpr std::uint8_t ins_get_response = 0xC0;
constexpr std::uint8_t ins_fetch = 0x12;
constexpr std::uint8_t ins_profile = 0x10;
constexpr std::uint8_t ins_envelope = 0xC2;
constexpr std::uint8_t ins_terminal_response = 0x14;
constexpr std::uint8_t tag_message_control = 0xD5;
constexpr std::uint16_t technical_problem = 0x6F00;
constexpr std::size_t finished_most = 8;

Octets header(std::uint8_t ins, std::uint8_t p2, std::uint32_t le) {
  const std::uint8_t cla = ins == ins_get_response ? 0x00 : 0x80;
  return codec::write_command({cla, ins, 0x00, p2, {}, le == 0 ? 256 : le, false});
}

}  // namespace

Value address_of(const std::string& number) {
  const bool international = number.starts_with('+');
  return Value::Map{{"no_extension", true},
                    {"type_of_number", international ? "international" : "unknown"},
                    {"numbering_plan", "isdn_telephony"},
                    {"digits", number.substr(international ? 1 : 0)}};
}

Result<Octets> body_of(const codec::MessageSpec& row, const Value& members) {
  const auto* raw = members.find("hex");
  return raw != nullptr && raw->is_string() ? parse_hex(raw->as_string()) : codec::encode_message(row, members);
}

void Terminal::behave(Behaviour behaviour) {
  behaviour_ = std::move(behaviour);
  gateway_.behave(behaviour_.habits);
  gateway_.start_from(behaviour_.ways.first_channel);
  if (const auto period = poll_period()) next_poll_ = now_ + *period;
}

void Terminal::reset() {
  auto behaviour = std::move(behaviour_);
  auto ports = gateway_.port_taker();
  auto events = std::move(events_);
  *this = Terminal{};
  gateway_.take_ports_by(std::move(ports));
  behave(std::move(behaviour));
  if (!has(Habit::forgets_event_list)) events_ = std::move(events);
}

void Terminal::send(Octets command) {
  queue_.push(Rank::stimulus, std::move(command));
}

void Terminal::send_profile(ByteView profile) {
  profile_ = to_octets(profile);
  if (!has(Habit::sends_profile)) return;
  Outgoing message{"terminal_profile", {}, 1, 0};
  auto octets = profile_;
  if (behaviour_.tamper) {
    message.members["facilities"] = codec::decode_profile(profile).value();
    behaviour_.tamper(message);
    const auto* raw = message.members.find("hex");
    auto changed = raw != nullptr && raw->is_string() ? parse_hex(raw->as_string())
                                                      : codec::encode_profile(*message.members.find("facilities"));
    if (!changed) throw std::logic_error("terminal profile: " + changed.error().text());
    octets = std::move(*changed);
  }
  queue_.push(Rank::stimulus, codec::write_command({0x80, 0x10, 0x00, 0x00, std::move(octets), {}, false}), message);
}

Result<void> Terminal::send_envelope(std::string_view key, const Value& members) {
  const auto variant = members.find("cdma_sms_tpdu") != nullptr ? "cdma" : "";
  const auto* row = codec::find_message(MessageKind::envelope, key, variant);
  if (row == nullptr) return fail(Errc::unknown, "\"" + std::string(key) + "\" is no envelope", {}, "key");
  Outgoing message{"envelope." + std::string(key), members, 1, 0};
  give_stranger(message);
  if (behaviour_.tamper) behaviour_.tamper(message);
  auto body = body_of(*row, message.members);
  if (!body) return tl::make_unexpected(body.error());
  if (const auto* list = members.find("registry_application_data")) {
    for (const auto& application : list->is_list() ? list->as_list() : Value::List{*list}) {
      ports_.insert(application.int_or("port", -1));
    }
  }
  queue_.push(Rank::stimulus, codec::write_command({0x80, 0xC2, 0x00, 0x00, std::move(*body), {}, false}), message);
  return {};
}

/// An object that no row knows, at the end of the message.
void Terminal::give_stranger(Outgoing& message) const {
  const auto& [pattern, octets] = stranger_;
  if (!octets.empty() && glob_match(pattern, message.key)) message.members["append"] = to_hex(octets);
}

void Terminal::send_status() {
  send({0x80, 0xF2, 0x00, 0x0C});
}

namespace {

/// An entry of the registry with type and coding scheme changed about.
Value type_first(Octets entry) {
  constexpr std::size_t port_size = 2;
  std::swap(entry.at(port_size), entry.at(port_size + 1));
  return Value::Map{{"raw", to_hex(entry)}};
}

}  // namespace

Result<void> Terminal::send_registry(const Value::List& applications) {
  ports_.clear();
  const auto* row = codec::find_object(std::string_view("registry_application_data"));
  auto told = applications;
  auto most = behaviour_.ways.registry_most;
  if (!has(Habit::keeps_port_apart) && !told.empty()) {
    most = 0;
    told.push_back(told.front());
    told.back()["application_type"] = 2;
  }
  Value::List part;
  std::size_t size = 0;
  for (const auto& application : told) {
    const auto octets = codec::encode_fields(row->fields, application);
    if (!octets) return tl::make_unexpected(octets.error());
    if (size + octets->size() + 2 > most && !part.empty()) {
      const auto sent = send_envelope("terminal_applications", Value::Map{{"registry_application_data", part}});
      if (!sent) return sent;
      part.clear();
      size = 0;
    }
    size += octets->size() + 2;
    ports_.insert(application.int_or("port", -1));
    part.push_back(behaviour_.ways.registry_type_first ? type_first(*octets) : application);
  }
  Value members = Value::Map{{"registry_application_data", part}};
  if (has(Habit::registers_complete)) members["last_envelope"] = Value::Map{};
  return send_envelope("terminal_applications", members);
}

bool Terminal::wants_event(std::string_view event) const {
  return events_.contains(std::string(event)) || !has(Habit::keeps_event_list);
}

Result<bool> Terminal::move_to(const Place& to) {
  const auto before = std::exchange(place_, to);
  if (!wants_event("location_status") || !codec::profile_has(profile_, "event_location_status")) return false;
  if (!has(Habit::reports_location)) return false;
  const auto& place = has(Habit::reports_place) ? to : before;
  Value members;
  members["location_status"] = place.status;
  if (place.status == "normal_service") {
    members["location_information"] = Value::Map{{"plmn", place.plmn}, {"lac", place.lac}, {"cell", place.cell}};
  }
  const auto sent = send_envelope("location_status", members);
  if (!sent) return tl::make_unexpected(sent.error());
  return true;
}

Value Terminal::location() const {
  return Value::Map{{"plmn", place_.plmn}, {"lac", place_.lac}, {"cell", place_.cell}};
}

Result<void> Terminal::call(const std::string& number) {
  return send_envelope("call_control",
                       Value::Map{{"address", address_of(number)}, {"location_information", location()}});
}

bool Terminal::timer_runs(int timer) const {
  return timer >= 1 && timer <= static_cast<int>(timers_.size()) && timers_[std::size_t(timer) - 1].runs;
}

std::vector<int> Terminal::running_timers() const {
  std::vector<int> running;
  for (int timer = 1; timer <= static_cast<int>(timers_.size()); ++timer) {
    if (timer_runs(timer)) running.push_back(timer);
  }
  std::stable_sort(running.begin(), running.end(),
                   [&](int a, int b) { return timers_[std::size_t(a) - 1].ends < timers_[std::size_t(b) - 1].ends; });
  return running;
}

std::optional<int> Terminal::first_timer() const {
  const auto running = running_timers();
  return running.empty() ? std::nullopt : std::optional(running.front());
}

Result<void> Terminal::queue_timer(int timer) {
  auto& slot = timers_[std::size_t(timer) - 1];
  slot.runs = false;
  const int told = has(Habit::keeps_timers_apart) ? timer : timer % static_cast<int>(timers_.size()) + 1;
  return send_envelope("timer_expiration", Value::Map{{"timer_identifier", told}, {"timer_value", slot.value}});
}

Result<bool> Terminal::expire_timer(int timer) {
  if (!timer_runs(timer)) return false;
  now_ = std::max(now_, timers_[std::size_t(timer) - 1].ends);
  const auto sent = queue_timer(timer);
  if (!sent) return tl::make_unexpected(sent.error());
  return true;
}

std::optional<Moment> Terminal::poll_period() const {
  return poll_period_ ? poll_period_ : behaviour_.idle_poll;
}

std::optional<Moment> Terminal::timer_due() const {
  const auto timer = has(Habit::runs_timers) ? first_timer() : std::nullopt;
  return timer ? std::optional(timers_[std::size_t(*timer) - 1].ends) : std::nullopt;
}

std::optional<Moment> Terminal::next_due() const {
  auto due = timer_due();
  if (poll_period() && has(Habit::polls)) due = std::min(due.value_or(Moment::max()), next_poll_);
  return due;
}

Result<void> Terminal::pass(Moment duration) {
  const auto until = now_ + duration;
  for (auto due = next_due(); due && *due <= until; due = next_due()) {
    now_ = std::max(now_, *due);
    if (timer_due() == due) {
      const auto sent = queue_timer(*first_timer());
      if (!sent) return sent;
    } else {
      send_status();
      next_poll_ += *poll_period();
    }
  }
  now_ = until;
  return {};
}

void Terminal::pass_held(Moment duration) {
  now_ += duration;
  for (auto& timer : timers_) timer.ends += duration;
  next_poll_ += duration;
}

void Terminal::download_channel_events() {
  while (const auto notice = gateway_.take_notice()) {
    const bool data = notice->length != 0;
    // The official suite raises these events for the owner of the channel without asking for SET UP EVENT LIST
    // (cat.md 3.8), so the profile alone decides here.
    if (!codec::profile_has(profile_, data ? "event_data_available" : "event_channel_status")) continue;
    if ((behaviour_.events_by_list || events_by_list_) && !wants_event(data ? "data_available" : "channel_status"))
      continue;
    if (!has(data ? Habit::reports_data_available : Habit::reports_channel_status)) continue;
    Value members;
    members["channel_status"] = channel_status(notice->channel, notice->state);
    if (data) members["channel_data_length"] = std::min<std::size_t>(notice->length, 0xFF);
    const auto sent = send_envelope(data ? "data_available" : "channel_status", members);
    if (!sent) throw std::logic_error("channel event: " + sent.error().text());
  }
}

bool Terminal::idle() const {
  return !chained_ && !fetch_ && queue_.empty(Rank::reply) && queue_.empty(Rank::stimulus);
}

std::optional<Octets> Terminal::choose_command() {
  if (queue_.empty(Rank::reply) && !fetch_) {
    download_channel_events();
    if (queue_.empty(Rank::stimulus)) {
      gateway_.finish_leaving();
      download_channel_events();
    }
  }
  if (auto reply = queue_.pop(Rank::reply)) {
    if (queue_.empty(Rank::reply) && dropping_ != 0) gateway_.drop(std::exchange(dropping_, 0));
    return reply;
  }
  if (fetch_ && !has(Habit::fetches_at_once) && !std::exchange(fetches_late_, true))
    return Octets{0x80, 0xF2, 0x00, 0x0C};
  fetches_late_ = false;
  if (fetch_ && !before_fetch_.empty()) {
    auto command = std::move(before_fetch_.front());
    before_fetch_.pop_front();
    return command;
  }
  if (const auto length = std::exchange(fetch_, std::nullopt)) return header(ins_fetch, 0x00, *length);
  return queue_.pop(Rank::stimulus);
}

/// Lets the tamper see a command that is no message of the toolkit. @return whether it leaves
bool Terminal::tampered(Octets& command) {
  if (!behaviour_.tamper) return true;
  const auto read = codec::read_command(command);
  if (!read) return true;
  const auto* name = codec::find_name(codec::instruction_names(), read->ins);
  // What a message of the toolkit says was up to its own tamper: here it is a header.
  const bool told = read->ins == ins_profile || read->ins == ins_envelope || read->ins == ins_terminal_response;
  Outgoing message{std::string("command.") + (name == nullptr ? "unknown" : name->key),
                   Value::Map{{"cla", read->cla}, {"p1", read->p1}, {"p2", read->p2}}, 1, 0};
  if (!told) message.members["data"] = to_hex(read->data);
  if (read->le) message.members["le"] = std::int64_t{*read->le};
  const auto before = message.members;
  behaviour_.tamper(message);
  if (message.members != before) {
    auto changed = *read;
    const auto& members = message.members;
    changed.cla = static_cast<std::uint8_t>(members.int_or("cla", read->cla));
    changed.p1 = static_cast<std::uint8_t>(members.int_or("p1", read->p1));
    changed.p2 = static_cast<std::uint8_t>(members.int_or("p2", read->p2));
    if (!told) changed.data = parse_hex(members.text_or("data", "")).value_or(Octets{});
    const auto le = members.int_or("le", 0);
    changed.le = le > 0 ? std::optional(static_cast<std::uint32_t>(le)) : std::nullopt;
    command = codec::write_command(changed);
  }
  return message.copies > 0;
}

std::optional<Octets> Terminal::next_command() {
  for (;;) {
    const bool continues = chained_.has_value();
    auto command = continues ? std::exchange(chained_, std::nullopt) : choose_command();
    if (!command) return {};
    sent_ = std::move(*command);
    if (!continues) {
      queue_.tick();
      data_.clear();
      first_ = sent_;
      fetching_ = sent_.size() >= 2 && sent_[1] == ins_fetch;
    }
    if (tampered(sent_)) return sent_;
    fetching_ = false;
    finish_exchange({technical_problem});  // it never left
  }
}

std::optional<Terminal::Finished> Terminal::take_finished() {
  if (finished_.empty()) return {};
  auto finished = std::move(finished_.front());
  finished_.pop_front();
  return finished;
}

void Terminal::on_response(ByteView octets) {
  const auto response = codec::read_response(octets);
  if (!response) return;
  append(data_, response->data);
  const auto status = response->status;
  if (status.more_data()) {
    chained_ = header(ins_get_response, 0x00, status.sw2());
  } else if (status.wrong_length() && sent_.size() >= 5) {
    const auto repeated = codec::read_command(sent_);
    if (repeated && repeated->data.empty() && repeated->le != (status.sw2() == 0 ? 256U : status.sw2())) {
      chained_ = sent_;
      chained_->back() = status.sw2();
    }
  }
  if (!chained_) finish_exchange(status);
}

void Terminal::finish_exchange(codec::StatusWord status) {
  if (status.proactive()) fetch_ = status.sw2() == 0 ? 256U : status.sw2();
  finished_.push_back({first_, data_, status});
  if (finished_.size() > finished_most) finished_.pop_front();
  const bool control = first_.size() > 5 && first_[1] == ins_envelope && first_[5] == tag_message_control;
  if (control && !asked_of_.empty()) take_message_answer(status);
  if (std::exchange(fetching_, false) && status.ok()) perform(data_);
}

}  // namespace dmsc::peer

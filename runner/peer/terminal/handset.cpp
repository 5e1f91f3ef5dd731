// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/handset.hpp"

#include <algorithm>
#include <stdexcept>

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/peer/terminal/gateway_stream.hpp"

namespace dmsc::peer {
namespace {

constexpr std::uint8_t ins_envelope = 0xC2;
constexpr std::uint8_t ins_fetch = 0x12;
constexpr std::uint8_t tag_call_control = 0xD4;
constexpr std::uint8_t tag_sms_download = 0xD1;
constexpr std::uint8_t tag_timer_expiration = 0xD7;
constexpr std::size_t most_calls = 100;

bool loopback_ipv4(const std::string& host) {
  return host == "127.0.0.1";
}

/// AMB-1: the literal of RFC 3986, and the one that DM_SC prints.
bool loopback_ipv6(const std::string& host) {
  return host == "[::1]" || host == "0.0.0.0.0.0.0.1";
}

/// The number in an answer of call control, with the plus sign of an international one; empty where there is none.
std::string number_of(ByteView objects) {
  const auto decoded = codec::decode_tlvs(objects);
  const auto* address = decoded.find("address");
  if (address == nullptr) return {};
  const auto digits = address->text_or("digits", "");
  return address->text_or("type_of_number", "") == "international" ? "+" + digits : digits;
}

bool asks_for_local_port(const Terminal::Finished& exchange) {
  const bool fetched = exchange.command.size() >= 2 && exchange.command[1] == ins_fetch;
  const auto proactive = fetched ? codec::decode_proactive(exchange.data) : codec::Decoded{};
  return proactive.key == "open_channel" && proactive.variant == "terminal_server";
}

}  // namespace

Handset::Handset(HandsetPersonality self, Tamper tamper, HandsetRoads roads)
    : self_(std::move(self)),
      tamper_(std::move(tamper)),
      roads_(std::move(roads)),
      agent_(self_, tamper_, [this](const std::string& host, std::uint16_t port) { return connect(host, port); }),
      programs_(self_, tamper_, [this](const std::string& host, std::uint16_t port) { return connect(host, port); }) {
  auto profile = codec::encode_profile(self_.profile);
  if (!profile) throw std::logic_error("profile of the handset: " + profile.error().text());
  profile_ = std::move(*profile);
  place_.plmn = self_.plmn;
  terminal_.behave({self_.habits, tamper_, model::Moment(self_.poll_interval), true, {}, self_.ways});
}

void Handset::insert(bool present) {
  if (inserted_) leave_card();
  inserted_ = present && self_.card_slot;
  slot_ = inserted_ && phone_on_ ? Slot::coming : Slot::off;
}

/// Whatever hung on the card is gone.
void Handset::leave_card() {
  agent_.power_off();
  programs_.power_off();
  inbox_.clear();
  pushes_.clear();
  report_.reset();
  terminal_.reset();
  dialled_.clear();
  in_call_ = false;
  asked_.reset();
  registered_ = false;
  registers_at_.reset();
  settled_ = false;
  mute_ = false;
}

std::optional<SlotAct> Handset::next_act() {
  if (slot_ == Slot::going) return SlotAct{SlotAct::Kind::power_off, {}};
  if (slot_ == Slot::coming) return SlotAct{SlotAct::Kind::power_on, {}};
  while (card_in_use()) {
    auto command = terminal_.next_command();
    take_finished();
    if (command) return SlotAct{SlotAct::Kind::command, std::move(*command)};
    if (!terminal_.idle()) continue;
    settled_ = settled_ || power_on_.done();
    return {};
  }
  return {};
}

void Handset::on_answer(const std::optional<Octets>& answer) {
  const bool silent = !answer || answer->size() < 2;
  if (slot_ == Slot::going) {
    slot_ = Slot::off;
    if (std::exchange(restarts_, false) && inserted_) slot_ = Slot::coming;
    return;
  }
  if (slot_ == Slot::coming) {
    slot_ = Slot::on;
    mute_ = silent;
    if (!mute_) begin_with_card();
    return;
  }
  mute_ = mute_ || silent;
  if (mute_) return;
  terminal_.on_response(*answer);
  take_finished();
  hand_deliveries();
}

void Handset::begin_with_card() {
  terminal_.reset();
  terminal_.listen_by_event(self_.listens_by_event);
  (void)terminal_.move_to(place_);  // no card has asked for the event yet
  power_on_ = PowerOn{};
  ask_on();
}

void Handset::ask_on() {
  asked_ = power_on_.next();
  if (asked_) {
    terminal_.send(*asked_);
    return;
  }
  if (self_.habits.has(Habit::knows_service_centre)) {
    terminal_.short_messages().use_service_centre(power_on_.service_centre());
  }
  constexpr int message_control = 31;
  terminal_.ask_before_message(power_on_.has_service(message_control));
  gateway().limit(codec::profile_value(profile_, *codec::find_profile_bit("number_of_channels")));
  terminal_.send_profile(profile_);
  if (self_.habits.has(Habit::registers_early)) announce_applications();
}

void Handset::announce_applications() {
  registered_ = true;
  if (!codec::profile_has(profile_, "terminal_applications") || !self_.habits.has(Habit::sends_registry)) return;
  const auto sent = terminal_.send_registry(applications());
  if (!sent) throw std::logic_error("registry of the handset: " + sent.error().text());
}

void Handset::take_finished() {
  while (const auto exchange = terminal_.take_finished()) {
    if (asked_ && exchange->command == *asked_) {
      power_on_.on_response(exchange->data, exchange->status);
      ask_on();
      continue;
    }
    const auto& command = exchange->command;
    if (power_on_.done() && !registered_ && asks_for_local_port(*exchange)) announce_applications();
    const bool envelope = command.size() > 5 && command[1] == ins_envelope;
    if (envelope && command[5] == tag_call_control) take_call_answer(*exchange);
    if (envelope && command[5] == tag_sms_download) take_download_answer(*exchange);
    if (envelope && command[5] == tag_timer_expiration) take_expiration_answer(*exchange);
  }
}

/// The card's answer goes back to the network. Source: 3GPP TS 31.111, 7.1.1.1; cat.md 1.2
void Handset::take_download_answer(const Terminal::Finished& exchange) {
  constexpr std::uint16_t busy = 0x9300;
  report_ = Value::Map{{"acknowledged", exchange.status.value != busy},
                       {"answer", self_.habits.has(Habit::answers_network) ? to_hex(exchange.data) : ""}};
}

/// A card that was too busy is told again, a few times.
void Handset::take_expiration_answer(const Terminal::Finished& exchange) {
  constexpr std::uint16_t busy = 0x9300;
  constexpr int enough = 4;
  const bool again = exchange.status.value == busy && self_.habits.has(Habit::repeats_expiration);
  repeated_ = again ? repeated_ + 1 : 0;
  if (again && repeated_ <= enough) terminal_.send(exchange.command);
}

void Handset::take_message(codec::SmsBearer bearer, const codec::Decoded& message) {
  const std::string name = codec::name_of(bearer);
  if (const auto notification = pushes_.take(bearer, message, self_.habits.over(name), tamper_)) {
    notify_client(*notification, name);
  }
}

/// The card lets a call pass, bars it, or gives another number. Source: 3GPP TS 31.111, 7.3.1; cat.md 3.10
void Handset::take_call_answer(const Terminal::Finished& exchange) {
  constexpr std::uint16_t busy = 0x9300;
  if (dialled_.empty()) return;
  auto number = dialled_.front();
  dialled_.pop_front();
  const auto& habits = self_.habits;
  const ByteView data = exchange.data;
  const int result = exchange.status.value == busy ? 1 : data.empty() ? 0 : data[0];
  if (result != 0 && result != 2 && habits.has(Habit::obeys_barring)) return;
  if (result == 2 && data.size() >= 2 && habits.has(Habit::obeys_change)) {
    const auto changed = number_of(data.subspan(2, std::min<std::size_t>(data[1], data.size() - 2)));
    if (!changed.empty()) number = changed;
  }
  set_up_call(std::move(number));
}

void Handset::set_up_call(std::string number) {
  in_call_ = true;
  calls_.push_back(std::move(number));
  if (calls_.size() > most_calls) calls_.pop_front();
}

void Handset::notify_client(ByteView notification, const std::string& bearer) {
  if (in_call_ && !self_.habits.has(Habit::takes_trigger_in_call)) return;
  agent_.on_notification(notification, bearer, now_);
}

/// What the card sent to local ports goes to the DM Client where the port is its own.
void Handset::hand_deliveries() {
  const auto& habits = self_.habits;
  while (auto delivery = gateway().take_delivery()) {
    if (delivery->port != own_port() || !habits.has(Habit::conveys) || delivery->data.empty()) continue;
    if (!habits.has(Habit::conveys_unchanged)) delivery->data.back() ^= 0x01;
    inbox_.take(std::move(*delivery));
  }
  inbox_.look(gateway());
  for (const auto& notification : inbox_.collect()) notify_client(notification, "bip");
}

bool Handset::attend() {
  if (!phone_on_) return false;
  // Those who hold a connection first: what they do may free it for the others.
  bool moved = agent_.move(now_);
  moved = programs_.move(now_) || moved;
  moved = agent_.connect(now_) || moved;
  return programs_.connect(now_) || moved;
}

Result<void> Handset::pass(model::Moment duration) {
  now_ += duration;
  if (!card_in_use()) return {};
  if (registers_at_ && now_ >= *registers_at_) {
    registers_at_.reset();
    announce_applications();
  }
  return terminal_.pass(duration);
}

std::optional<model::Moment> Handset::deadline() const {
  std::optional<model::Moment> first;
  const auto take = [&](std::optional<model::Moment> due) {
    if (due && (!first || *due < *first)) first = due;
  };
  if (!phone_on_) return {};
  take(agent_.deadline());
  take(programs_.deadline());
  if (card_in_use()) {
    take(registers_at_);
    if (const auto due = terminal_.next_due()) take(now_ + (*due - terminal_.now()));
  }
  return first;
}

Result<std::unique_ptr<port::Stream>> Handset::connect(const std::string& host, std::uint16_t port) {
  const auto& habits = self_.habits;
  const auto unreachable = [&](const char* why) { return fail(Errc::unavailable, why, {}, host); };
  if (host == "localuicc") {
    if (!self_.tcp_ip || !roads_.ip || !habits.has(Habit::resolves_localuicc)) return unreachable("no such host");
    return roads_.ip(host, port);
  }
  const bool by_name = host == "localhost";
  if (by_name && !habits.has(Habit::resolves_localhost)) return unreachable("no such host");
  const bool ipv6 = loopback_ipv6(host) && self_.ipv6 && habits.has(Habit::resolves_ipv6);
  const bool ipv4 = loopback_ipv4(host) && self_.ipv4 && habits.has(Habit::resolves_ipv4);
  const bool outside = host == self_.own_address && !habits.has(Habit::loopback_only);
  if (!self_.bip || !(by_name || ipv4 || ipv6 || outside)) return unreachable("nobody there");
  if (roads_.loopback) return roads_.loopback(host, port);
  auto stream = GatewayStream::open(gateway(), port);
  if (!stream && stream.error().code == Errc::busy && !habits.has(Habit::serves_next_client)) {
    return fail(Errc::refused, "every channel is taken", {}, host);
  }
  return stream;
}

void Handset::forget_history() {
  calls_.clear();
  agent_.forget_sessions();
}

std::optional<Value> Handset::outcome() {
  std::optional<Value> result;
  if (waiting_ == Waiting::ready && ready()) result = Value::Map{};
  if (waiting_ == Waiting::call && !calls_.empty()) {
    result = Value::Map{{"number", calls_.front()}};
    calls_.pop_front();
  }
  if (waiting_ == Waiting::report && report_) result = std::exchange(report_, std::nullopt);
  if (waiting_ == Waiting::message) {
    if (const auto sent = terminal_.short_messages().take_sent()) {
      result = Value::Map{{"bearer", name_of(sent->bearer)}, {"tpdu", to_hex(sent->message)}};
      if (!sent->service_centre.empty()) (*result)["service_centre"] = sent->service_centre;
    }
  }
  if (waiting_ == Waiting::page && programs_.fetched()) result = Value::Map{{"status", *programs_.fetched()}};
  if (result) waiting_ = Waiting::nothing;
  return result;
}

Result<Value> Handset::give_up() {
  switch (std::exchange(waiting_, Waiting::nothing)) {
    case Waiting::call:
      return Value(Value::Map{{"number", Value()}});
    case Waiting::page:
      return Value(Value::Map{{"status", 0}});
    case Waiting::message:
      return Value(Value::Map{{"tpdu", Value()}});
    case Waiting::report:
      return Value(Value::Map{{"acknowledged", false}});
    default:
      return fail(Errc::timeout, "the device is not ready");
  }
}

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/device/device_session.hpp"

#include <algorithm>

#include "runner/codec/card/apdu.hpp"

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

constexpr std::uint8_t ins_status = 0xF2;
constexpr std::uint8_t ins_terminal_profile = 0x10;

/// Polling says nothing: STATUS and its normal answer.
bool is_polling(ByteView command, ByteView response) {
  return command.size() >= 2 && command[1] == ins_status && response.size() >= 2 &&
         response[response.size() - 2] == 0x90;
}

}  // namespace

DeviceSession::~DeviceSession() {
  if (card_) account_ = card_->account();
  link_.expose(nullptr);
  link_.insert(nullptr);
}

void DeviceSession::renew() {
  if (card_) account_ = card_->account();
  if (!card_) start_ = link_.now();
  link_.expose(nullptr);
  link_.insert(nullptr);
  inserted_ = false;
  powered_ = false;
  rules_.clear();
  armed_.reset();
  profile_.clear();
  card_ = std::make_unique<peer::Uicc>(
      card_of(pixit_), [this](peer::Outgoing& message) { apply_rules(message); },
      [this](peer::Fact fact) { add(std::move(fact)); });
  card_->account() = account_;
}

void DeviceSession::insert() {
  link_.insert(this);
  link_.expose(this);
  inserted_ = true;
}

Result<bool> DeviceSession::wait(model::Moment most) {
  auto moved = link_.wait(most);
  const auto bounded = trace_.check("device");
  if (moved && !bounded) return tl::make_unexpected(bounded.error());
  return moved;
}

Result<Value> DeviceSession::call(const std::string& verb, const Value& parameters) {
  auto result = link_.call(verb, parameters, wait_limit("adapter_deadline"));
  const auto bounded = trace_.check("device");
  if (result && !bounded) return tl::make_unexpected(bounded.error());
  return result;
}

void DeviceSession::add(peer::Fact fact) {
  ++doings_;
  if (fact.key == "dm.client_message" && armed_) std::exchange(armed_, std::nullopt)->send(card_->toolkit());
  trace_.add(std::move(fact), now());
}

void DeviceSession::apply_rules(peer::Outgoing& message) {
  const auto rule =
      std::find_if(rules_.begin(), rules_.end(), [&](const AnswerRule& one) { return one.key == message.key; });
  if (rule == rules_.end()) return;
  if (!rule->status.empty()) message.members["sw"] = rule->status;
  if (rule->data) message.members["data"] = *rule->data;
  if (rule->times > 0 && --rule->times == 0) rules_.erase(rule);
}

void DeviceSession::record(ByteView command, Octets response) {
  if (!is_polling(command, response)) ++doings_;
  account_ = card_->account();
  trace_.record({now(), to_octets(command), std::move(response)});
}

Octets DeviceSession::power_on() {
  auto atr = powered_ ? card_->reset() : card_->power_on();
  powered_ = true;
  profile_.clear();
  record({}, atr);
  return atr;
}

void DeviceSession::power_off() {
  powered_ = false;
  card_->power_off();
  card_->scws().reset();
}

Octets DeviceSession::reset() {
  auto atr = card_->reset();
  profile_.clear();
  record({}, atr);
  return atr;
}

std::optional<Octets> DeviceSession::command(ByteView capdu) {
  auto response = card_->command(capdu);
  const auto read = codec::read_command(capdu);
  if (read && read->ins == ins_terminal_profile) profile_ = read->data;
  record(capdu, response.value_or(Octets{}));
  return response;
}

std::optional<int> DeviceSession::connect(std::size_t listener) {
  // See port::DeviceLink::expose: two listeners each.
  static constexpr const char* families[] = {"in_process", "ipv4", "ipv6"};
  return card_->scws().connect(listener % 2 == 0, "tcp", families[std::min<std::size_t>(listener / 2, 2)]);
}

std::size_t DeviceSession::write(int client, ByteView octets) {
  card_->scws().on_data(client, octets);
  return octets.size();
}

Octets DeviceSession::take_output(int client) {
  return card_->scws().take_output(client);
}

bool DeviceSession::over(int client) const {
  return card_->scws().over(client);
}

void DeviceSession::disconnect(int client) {
  card_->scws().disconnect(client);
}

/// What has no card slot gives power to the card by USB, which nobody tells us of.
bool DeviceSession::reachable(std::size_t /*listener*/) const {
  return powered_ || (inserted_ && link_.transport() == "usb-eem");
}

peer::Personality card_of(const model::Pixit& pixit) {
  const auto& values = pixit.values;
  const auto octets = [&](const char* item) { return parse_hex(values.text_or(item, "")).value_or(Octets{}); };
  peer::Personality self;
  self.name = "tester";
  self.strict = values.bool_or("strict_card", false);
  self.atr = octets("card_atr");
  self.server_id = values.text_or("server_id", "");
  self.server_secret = values.text_or("server_secret", "");
  self.server_nonce = octets("server_nonce");
  self.client_name = values.text_or("client_name", "");
  self.client_secret = values.text_or("client_secret", "");
  self.client_nonce = octets("client_nonce");
  self.home_plmn = values.text_or("home_plmn", "");
  self.https_channels = 1;
  self.switched_off.insert(
      peer::Policy::matches_response);  // a rule over all traffic judges that, and the rest goes on
  self.scws_event_path = values.text_or("scws_event_path", "");
  self.certificate = values.text_or("card_certificate", "");
  self.key = values.text_or("card_key", "");
  self.legacy_tls = values.text_or("tls_profile", "modern") == "legacy_2009";
  self.psk_identity = values.text_or("psk_identity", "");
  self.psk = octets("psk_key");
  self.subscriber.imsi = values.text_or("imsi", self.subscriber.imsi);
  self.subscriber.iccid = values.text_or("iccid", self.subscriber.iccid);
  self.subscriber.mnc_digits = std::size_t(std::clamp<std::int64_t>(values.int_or("mnc_digits", 2), 2, 3));
  return self;
}

}  // namespace dmsc::engine

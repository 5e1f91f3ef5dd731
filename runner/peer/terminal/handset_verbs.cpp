// SPDX-License-Identifier: Apache-2.0
// The control plane of the handset: what a person, or a network, would do to it.
#include <algorithm>

#include "runner/codec/cat/profile.hpp"
#include "runner/codec/cat/registry.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/wire/sms_coding.hpp"
#include "runner/peer/terminal/handset.hpp"

namespace dmsc::peer {
namespace {

using Answer = Result<std::optional<Value>>;

constexpr std::int64_t highest_port = 65535;

Answer done() {
  return std::optional<Value>(Value::Map{});
}

Answer later() {
  return std::optional<Value>{};
}

Answer acknowledged(bool yes) {
  Value answer = Value::Map{};
  answer["acknowledged"] = yes;
  return answer;
}

tl::unexpected<Error> refused(const char* why) {
  return fail(Errc::refused, why);
}

tl::unexpected<Error> bad(const char* parameter, const char* what) {
  return fail(Errc::protocol, what, {}, parameter);
}

bool is_number(const std::string& text) {
  constexpr std::size_t longest = 40;
  const auto digits = text.substr(text.starts_with('+') ? 1 : 0);
  return !digits.empty() && digits.size() <= longest && digits.find_first_not_of("0123456789*#") == std::string::npos;
}

bool all_digits(const std::string& text, std::size_t least, std::size_t most) {
  return text.size() >= least && text.size() <= most && text.find_first_not_of("0123456789") == std::string::npos;
}

/// A text of an account, empty where it is left out.
Result<std::string> text_of(const Value& parameters, const char* key) {
  constexpr std::size_t longest = 1024;
  const auto* value = parameters.find(key);
  if (value == nullptr || value->is_null()) return std::string{};
  if (!value->is_string() || value->as_string().size() > longest) return bad(key, "is no text of at most 1024 octets");
  return value->as_string();
}

Result<Octets> octets_of(const Value& parameters, const char* key) {
  const auto text = text_of(parameters, key);
  if (!text) return tl::make_unexpected(text.error());
  const auto octets = parse_hex(*text);
  if (!octets) return bad(key, "is not hexadecimal");
  return *octets;
}

Result<WebAddress> address_of(const Value& parameters) {
  const auto address = parse_web_address(parameters.text_or("url", ""));
  if (!address) return bad("url", address.error().message.c_str());
  return *address;
}

}  // namespace

struct Handset::VerbRow {
  std::string_view name;
  Verb perform;
};

std::span<const Handset::VerbRow> Handset::verb_rows() {
  static constexpr VerbRow rows[] = {
      {"device.powerOn", &Handset::turn_on},
      {"device.powerOff", &Handset::turn_off},
      {"device.reboot", &Handset::reboot},
      {"device.waitReady", &Handset::wait_ready},
      {"device.dial", &Handset::dial},
      {"device.hangup", &Handset::hang_up},
      {"network.setCell", &Handset::set_cell},
      {"network.outOfService", &Handset::out_of_service},
      {"network.awaitCall", &Handset::await_call},
      {"network.probe", &Handset::probe},
      {"network.sms.deliver", &Handset::deliver_message},
      {"network.sms.awaitMo", &Handset::await_message},
      {"network.sms.refuse", &Handset::refuse_message},
      {"dm.account.set", &Handset::set_account},
      {"dm.account.get", &Handset::get_account},
      {"dm.account.remove", &Handset::remove_account},
      {"dm.client.port", &Handset::client_port},
      {"dm.client.move", &Handset::move_client},
      {"dm.session.start", &Handset::start_session},
      {"dm.session.list", &Handset::list_sessions},
      {"dm.session.abort", &Handset::abort_session},
      {"ui.act", &Handset::act_for_user},
      {"net.fetch", &Handset::fetch},
      {"net.hold", &Handset::hold},
      {"net.release", &Handset::release},
  };
  return rows;
}

const Handset::VerbRow* Handset::find_verb(std::string_view name) {
  const auto rows = verb_rows();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

std::vector<std::string_view> Handset::verbs() {
  std::vector<std::string_view> names;
  for (const auto& row : verb_rows()) names.push_back(row.name);
  return names;
}

bool Handset::has(std::string_view verb) {
  return find_verb(verb) != nullptr;
}

Answer Handset::control(std::string_view verb, const Value& parameters) {
  const auto* row = find_verb(verb);
  if (row == nullptr) return fail(Errc::unsupported, "\"" + std::string(verb) + "\" is no verb of the handset");
  return (this->*row->perform)(parameters);
}

Answer Handset::turn_on(const Value&) {
  if (!phone_on_) {
    phone_on_ = true;
    // A card that is just being switched off is switched on after.
    restarts_ = slot_ == Slot::going;
    if (inserted_ && !restarts_) slot_ = Slot::coming;
  }
  return done();
}

Answer Handset::turn_off(const Value&) {
  phone_on_ = false;
  restarts_ = false;
  leave_card();
  if (slot_ == Slot::on) slot_ = Slot::going;
  if (slot_ == Slot::coming) slot_ = Slot::off;
  return done();
}

Answer Handset::reboot(const Value& parameters) {
  (void)turn_off(parameters);
  return turn_on(parameters);
}

Answer Handset::wait_ready(const Value&) {
  if (!phone_on_) return refused("the device is off");
  waiting_ = Waiting::ready;
  return later();
}

Answer Handset::dial(const Value& parameters) {
  const auto number = parameters.text_or("number", "");
  if (!is_number(number)) return bad("number", "is no telephone number");
  if (!card_in_use()) return refused("the device is off, or its card is gone");
  const bool asks = codec::profile_has(profile_, "call_control") && self_.habits.has(Habit::asks_before_call);
  if (!asks) {
    set_up_call(number);
    return done();
  }
  const auto sent = terminal_.call(number);
  if (!sent) return tl::make_unexpected(sent.error());
  dialled_.push_back(number);
  return done();
}

Answer Handset::hang_up(const Value&) {
  in_call_ = false;
  return done();
}

Answer Handset::go_to(const Place& place) {
  place_ = place;
  if (!card_in_use()) return done();
  const auto told = terminal_.move_to(place);
  if (!told) return tl::make_unexpected(told.error());
  return done();
}

Answer Handset::set_cell(const Value& parameters) {
  const auto mcc = parameters.text_or("mcc", "");
  const auto mnc = parameters.text_or("mnc", "");
  if (!all_digits(mcc, 3, 3)) return bad("mcc", "is not three digits");
  if (!all_digits(mnc, 2, 3)) return bad("mnc", "is not two or three digits");
  Place place;
  place.plmn = mcc + mnc;
  place.lac = parameters.int_or("lac", 1);
  place.cell = parameters.int_or("ci", 1);
  place.status = parameters.text_or("service", "normal_service");
  if (place.lac < 0 || place.lac > 0xFFFF) return bad("lac", "is outside 0 to 65535");
  if (place.cell < 0 || place.cell > 0xFFFF) return bad("ci", "is outside 0 to 65535");
  const bool known =
      place.status == "normal_service" || place.status == "limited_service" || place.status == "no_service";
  if (!known) return bad("service", "is not normal_service, limited_service or no_service");
  return go_to(place);
}

Answer Handset::out_of_service(const Value&) {
  auto place = place_;
  place.status = "no_service";
  return go_to(place);
}

Answer Handset::await_call(const Value&) {
  waiting_ = Waiting::call;
  return later();
}

/// Whether a host of the network gets through to a port that the card listens on.
Answer Handset::probe(const Value& parameters) {
  const auto port = parameters.int_or("port", 0);
  if (port < 1 || port > highest_port) return bad("port", "is no port");
  const bool open = !self_.habits.has(Habit::loopback_only);
  return std::optional<Value>(Value::Map{{"reachable", open && terminal_.gateway().listens_on(port)}});
}

/// What comes from the network goes to the card, to the DM Client, or to the user.
/// Whether a message of the network gets through: a defect may lose it. Its members are those of the codec.
bool Handset::receives(codec::SmsBearer bearer, const codec::Decoded& message) const {
  if (!tamper_) return true;
  Outgoing in{"received.short_message", message.value(), 1, 0};
  in.members["bearer"] = codec::name_of(bearer);
  tamper_(in);
  return in.copies != 0;
}

/// Source: 3GPP TS 23.040, 9.2.3.9; TS 23.038, 4; 3GPP TS 31.111, 7.1.1.1
Answer Handset::deliver_message(const Value& parameters) {
  constexpr const char* download = "usim_data_download";
  constexpr int class_me = 1;
  constexpr int class_card = 2;
  const auto bearer = codec::sms_bearer_of(parameters.text_or("bearer", ""));
  const auto octets = parse_hex(parameters.text_or("tpdu", ""));
  if (!bearer) return bad("bearer", "is neither 3gpp nor 3gpp2");
  if (!octets) return bad("tpdu", "is not hexadecimal");
  if (!in_use()) return refused("the device is off, or its card is gone");
  const auto& habits = self_.habits;
  if (*bearer == codec::SmsBearer::cdma) {
    const auto message = codec::decode_cdma_sms(*octets);
    if (message.error) return acknowledged(false);
    if (!receives(*bearer, message)) return acknowledged(true);
    if (habits.has(Habit::takes_cdma_push)) take_message(*bearer, message);
    return acknowledged(true);
  }
  const auto message = codec::decode_tpdu(*octets, codec::SmsWay::to_terminal);
  if (message.error || message.key != "deliver") return acknowledged(false);
  if (!receives(*bearer, message)) return acknowledged(true);
  const auto* scheme = message.find("dcs");
  const auto coding = codec::sms_coding(static_cast<std::uint8_t>(scheme->as_int()));
  const bool for_card = coding.message_class == class_card;
  const bool downloads = for_card && *message.find("protocol_identifier") == Value(download) &&
                         codec::profile_has(profile_, "sms_pp_download");
  if (!for_card || !habits.has(Habit::shields_client)) {
    const bool shown = coding.message_class == class_me && !habits.has(Habit::takes_class_1);
    if (habits.has(Habit::takes_push) && !shown) take_message(*bearer, message);
  }
  if (!downloads || !habits.has(Habit::downloads_to_card)) return acknowledged(true);
  const auto sent = terminal_.send_envelope("sms_pp_download", Value::Map{{"sms_tpdu", to_hex(*octets)}});
  if (!sent) return tl::make_unexpected(sent.error());
  report_.reset();
  waiting_ = Waiting::report;
  return later();
}

Answer Handset::await_message(const Value&) {
  waiting_ = Waiting::message;
  return later();
}

Answer Handset::refuse_message(const Value& parameters) {
  constexpr std::int64_t highest_cause = 127;
  const auto cause = parameters.int_or("cause", -1);
  if (cause < 0 || cause > highest_cause) return bad("cause", "is outside 0 to 127");
  terminal_.short_messages().refuse_next(static_cast<int>(cause));
  return done();
}

Answer Handset::set_account(const Value& parameters) {
  static constexpr std::pair<const char*, std::string Account::*> texts[] = {
      {"server_id", &Account::server_id},
      {"server_secret", &Account::server_secret},
      {"client_name", &Account::client_name},
      {"client_secret", &Account::client_secret}};
  static constexpr std::pair<const char*, Octets Account::*> nonces[] = {{"server_nonce", &Account::server_nonce},
                                                                         {"client_nonce", &Account::client_nonce}};
  DmAccount account;
  for (const auto& [key, member] : texts) {
    auto text = text_of(parameters, key);
    if (!text) return tl::make_unexpected(text.error());
    account.credentials.*member = std::move(*text);
  }
  for (const auto& [key, member] : nonces) {
    auto nonce = octets_of(parameters, key);
    if (!nonce) return tl::make_unexpected(nonce.error());
    account.credentials.*member = std::move(*nonce);
  }
  const auto address = text_of(parameters, "app_addr");
  if (!address) return tl::make_unexpected(address.error());
  if (account.credentials.server_id.empty()) return bad("server_id", "is missing");
  const auto* known = agent_.find_account(account.credentials.server_id);
  if (address->empty() && known == nullptr) return bad("app_addr", "is missing");
  account.app_addr = address->empty() ? known->app_addr : *address;
  const auto set = agent_.set_account(std::move(account));
  if (!set) return tl::make_unexpected(set.error());
  return done();
}

Answer Handset::get_account(const Value& parameters) {
  const auto* account = agent_.find_account(parameters.text_or("server_id", ""));
  if (account == nullptr) return refused("there is no such account");
  auto address = account->app_addr;
  if (!self_.habits.has(Habit::keeps_address)) address = address.substr(0, address.find('/', address.find("//") + 2));
  Outgoing out{"dm.account", Value::Map{{"app_addr", address}}, 1, 0};
  if (tamper_) tamper_(out);
  return std::optional<Value>(out.members);
}

Answer Handset::remove_account(const Value& parameters) {
  agent_.remove_account(parameters.text_or("server_id", ""));
  return done();
}

Answer Handset::act_for_user(const Value& parameters) {
  const auto text = parameters.text_or("text", "");
  const bool accepts = text == "accept the DM session";
  if (!accepts && text != "refuse the DM session") return fail(Errc::unsupported, "nobody knows how to " + text);
  if (!phone_on_) return refused("the device is off");
  const auto answered = agent_.answer_user(accepts, now_);
  if (!answered) return tl::make_unexpected(answered.error());
  return done();
}

Value::List Handset::applications() const {
  auto list = self_.applications;
  for (auto& application : list) {
    if (application.int_or("application_type", 0) != codec::dm_client_type) continue;
    if (moved_port_) application["port"] = *moved_port_;
    break;
  }
  return list;
}

/// Port of the DM Client; -1 where there is none.
std::int64_t Handset::own_port() const {
  for (const auto& application : applications()) {
    if (application.int_or("application_type", 0) == codec::dm_client_type) return application.int_or("port", -1);
  }
  return -1;
}

Answer Handset::client_port(const Value&) {
  for (const auto& application : applications()) {
    if (application.int_or("application_type", 0) != codec::dm_client_type) continue;
    return std::optional<Value>(
        Value::Map{{"port", application.int_or("port", -1)}, {"name", application.text_or("name", "")}});
  }
  return refused("there is no DM Client");
}

Answer Handset::move_client(const Value& parameters) {
  const auto list = applications();
  const auto taken = [&](std::int64_t port) {
    return std::any_of(list.begin(), list.end(),
                       [&](const Value& application) { return application.int_or("port", -1) == port; });
  };
  const auto* wanted = parameters.find("port");
  if (own_port() < 0) return refused("there is no DM Client");
  std::int64_t port = own_port();
  if (wanted == nullptr || wanted->is_null()) {
    while (taken(port)) port = port % highest_port + 1;
  } else {
    if (!wanted->is_int() || wanted->as_int() < 1 || wanted->as_int() > highest_port) {
      return bad("port", "is no number from 1 to 65535");
    }
    port = wanted->as_int();
    if (taken(port) && port != own_port()) return refused("another application has that port");
  }
  moved_port_ = port;
  if (card_in_use() && registered_ && self_.habits.has(Habit::registers_again)) {
    registers_at_ = now_ + model::Moment(self_.registers_after);
    if (self_.registers_after.count() == 0) {
      registers_at_.reset();
      announce_applications();
    }
  }
  return std::optional<Value>(Value::Map{{"port", port}});
}

Answer Handset::start_session(const Value& parameters) {
  if (!phone_on_) return refused("the device is off");
  const auto started = agent_.start_for_user(parameters.text_or("server_id", ""), now_);
  if (!started) return tl::make_unexpected(started.error());
  return done();
}

Answer Handset::list_sessions(const Value&) {
  Value::List list;
  for (const auto& record : agent_.sessions()) {
    list.push_back(Value::Map{{"server_id", record.server_id}, {"url", record.url}});
  }
  return std::optional<Value>(Value::Map{{"sessions", std::move(list)}});
}

Answer Handset::abort_session(const Value&) {
  const auto aborted = agent_.abort();
  if (!aborted) return tl::make_unexpected(aborted.error());
  return done();
}

Answer Handset::fetch(const Value& parameters) {
  const auto address = address_of(parameters);
  if (!address) return tl::make_unexpected(address.error());
  if (!phone_on_) return refused("the device is off");
  programs_.fetch(*address, now_);
  waiting_ = Waiting::page;
  return later();
}

Answer Handset::hold(const Value& parameters) {
  const auto address = address_of(parameters);
  if (!address) return tl::make_unexpected(address.error());
  if (!phone_on_) return refused("the device is off");
  const auto held = programs_.hold(*address, now_);
  if (!held) return tl::make_unexpected(held.error());
  return done();
}

Answer Handset::release(const Value&) {
  programs_.release();
  return done();
}

}  // namespace dmsc::peer

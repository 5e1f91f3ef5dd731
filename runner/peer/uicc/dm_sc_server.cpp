// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/dm_sc_server.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "runner/codec/cat/profile.hpp"
#include "runner/codec/cat/registry.hpp"
#include "runner/codec/dm/credentials.hpp"
#include "runner/codec/dm/package0.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/peer/session/push_message.hpp"
#include "runner/peer/uicc/results.hpp"

namespace dmsc::peer {
namespace {

constexpr int menu_entry = 1;  // the DM entry of the menu that this card sets up

}  // namespace

/// One edge of a trigger's life.
struct DmScServer::Edge {
  Trigger from;
  TriggerEvent event;
  Trigger to;
  void (DmScServer::*action)();
  const char* clause;
};

const DmScServer::Edge* DmScServer::find_edge(Trigger from, TriggerEvent event) {
  static constexpr std::array<Edge, 10> edges = {{
      {Trigger::idle, TriggerEvent::start, Trigger::opening, &DmScServer::open_channel, "DM_SC 7.1 phase 2"},
      {Trigger::opening, TriggerEvent::done, Trigger::sending, &DmScServer::send_data, "DM_SC 7.1 phase 2"},
      {Trigger::opening, TriggerEvent::failed, Trigger::idle, nullptr, "TS 102 223, 6.4.27"},
      {Trigger::sending, TriggerEvent::done, Trigger::closing, &DmScServer::close_channel, "TS 102 223, 6.4.28"},
      {Trigger::sending, TriggerEvent::failed, Trigger::closing, &DmScServer::close_channel, "TS 102 223, 6.4.30"},
      {Trigger::closing, TriggerEvent::done, Trigger::idle, nullptr, "TS 102 223, 6.4.28"},
      {Trigger::closing, TriggerEvent::failed, Trigger::idle, nullptr, "TS 102 223, 6.4.28"},
      {Trigger::idle, TriggerEvent::start_on_line, Trigger::messaging, &DmScServer::send_messages, "DM_SC 7.2"},
      {Trigger::messaging, TriggerEvent::done, Trigger::idle, nullptr, "TS 31.111, 6.4.10"},
      {Trigger::messaging, TriggerEvent::failed, Trigger::idle, nullptr, "TS 31.111, 6.4.10"},
  }};
  static_assert(
      [] {
        for (std::size_t a = 0; a < edges.size(); ++a) {
          for (std::size_t b = a + 1; b < edges.size(); ++b) {
            if (edges[a].from == edges[b].from && edges[a].event == edges[b].event) return false;
          }
        }
        return true;
      }(),
      "a state has two edges for one event");
  const auto found = std::find_if(edges.begin(), edges.end(),
                                  [&](const Edge& edge) { return edge.from == from && edge.event == event; });
  return found == edges.end() ? nullptr : &*found;
}

void DmScServer::reset() {
  profile_.clear();
  registry_.clear();
  registry_complete_ = true;
  last_client_.reset();
  woken_ = false;
  triggered_ = false;
  statuses_ = 0;
  last_plmn_.clear();
  trigger_ = Trigger::idle;
  channel_ = 0;
  other_method_ = false;
  sending_.clear();
  gone_ = false;
  deaf_ = false;
  parts_.clear();
  downloads_.clear();
  answer_.clear();
}

bool DmScServer::claims(std::string_view facility) const {
  return !self_.follows(Policy::asks_within_profile, woken_by_) || codec::profile_has(profile_, facility);
}

/// The first local transport of the card's that the profile has; empty: none.
std::string DmScServer::transport() const {
  if (!self_.follows(Policy::checks_transport) || claims(self_.protocol)) return self_.protocol;
  const bool second = self_.follows(Policy::takes_second_transport) && !self_.second_protocol.empty();
  return second && claims(self_.second_protocol) ? self_.second_protocol : std::string{};
}

bool DmScServer::wakes_on(const char* how) const {
  static constexpr std::pair<std::string_view, Policy> policies[] = {
      {"power_on", Policy::wakes_on_power_on}, {"timer", Policy::wakes_on_timer},
      {"status", Policy::wakes_on_status},     {"call", Policy::wakes_on_call},
      {"location", Policy::wakes_on_location}, {"scws", Policy::wakes_on_scws_event},
      {"sms", Policy::wakes_on_sms},           {"menu", Policy::wakes_on_menu},
  };
  for (const auto& [name, policy] : policies) {
    if (name == how) return self_.wake_ups.contains(how) && self_.follows(policy);
  }
  return false;
}

void DmScServer::on_profile(ByteView profile) {
  toolkit_.reset();
  reset();
  profile_ = to_octets(profile);
  ask_for_wake_ups();
  if (wakes_on("power_on")) wake("power_on");
}

void DmScServer::ask_for_wake_ups() {
  if (self_.wake_ups.contains("status") && claims("poll_interval")) {
    toolkit_.queue("poll_interval", "",
                   Value::Map{{"duration", Value::Map{{"unit", "seconds"}, {"interval", self_.poll_seconds}}}});
  }
  Value::List events;
  if (self_.wake_ups.contains("location") && claims("event_location_status")) events.emplace_back("location_status");
  const bool serves =
      self_.asks_for_events && self_.https_channels + self_.http_channels > 0 && claims("tcp_uicc_server");
  if (serves) {
    if (claims("event_data_available")) events.emplace_back("data_available");
    if (claims("event_channel_status")) events.emplace_back("channel_status");
  }
  if (!events.empty() && claims("set_up_event_list")) {
    toolkit_.queue("set_up_event_list", "", Value::Map{{"event_list", std::move(events)}});
  }
  if (self_.wake_ups.contains("timer")) start_timer();
  if (self_.wake_ups.contains("menu") && claims("set_up_menu") && claims("menu_selection")) set_up_menu();
}

void DmScServer::set_up_menu() {
  const auto item = [](int identifier, const char* text) {
    return Value(Value::Map{{"identifier", identifier}, {"text", text}});
  };
  toolkit_.queue("set_up_menu", "",
                 Value::Map{{"alpha_identifier", "Operator"},
                            {"item", Value::List{item(menu_entry, "Tech Support"), item(menu_entry + 1, "News")}}});
}

void DmScServer::start_timer() {
  if (!claims("timer_management") || !claims("timer_expiration")) return;
  const auto seconds = self_.timer_seconds;
  Value value;
  value["hours"] = seconds / 3600;
  value["minutes"] = seconds / 60 % 60;
  value["seconds"] = seconds % 60;
  toolkit_.queue("timer_management", "",
                 Value::Map{{"command_details", Value::Map{{"qualifier", 0}}},
                            {"timer_identifier", self_.timer_identifier},
                            {"timer_value", value}});
}

void DmScServer::wake(const char* how) {
  if (!wakes_on(how)) return;
  if (triggered_ && !self_.follows(Policy::triggers_again)) return;
  if (on_wake_up_ && !on_wake_up_()) return;
  woken_ = true;
  woken_by_ = how;
  if (trigger_ != Trigger::idle && !self_.follows(Policy::queues_wake_up)) deaf_ = true;
  try_trigger();
}

/// Any coding scheme will do; defects overlook some.
bool DmScServer::reads_name(const Value& application) const {
  const auto scheme = application.text_or("dcs", "");
  const bool class_1 = scheme.ends_with("_1") || scheme == "gsm7_packed_11";
  if (!self_.follows(Policy::takes_any_coding) && scheme != "gsm7") return false;
  if (!self_.follows(Policy::takes_class_1) && class_1) return false;
  if (!self_.follows(Policy::takes_packed) && scheme == "gsm7_packed") return false;
  return self_.follows(Policy::takes_class_0) || scheme != "gsm7_packed_class";
}

std::optional<std::int64_t> DmScServer::client_port() const {
  for (const auto& application : registry_) {
    const bool is_client =
        reads_name(application) && application.int_or("application_type", 0) == codec::dm_client_type;
    if (is_client || !self_.follows(Policy::type_07_only)) return application.int_or("port", 0);
  }
  if (!self_.follows(Policy::awaits_registry)) return 0xFFFF;
  return {};
}

bool DmScServer::can_off_line() const {
  const bool class_k = claims("terminal_applications") || !self_.follows(Policy::checks_class_k);
  const bool channels = claims("number_of_channels") || !self_.follows(Policy::checks_channel_count);
  const bool opens = claims("open_channel") || !self_.follows(Policy::checks_class_e);
  return class_k && channels && opens && !transport().empty();
}

/// Those that the profile has; where both are to be had, one is enough.
std::vector<codec::SmsBearer> DmScServer::bearers() const {
  std::vector<codec::SmsBearer> out;
  for (const auto bearer : self_.sms_bearers) {
    const bool gsm = bearer == codec::SmsBearer::gsm;
    const bool claimed = claims(gsm ? "send_short_message" : "cdma_send_short_message");
    if (claimed || !self_.follows(Policy::checks_sms_bearer)) out.push_back(bearer);
  }
  if (out.size() > 1 && self_.follows(Policy::sends_push_once)) out.resize(1);
  return out;
}

/// The first method of the card's that the profile allows. Off-line waits for the DM Client to register.
void DmScServer::try_trigger() {
  if (!woken_ || deaf_ || trigger_ != Trigger::idle) return;
  if (!self_.follows(Policy::chooses_method) && can_off_line() && !bearers().empty()) return;
  for (const auto& method : self_.methods) {
    const bool off_line = method == "off_line";
    const bool second_best = off_line && !self_.sms_bearers.empty() && bearers().empty();
    if (second_best && !self_.follows(Policy::falls_back_off_line)) continue;
    if (off_line ? !can_off_line() : bearers().empty() || !self_.follows(Policy::triggers_on_line)) continue;
    if (off_line && (!registry_complete_ || !client_port())) return;
    woken_ = false;
    triggered_ = true;
    cause_ = woken_by_;
    other_method_ = off_line && !bearers().empty() && !self_.follows(Policy::triggers_by_one_method);
    step(off_line ? TriggerEvent::start : TriggerEvent::start_on_line);
    return;
  }
}

void DmScServer::step(TriggerEvent event) {
  const auto* edge = find_edge(trigger_, event);
  if (edge == nullptr) return;  // an answer nobody waits for changes nothing
  trigger_ = edge->to;
  if (edge->action != nullptr) (this->*edge->action)();
  if (trigger_ == Trigger::idle && std::exchange(other_method_, false)) {
    step(TriggerEvent::start_on_line);
    return;
  }
  if (trigger_ == Trigger::idle) try_trigger();
}

void DmScServer::open_channel() {
  gone_ = false;
  protocol_ = transport();
  toolkit_.queue("open_channel", "terminal_server",
                 Value::Map{{"buffer_size", self_.buffer_size},
                            {"transport_level", Value::Map{{"protocol", protocol_}, {"port", *client_port()}}}},
                 [this](const codec::Decoded& response) {
                   const auto* status = response.find("channel_status");
                   channel_ = status == nullptr ? 0 : status->int_or("channel", 0);
                   buffer_ = TransmitBuffer(self_.buffer_size, response);
                   const auto* general =
                       response.find("result") == nullptr ? nullptr : response.find("result")->find("general");
                   const bool modified = general != nullptr && *general == Value("performed_with_modification");
                   const bool taken = !modified || self_.follows(Policy::takes_modification);
                   if (channel_ == 0 && !self_.follows(Policy::heeds_refusal)) channel_ = 7;
                   const bool given = performed(response) || !self_.follows(Policy::heeds_refusal);
                   const bool opened = given && channel_ != 0 && taken;
                   if (!opened && !self_.follows(Policy::survives_refusal)) deaf_ = true;
                   if (!opened && !self_.follows(Policy::gives_up_refused)) woken_ = true;
                   step(opened ? TriggerEvent::done : TriggerEvent::failed);
                 });
}

/// The notification with its digest, as fields that a defect may change in between, with the wake-up beside them; it
/// may also put octets in their place.
Octets DmScServer::notification() {
  codec::Package0 package;
  if (!session_) {
    session_ = self_.first_session_id;
  } else if (self_.follows(Policy::fresh_session_id)) {
    ++*session_;
  }
  if (*session_ == 0) ++*session_;  // 0 is outside the range
  package.session_id = *session_;
  package.ui_mode = 1;
  package.server_id = self_.server_id;
  package.vendor_specific = self_.vendor_specific;
  Outgoing out{"dm.notification", codec::to_value(package), 1, 0};
  out.members["wake_up"] = cause_;
  if (tamper_) tamper_(out);
  if (const auto* hex = out.members.find("hex")) return parse_hex(hex->as_string()).value_or(Octets{});
  std::erase_if(out.members.as_map(), [](const auto& member) { return member.first == "wake_up"; });
  const auto changed = codec::package0_of(out.members);
  const auto trigger = changed ? codec::write_trigger(*changed) : Result<Octets>(tl::make_unexpected(changed.error()));
  if (!trigger) throw std::logic_error("notification: " + trigger.error().text());
  auto octets = codec::notification_digest(*trigger, account_.server_id, account_.server_secret, account_.server_nonce);
  // A defect that sets the digest replaces what was computed.
  if (changed->digest.size() == octets.size() && out.members.find("digest") != nullptr) octets = changed->digest;
  append(octets, *trigger);
  return octets;
}

void DmScServer::send_data() {
  sending_ = notification();
  const bool whole = protocol_ == "tcp_local" || !self_.follows(Policy::heeds_room) ||
                     !self_.follows(Policy::keeps_datagram_whole) || buffer_.holds(sending_.size());  // as one datagram
  whole ? send_piece() : step(TriggerEvent::failed);
}

/// One piece, and the next behind its response.
void DmScServer::send_piece() {
  auto piece = buffer_.next(sending_.size(), self_.send_size == 0 ? TransmitBuffer::piece_most : self_.send_size);
  if (!self_.follows(Policy::heeds_room)) piece = {std::min(sending_.size(), TransmitBuffer::piece_most), true};
  if (!piece) {
    step(TriggerEvent::failed);
    return;
  }
  const auto octets = to_hex(ByteView(sending_).first(piece->size));
  sending_.erase(sending_.begin(), sending_.begin() + static_cast<std::ptrdiff_t>(piece->size));
  const bool sends = self_.follows(protocol_ == "tcp_local" ? Policy::sends_over_tcp : Policy::sends_over_udp);
  toolkit_.queue("send_data", "",
                 Value::Map{{"command_details", Value::Map{{"qualifier", piece->immediately && sends ? 1 : 0}}},
                            {"device_identities", to_channel(channel_)},
                            {"channel_data", octets}},
                 [this, piece = *piece](const codec::Decoded& response) {
                   if (trigger_ != Trigger::sending) return;
                   gone_ = gone_ || !performed(response);
                   buffer_.took(piece, response);
                   if (!gone_ && !sending_.empty()) {
                     send_piece();
                     return;
                   }
                   if (gone_ && !self_.follows(Policy::survives_link_drop)) deaf_ = true;
                   step(gone_ ? TriggerEvent::failed : TriggerEvent::done);
                 });
}

void DmScServer::close_channel() {
  if (!self_.follows(Policy::closes_channel)) {
    step(TriggerEvent::done);
    return;
  }
  toolkit_.queue("close_channel", "", Value::Map{{"device_identities", to_channel(channel_)}},
                 [this](const codec::Decoded& response) {
                   channel_ = 0;
                   if (!performed(response) && !self_.follows(Policy::survives_close_refusal)) deaf_ = true;
                   step(performed(response) ? TriggerEvent::done : TriggerEvent::failed);
                 });
}

/// The notification as a WAP push in as many messages as it takes, one behind the response to the other.
void DmScServer::send_messages() {
  if (self_.follows(Policy::renews_reference) || reference_ == 0) ++reference_;
  const auto octets = notification();
  parts_.clear();
  for (const auto bearer : bearers()) {
    PushMessage push;
    push.bearer = bearer;
    push.notification = octets;
    push.number = self_.own_number;
    push.split.reference = reference_;
    push.split.wide_reference = self_.wide_reference;
    if (bearer == codec::SmsBearer::gsm) push.message["dcs"] = self_.sms_scheme;
    const bool cdma = bearer == codec::SmsBearer::cdma;
    if (cdma && !self_.follows(Policy::orders_ports)) std::swap(push.source_port, push.destination_port);
    push.duplicated_ports = !self_.follows(Policy::names_ports_once);
    std::int64_t own_id = reference_;
    const auto tamper = [this, &own_id](Outgoing& message) {
      if (message.key == "sms.submit") spoil_header(message.members);
      if (message.key == "cdma.sms" && !self_.follows(Policy::keeps_message_id)) {
        message.members["bearer_data"]["message_identifier"]["message_id"] = ++own_id;
      }
      if (tamper_) tamper_(message);
    };
    const auto messages = messages_of(push, tamper);
    if (!messages) throw std::logic_error("push: " + messages.error().text());
    for (const auto& message : *messages) parts_.emplace_back(bearer, message);
  }
  if (!self_.follows(Policy::keeps_part_order)) std::reverse(parts_.begin(), parts_.end());
  if (parts_.empty()) {
    step(TriggerEvent::failed);
    return;
  }
  send_part();
}

/// Defects in how the parts of a push belong together.
void DmScServer::spoil_header(Value& members) const {
  auto* header = members.find("header");
  if (header == nullptr || !header->is_list()) return;
  const bool first = std::none_of(header->as_list().begin(), header->as_list().end(),
                                  [](const Value& element) { return element.int_or("sequence", 1) > 1; });
  std::erase_if(header->as_list(), [&](const Value& element) {
    const auto key = element.text_or("element", "");
    if (key == "ports_16") return !first && !self_.follows(Policy::ports_in_each_part);
    return !self_.follows(Policy::joins_by_reference);
  });
}

void DmScServer::send_part() {
  const auto [bearer, message] = std::move(parts_.front());
  parts_.pop_front();
  Value members = Value::Map{{bearer == codec::SmsBearer::gsm ? "sms_tpdu" : "cdma_sms_tpdu", to_hex(message)}};
  if (!self_.service_centre.empty() && bearer == codec::SmsBearer::gsm) {
    const bool international = self_.service_centre.starts_with('+');
    members["address"] = Value::Map{{"no_extension", true},
                                    {"type_of_number", international ? "international" : "unknown"},
                                    {"numbering_plan", "isdn_telephony"},
                                    {"digits", digits_of(self_.service_centre)}};
  }
  toolkit_.queue("send_short_message", "", std::move(members), [this](const codec::Decoded& response) {
    if (trigger_ != Trigger::messaging) return;
    if (performed(response) && !parts_.empty()) {
      send_part();
      return;
    }
    parts_.clear();
    const bool sent = performed(response);
    if (!sent && !self_.follows(Policy::survives_refusal)) deaf_ = true;
    if (!sent && !self_.follows(Policy::gives_up_refused)) woken_ = true;
    step(sent ? TriggerEvent::done : TriggerEvent::failed);
  });
}

void DmScServer::on_status() {
  if (++statuses_ < self_.status_count) return;
  statuses_ = 0;
  wake("status");
}

/// Whether a defect makes an unknown object in this message one too many.
bool DmScServer::chokes_on(const codec::Decoded& message) const {
  static constexpr std::pair<std::string_view, Policy> rows[] = {
      {"terminal_applications", Policy::skips_stranger_in_registry},
      {"timer_expiration", Policy::skips_stranger_in_timer},
      {"call_control", Policy::skips_stranger_in_call},
      {"location_status", Policy::skips_stranger_in_location},
      {"sms_pp_download", Policy::skips_stranger_in_sms}};
  const auto row =
      std::find_if(std::begin(rows), std::end(rows), [&](const auto& one) { return one.first == message.key; });
  return row != std::end(rows) && !self_.follows(row->second) && has_stranger(message);
}

void DmScServer::on_envelope(const codec::Decoded& envelope) {
  answer_.clear();
  if (envelope.error || chokes_on(envelope)) return;
  if (envelope.key == "terminal_applications") on_registry(envelope);
  if (envelope.key == "timer_expiration") on_timer(envelope);
  if (envelope.key == "call_control") on_call(envelope);
  if (envelope.key == "location_status") on_location(envelope);
  if (envelope.key == "channel_status") on_channel_status(envelope);
  if (envelope.key == "sms_pp_download") on_sms(envelope);
  if (envelope.key == "menu_selection") on_menu(envelope);
}

void DmScServer::on_menu(const codec::Decoded& envelope) {
  const auto* entry = envelope.find("item_identifier");
  if (entry != nullptr && *entry == Value(menu_entry)) wake("menu");
}

/// A DM Notification for this server that came over the air wakes it. Source: DM_SC 5.3, table 1
void DmScServer::on_sms(const codec::Decoded& envelope) {
  const bool cdma = envelope.variant == "cdma";
  const auto* object = envelope.find(cdma ? "cdma_sms_tpdu" : "sms_tpdu");
  const auto octets = object == nullptr ? Result<Octets>(Octets{}) : parse_hex(object->as_string());
  if (!octets || octets->empty()) return;
  const auto bearer = cdma ? codec::SmsBearer::cdma : codec::SmsBearer::gsm;
  const auto message = codec::decode_short_message(bearer, codec::SmsWay::to_terminal, *octets);
  if (names_us(message, bearer) || !self_.follows(Policy::checks_sms)) wake("sms");
}

bool DmScServer::names_us(const codec::Decoded& message, codec::SmsBearer bearer) {
  const auto segment = codec::segment_of(bearer, message);
  const auto whole = segment ? downloads_.add(*segment) : std::nullopt;
  if (!whole || whole->datagram.destination_port != codec::wap_push_port) return false;
  const auto push = codec::decode_wsp(whole->datagram.data, true);
  const auto body = parse_hex(codec::wsp_facts(push).text_or("body", ""));
  const auto package = body ? codec::read_package0(*body) : Result<codec::Package0>(tl::make_unexpected(body.error()));
  return package && package->server_id == self_.server_id;
}

void DmScServer::on_registry(const codec::Decoded& envelope) {
  bool named = false;
  for (const auto& node : envelope.fields) {
    const bool client = node.key == "registry_application_data" &&
                        node.value.int_or("application_type", 0) == codec::dm_client_type &&
                        node.value.find("port") != nullptr;
    if (client && !std::exchange(named, true)) last_client_ = node.value.int_or("port", 0);
  }
  if (!registry_.empty() && registry_complete_ && !self_.follows(Policy::takes_new_registry)) return;
  if (std::exchange(registry_complete_, false)) registry_.clear();  // the first envelope of a new list
  for (const auto& node : envelope.fields) {
    const bool overlooked = node.comprehension && !self_.follows(Policy::takes_set_bits);
    if (node.key == "registry_application_data" && !overlooked) registry_.push_back(node.value);
    if (node.key == "last_envelope") registry_complete_ = true;
  }
  if (!self_.follows(Policy::awaits_last_envelope)) registry_complete_ = true;
  try_trigger();
}

/// The link of our channel may drop while the notification is on its way.
void DmScServer::on_channel_status(const codec::Decoded& envelope) {
  const auto* status = envelope.find("channel_status");
  if (status == nullptr || channel_ == 0 || status->int_or("channel", 0) != channel_) return;
  if (status->text_or("state", "") == "closed") gone_ = true;
}

void DmScServer::on_timer(const codec::Decoded& envelope) {
  const auto* identifier = envelope.find("timer_identifier");
  const bool ours = identifier != nullptr && *identifier == Value(self_.timer_identifier);
  if (!ours && self_.follows(Policy::checks_timer)) return;
  if (ours && self_.wake_ups.contains("timer")) start_timer();
  wake("timer");
}

void DmScServer::on_call(const codec::Decoded& envelope) {
  const auto* address = envelope.find("address");
  if (address == nullptr) return;
  answer_ = {0x00, 0x00};  // allowed, no modification; no further data
  const bool ours = address->text_or("digits", "") == self_.customer_care_number;
  if (ours && self_.wake_ups.contains("call") && !self_.follows(Policy::lets_call_pass)) answer_[0] = 0x01;
  if (ours || !self_.follows(Policy::checks_number)) wake("call");
}

void DmScServer::on_location(const codec::Decoded& envelope) {
  const auto* place = envelope.find("location_information");
  if (place == nullptr) return;
  const auto plmn = place->text_or("plmn", "");
  const bool entered = plmn != std::exchange(last_plmn_, plmn);
  const bool roaming = plmn != self_.home_plmn;
  if ((roaming && entered) || !self_.follows(Policy::checks_roaming)) wake("location");
}

}  // namespace dmsc::peer

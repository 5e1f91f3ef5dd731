// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/dm_sc_server.hpp"

#include <algorithm>
#include <array>
#include <stdexcept>

#include "runner/codec/profile.hpp"
#include "runner/peer/uicc/notification.hpp"

namespace dmsc::peer {
namespace {

constexpr std::int64_t dm_client_type = 0x07;
constexpr std::int64_t channel_base = 0x20;

std::string general_result(const codec::Decoded& response) {
  const auto* result = response.find("result");
  return result == nullptr ? std::string{} : result->text_or("general", "");
}

/// Results 0X of the table mean that the command was performed, in whole or in part.
bool performed(const codec::Decoded& response) {
  for (const auto& name : codec::result_names()) {
    if (general_result(response) == name.key) return name.code <= 0x0F;
  }
  return false;
}

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
  static constexpr std::array<Edge, 7> edges = {{
      {Trigger::idle, TriggerEvent::start, Trigger::opening, &DmScServer::open_channel, "DM_SC 7.1 phase 2"},
      {Trigger::opening, TriggerEvent::done, Trigger::sending, &DmScServer::send_data, "DM_SC 7.1 phase 2"},
      {Trigger::opening, TriggerEvent::failed, Trigger::idle, nullptr, "TS 102 223, 6.4.27"},
      {Trigger::sending, TriggerEvent::done, Trigger::closing, &DmScServer::close_channel, "TS 102 223, 6.4.28"},
      {Trigger::sending, TriggerEvent::failed, Trigger::closing, &DmScServer::close_channel, "TS 102 223, 6.4.30"},
      {Trigger::closing, TriggerEvent::done, Trigger::idle, nullptr, "TS 102 223, 6.4.28"},
      {Trigger::closing, TriggerEvent::failed, Trigger::idle, nullptr, "TS 102 223, 6.4.28"},
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
  woken_ = false;
  triggered_ = false;
  statuses_ = 0;
  last_plmn_.clear();
  trigger_ = Trigger::idle;
  channel_ = 0;
  answer_.clear();
}

bool DmScServer::claims(std::string_view facility) const {
  return !self_.follows(Policy::asks_within_profile) || codec::profile_has(profile_, facility);
}

bool DmScServer::claims_transport() const {
  return !self_.follows(Policy::checks_transport) || claims(self_.protocol);
}

bool DmScServer::wakes_on(const char* how) const {
  static constexpr std::pair<std::string_view, Policy> policies[] = {
      {"power_on", Policy::wakes_on_power_on}, {"timer", Policy::wakes_on_timer},
      {"status", Policy::wakes_on_status},     {"call", Policy::wakes_on_call},
      {"location", Policy::wakes_on_location},
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
  if (self_.wake_ups.contains("location") && claims("set_up_event_list") && claims("event_location_status")) {
    toolkit_.queue("set_up_event_list", "", Value::Map{{"event_list", Value::List{"location_status"}}});
  }
  if (self_.wake_ups.contains("timer")) start_timer();
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
  woken_ = true;
  try_trigger();
}

std::optional<std::int64_t> DmScServer::client_port() const {
  for (const auto& application : registry_) {
    const bool is_client = application.int_or("application_type", 0) == dm_client_type;
    if (is_client) return application.int_or("port", 0);
  }
  if (!self_.follows(Policy::awaits_registry)) return 0xFFFF;
  return {};
}

void DmScServer::try_trigger() {
  if (!woken_ || trigger_ != Trigger::idle || !registry_complete_ || !client_port()) return;
  if (!claims("terminal_applications") || !claims("open_channel") || !claims_transport()) return;
  woken_ = false;
  triggered_ = true;
  step(TriggerEvent::start);
}

void DmScServer::step(TriggerEvent event) {
  const auto* edge = find_edge(trigger_, event);
  if (edge == nullptr) return;  // an answer nobody waits for changes nothing
  trigger_ = edge->to;
  if (edge->action != nullptr) (this->*edge->action)();
  if (trigger_ == Trigger::idle) try_trigger();
}

void DmScServer::open_channel() {
  toolkit_.queue("open_channel", "terminal_server",
                 Value::Map{{"buffer_size", self_.buffer_size},
                            {"transport_level", Value::Map{{"protocol", self_.protocol}, {"port", *client_port()}}}});
}

void DmScServer::send_data() {
  codec::Package0 package;
  package.session_id = ++session_;
  package.ui_mode = 1;
  package.server_id = self_.server_id;
  const auto octets = write_notification(package, self_.server_secret, self_.server_nonce);
  if (!octets) throw std::logic_error("notification: " + octets.error().text());
  toolkit_.queue(
      "send_data", "",
      Value::Map{{"command_details", Value::Map{{"qualifier", 1}}},
                 {"device_identities", Value::Map{{"source", "uicc"}, {"destination", channel_base + channel_}}},
                 {"channel_data", to_hex(*octets)}});
}

void DmScServer::close_channel() {
  toolkit_.queue(
      "close_channel", "",
      Value::Map{{"device_identities", Value::Map{{"source", "uicc"}, {"destination", channel_base + channel_}}}});
}

void DmScServer::on_terminal_response(const codec::Decoded& response) {
  if (response.key == "open_channel") {
    const auto* status = response.find("channel_status");
    channel_ = status == nullptr ? 0 : status->int_or("channel", 0);
    step(performed(response) && channel_ != 0 ? TriggerEvent::done : TriggerEvent::failed);
  } else if (response.key == "send_data" || response.key == "close_channel") {
    step(performed(response) ? TriggerEvent::done : TriggerEvent::failed);
  }
}

void DmScServer::on_status() {
  if (++statuses_ < self_.status_count) return;
  statuses_ = 0;
  wake("status");
}

void DmScServer::on_envelope(const codec::Decoded& envelope) {
  answer_.clear();
  if (envelope.error) return;
  if (envelope.key == "terminal_applications") on_registry(envelope);
  if (envelope.key == "timer_expiration") on_timer(envelope);
  if (envelope.key == "call_control") on_call(envelope);
  if (envelope.key == "location_status") on_location(envelope);
}

void DmScServer::on_registry(const codec::Decoded& envelope) {
  if (std::exchange(registry_complete_, false)) registry_.clear();  // the first envelope of a new list
  for (const auto& node : envelope.fields) {
    if (node.key == "registry_application_data") registry_.push_back(node.value);
    if (node.key == "last_envelope") registry_complete_ = true;
  }
  try_trigger();
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

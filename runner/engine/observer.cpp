// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/observer.hpp"

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/cat/registry.hpp"

namespace dmsc::engine {
namespace {

constexpr std::uint8_t ins_terminal_profile = 0x10;
constexpr std::uint8_t ins_fetch = 0x12;
constexpr std::uint8_t ins_terminal_response = 0x14;
constexpr std::uint8_t ins_get_response = 0xC0;
constexpr std::uint8_t ins_envelope = 0xC2;

/// Answer to call control: result, length, further objects. No data at all means allowed.
/// Source: 3GPP TS 31.124, 27.22.6.1.3 (9000 alone); ETSI TS 102 268 cre_apt_eccn (layout)
Value control_result(ByteView data, codec::StatusWord status) {
  constexpr const char* names[] = {"allowed", "not_allowed", "allowed_with_modifications"};
  if (!status.ok()) return "none";
  if (data.empty()) return "allowed";
  if (data.size() < 2 || data[1] != data.size() - 2 || data[0] > 2) return "malformed";
  return names[data[0]];
}

}  // namespace

model::Event Observer::event(std::string key) const {
  model::Event event;
  event.exchange = number_;
  event.at = at_;
  event.key = std::move(key);
  return event;
}

std::vector<model::Event> Observer::observe(const model::Exchange& exchange, std::size_t number) {
  at_ = exchange.at;
  number_ = number;
  std::vector<model::Event> events;
  if (exchange.command.empty()) {
    open_.reset();
    chained_ = false;
    auto reset = event("card.reset");
    reset.fields = Value::Map{{"atr", to_hex(exchange.response)}};
    reset.octets = exchange.response;
    events.push_back(std::move(reset));
    return events;
  }
  add_command(exchange, events);
  const auto response = codec::read_response(exchange.response);
  if (!response) return events;
  append(data_, response->data);
  chained_ = response->status.more_data() || response->status.wrong_length();
  if (!chained_) add_response(response->status, events);
  return events;
}

void Observer::add_command(const model::Exchange& exchange, std::vector<model::Event>& events) {
  auto command = codec::read_command(exchange.command);
  if (!command)
    command =
        codec::Command{0xFF, exchange.command.size() > 1 ? exchange.command[1] : std::uint8_t{0}, 0, 0, {}, {}, false};
  const bool continues =
      chained_ && open_ && (command->ins == ins_get_response || (command->ins == open_->ins && command->data.empty()));
  if (continues) return;
  if (chained_ && open_) add_response(codec::StatusWord{0x6100}, events);  // never continued: what came stands alone
  open_ = *command;
  data_.clear();
  const auto* name = codec::find_name(codec::instruction_names(), command->ins);
  response_key_ = std::string("response.") + (name == nullptr ? "unknown_" + hex_number(command->ins, 2) : name->key);
  if (command->ins == ins_get_response || !codec::read_command(exchange.command)) return;
  const std::array header = {command->cla, command->ins, command->p1, command->p2};
  if (command->ins != ins_envelope && command->ins != ins_terminal_response) {
    auto sent =
        event(std::string("command.") + (name == nullptr ? "unknown_" + hex_number(command->ins, 2) : name->key));
    sent.octets = exchange.command;
    sent.header = header;
    sent.fields = Value::Map{{"p1", int{command->p1}}, {"p2", int{command->p2}}, {"data", to_hex(command->data)}};
    if (command->le) sent.fields["le"] = std::int64_t{*command->le};
    if (command->ins == ins_terminal_profile) sent.fields["facilities"] = codec::decode_profile(command->data).value();
    events.push_back(std::move(sent));
    return;
  }
  const bool envelope = command->ins == ins_envelope;
  auto decoded = envelope ? codec::decode_envelope(command->data) : codec::decode_terminal_response(command->data);
  if (envelope) response_key_ += "." + decoded.key;
  auto sent = event((envelope ? "envelope." : "terminal_response.") + decoded.key);
  sent.octets = command->data;
  sent.header = header;
  auto by_type = codec::decode_registry_type_first(command->data, decoded);
  const auto* order = by_type ? "type_first" : "scheme_first";
  if (by_type) decoded = std::move(*by_type);
  sent.fields = decoded.value();
  if (decoded.key == "terminal_applications") sent.fields["item_order"] = order;
  sent.decoded = std::make_shared<codec::Decoded>(std::move(decoded));
  events.push_back(std::move(sent));
}

void Observer::add_response(codec::StatusWord status, std::vector<model::Event>& events) {
  auto answer = event(response_key_);
  const auto* row = codec::find_status(status);
  answer.octets = data_;
  append(answer.octets, Octets{status.sw1(), status.sw2()});
  answer.fields = Value::Map{{"sw", status.hex()},
                             {"status", row == nullptr ? "unknown" : row->key},
                             {"data", to_hex(data_)},
                             {"proactive", status.proactive()}};
  if (response_key_.ends_with("call_control") || response_key_.ends_with("mo_short_message_control")) {
    answer.fields["control_result"] = control_result(data_, status);
  }
  events.push_back(std::move(answer));
  if (open_ && open_->ins == ins_fetch && status.ok() && !data_.empty()) {
    auto decoded = codec::decode_proactive(data_);
    auto fetched = event("proactive." + decoded.key);
    fetched.octets = data_;
    fetched.fields = decoded.value();
    fetched.decoded = std::make_shared<codec::Decoded>(std::move(decoded));
    events.push_back(std::move(fetched));
  }
  open_.reset();
  chained_ = false;
}

}  // namespace dmsc::engine

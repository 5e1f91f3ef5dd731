// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/observer.hpp"

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"
#include "runner/codec/cat/registry.hpp"

namespace dmsc::engine {
namespace {

constexpr std::uint8_t ins_terminal_profile = 0x10;

/// Answer to call control: result, length, further objects. No data at all means allowed.
/// Source: 3GPP TS 31.124, 27.22.6.1.3 (9000 alone); ETSI TS 102 268 cre_apt_eccn (layout)
Value control_result(ByteView data, codec::StatusWord status) {
  constexpr const char* names[] = {"allowed", "not_allowed", "allowed_with_modifications"};
  if (!status.ok()) return "none";
  if (data.empty()) return "allowed";
  if (data.size() < 2 || data[1] != data.size() - 2 || data[0] > 2) return "malformed";
  return names[data[0]];
}

std::string instruction_key(const Showing& showing) {
  return showing.instruction == nullptr ? "unknown_" + hex_number(showing.ins, 2) : showing.instruction->key;
}

void describe_message(codec::Decoded decoded, model::Event& event) {
  event.key += decoded.key;
  event.fields = decoded.value();
  event.decoded = std::make_shared<codec::Decoded>(std::move(decoded));
}

void describe_envelope(ByteView octets, model::Event& event) {
  auto decoded = codec::decode_envelope(octets);
  auto by_type = codec::decode_registry_type_first(octets, decoded);
  const bool applications = decoded.key == "terminal_applications";
  const auto* order = by_type ? "type_first" : "scheme_first";
  describe_message(by_type ? std::move(*by_type) : std::move(decoded), event);
  if (applications) event.fields["item_order"] = order;
}

void describe_command(const Showing& showing, model::Event& event) {
  event.key += instruction_key(showing);
  event.fields =
      Value::Map{{"p1", int{showing.header[2]}}, {"p2", int{showing.header[3]}}, {"data", to_hex(showing.data)}};
  if (showing.le) event.fields["le"] = std::int64_t{*showing.le};
  if (showing.ins == ins_terminal_profile) event.fields["facilities"] = codec::decode_profile(showing.data).value();
}

void describe_response(const Showing& showing, model::Event& event) {
  event.key += instruction_key(showing);
  if (!showing.envelope.empty()) event.key.append(".").append(showing.envelope);
  append(event.octets, Octets{showing.status.sw1(), showing.status.sw2()});
  const auto* row = codec::find_status(showing.status);
  event.fields = Value::Map{{"sw", showing.status.hex()},
                            {"status", row == nullptr ? "unknown" : row->key},
                            {"data", to_hex(showing.octets)},
                            {"proactive", showing.status.proactive()}};
  if (event.key.ends_with("call_control") || event.key.ends_with("mo_short_message_control"))
    event.fields["control_result"] = control_result(showing.octets, showing.status);
}

/// What stands before the key of the row.
const char* family_of(Showing::Kind kind) {
  switch (kind) {
    case Showing::Kind::reset:
      return "card.reset";
    case Showing::Kind::command:
      return "command.";
    case Showing::Kind::envelope:
      return "envelope.";
    case Showing::Kind::terminal_response:
      return "terminal_response.";
    case Showing::Kind::response:
      return "response.";
    case Showing::Kind::proactive:
      break;
  }
  return "proactive.";
}

void describe(const Showing& showing, model::Event& event) {
  event.key = family_of(showing.kind);
  event.octets = to_octets(showing.octets);
  event.header = showing.header;
  switch (showing.kind) {
    case Showing::Kind::reset:
      event.fields = Value::Map{{"atr", to_hex(showing.octets)}};
      return;
    case Showing::Kind::command:
      return describe_command(showing, event);
    case Showing::Kind::envelope:
      return describe_envelope(showing.octets, event);
    case Showing::Kind::terminal_response:
      return describe_message(codec::decode_terminal_response(showing.octets), event);
    case Showing::Kind::response:
      return describe_response(showing, event);
    case Showing::Kind::proactive:
      return describe_message(codec::decode_proactive(showing.octets), event);
  }
}

}  // namespace

std::vector<model::Event> Observer::observe(const model::Exchange& exchange, std::size_t number) {
  std::vector<model::Event> events;
  for (const auto& showing : reader_.read(exchange.command, exchange.response)) {
    auto& event = events.emplace_back();
    event.exchange = number;
    event.at = exchange.at;
    describe(showing, event);
  }
  return events;
}

}  // namespace dmsc::engine

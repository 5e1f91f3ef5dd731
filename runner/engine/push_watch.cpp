// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/push_watch.hpp"

#include "runner/codec/cat/spec.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/wap/wdp.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/codec/wire/sms_coding.hpp"

namespace dmsc::engine {
namespace {

using codec::SmsBearer;
using codec::SmsWay;

void add_common(SmsBearer bearer, const codec::Decoded& message, Value& fields) {
  const auto segment = codec::segment_of(bearer, message);
  if (!segment) return;
  fields["number"] = segment->peer;
  if (segment->source_port) fields["source_port"] = std::int64_t{*segment->source_port};
  if (segment->destination_port) fields["destination_port"] = std::int64_t{*segment->destination_port};
  fields["concatenated"] = segment->concatenated;
  if (segment->concatenated) fields["reference"] = std::int64_t{segment->reference};
  fields["total"] = segment->total;
  fields["sequence"] = segment->sequence;
  fields["payload_length"] = segment->data.size();
}

void add_cdma(const codec::Decoded& message, Value& fields) {
  const auto* bearer = message.find("bearer_data");
  if (bearer == nullptr) return;
  constexpr std::pair<const char*, const char*> lifted[] = {{"message_identifier.message_type", "submit_type"},
                                                            {"message_identifier.message_id", "message_id"},
                                                            {"user_data.encoding", "encoding"}};
  for (const auto& [path, key] : lifted) {
    if (const auto* value = bearer->at_path(path)) fields[key] = *value;
  }
  const auto* hex = bearer->at_path("user_data.data");
  const auto octets = hex != nullptr && hex->is_string() ? parse_hex(hex->as_string()) : Result<Octets>(Octets{});
  const auto wdp = octets ? codec::read_wdp(*octets) : Result<codec::WdpSegment>(tl::make_unexpected(octets.error()));
  if (!wdp) return;
  fields["wdp_type"] = std::int64_t{wdp->type};
  fields["segment"] = std::int64_t{wdp->segment};
  if (wdp->segment == 0) fields["duplicated_ports"] = wdp->duplicated_ports;
}

/// What is odd about the message itself, not about what it carries.
std::optional<codec::Anomaly> first_anomaly(const std::vector<codec::Node>& nodes) {
  for (const auto& node : nodes) {
    if (!node.anomalies.empty()) return node.anomalies.front();
    if (node.key == "data") continue;
    if (auto below = first_anomaly(node.fields)) return below;
  }
  return {};
}

}  // namespace

std::size_t datagram_header(SmsBearer bearer, const codec::Decoded& message) {
  if (bearer == SmsBearer::cdma) return codec::wdp_header_first;
  for (const auto& node : message.fields) {
    if (node.key == "header") return node.octets.size();
  }
  return 0;
}

Value short_message_fields(SmsBearer bearer, SmsWay way, ByteView octets) {
  const auto message = codec::decode_short_message(bearer, way, octets);
  Value fields = Value::Map{{"bearer", name_of(bearer)}, {"hex", to_hex(octets)}, {"length", octets.size()}};
  if (message.error) {
    fields["malformed"] = message.error->text();
    return fields;
  }
  const auto members = message.value();
  for (const auto& [key, value] : members.as_map()) fields[key] = value;
  if (bearer == SmsBearer::gsm && fields.find("dcs") != nullptr) {
    const auto coding = codec::sms_coding(static_cast<std::uint8_t>(fields.int_or("dcs", 0)));
    fields["alphabet"] = codec::alphabet_name(coding.alphabet);
    if (coding.message_class) fields["message_class"] = *coding.message_class;
  }
  if (bearer == SmsBearer::cdma) add_cdma(message, fields);
  for (const auto* key : {"destination", "originator", "destination_address", "originating_address"}) {
    if (const auto* address = message.find(key)) fields["number"] = address->text_or("number", "");
  }
  add_common(bearer, message, fields);
  if (const auto anomaly = first_anomaly(message.fields)) fields["anomaly"] = anomaly->text;
  return fields;
}

model::Event push_event(SmsBearer bearer, const codec::Reassembly::Whole& whole, std::size_t wdp_octets) {
  const auto& datagram = whole.datagram;
  const auto push = codec::decode_wsp(datagram.data);
  model::Event out;
  out.key = "wap.push";
  out.octets = datagram.data;
  out.fields = Value::Map{{"bearer", name_of(bearer)},
                          {"parts", whole.parts},
                          {"in_order", whole.in_order},
                          {"source_port", std::int64_t{datagram.source_port}},
                          {"destination_port", std::int64_t{datagram.destination_port}},
                          {"length", datagram.data.size()}};
  if (push.error) out.fields["malformed"] = push.error->text();
  const auto facts = codec::wsp_facts(push);
  for (const auto& [key, value] : facts.as_map()) out.fields[key] = value;
  if (const auto* body = facts.find("body"); body != nullptr) {
    const auto size = body->as_string().size() / 2;
    out.fields["body_length"] = size;
    out.fields["header_octets"] = wdp_octets + datagram.data.size() - size;
  }
  out.decoded = std::make_shared<codec::Decoded>(push);
  return out;
}

std::vector<model::Event> PushWatch::observe(const model::Event& event) {
  if (event.key == "card.reset") {
    for (auto& parts : parts_) parts.clear();
    pending_.clear();
  }
  if (event.key.starts_with("proactive.")) pending_.clear();
  std::vector<model::Event> out;
  if (event.key == "proactive.send_short_message") out = submitted(event.fields);
  if (event.key == "terminal_response.send_short_message") {
    const auto* general = event.fields.at_path("result.general");
    const bool accepted = general != nullptr && general->is_string() && codec::performed(general->as_string());
    for (const auto& sent : std::exchange(pending_, {})) {
      if (accepted) join(sent, out);
    }
  }
  for (auto& made : out) {
    made.exchange = event.exchange;
    made.at = event.at;
  }
  return out;
}

std::vector<model::Event> PushWatch::submitted(const Value& command) {
  std::vector<model::Event> out;
  for (const auto bearer : {SmsBearer::gsm, SmsBearer::cdma}) {
    const auto* hex = command.find(bearer == SmsBearer::gsm ? "sms_tpdu" : "cdma_sms_tpdu");
    const auto octets = hex != nullptr && hex->is_string() ? parse_hex(hex->as_string()) : Result<Octets>(Octets{});
    if (!octets || hex == nullptr) continue;
    model::Event sent;
    sent.key = "sms.submit";
    sent.octets = *octets;
    sent.fields = short_message_fields(bearer, SmsWay::from_terminal, *octets);
    if (const auto* address = command.find("address")) {
      const auto* kept = address->at_path("digits.text");  // of digits that are none, beside their octets
      sent.fields["service_centre"] = kept != nullptr ? *kept : Value(address->text_or("digits", ""));
    }
    const auto* qualifier = command.at_path("command_details.qualifier");
    sent.fields["packing"] = qualifier != nullptr && qualifier->is_int() && (qualifier->as_int() & 1) != 0;
    sent.decoded =
        std::make_shared<codec::Decoded>(codec::decode_short_message(bearer, SmsWay::from_terminal, *octets));
    if (sender_ == Sender::card) pending_.push_back({bearer, sent.decoded});
    out.push_back(std::move(sent));
  }
  return out;
}

void PushWatch::join(const Sent& sent, std::vector<model::Event>& out) {
  const auto segment = codec::segment_of(sent.bearer, *sent.message);
  if (!segment) return;
  const auto at = static_cast<std::size_t>(sent.bearer);
  if (segment->sequence == 1) headers_[at] = datagram_header(sent.bearer, *sent.message);
  const auto whole = parts_[at].add(*segment);
  if (whole && whole->datagram.destination_port != 0) push_whole(sent.bearer, *whole, out);
}

void PushWatch::push_whole(SmsBearer bearer, const codec::Reassembly::Whole& whole,
                           std::vector<model::Event>& out) const {
  auto push = push_event(bearer, whole, headers_[static_cast<std::size_t>(bearer)]);
  const bool notifies = push.fields.text_or("content_type", "") == codec::notification_mime;
  const auto body = parse_hex(push.fields.text_or("body", ""));
  out.push_back(std::move(push));
  if (!notifies || !body) return;
  auto notification = notification_event(account_, *body);
  notification.fields["bearer"] = name_of(bearer);
  notification.fields["port"] = std::int64_t{whole.datagram.destination_port};
  notification.fields["parts"] = whole.parts;
  out.push_back(std::move(notification));
}

}  // namespace dmsc::engine

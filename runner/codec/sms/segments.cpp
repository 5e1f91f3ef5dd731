// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/segments.hpp"

#include <algorithm>

#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/codec/sms/user_data.hpp"
#include "runner/codec/wap/wdp.hpp"

namespace dmsc::codec {
namespace {

constexpr std::size_t most_parts = 255;
constexpr std::size_t header_with_ports = 7;   // length, element 05
constexpr std::size_t concatenation_size = 5;  // element 00; 08 has one octet more

std::optional<Segment> segment_of_tpdu(const Decoded& message) {
  const auto* header = message.find("header");
  if (header == nullptr || message.error) return {};
  const auto summary = summary_of(*header);
  Segment out;
  out.source_port = summary.source_port;
  out.destination_port = summary.destination_port;
  out.concatenated = summary.reference.has_value();
  out.reference = summary.reference.value_or(0);
  out.wide_reference = summary.wide_reference;
  out.total = summary.total;
  out.sequence = summary.sequence;
  for (const auto* key : {"originator", "destination"}) {
    if (const auto* address = message.find(key)) out.peer = address->text_or("number", "");
  }
  out.data = payload_of(message.value());
  return out;
}

std::optional<Segment> segment_of_cdma(const Decoded& message) {
  const auto* teleservice = message.find("teleservice");
  const auto* bearer = message.find("bearer_data");
  const auto* hex = bearer == nullptr ? nullptr : bearer->at_path("user_data.data");
  const bool ours = teleservice != nullptr && *teleservice == Value("wap");
  if (!ours || message.error || hex == nullptr || !hex->is_string()) return {};
  const auto octets = parse_hex(hex->as_string());
  const auto wdp = octets ? read_wdp(*octets) : Result<WdpSegment>(tl::make_unexpected(octets.error()));
  if (!wdp || wdp->type != 0) return {};
  Segment out;
  if (wdp->segment == 0) {
    out.source_port = wdp->source_port;
    out.destination_port = wdp->destination_port;
  }
  const auto* id = bearer->at_path("message_identifier.message_id");
  out.reference = id == nullptr || !id->is_int() ? 0 : static_cast<std::uint32_t>(id->as_int());
  out.concatenated = wdp->total > 1;
  out.total = wdp->total;
  out.sequence = wdp->segment + 1;
  for (const auto* key : {"originating_address", "destination_address"}) {
    if (const auto* address = message.find(key)) out.peer = address->text_or("number", "");
  }
  out.data = wdp->data;
  return out;
}

Value ports_element(const Datagram& datagram) {
  return Value::Map{{"element", "ports_16"},
                    {"destination_port", std::int64_t{datagram.destination_port}},
                    {"source_port", std::int64_t{datagram.source_port}}};
}

}  // namespace

const char* name_of(SmsBearer bearer) {
  return bearer == SmsBearer::gsm ? "3gpp" : "3gpp2";
}

std::optional<SmsBearer> sms_bearer_of(std::string_view name) {
  if (name == "3gpp") return SmsBearer::gsm;
  if (name == "3gpp2") return SmsBearer::cdma;
  return {};
}

Decoded decode_short_message(SmsBearer bearer, SmsWay way, ByteView octets) {
  return bearer == SmsBearer::gsm ? decode_tpdu(octets, way) : decode_cdma_sms(octets);
}

std::optional<Segment> segment_of(SmsBearer bearer, const Decoded& message) {
  return bearer == SmsBearer::gsm ? segment_of_tpdu(message) : segment_of_cdma(message);
}

Result<Value::List> split_for_tpdus(const Datagram& datagram, const SplitOptions& options) {
  const ByteView data = datagram.data;
  const bool fits = data.size() <= (options.most == 0 ? user_data_most - header_with_ports : options.most);
  const bool concatenated = options.always || !fits;
  const std::size_t header =
      header_with_ports + (concatenated ? concatenation_size + (options.wide_reference ? 1 : 0) : 0);
  auto most = user_data_most - header;
  if (options.most != 0) most = std::min(most, options.most);
  const auto count = std::max<std::size_t>(1, (data.size() + most - 1) / most);
  if (count > most_parts)
    return fail(Errc::range, "a datagram of " + std::to_string(data.size()) + " octets needs more than 255 messages");
  Value::List out;
  for (std::size_t at = 0; at < count; ++at) {
    Value::List elements = {ports_element(datagram)};
    if (concatenated) {
      elements.push_back(
          Value::Map{{"element", options.wide_reference ? "concatenation_16" : "concatenation_8"},
                     {"reference", std::int64_t{options.reference & (options.wide_reference ? 0xFFFFU : 0xFFU)}},
                     {"total", count},
                     {"sequence", at + 1}});
    }
    const auto part = data.subspan(at * most, std::min(most, data.size() - at * most));
    out.push_back(Value::Map{{"header", std::move(elements)}, {"data", to_hex(part)}});
  }
  return out;
}

Result<std::vector<Octets>> split_for_cdma(const Datagram& datagram, std::size_t most) {
  const auto within = [&](std::size_t size) { return most == 0 ? size : std::min(size, most); };
  const auto first = within(cdma_segment_most - wdp_header_first);  // the first has the ports too
  const auto room = within(cdma_segment_most - wdp_header_more);
  const ByteView data = datagram.data;
  const auto behind = data.size() > first ? data.size() - first : 0;
  const auto count = 1 + (behind + room - 1) / room;
  if (count > most_parts)
    return fail(Errc::range, "a datagram of " + std::to_string(data.size()) + " octets needs more than 255 messages");
  std::vector<Octets> out;
  std::size_t from = 0;
  for (std::size_t at = 0; at < count; ++at) {
    const auto size = std::min(at == 0 ? first : room, data.size() - from);
    out.push_back(write_wdp({0, static_cast<std::uint8_t>(count), static_cast<std::uint8_t>(at), datagram.source_port,
                             datagram.destination_port, false, to_octets(data.subspan(from, size))}));
    from += size;
  }
  return out;
}

std::optional<Reassembly::Whole> Reassembly::add(const Segment& segment) {
  if (segment.total < 1 || segment.sequence < 1 || segment.sequence > segment.total) return {};
  if (!segment.concatenated || segment.total == 1) {
    if (!segment.destination_port) return {};
    return Whole{{segment.source_port.value_or(0), *segment.destination_port, segment.data}, 1, true};
  }
  const auto key = segment.peer + "/" + std::to_string(segment.reference) + (segment.wide_reference ? "w/" : "/") +
                   std::to_string(segment.total);
  auto found = std::ranges::find(open_, key, &Open::key);
  if (found == open_.end()) {
    if (open_.size() >= most_open) open_.pop_front();
    open_.push_back({key, std::vector<std::optional<Octets>>(static_cast<std::size_t>(segment.total)),
                     static_cast<std::size_t>(segment.total)});
    found = std::prev(open_.end());
  }
  auto& part = found->parts[static_cast<std::size_t>(segment.sequence) - 1];
  if (part) return {};
  part = segment.data;
  --found->missing;
  found->in_order = found->in_order && segment.sequence == found->last + 1;
  found->last = segment.sequence;
  if (segment.destination_port) {
    found->source_port = segment.source_port.value_or(0);
    found->destination_port = *segment.destination_port;
  }
  if (found->missing > 0) return {};
  Whole whole{{found->source_port, found->destination_port, {}}, segment.total, found->in_order};
  for (const auto& one : found->parts) append(whole.datagram.data, *one);
  open_.erase(found);
  return whole;
}

}  // namespace dmsc::codec

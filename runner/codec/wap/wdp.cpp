// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wap/wdp.hpp"

#include "runner/codec/wap/wsp.hpp"
#include "runner/codec/wire/cursor.hpp"

namespace dmsc::codec {
namespace {

constexpr std::size_t ports_size = 4;

/// The pair of ports again, and behind it what can only be a push of a DM Notification.
bool ports_again(ByteView ports, ByteView behind) {
  if (behind.size() <= ports_size || !same(behind.first(ports_size), ports)) return false;
  const auto push = decode_wsp(behind.subspan(ports_size), true);
  return !push.error &&
         wsp_facts(push).text_or("content_type", "") == find_name(content_types(), notification_type)->key;
}

}  // namespace

Result<WdpSegment> read_wdp(ByteView octets) {
  Cursor cursor(octets);
  WdpSegment out;
  const auto type = cursor.u8();
  const auto total = cursor.u8();
  const auto segment = cursor.u8();
  if (!type || !total || !segment)
    return fail(Errc::truncated, "an adaptation header has at least 3 octets", octets.size());
  out.type = *type;
  out.total = *total;
  out.segment = *segment;
  if (out.segment >= out.total) {
    return fail(Errc::malformed, "segment " + std::to_string(out.segment) + " of " + std::to_string(out.total), 1);
  }
  if (out.segment == 0) {
    const auto ports = cursor.take(ports_size);
    if (!ports) return fail(Errc::truncated, "the ports end early", octets.size());
    Cursor pair(*ports);
    out.source_port = static_cast<std::uint16_t>(*pair.number(2));
    out.destination_port = static_cast<std::uint16_t>(*pair.number(2));
    out.duplicated_ports = ports_again(*ports, cursor.rest());
    if (out.duplicated_ports) (void)cursor.take(ports_size);
  }
  out.data = to_octets(cursor.take_rest());
  return out;
}

Octets write_wdp(const WdpSegment& segment) {
  Octets out = {segment.type, segment.total, segment.segment};
  for (int pairs = segment.segment != 0 ? 0 : segment.duplicated_ports ? 2 : 1; pairs > 0; --pairs) {
    for (const auto port : {segment.source_port, segment.destination_port}) {
      out.push_back(static_cast<std::uint8_t>(port >> 8));
      out.push_back(static_cast<std::uint8_t>(port));
    }
  }
  append(out, segment.data);
  return out;
}

Decoded decode_wdp(ByteView octets) {
  Decoded out;
  out.kind = "wdp";
  out.key = "wdp";
  out.name = "WDP adaptation";
  out.clause = "WAP-259-WDP, 6.5";
  const auto segment = read_wdp(octets);
  if (!segment) {
    out.error = segment.error();
    return out;
  }
  std::size_t at = 0;
  const auto add = [&](const char* key, std::size_t size, Value value) -> Node& {
    auto& node = out.fields.emplace_back();
    node.key = node.name = key;
    node.offset = at;
    node.octets = to_octets(octets.subspan(at, size));
    node.value = std::move(value);
    at += size;
    return node;
  };
  auto& type = add("type", 1, std::int64_t{segment->type});
  if (segment->type != 0)
    type.anomalies.push_back({0, "message type " + std::to_string(segment->type) + " is not WDP"});
  add("total", 1, std::int64_t{segment->total});
  add("segment", 1, std::int64_t{segment->segment});
  if (segment->segment == 0) {
    add("source_port", 2, std::int64_t{segment->source_port});
    add("destination_port", 2, std::int64_t{segment->destination_port});
  }
  if (segment->duplicated_ports) {
    add("duplicated_ports", ports_size, true).anomalies.push_back({at - ports_size, "the ports stand there twice"});
  }
  auto& data = add("data", segment->data.size(), to_hex(segment->data));
  if (segment->segment != 0 || segment->destination_port != wap_push_port) return out;
  auto push = decode_wsp(segment->data, segment->total > 1);
  shift_nodes(push.fields, data.offset);
  data.fields = std::move(push.fields);
  for (auto& anomaly : push.anomalies) data.anomalies.push_back({anomaly.offset + data.offset, anomaly.text});
  if (push.error) data.anomalies.push_back({data.offset + push.error->offset.value_or(0), push.error->message});
  return out;
}

}  // namespace dmsc::codec

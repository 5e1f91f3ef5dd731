// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/packet.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace dmsc::codec {
namespace {

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint16_t ethertype_ipv6 = 0x86DD;
constexpr std::array<std::uint16_t, 5> vlan_tags{0x8100, 0x88A8, 0x9100, 0x9200, 0x9300};
constexpr std::size_t vlan_length = 4;
constexpr std::size_t ipv4_length = 20;
constexpr std::size_t ipv6_length = 40;
constexpr int most_tunnels = 4;

enum Protocol : std::uint8_t {
  hop_by_hop = 0,
  ipv4_inside = 4,
  udp = 17,
  ipv6_inside = 41,
  routing = 43,
  fragment = 44,
  authentication = 51,
  destination_options = 60,
  mobility = 135,
};

std::size_t get16(ByteView from, std::size_t at) {
  return std::size_t{from[at]} << 8 | from[at + 1];
}

struct LinkLayer {
  LinkType type;
  std::size_t length;
  std::optional<std::size_t> ethertype_at;  // none: IP follows, and says its version itself
};

constexpr std::array link_layers{
    LinkLayer{LinkType::null, 4, {}},       LinkLayer{LinkType::ethernet, 14, 12},
    LinkLayer{LinkType::raw_ip_12, 0, {}},  LinkLayer{LinkType::raw_ip_14, 0, {}},
    LinkLayer{LinkType::raw_ip, 0, {}},     LinkLayer{LinkType::loop, 4, {}},
    LinkLayer{LinkType::linux_sll, 16, 14}, LinkLayer{LinkType::ipv4, 0, {}},
    LinkLayer{LinkType::ipv6, 0, {}},       LinkLayer{LinkType::linux_sll2, 20, 0},
};

const LinkLayer* find_layer(LinkType type) {
  const auto* layer =
      std::find_if(link_layers.begin(), link_layers.end(), [type](auto& row) { return row.type == type; });
  return layer == link_layers.end() ? nullptr : layer;
}

/// What the link layer and any VLAN tags carry.
Result<FramePart> ip_packet(ByteView frame, const LinkLayer& layer) {
  const FramePart whole{frame};
  if (frame.size() < layer.length) return whole.bad(Errc::truncated, "link layer cut short", frame.size());
  auto at = layer.length;
  if (!layer.ethertype_at) return whole.inside(at, frame.size());
  auto type_at = *layer.ethertype_at;
  auto type = get16(frame, type_at);
  while (std::find(vlan_tags.begin(), vlan_tags.end(), type) != vlan_tags.end()) {
    if (frame.size() < at + vlan_length) return whole.bad(Errc::truncated, "VLAN tag cut short", frame.size());
    type_at = at + 2;
    type = get16(frame, type_at);
    at += vlan_length;
  }
  if (type != ethertype_ipv4 && type != ethertype_ipv6) return whole.bad(Errc::unknown, "not IP", type_at);
  return whole.inside(at, frame.size());
}

/// What an IP header carries: a protocol and its octets.
struct Carried {
  std::uint8_t protocol;
  std::size_t protocol_at;  // from the start of the IP packet
  FramePart content;
};

Result<Carried> read_ipv4(const FramePart& ip) {
  const ByteView at = ip.octets;
  if (at.size() < ipv4_length) return ip.bad(Errc::truncated, "IPv4 header cut short", at.size());
  const std::size_t header = std::size_t{at[0] & 0x0FU} * 4;
  const std::size_t stated = get16(at, 2);
  const std::size_t total = stated == 0 ? at.size() : stated;  // 0: the sender left the segmenting to its hardware
  if (header < ipv4_length || total < header) return ip.bad(Errc::malformed, "IPv4 lengths contradict each other", 0);
  if (total > at.size()) return ip.bad(Errc::truncated, "IPv4 packet cut short", at.size());
  const bool is_fragment = (get16(at, 6) & 0x3FFF) != 0;  // more fragments, or an offset
  if (is_fragment) return ip.bad(Errc::unknown, "a fragment of an IP packet", 6);
  return Carried{at[9], 9, ip.inside(header, total)};
}

bool is_extension(std::uint8_t protocol) {
  return protocol == hop_by_hop || protocol == routing || protocol == fragment || protocol == authentication ||
         protocol == destination_options || protocol == mobility;
}

Result<Carried> read_ipv6(const FramePart& ip) {
  const ByteView at = ip.octets;
  if (at.size() < ipv6_length) return ip.bad(Errc::truncated, "IPv6 header cut short", at.size());
  const std::size_t stated = get16(at, 4);
  const std::size_t total = stated == 0 ? at.size() : ipv6_length + stated;  // 0: a jumbogram
  if (total > at.size()) return ip.bad(Errc::truncated, "IPv6 packet cut short", at.size());
  std::uint8_t next = at[6];
  std::size_t next_at = 6;
  std::size_t header = ipv6_length;
  while (is_extension(next)) {
    constexpr std::size_t shortest = 8;
    if (total < header + shortest) return ip.bad(Errc::truncated, "IPv6 extension header cut short", total);
    if (next == fragment && (get16(at, header + 2) & 0xFFF9) != 0) {  // an offset, or more fragments
      return ip.bad(Errc::unknown, "a fragment of an IP packet", header + 2);
    }
    const std::size_t units = at[header + 1];
    const std::size_t length = next == fragment ? shortest : next == authentication ? (units + 2) * 4 : (units + 1) * 8;
    if (total < header + length) return ip.bad(Errc::truncated, "IPv6 extension header cut short", total);
    next = at[header];
    next_at = header;
    header += length;
  }
  return Carried{next, next_at, ip.inside(header, total)};
}

Result<Carried> read_ip(const FramePart& ip) {
  if (ip.octets.empty()) return ip.bad(Errc::truncated, "IP header cut short", 0);
  const int version = ip.octets[0] >> 4;
  if (version == 4) return read_ipv4(ip);
  if (version == 6) return read_ipv6(ip);
  return ip.bad(Errc::unknown, "not IP", 0);
}

}  // namespace

bool is_read(int link_type) {
  const auto type = static_cast<LinkType>(link_type);
  return type == LinkType::upper_pdu || find_layer(type) != nullptr;
}

Result<FramePart> find_datagram_of_ip(const FramePart& ip) {
  FramePart packet = ip;
  for (int depth = 0; depth <= most_tunnels; ++depth) {
    const auto carried = read_ip(packet);
    if (!carried) return tl::make_unexpected(carried.error());
    if (carried->protocol == udp) return carried->content;
    if (carried->protocol != ipv4_inside && carried->protocol != ipv6_inside) {
      return packet.bad(Errc::unknown, "not UDP", carried->protocol_at);
    }
    packet = carried->content;
  }
  return packet.bad(Errc::unknown, "more than 4 tunnels", 0);
}

Result<FramePart> find_datagram(ByteView frame, LinkType link_type) {
  const auto* layer = find_layer(link_type);
  if (layer == nullptr) {
    return fail(Errc::unknown, "link type " + std::to_string(static_cast<int>(link_type)) + " is not one we read");
  }
  return ip_packet(frame, *layer).and_then(find_datagram_of_ip);
}

Result<UpperPdu> read_upper_pdu(ByteView frame) {
  constexpr std::size_t tag_length = 4;
  constexpr std::size_t tag_end = 0;
  constexpr std::size_t tag_dissector = 12;
  const FramePart whole{frame};
  UpperPdu out;
  std::size_t at = 0;
  for (;;) {
    if (frame.size() < at + tag_length) return whole.bad(Errc::truncated, "PDU tags cut short", frame.size());
    const auto tag = get16(frame, at);
    const auto length = get16(frame, at + 2);
    at += tag_length;
    if (frame.size() - at < length) return whole.bad(Errc::truncated, "PDU tags cut short", frame.size());
    if (tag == tag_dissector) {
      const auto value = frame.subspan(at, length);
      const auto end = std::find(value.begin(), value.end(), std::uint8_t{0});  // filled up with zeros
      out.dissector.assign(value.begin(), end);
    }
    at += length;
    if (tag == tag_end) break;
  }
  if (out.dissector.empty()) return whole.bad(Errc::unknown, "a PDU without the name of a dissector", 0);
  out.content = whole.inside(at, frame.size());
  return out;
}

}  // namespace dmsc::codec

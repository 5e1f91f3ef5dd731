// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/gsmtap.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string>

namespace dmsc::codec {
namespace {

constexpr std::size_t ethernet_length = 14;
constexpr std::size_t ip_length = 20;
constexpr std::size_t udp_length = 8;
constexpr std::size_t gsmtap_length = 16;
constexpr std::size_t longest_payload = 0xFFFF - ip_length - udp_length - gsmtap_length;

constexpr std::uint16_t ethertype_ipv4 = 0x0800;
constexpr std::uint8_t protocol_udp = 17;
constexpr std::uint8_t gsmtap_version = 2;
constexpr std::uint8_t gsmtap_type_sim = 4;

void put16(Octets& to, std::size_t number) {
  to.push_back(static_cast<std::uint8_t>(number >> 8));
  to.push_back(static_cast<std::uint8_t>(number));
}

std::size_t get16(ByteView from, std::size_t at) {
  return std::size_t{from[at]} << 8 | from[at + 1];
}

// Source: RFC 791, 3.1, Header Checksum
std::size_t ones_complement_sum(ByteView words) {
  std::size_t sum = 0;
  for (std::size_t at = 0; at + 1 < words.size(); at += 2) sum += get16(words, at);
  while (sum > 0xFFFF) sum = (sum & 0xFFFF) + (sum >> 16);
  return ~sum & 0xFFFF;
}

Octets ip_header(std::size_t total_length) {
  Octets out{0x45, 0x00};
  put16(out, total_length);
  append(out, Octets{0x00, 0x00, 0x40, 0x00, 0x40, protocol_udp, 0x00, 0x00});  // do not fragment, TTL 64
  append(out, Octets{127, 0, 0, 1, 127, 0, 0, 1});
  const std::size_t sum = ones_complement_sum(out);
  out[10] = static_cast<std::uint8_t>(sum >> 8);
  out[11] = static_cast<std::uint8_t>(sum);
  return out;
}

struct LinkLayer {
  LinkType type;
  std::size_t length;
  std::optional<std::size_t> ethertype_at;  // none: the frame starts with IP
};

constexpr std::array link_layers{
    LinkLayer{LinkType::ethernet, ethernet_length, 12},
    LinkLayer{LinkType::raw_ip, 0, {}},
    LinkLayer{LinkType::linux_sll, 16, 14},
    LinkLayer{LinkType::ipv4, 0, {}},
    LinkLayer{LinkType::linux_sll2, 20, 0},
};

/// A part of the frame that knows where it lies in the whole.
struct Part {
  ByteView octets;
  std::size_t offset;

  tl::unexpected<Error> bad(Errc code, std::string message, std::size_t at) const {
    return fail(code, std::move(message), offset + at);
  }
  /// What follows the first `header` octets, up to `length` octets of this part in all.
  Part inside(std::size_t header, std::size_t length) const {
    return {octets.subspan(header, length - header), offset + header};
  }
};

Result<Part> ip_packet(ByteView frame, LinkType type) {
  const Part whole{frame, 0};
  const auto layer =
      std::find_if(link_layers.begin(), link_layers.end(), [type](auto& row) { return row.type == type; });
  if (layer == link_layers.end()) {
    return fail(Errc::unknown, "link type " + std::to_string(static_cast<int>(type)) + " is not one we read");
  }
  if (frame.size() < layer->length) return whole.bad(Errc::truncated, "link layer cut short", frame.size());
  if (layer->ethertype_at && get16(frame, *layer->ethertype_at) != ethertype_ipv4) {
    return whole.bad(Errc::unknown, "not IPv4", *layer->ethertype_at);
  }
  return whole.inside(layer->length, frame.size());
}

Result<Part> udp_datagram(const Part& ip) {
  const ByteView at = ip.octets;
  if (at.size() < ip_length) return ip.bad(Errc::truncated, "IPv4 header cut short", at.size());
  if (at[0] >> 4 != 4) return ip.bad(Errc::unknown, "not IPv4", 0);
  const std::size_t header = std::size_t{at[0] & 0x0FU} * 4;
  const std::size_t total = get16(at, 2);
  if (header < ip_length || total < header) return ip.bad(Errc::malformed, "IPv4 lengths contradict each other", 0);
  if (total > at.size()) return ip.bad(Errc::truncated, "IPv4 packet cut short", at.size());
  if (at[9] != protocol_udp) return ip.bad(Errc::unknown, "not UDP", 9);
  const bool fragment = (get16(at, 6) & 0x3FFF) != 0;  // more fragments, or an offset
  if (fragment) return ip.bad(Errc::unknown, "a fragment", 6);
  return ip.inside(header, total);
}

Result<Part> gsmtap_message(const Part& udp) {
  const ByteView at = udp.octets;
  if (at.size() < udp_length) return udp.bad(Errc::truncated, "UDP header cut short", at.size());
  if (get16(at, 2) != gsmtap_port) return udp.bad(Errc::unknown, "not for port 4729", 2);
  const std::size_t length = get16(at, 4);
  if (length < udp_length) return udp.bad(Errc::malformed, "UDP length below 8", 4);
  if (length > at.size()) return udp.bad(Errc::truncated, "UDP datagram cut short", at.size());
  return udp.inside(udp_length, length);
}

}  // namespace

Result<Octets> gsmtap_frame(GsmtapSim sub_type, ByteView payload) {
  if (payload.size() > longest_payload) {
    return fail(Errc::range, "payload of " + std::to_string(payload.size()) + " octets, a frame carries at most 65491");
  }
  const std::size_t udp_total = udp_length + gsmtap_length + payload.size();
  Octets out(ethernet_length - 2, 0x00);  // loopback has no addresses
  put16(out, ethertype_ipv4);
  append(out, ip_header(ip_length + udp_total));
  put16(out, gsmtap_port);
  put16(out, gsmtap_port);
  put16(out, udp_total);
  put16(out, 0);  // no checksum, RFC 768
  append(out, Octets{gsmtap_version, gsmtap_length / 4, gsmtap_type_sim, 0, 0, 0, 0, 0, 0, 0, 0, 0});
  append(out, Octets{static_cast<std::uint8_t>(sub_type), 0, 0, 0});
  append(out, payload);
  return out;
}

Result<GsmtapFrame> read_gsmtap(ByteView frame, LinkType link_type) {
  const auto message = ip_packet(frame, link_type).and_then(udp_datagram).and_then(gsmtap_message);
  if (!message) return tl::make_unexpected(message.error());
  const ByteView at = message->octets;
  if (at.size() < gsmtap_length) return message->bad(Errc::truncated, "GSMTAP header cut short", at.size());
  if (at[0] != gsmtap_version) return message->bad(Errc::unknown, "not GSMTAP version 2", 0);
  if (at[2] != gsmtap_type_sim) return message->bad(Errc::unknown, "not GSMTAP type SIM", 2);
  const std::size_t header = std::size_t{at[1]} * 4;
  if (header < gsmtap_length) return message->bad(Errc::malformed, "GSMTAP header length below 16", 1);
  if (header > at.size()) return message->bad(Errc::truncated, "GSMTAP header cut short", at.size());
  return GsmtapFrame{static_cast<GsmtapSim>(at[12]), at.subspan(header)};
}

Octets apdu_payload(ByteView command, ByteView response) {
  Octets out = to_octets(command);
  if (command.size() == 4) out.push_back(0x00);
  const bool short_with_le = command.size() > 5 && command[4] != 0 && command.size() == std::size_t{command[4]} + 6;
  if (short_with_le) out.pop_back();
  append(out, response);
  return out;
}

}  // namespace dmsc::codec

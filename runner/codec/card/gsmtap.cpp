// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/gsmtap.hpp"

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

Result<FramePart> datagram_content(const FramePart& udp) {
  const ByteView at = udp.octets;
  if (at.size() < udp_length) return udp.bad(Errc::truncated, "UDP header cut short", at.size());
  if (get16(at, 0) != gsmtap_port && get16(at, 2) != gsmtap_port) return udp.bad(Errc::unknown, "not for port 4729", 2);
  const std::size_t length = get16(at, 4);
  if (length < udp_length) return udp.bad(Errc::malformed, "UDP length below 8", 4);
  if (length > at.size()) return udp.bad(Errc::truncated, "UDP datagram cut short", at.size());
  return udp.inside(udp_length, length);
}

Result<GsmtapFrame> gsmtap_frame_of(const FramePart& gsmtap) {
  const ByteView at = gsmtap.octets;
  if (at.size() < gsmtap_length) return gsmtap.bad(Errc::truncated, "GSMTAP header cut short", at.size());
  if (at[0] != gsmtap_version) return gsmtap.bad(Errc::unknown, "not GSMTAP version 2", 0);
  if (at[2] != gsmtap_type_sim) return gsmtap.bad(Errc::unknown, "not GSMTAP type SIM", 2);
  const std::size_t header = std::size_t{at[1]} * 4;
  if (header < gsmtap_length) return gsmtap.bad(Errc::malformed, "GSMTAP header length below 16", 1);
  if (header > at.size()) return gsmtap.bad(Errc::truncated, "GSMTAP header cut short", at.size());
  return GsmtapFrame{static_cast<GsmtapSim>(at[12]), Half::both, at.subspan(header)};
}

/// Wireshark's names of what an exported PDU may be, as far as a card can be in it.
Result<GsmtapFrame> upper_pdu_frame(ByteView frame) {
  const auto pdu = read_upper_pdu(frame);
  if (!pdu) return tl::make_unexpected(pdu.error());
  const auto& [dissector, content] = *pdu;
  if (dissector == "gsm_sim" || dissector == "gsm_sim.part") {
    return GsmtapFrame{GsmtapSim::apdu, Half::both, content.octets};
  }
  if (dissector == "gsm_sim.command") return GsmtapFrame{GsmtapSim::apdu, Half::command, content.octets};
  if (dissector == "gsm_sim.response") return GsmtapFrame{GsmtapSim::apdu, Half::response, content.octets};
  if (dissector == "iso7816.atr") return GsmtapFrame{GsmtapSim::atr, Half::both, content.octets};
  if (dissector == "gsmtap") return gsmtap_frame_of(content);
  if (dissector == "udp") return datagram_content(content).and_then(gsmtap_frame_of);
  if (dissector == "ip" || dissector == "ipv6") {
    return find_datagram_of_ip(content).and_then(datagram_content).and_then(gsmtap_frame_of);
  }
  return fail(Errc::unknown, "a PDU of another dissector", 0);
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
  if (link_type == LinkType::upper_pdu) return upper_pdu_frame(frame);
  return find_datagram(frame, link_type).and_then(datagram_content).and_then(gsmtap_frame_of);
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

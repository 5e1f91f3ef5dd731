// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"

namespace dmsc::codec {

/// The LINKTYPE_ values of capture files whose frames we read. Source: tcpdump.org, link-layer types
enum class LinkType : int {
  null = 0,  ///< loopback of BSD, macOS and Npcap: address family in the order of the host, then IP
  ethernet = 1,
  raw_ip_12 = 12,  ///< raw IP as some systems number it
  raw_ip_14 = 14,
  raw_ip = 101,
  loop = 108,  ///< loopback of OpenBSD: address family in network order
  linux_sll = 113,
  ipv4 = 228,
  ipv6 = 229,
  upper_pdu = 252,  ///< what Wireshark exports: tags that name a dissector, then its octets
  linux_sll2 = 276,
};

/// Whether the frames of a link type are read at all.
bool is_read(int link_type);

/// A part of a frame that knows where it lies in the whole.
struct FramePart {
  ByteView octets;
  std::size_t offset = 0;

  tl::unexpected<Error> bad(Errc code, std::string message, std::size_t at) const {
    return fail(code, std::move(message), offset + at);
  }
  /// What follows the first `header` octets, up to `length` octets of this part in all.
  FramePart inside(std::size_t header, std::size_t length) const {
    return {octets.subspan(header, length - header), offset + header};
  }
};

/// The UDP datagram with its header in a frame, whatever is around it: VLAN tags (802.1Q, 802.1ad), IPv4, IPv6 with
/// extension headers, IP in IP. Checksums are not judged: captures of lo have none. Not for upper_pdu.
/// @return  Errc::unknown when the frame is something else (offset of the octet that says so), a fragment of a datagram
///          too; Errc::truncated or Errc::malformed when its lengths contradict each other
/// Source: IEEE 802.1Q, 9.6; RFC 791, 3.1; RFC 8200, 3 and 4; RFC 4302, 2.2; RFC 2003; RFC 4213, 3.5
Result<FramePart> find_datagram(ByteView frame, LinkType link_type);

/// The same, of what begins with an IP header of either version.
Result<FramePart> find_datagram_of_ip(const FramePart& ip);

/// What Wireshark's exported PDU names as the dissector of what follows its tags, and what follows.
struct UpperPdu {
  std::string dissector;
  FramePart content;
};

/// @return  Errc::unknown where no dissector is named, Errc::truncated where the tags end early
/// Source: Wireshark, wsutil/exported_pdu_tlvs.h: tag and length of 16 bits each, network order; 12 names the
/// dissector,
///         0 ends the tags
Result<UpperPdu> read_upper_pdu(ByteView frame);

}  // namespace dmsc::codec

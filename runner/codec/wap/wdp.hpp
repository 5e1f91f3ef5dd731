// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

constexpr std::size_t wdp_header_more = 3;   ///< octets of the header: type, total, segment
constexpr std::size_t wdp_header_first = 7;  ///< of the first segment, which has the two ports too

/// The adaptation header of WDP in a CDMA message of teleservice 4100. Source: WAP-259-WDP, 6.5; dm.md 2.6
struct WdpSegment {
  std::uint8_t type = 0;  ///< 0 is WDP
  std::uint8_t total = 1;
  std::uint8_t segment = 0;       ///< counts from 0
  std::uint16_t source_port = 0;  ///< in segment 0 alone, as are the other ports
  std::uint16_t destination_port = 0;
  bool duplicated_ports = false;  ///< the ports stand there twice, a known defect of senders (dm.md 2.6)
  Octets data;                    ///< of the datagram; behind the second pair of ports where there is one
};

/// @return  Errc::truncated where octets ran out, Errc::malformed for a segment that is outside its total
Result<WdpSegment> read_wdp(ByteView octets);
Octets write_wdp(const WdpSegment& segment);

/// type, total, segment, source_port, destination_port, duplicated_ports, data; the push inside is decoded in the first
/// segment.
Decoded decode_wdp(ByteView octets);

}  // namespace dmsc::codec

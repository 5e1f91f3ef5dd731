// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"
#include "runner/codec/card/packet.hpp"

namespace dmsc::codec {

inline constexpr std::uint16_t gsmtap_port = 4729;  ///< UDP

/// What a GSMTAP frame of type SIM carries. Source: libosmocore, include/osmocom/core/gsmtap.h (GSMTAP_SIM_*)
enum class GsmtapSim : std::uint8_t {
  apdu = 0,
  atr = 1,
  pps_request = 2,
  pps_response = 3,
  tpdu_header = 4,    ///< CLA INS P1 P2 P3
  tpdu_command = 5,   ///< data
  tpdu_response = 6,  ///< data
  tpdu_status = 7,    ///< SW1 SW2
};

/// One frame as SIMtrace2 sends it to itself: Ethernet, IPv4 127.0.0.1, UDP to port 4729 without checksum, 16 octets of
/// GSMTAP version 2 header of type SIM, payload.
/// @param payload  at most 65491 octets, which is what IPv4 leaves
/// @return  Errc::range for a longer payload
Result<Octets> gsmtap_frame(GsmtapSim sub_type, ByteView payload);

/// Which half of an exchange an APDU payload is.
enum class Half : std::uint8_t { both, command, response };

struct GsmtapFrame {
  GsmtapSim sub_type{};    ///< as sent, also where it has no name here
  Half half = Half::both;  ///< only Wireshark's exported PDUs tell the halves apart
  ByteView payload;        ///< points into the frame
};

/// Finds the GSMTAP SIM payload in a captured frame, or what a PDU exported by Wireshark holds of a card. GSMTAP is
/// where either port is 4729.
/// @return  Errc::unknown when the frame is something else (offset of the octet that says so), Errc::truncated or
///          Errc::malformed when its lengths contradict each other
Result<GsmtapFrame> read_gsmtap(ByteView frame, LinkType link_type);

/// The payload of an APDU frame: CLA INS P1 P2 P3, command data, response data, SW1 SW2; no Le behind command data, and
/// P3 = 00 for a command of four octets. An extended or ill-formed command stays as it was sent.
/// @param command   4 octets or more
/// @param response  response data and status word; may be empty where the card gave none
Octets apdu_payload(ByteView command, ByteView response);

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/base/octets.hpp"
#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

/// General Package#0, the DM Notification, as fields.
/// Source: OMA DM Notification 1.2.1, clause 6; dm.md 2.1
struct Package0 {
  Octets digest;                 ///< 16 octets, raw MD5
  std::uint16_t version = 11;    ///< 10 bits; 11 means 1.1, which is what Notification 1.2 carries
  std::uint8_t ui_mode = 0;      ///< 2 bits
  bool server_initiated = true;  ///< initiator bit
  std::uint32_t future_use = 0;  ///< 27 bits, zero when sent
  std::uint16_t session_id = 0;
  std::string server_id;   ///< 0 to 255 octets
  Octets vendor_specific;  ///< whatever follows
};

/// Splits a notification; verifies nothing.
/// @return  Errc::truncated with the octet where data ran out
Result<Package0> read_package0(ByteView octets);

/// Header and body: what the digest covers; everything behind the digest.
/// @return  Errc::range when the ServerID is longer than 255 octets, or a number wider than its field
Result<Octets> write_trigger(const Package0& package);

/// Fields as cases name them: digest (only when it has one), version, ui_mode, initiator, future_use, session_id,
/// server_id, vendor_specific; octets in hexadecimal, a ServerID that is no UTF-8 as server_id_hex.
Value to_value(const Package0& package);

/// The reverse; members left out keep their defaults. @return Errc::data for a member that is unknown or of a wrong
/// kind
Result<Package0> package0_of(const Value& fields);

/// The tree of `decode --as package0`: each field with its octets, anomalies for a version that Notification 1.2 does
/// not carry, set reserved bits and a session id of 0.
Decoded decode_package0(ByteView octets);

/// How the digest of a notification came out right.
struct DigestVerdict {
  bool valid = false;
  std::string reading;  ///< stored; zero_octets or zero_text (AMB-4); none
};

/// Tries the stored nonce, then four zero octets, then the characters "0x00000000".
/// @param notification  the whole message. Source: OMA DM Notification 1.2.1, 6.1 and 6.2; dm.md 2.3
DigestVerdict judge_digest(ByteView notification, std::string_view server_id, std::string_view secret, ByteView nonce);

}  // namespace dmsc::codec

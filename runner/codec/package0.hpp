// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/base/octets.hpp"

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

}  // namespace dmsc::codec

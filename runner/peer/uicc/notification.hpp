// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/package0.hpp"

namespace dmsc::peer {

/// Digest of a notification: MD5( B64(MD5(server id ":" secret)) ":" nonce ":" B64(MD5(trigger)) ), 16 octets.
/// @param trigger  everything behind the digest
/// @param nonce    decoded octets, not their Base64
/// Source: OMA DM Notification 1.2.1, 6.2.2.2; dm.md 2.2
Octets notification_digest(ByteView trigger, std::string_view server_id, std::string_view secret, ByteView nonce);

/// Whole notification: the fields of `package` with the digest they need.
Result<Octets> write_notification(const codec::Package0& package, std::string_view secret, ByteView nonce);

}  // namespace dmsc::peer

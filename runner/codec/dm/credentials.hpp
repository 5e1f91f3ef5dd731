// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "runner/base/octets.hpp"

namespace dmsc::codec {

/// The hash of every computation here: 16 octets.
/// @throws std::runtime_error where OpenSSL has no MD5 (a FIPS installation)
Octets md5(ByteView data);

/// Standard Base64 with padding, no line breaks; nothing gives the empty text.
std::string to_base64(ByteView octets);

/// Reads standard Base64. White space may stand around the text, not within; padding must be complete and the bits it
/// leaves over zero, so that one value has one text.
/// @return  the octets; Errc::malformed with the offset of the offending character in `text`
Result<Octets> from_base64(std::string_view text);

/// What a server may store instead of the password: B64(H(user ":" password)), 24 characters.
/// Source: OMA DM Security 1.2.1, 5.1.3; dm.md 4.2
std::string account_hash(std::string_view user, std::string_view password);

/// Data of a Cred of type syncml:auth-md5: B64(H(account_hash ":" nonce)), 24 characters.
/// @param nonce  octets as decoded from NextNonce; any length
std::string md5_credentials(std::string_view user, std::string_view password, ByteView nonce);

/// The digest of a General Package#0 step by step, to show where another computation went astray.
struct DigestSteps {
  std::string account;         ///< B64(H(server_id ":" secret)), 24 characters
  Octets trigger_hash;         ///< H(trigger), 16 octets
  std::string trigger_base64;  ///< 24 characters
  Octets input;                ///< account ":" nonce ":" trigger_base64: what is hashed last
  Octets digest;               ///< H(input), 16 octets, sent as they are
};

/// @param trigger  header and body: everything behind the digest
/// @param secret   AAuthSecret of the server in the account
/// @param nonce    AAuthData of the server, decoded octets; any length
/// Source: OMA DM Notification 1.2.1, 6.2.2.2; dm.md 2.2
DigestSteps notification_digest_steps(ByteView trigger, std::string_view server_id, std::string_view secret,
                                      ByteView nonce);

/// The last of the steps: 16 octets.
Octets notification_digest(ByteView trigger, std::string_view server_id, std::string_view secret, ByteView nonce);

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "runner/base/value.hpp"

namespace dmsc {

/// SHA-256 of the octets of a text, 64 digits in lower case.
std::string sha256_hex(std::string_view text);

/// What a record holds instead of a secret: {"salted_sha256": the digest of the salt's octets and then the text}.
/// @param salt  octets in hexadecimal
Value salted_digest(std::string_view salt, std::string_view secret);

/// 16 random octets in hexadecimal.
std::string new_salt();

}  // namespace dmsc

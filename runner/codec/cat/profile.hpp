// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/cat/spec.hpp"
#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

/// TERMINAL PROFILE. Any number of octets is legal: missing ones read as zero, bits without a row are kept as
/// `bit_B_N` (byte and bit, 1-based). The value is a map of what is set, with `octets` = the number of octets.
/// Source: ETSI TS 102 223, 5.2
Decoded decode_profile(ByteView octets);

/// @param facilities  keys of rows (true, or a number for a facility of several bits) or `bit_B_N`; `octets` is the
/// least
///                    size, 1 to 255; more are used when a bit needs them
/// @return  Errc::unknown for a key of no row, Errc::range for a number that does not fit, Errc::malformed for a value
///          that is neither a flag nor a number
Result<Octets> encode_profile(const Value& facilities);

/// Value of one facility; false or 0 when the profile is too short for it.
std::uint32_t profile_value(ByteView profile, const ProfileBit& row);
bool profile_has(ByteView profile, std::string_view key);

const ProfileBit* find_profile_bit(std::string_view key);

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/codec/wire/tlv.hpp"

/// Text as CAT carries it. Decoders are total: octets that name no character become U+FFFD, so the caller can tell a
/// loss by encoding back; the functions named _oddities tell what it is, with offsets that count from `offset`.
/// Encoders refuse a character the alphabet lacks (Errc::range) and what is no UTF-8 (Errc::malformed), with the offset
/// in `utf8`. Source: 3GPP TS 23.038 6.2.1 (alphabet and extension table); ETSI TS 102 221 annex A (alpha identifiers)
namespace dmsc::codec {

enum class Alphabet { gsm7_packed, gsm7_octets, ucs2, reserved };

/// Alphabet of a data coding scheme in CAT: 00-03 and F0-F3 GSM packed, 04-07 and F4-F7 one GSM character an octet
/// ("8-bit data"), 08-0B UCS2, anything else reserved.
Alphabet alphabet_of(std::uint8_t coding_scheme);

/// One septet an octet, bit 8 zero; 1B opens the extension table. What that table lacks shows as the character of the
/// main table, a second 1B as a space: TS 23.038, 6.2.1.1.
std::string decode_gsm_octets(ByteView octets);

/// Eight septets in seven octets. Where the octets hold a multiple of eight septets, a last septet 0D is padding, and
/// so is 00 from senders that fill with zeros: a text of 8n characters that ends in @ reads back without it.
std::string decode_gsm_packed(ByteView octets);

/// Big-endian, surrogate pairs joined; half a pair or half a character becomes U+FFFD.
std::string decode_ucs2(ByteView octets);

/// TS 102 221 annex A: GSM octets up to FF padding, or one of the UCS2 forms that open with 80, 81 and 82.
std::string decode_alpha(ByteView octets);

Result<Octets> encode_gsm_octets(std::string_view utf8);
Result<Octets> encode_gsm_packed(std::string_view utf8);  ///< seven spare bits at the end are filled with 0D
Result<Octets> encode_ucs2(std::string_view utf8);
Result<Octets> encode_alpha(std::string_view utf8);  ///< GSM octets where they do, else the 80 form

/// By coding scheme; a reserved scheme decodes as upper-case hexadecimal and cannot be encoded (Errc::range).
std::string decode_text(std::uint8_t coding_scheme, ByteView octets);
Result<Octets> encode_text(std::uint8_t coding_scheme, std::string_view utf8);

/// Escapes that open nothing, and one that ends the text.
std::vector<Anomaly> gsm_oddities(ByteView septets, std::size_t offset);
/// The same of septets that stand packed behind `fill` bits.
std::vector<Anomaly> packed_oddities(ByteView septets, std::size_t fill, std::size_t offset);
std::vector<Anomaly> text_oddities(std::uint8_t coding_scheme, ByteView octets, std::size_t offset);
/// Of the forms 81 and 82 also a count of characters that is not theirs.
std::vector<Anomaly> alpha_oddities(ByteView octets, std::size_t offset);

/// Dialling digits, two an octet, low nibble first: 0-9 * # a b c (A to E). F is fill at the end; in front of a digit
/// it shows as ?, which no encoder takes.
std::string decode_digits(ByteView octets);
std::string decode_digits(ByteView octets, std::size_t count);  ///< of the first `count` semi-octets
std::vector<Anomaly> digit_oddities(ByteView octets, std::size_t offset);
Result<Octets> encode_digits(std::string_view digits);

/// MCC and MNC in three octets; a two-digit MNC has F in the high nibble of the second octet. "?" for a
/// nibble that is no digit.
std::string decode_plmn(ByteView three_octets);
Result<Octets> encode_plmn(std::string_view five_or_six_digits);

}  // namespace dmsc::codec

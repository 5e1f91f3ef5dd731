// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "runner/codec/wire/text.hpp"

namespace dmsc::codec {

/// What TP-DCS says. Source: 3GPP TS 23.038, 4
struct SmsCoding {
  enum class Group { general, deletion, reserved, discard_indication, store_indication, data_coding };
  Group group = Group::general;
  Alphabet alphabet = Alphabet::gsm7_packed;  ///< gsm7_octets stands for 8-bit data; reserved where bits 3-2 are 11
  bool compressed = false;
  std::optional<int> message_class;  ///< 0 to 3
};

/// Every octet has a meaning: reserved groups are taken for the GSM 7-bit default alphabet, as TS 23.038 asks.
SmsCoding sms_coding(std::uint8_t data_coding_scheme);

/// gsm7, octets, ucs2 or reserved.
const char* alphabet_name(Alphabet alphabet);

/// The coding scheme in words: `8-bit data, class 1`.
std::string describe(const SmsCoding& coding);

/// Coding of a cell broadcast or USSD string.
struct CbsCoding {
  Alphabet alphabet = Alphabet::gsm7_packed;  ///< gsm7_octets: 8-bit data, no text; reserved: cannot be read
  std::size_t before = 0;                     ///< octets of a language in front of a text in UCS2
};

/// Source: 3GPP TS 23.038, 5
CbsCoding cbs_coding(std::uint8_t data_coding_scheme);

/// Septets of a text of the default alphabet, each in an octet, packed after `fill` bits.
/// Source: 3GPP TS 23.038, 6.1.2.1; TS 23.040, 9.2.3.24 (fill bits behind a user data header)
Octets pack_septets(ByteView septets, unsigned fill);

/// The reverse: `count` septets behind `fill` bits; fewer where the octets end before.
Octets unpack_septets(ByteView octets, unsigned fill, std::size_t count);

}  // namespace dmsc::codec

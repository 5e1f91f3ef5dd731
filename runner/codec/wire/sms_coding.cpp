// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/sms_coding.hpp"

namespace dmsc::codec {
namespace {

Alphabet alphabet_bits(unsigned bits) {
  constexpr Alphabet alphabets[] = {Alphabet::gsm7_packed, Alphabet::gsm7_octets, Alphabet::ucs2, Alphabet::reserved};
  return alphabets[bits & 0x03];
}

}  // namespace

SmsCoding sms_coding(std::uint8_t data_coding_scheme) {
  using Group = SmsCoding::Group;
  const unsigned dcs = data_coding_scheme;
  SmsCoding out;
  if (dcs < 0x80) {
    out.group = dcs < 0x40 ? Group::general : Group::deletion;
    out.alphabet = alphabet_bits(dcs >> 2);
    out.compressed = (dcs & 0x20) != 0;
    if ((dcs & 0x10) != 0) out.message_class = static_cast<int>(dcs & 0x03);
    return out;
  }
  switch (dcs >> 4) {
    case 0x0C:
      out.group = Group::discard_indication;
      break;
    case 0x0D:
      out.group = Group::store_indication;
      break;
    case 0x0E:
      out.group = Group::store_indication;
      out.alphabet = Alphabet::ucs2;
      break;
    case 0x0F:
      out.group = Group::data_coding;
      out.alphabet = (dcs & 0x04) != 0 ? Alphabet::gsm7_octets : Alphabet::gsm7_packed;
      out.message_class = static_cast<int>(dcs & 0x03);
      break;
    default:
      out.group = Group::reserved;
  }
  return out;
}

CbsCoding cbs_coding(std::uint8_t data_coding_scheme) {
  const unsigned dcs = data_coding_scheme;
  constexpr unsigned compressed = 0x20;
  switch (dcs >> 4) {
    case 0x00:
    case 0x02:
    case 0x03:
      return {};  // the default alphabet, whatever the language
    case 0x01:
      if (dcs == 0x10) return {};  // the language stands in front as text
      if (dcs == 0x11) return {Alphabet::ucs2, 2};
      break;
    case 0x04:
    case 0x05:
    case 0x06:
    case 0x07:
      if ((dcs & compressed) == 0) return {alphabet_bits(dcs >> 2), 0};
      break;
    case 0x0F:
      if ((dcs & 0x08) == 0) return {(dcs & 0x04) != 0 ? Alphabet::gsm7_octets : Alphabet::gsm7_packed, 0};
      break;
    default:
      break;
  }
  return {Alphabet::reserved, 0};
}

const char* alphabet_name(Alphabet alphabet) {
  switch (alphabet) {
    case Alphabet::gsm7_packed:
      return "gsm7";
    case Alphabet::gsm7_octets:
      return "octets";
    case Alphabet::ucs2:
      return "ucs2";
    case Alphabet::reserved:
      break;
  }
  return "reserved";
}

std::string describe(const SmsCoding& coding) {
  using Group = SmsCoding::Group;
  std::string out = coding.alphabet == Alphabet::gsm7_packed   ? "GSM 7-bit default alphabet"
                    : coding.alphabet == Alphabet::gsm7_octets ? "8-bit data"
                    : coding.alphabet == Alphabet::ucs2        ? "UCS2"
                                                               : "reserved alphabet";
  if (coding.compressed) out += ", compressed";
  if (coding.message_class) out += ", class " + std::to_string(*coding.message_class);
  if (coding.group == Group::deletion) out += ", marked for automatic deletion";
  if (coding.group == Group::reserved) out += ", reserved coding group";
  if (coding.group == Group::discard_indication) out += ", message waiting, to be discarded";
  if (coding.group == Group::store_indication) out += ", message waiting, to be stored";
  return out;
}

Octets pack_septets(ByteView septets, unsigned fill) {
  Octets out;
  unsigned held = 0;
  unsigned bits = fill;
  for (const auto septet : septets) {
    held |= (septet & 0x7FU) << bits;
    for (bits += 7; bits >= 8; bits -= 8) {
      out.push_back(static_cast<std::uint8_t>(held));
      held >>= 8;
    }
  }
  if (bits > 0 && !(septets.empty())) out.push_back(static_cast<std::uint8_t>(held));
  return out;
}

Octets unpack_septets(ByteView octets, unsigned fill, std::size_t count) {
  Octets out;
  std::size_t at = fill;  // bit, the least significant of an octet first
  while (out.size() < count && at + 7 <= octets.size() * 8) {
    unsigned septet = octets[at / 8] >> (at % 8);
    if (at % 8 > 1) septet |= unsigned{octets[at / 8 + 1]} << (8 - at % 8);
    out.push_back(static_cast<std::uint8_t>(septet & 0x7F));
    at += 7;
  }
  return out;
}

}  // namespace dmsc::codec

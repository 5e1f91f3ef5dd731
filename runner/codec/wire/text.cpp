// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/text.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

#include "runner/base/text.hpp"

namespace dmsc::codec {
namespace {

constexpr char32_t replacement = 0xFFFD;
constexpr std::uint8_t escape = 0x1B;
constexpr std::uint8_t carriage_return = 0x0D;
constexpr std::uint8_t padding = 0xFF;
constexpr std::uint8_t unused_nibble = 0x0F;

// 3GPP TS 23.038, 6.2.1: septet 00 first; the escape has no character of its own
constexpr std::u32string_view default_alphabet =
    U"@£$¥èéùìòÇ\nØø\rÅå"
    U"Δ_ΦΓΛΩΠΨΣΘΞ\uFFFDÆæßÉ"
    U" !\"#¤%&'()*+,-./"
    U"0123456789:;<=>?"
    U"¡ABCDEFGHIJKLMNO"
    U"PQRSTUVWXYZÄÖÑÜ§"
    U"¿abcdefghijklmno"
    U"pqrstuvwxyzäöñüà";
static_assert(default_alphabet.size() == 128);

struct Extension {
  std::uint8_t septet;
  char32_t character;
};
// 3GPP TS 23.038, 6.2.1.1
constexpr Extension extensions[] = {
    {0x0A, U'\f'}, {0x14, U'^'}, {0x28, U'{'}, {0x29, U'}'}, {0x2F, U'\\'},
    {0x3C, U'['},  {0x3D, U'~'}, {0x3E, U']'}, {0x40, U'|'}, {0x65, U'€'},
};

void append_utf8(std::string& out, char32_t character) {
  const auto put = [&](char32_t octet) { out += static_cast<char>(octet); };
  const auto put_tail = [&](int shift) { put(0x80 | (character >> shift & 0x3F)); };
  if (character < 0x80) {
    put(character);
  } else if (character < 0x800) {
    put(0xC0 | character >> 6);
    put_tail(0);
  } else if (character < 0x10000) {
    put(0xE0 | character >> 12);
    put_tail(6);
    put_tail(0);
  } else {
    put(0xF0 | character >> 18);
    put_tail(12);
    put_tail(6);
    put_tail(0);
  }
}

/// Calls `take(character, offset)` for each character until it returns an error.
template <class Take>
Result<void> for_each_character(std::string_view utf8, Take take) {
  if (const auto valid = valid_utf8_prefix(utf8); valid != utf8.size()) {
    return fail(Errc::malformed, "text is not UTF-8", valid);
  }
  for (std::size_t at = 0; at < utf8.size();) {
    const auto lead = static_cast<std::uint8_t>(utf8[at]);
    const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
    char32_t character = size == 1 ? lead : lead & (0x7FU >> size);
    for (std::size_t i = 1; i < size; ++i)
      character = character << 6 | (static_cast<std::uint8_t>(utf8[at + i]) & 0x3F);
    if (const auto taken = take(character, at); !taken) return taken;
    at += size;
  }
  return {};
}

const Extension* find_extension(std::uint8_t septet) {
  const auto* found = std::ranges::find(extensions, septet, &Extension::septet);
  return found == std::end(extensions) ? nullptr : found;
}

/// Turns septets into characters one by one; an escape waits for the septet after it.
class SeptetReader {
 public:
  void take(std::uint8_t septet) {
    if (septet > 0x7F) {
      put(replacement);  // an escape before it goes with it
    } else if (escaped_) {
      put(extended(septet));
    } else if (septet == escape) {
      escaped_ = true;
    } else {
      put(default_alphabet[septet]);
    }
  }

  /// A character of another alphabet in between.
  void put(char32_t character) {
    escaped_ = false;
    append_utf8(out_, character);
  }

  std::string finish() {
    if (escaped_) put(replacement);
    return std::move(out_);
  }

 private:
  /// Where the extension table has no character, the one of the main table; a second escape, kept for tables to come,
  /// shows as a space. Source: 3GPP TS 23.038, 6.2.1.1
  static char32_t extended(std::uint8_t septet) {
    if (const auto* found = find_extension(septet)) return found->character;
    return septet == escape ? U' ' : default_alphabet[septet];
  }

  std::string out_;
  bool escaped_ = false;
};

Result<void> append_septets(Octets& out, char32_t character, std::size_t offset) {
  if (const auto* found = std::ranges::find(extensions, character, &Extension::character);
      found != std::end(extensions)) {
    out.push_back(escape);
    out.push_back(found->septet);
    return {};
  }
  const auto at = character == replacement ? default_alphabet.npos : default_alphabet.find(character);
  if (at == default_alphabet.npos) {
    return fail(Errc::range, "character is not in the GSM default alphabet", offset);
  }
  out.push_back(static_cast<std::uint8_t>(at));
  return {};
}

void append_unit(Octets& out, char32_t unit) {
  out.push_back(static_cast<std::uint8_t>(unit >> 8));
  out.push_back(static_cast<std::uint8_t>(unit));
}

constexpr bool is_high_surrogate(char32_t unit) {
  return unit >= 0xD800 && unit <= 0xDBFF;
}
constexpr bool is_low_surrogate(char32_t unit) {
  return unit >= 0xDC00 && unit <= 0xDFFF;
}

char32_t unit_at(ByteView octets, std::size_t at) {
  return char32_t{octets[at]} << 8 | octets[at + 1];
}

/// What is left of an alpha identifier of form 80 without the unused octets behind it.
ByteView without_padding(ByteView octets) {
  for (std::size_t at = 0; at + 2 <= octets.size(); at += 2) {
    if (octets[at] == padding && octets[at + 1] == padding) return octets.first(at);
  }
  const bool odd = octets.size() % 2 == 1;
  return odd && octets.back() == padding ? octets.first(octets.size() - 1) : octets;
}

/// Characters of the forms 81 and 82: below 80 of the GSM alphabet, from 80 on counted from the base.
std::string decode_based(ByteView octets, std::size_t count, char32_t base) {
  SeptetReader reader;
  for (const auto octet : octets.first(std::min(count, octets.size()))) {
    if (octet < 0x80) {
      reader.take(octet);
      continue;
    }
    const char32_t character = base + (octet & 0x7FU);
    const bool is_character = character <= 0xFFFF && !is_high_surrogate(character) && !is_low_surrogate(character);
    reader.put(is_character ? character : replacement);
  }
  if (count > octets.size()) reader.put(replacement);
  return reader.finish();
}

constexpr std::string_view digit_characters = "0123456789*#abc?";
constexpr char no_digit = '?';
constexpr std::uint8_t last_digit = 0x0E;  // of digit_characters, those that a nibble can be written as

/// Septets of a packed text, one an octet; the filling of the last octet, if it is a septet, is left out.
Octets packed_septets(ByteView octets) {
  Octets septets;
  unsigned held = 0;
  int bits = 0;
  for (const auto octet : octets) {
    held |= unsigned{octet} << bits;
    for (bits += 8; bits >= 7; bits -= 7) {
      septets.push_back(held & 0x7F);
      held >>= 7;
    }
  }
  const bool full = !septets.empty() && septets.size() % 8 == 0;
  if (full && (septets.back() == carriage_return || septets.back() == 0x00)) septets.pop_back();
  return septets;
}

char plmn_digit(unsigned nibble) {
  return nibble <= 9 ? static_cast<char>('0' + nibble) : '?';
}

}  // namespace

Alphabet alphabet_of(std::uint8_t coding_scheme) {
  constexpr std::uint8_t compressed = 0x20;
  const unsigned alphabet = coding_scheme >> 2 & 0x03;
  const bool general = coding_scheme < 0x80 && (coding_scheme & compressed) == 0;  // automatic deletion too
  const bool data_coding = coding_scheme >= 0xF0 && alphabet < 2;
  if (!general && !data_coding) return Alphabet::reserved;
  constexpr Alphabet alphabets[] = {Alphabet::gsm7_packed, Alphabet::gsm7_octets, Alphabet::ucs2, Alphabet::reserved};
  return alphabets[alphabet];
}

std::string decode_gsm_octets(ByteView octets) {
  SeptetReader reader;
  for (const auto octet : octets) reader.take(octet);
  return reader.finish();
}

std::string decode_gsm_packed(ByteView octets) {
  return decode_gsm_octets(packed_septets(octets));
}

std::string decode_ucs2(ByteView octets) {
  std::string out;
  std::size_t at = 0;
  while (at + 2 <= octets.size()) {
    char32_t unit = unit_at(octets, at);
    at += 2;
    if (is_high_surrogate(unit) && at + 2 <= octets.size() && is_low_surrogate(unit_at(octets, at))) {
      unit = 0x10000 + ((unit & 0x3FF) << 10 | (unit_at(octets, at) & 0x3FF));
      at += 2;
    } else if (is_high_surrogate(unit) || is_low_surrogate(unit)) {
      unit = replacement;
    }
    append_utf8(out, unit);
  }
  if (at < octets.size()) append_utf8(out, replacement);
  return out;
}

std::string decode_alpha(ByteView octets) {
  if (octets.empty()) return {};
  const auto form = octets[0];
  if (form == 0x80) return decode_ucs2(without_padding(octets.subspan(1)));
  if (form == 0x81 && octets.size() >= 3) return decode_based(octets.subspan(3), octets[1], char32_t{octets[2]} << 7);
  if (form == 0x82 && octets.size() >= 4) return decode_based(octets.subspan(4), octets[1], unit_at(octets, 2));
  const auto end = std::ranges::find(octets, padding);
  return decode_gsm_octets(ByteView(octets.begin(), end));
}

Result<Octets> encode_gsm_octets(std::string_view utf8) {
  Octets out;
  const auto done = for_each_character(
      utf8, [&](char32_t character, std::size_t offset) { return append_septets(out, character, offset); });
  if (!done) return tl::make_unexpected(done.error());
  return out;
}

Result<Octets> encode_gsm_packed(std::string_view utf8) {
  auto septets = encode_gsm_octets(utf8);
  if (!septets) return septets;
  const bool ends_full = !septets->empty() && septets->size() % 8 == 0;
  const bool fill = septets->size() % 8 == 7;
  // A wanted CR that ends on an octet boundary would be taken for padding: 23.038 has it sent twice.
  if (fill || (ends_full && septets->back() == carriage_return)) septets->push_back(carriage_return);
  Octets out;
  unsigned held = 0;
  int bits = 0;
  for (const auto septet : *septets) {
    held |= unsigned{septet} << bits;
    bits += 7;
    if (bits < 8) continue;
    out.push_back(static_cast<std::uint8_t>(held));
    held >>= 8;
    bits -= 8;
  }
  if (bits > 0) out.push_back(static_cast<std::uint8_t>(held));
  return out;
}

Result<Octets> encode_ucs2(std::string_view utf8) {
  Octets out;
  const auto done = for_each_character(utf8, [&](char32_t character, std::size_t) -> Result<void> {
    if (character < 0x10000) {
      append_unit(out, character);
    } else {
      append_unit(out, 0xD800 | (character - 0x10000) >> 10);
      append_unit(out, 0xDC00 | (character & 0x3FF));
    }
    return {};
  });
  if (!done) return tl::make_unexpected(done.error());
  return out;
}

Result<Octets> encode_alpha(std::string_view utf8) {
  auto gsm = encode_gsm_octets(utf8);
  if (gsm || gsm.error().code == Errc::malformed) return gsm;
  auto ucs2 = encode_ucs2(utf8);
  if (!ucs2) return ucs2;
  ucs2->insert(ucs2->begin(), 0x80);
  return ucs2;
}

std::string decode_text(std::uint8_t coding_scheme, ByteView octets) {
  switch (alphabet_of(coding_scheme)) {
    case Alphabet::gsm7_packed:
      return decode_gsm_packed(octets);
    case Alphabet::gsm7_octets:
      return decode_gsm_octets(octets);
    case Alphabet::ucs2:
      return decode_ucs2(octets);
    case Alphabet::reserved:
      break;
  }
  return to_hex(octets);
}

Result<Octets> encode_text(std::uint8_t coding_scheme, std::string_view utf8) {
  switch (alphabet_of(coding_scheme)) {
    case Alphabet::gsm7_packed:
      return encode_gsm_packed(utf8);
    case Alphabet::gsm7_octets:
      return encode_gsm_octets(utf8);
    case Alphabet::ucs2:
      return encode_ucs2(utf8);
    case Alphabet::reserved:
      break;
  }
  return fail(Errc::range, "coding scheme " + hex_number(coding_scheme, 2) + " is reserved");
}

std::string decode_digits(ByteView octets) {
  return decode_digits(octets, octets.size() * 2);
}

std::string decode_digits(ByteView octets, std::size_t count) {
  std::string out;
  for (std::size_t at = 0; at < std::min(count, octets.size() * 2); ++at) {
    out += digit_characters[at % 2 == 0 ? octets[at / 2] & 0x0FU : octets[at / 2] >> 4U];
  }
  out.erase(out.find_last_not_of(no_digit) + 1);
  return out;
}

Result<Octets> encode_digits(std::string_view digits) {
  Octets out;
  for (std::size_t at = 0; at < digits.size(); ++at) {
    const auto nibble = digit_characters.find(digits[at]);
    if (nibble > last_digit) return fail(Errc::range, "character is not one of 0-9 * # a b c", at);
    if (at % 2 == 0) {
      out.push_back(static_cast<std::uint8_t>(unused_nibble << 4 | nibble));
    } else {
      out.back() = static_cast<std::uint8_t>(nibble << 4 | (out.back() & 0x0F));
    }
  }
  return out;
}

std::vector<Anomaly> digit_oddities(ByteView octets, std::size_t offset) {
  const auto digits = decode_digits(octets);
  std::vector<Anomaly> out;
  for (std::size_t at = 0; at < digits.size() && out.size() < oddities_most; ++at) {
    if (digits[at] == no_digit) out.push_back({offset + at / 2, "F stands among the digits"});
  }
  const std::size_t used = (digits.size() + 1) / 2;
  if (used < octets.size()) out.push_back({offset + used, "an octet of fill follows the digits"});
  return out;
}

std::vector<Anomaly> gsm_oddities(ByteView septets, std::size_t offset) {
  std::vector<Anomaly> out;
  for (std::size_t at = 0; at < septets.size() && out.size() < oddities_most; ++at) {
    if (septets[at] != escape) continue;
    if (++at == septets.size()) {
      out.push_back({offset + at - 1, "an escape ends the text"});
    } else if (septets[at] <= 0x7F && find_extension(septets[at]) == nullptr) {
      const bool second = septets[at] == escape;
      out.push_back({offset + at - 1, "escape before " + hex_number(septets[at], 2) +
                                          ", which the extension table lacks: " +
                                          (second ? "a space is shown" : "the main table's character is shown")});
    }
  }
  return out;
}

std::vector<Anomaly> packed_oddities(ByteView septets, std::size_t fill, std::size_t offset) {
  auto out = gsm_oddities(septets, 0);
  for (auto& anomaly : out) anomaly.offset = offset + (fill + anomaly.offset * 7) / 8;
  return out;
}

std::vector<Anomaly> text_oddities(std::uint8_t coding_scheme, ByteView octets, std::size_t offset) {
  const auto alphabet = alphabet_of(coding_scheme);
  if (alphabet == Alphabet::gsm7_packed) return packed_oddities(packed_septets(octets), 0, offset);
  return alphabet == Alphabet::gsm7_octets ? gsm_oddities(octets, offset) : std::vector<Anomaly>{};
}

std::vector<Anomaly> alpha_oddities(ByteView octets, std::size_t offset) {
  if (octets.empty() || octets[0] == 0x80) return {};
  const std::size_t head = octets[0] == 0x81 ? 3 : octets[0] == 0x82 ? 4 : 0;
  if (head == 0 || octets.size() < head) {
    return gsm_oddities(ByteView(octets.begin(), std::ranges::find(octets, padding)), offset);
  }
  const auto text = octets.subspan(head);
  const std::size_t count = octets[1];
  const auto behind = text.subspan(std::min(count, text.size()));
  std::vector<Anomaly> out;
  const bool more = std::ranges::any_of(behind, [](std::uint8_t octet) { return octet != padding; });
  if (count > text.size() || more) {
    out.push_back(
        {offset + 1, "says " + std::to_string(count) + " characters, " + std::to_string(text.size()) + " are there"});
  }
  for (auto& anomaly : gsm_oddities(text.first(text.size() - behind.size()), offset + head)) {
    out.push_back(std::move(anomaly));
  }
  return out;
}

std::string decode_plmn(ByteView three_octets) {
  if (three_octets.size() < 3) return {};
  const auto low = [&](std::size_t at) { return three_octets[at] & 0x0FU; };
  const auto high = [&](std::size_t at) { return three_octets[at] >> 4U; };
  std::string out{plmn_digit(low(0)), plmn_digit(high(0)), plmn_digit(low(1)), plmn_digit(low(2)), plmn_digit(high(2))};
  if (high(1) != unused_nibble) out += plmn_digit(high(1));
  return out;
}

Result<Octets> encode_plmn(std::string_view five_or_six_digits) {
  const auto& text = five_or_six_digits;
  if (text.size() != 5 && text.size() != 6) return fail(Errc::range, "a PLMN has 5 or 6 digits");
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] < '0' || text[at] > '9') return fail(Errc::range, "character is not a digit", at);
  }
  const auto digit = [&](std::size_t at) { return static_cast<unsigned>(text[at] - '0'); };
  const auto pair = [](unsigned low, unsigned high) { return static_cast<std::uint8_t>(high << 4 | low); };
  const unsigned third = text.size() == 6 ? digit(5) : unused_nibble;
  return Octets{pair(digit(0), digit(1)), pair(digit(2), third), pair(digit(3), digit(4))};
}

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wap/wsp_wire.hpp"

#include <algorithm>

#include "runner/codec/wire/fields.hpp"

namespace dmsc::codec {
namespace {

constexpr std::uint8_t quote = 31;  // a length follows as uintvar
constexpr std::size_t long_most = 7;

Octets long_form(std::uint64_t number) {
  Octets digits;
  for (int shift = 56; shift >= 0; shift -= 8) {
    const auto octet = static_cast<std::uint8_t>(number >> shift);
    if (!digits.empty() || octet != 0 || shift == 0) digits.push_back(octet);
  }
  digits.insert(digits.begin(), static_cast<std::uint8_t>(digits.size()));
  return digits;
}

}  // namespace

std::optional<std::uint32_t> read_uintvar(Cursor& cursor) {
  std::uint32_t value = 0;
  for (int octets = 0; octets < 5; ++octets) {
    const auto octet = cursor.u8();
    if (!octet || value >> 25 != 0) return {};
    value = value << 7 | (*octet & 0x7FU);
    if ((*octet & 0x80) == 0) return value;
  }
  return {};
}

void put_uintvar(Octets& out, std::uint32_t value) {
  Octets reversed = {static_cast<std::uint8_t>(value & 0x7F)};
  while ((value >>= 7) != 0) reversed.push_back(static_cast<std::uint8_t>(0x80 | (value & 0x7F)));
  out.insert(out.end(), reversed.rbegin(), reversed.rend());
}

std::optional<std::string> read_wsp_text(Cursor& cursor) {
  const auto rest = cursor.rest();
  const auto end = std::ranges::find(rest, 0);
  if (end == rest.end()) return {};
  const auto text = *cursor.take(static_cast<std::size_t>(end - rest.begin()));
  (void)cursor.u8();
  std::string out;
  for (const auto octet : text) out += octet >= 0x20 && octet <= 0x7E ? static_cast<char>(octet) : '.';
  return out;
}

Octets wsp_text(std::string_view text) {
  Octets out(text.begin(), text.end());
  out.push_back(0);
  return out;
}

std::optional<WspItem> read_wsp_item(Cursor& cursor) {
  const auto first = cursor.peek();
  if (!first) return {};
  WspItem item;
  if ((*first & wsp_short_bit) != 0) {
    item.form = "short";
    item.number = *cursor.u8() & 0x7FU;
    return item;
  }
  if (*first >= wsp_first_text) {
    auto text = read_wsp_text(cursor);
    if (!text) return {};
    item.form = "text";
    item.text = std::move(*text);
    return item;
  }
  (void)cursor.u8();
  const auto length = *first == quote ? read_uintvar(cursor) : std::optional<std::uint32_t>(*first);
  const auto octets = length ? cursor.take(*length) : std::nullopt;
  if (!octets) return {};
  item.octets = *octets;
  return item;
}

std::optional<std::int64_t> wsp_long_integer(ByteView octets) {
  if (octets.empty() || octets.size() > long_most) return {};
  std::int64_t number = 0;
  for (const auto octet : octets) number = number << 8 | octet;
  return number;
}

Octets wsp_octets(ByteView octets) {
  Octets out;
  if (octets.size() < quote) {
    out.push_back(static_cast<std::uint8_t>(octets.size()));
  } else {
    out.push_back(quote);
    put_uintvar(out, static_cast<std::uint32_t>(octets.size()));
  }
  append(out, octets);
  return out;
}

Result<Octets> write_wsp_item(const Value& value, std::string_view form, Names names, const char* place) {
  if (form == "octets") {
    const auto octets = value.is_string() ? parse_hex(value.as_string()) : Result<Octets>(Octets{});
    if (!octets || !value.is_string()) return fail(Errc::malformed, "is not hexadecimal", {}, place);
    return wsp_octets(*octets);
  }
  if (form == "text") {
    if (!value.is_string() || value.as_string().find('\0') != std::string::npos) {
      return fail(Errc::malformed, "is no text", {}, place);
    }
    return wsp_text(value.as_string());
  }
  if (form == "long" && value.is_int() && value.as_int() >= 0) {
    return long_form(static_cast<std::uint64_t>(value.as_int()));
  }
  const auto number = code_of(names, value, place);
  if (!number) return tl::make_unexpected(number.error());
  if (form == "long") return long_form(*number);
  if (form != "short") return fail(Errc::unknown, "\"" + std::string(form) + "\" is no form", {}, place);
  if (*number > 0x7F) return fail(Errc::range, "is above 127 and has no short form", {}, place);
  return Octets{static_cast<std::uint8_t>(wsp_short_bit | *number)};
}

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#include "runner/base/octets.hpp"

#include <cctype>

namespace dmsc {
namespace {

constexpr std::string_view digits = "0123456789ABCDEF";

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::string to_hex(ByteView octets, std::string_view separator) {
  std::string out;
  out.reserve(octets.size() * (2 + separator.size()));
  for (const auto octet : octets) {
    if (!out.empty()) out += separator;
    out += digits[octet >> 4];
    out += digits[octet & 0x0F];
  }
  return out;
}

std::string hex_number(std::uint64_t number, int digit_count) {
  std::string out(static_cast<std::size_t>(digit_count), '0');
  for (auto at = out.rbegin(); at != out.rend(); ++at, number >>= 4) *at = digits[number & 0x0F];
  return out;
}

Result<Octets> parse_hex(std::string_view text) {
  Octets out;
  int high = -1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (std::isspace(static_cast<unsigned char>(text[at])) != 0) continue;
    const int value = nibble(text[at]);
    if (value < 0) return fail(Errc::malformed, "not a hexadecimal digit", at);
    if (high < 0) {
      high = value;
    } else {
      out.push_back(static_cast<std::uint8_t>(high << 4 | value));
      high = -1;
    }
  }
  if (high >= 0) return fail(Errc::malformed, "odd number of hexadecimal digits", text.size());
  return out;
}

}  // namespace dmsc

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "runner/base/value.hpp"
#include "runner/codec/wire/cursor.hpp"
#include "runner/codec/wire/spec.hpp"

/// Numbers and values as WSP delimits them, whatever they mean. Source: WAP-230-WSP, 8.1.2 and 8.4.1.2
namespace dmsc::codec {

inline constexpr std::uint8_t wsp_short_bit = 0x80;
inline constexpr std::uint8_t wsp_first_text = 0x20;

/// Number of 1 to 5 octets of seven bits; nothing where they end early or do not fit in 32 bits.
std::optional<std::uint32_t> read_uintvar(Cursor& cursor);
void put_uintvar(Octets& out, std::uint32_t value);

/// Text up to its 00; a character that cannot be printed shows as a dot.
std::optional<std::string> read_wsp_text(Cursor& cursor);
Octets wsp_text(std::string_view text);

struct WspItem {
  const char* form = "octets";  ///< short, text, octets
  std::uint32_t number = 0;     ///< of short
  std::string text;
  ByteView octets;  ///< of a value with a length, the length taken off
};

/// The next value; nothing where it ends early, and the cursor may have moved.
std::optional<WspItem> read_wsp_item(Cursor& cursor);

/// Number of a long integer; nothing for no octets and for more than seven.
std::optional<std::int64_t> wsp_long_integer(ByteView octets);

/// A length and so many octets.
Octets wsp_octets(ByteView octets);

/// A number or a key of `names`, free text, or hexadecimal, in the form that `form` names: short, long, text or octets.
Result<Octets> write_wsp_item(const Value& value, std::string_view form, Names names, const char* place);

}  // namespace dmsc::codec

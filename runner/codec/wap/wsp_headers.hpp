// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wap/wsp_wire.hpp"
#include "runner/codec/wire/node.hpp"
#include "runner/codec/wire/spec.hpp"

/// Well-known headers of WSP. Source: WAP-230-WSP, table 39 and 8.4.2
namespace dmsc::codec {

/// What a value is, where it is not text.
enum class WspKind : std::uint8_t {
  opaque,   ///< value with a length stays hexadecimal       -> number of a short value, text, hexadecimal
  integer,  ///< 8.4.2.3, in short or long form              -> number
  date,     ///< 8.4.2.3, seconds since 1970 in long form    -> number, the time in words beside it
  version,  ///< 8.4.2.3, two digits in a short value        -> "1.4"
  names,    ///< number with a name, in short or long form   -> name
};

/// One header. A name that was assigned twice comes twice: the one that is written when only the name is given is the
/// first of them.
struct WspHeader {
  std::uint8_t code;
  const char* key;   ///< as HTTP writes it, in lower case
  const char* name;  ///< what people read
  WspKind kind = WspKind::opaque;
  Names names = {};
};

std::span<const WspHeader> wsp_headers();
const WspHeader* find_wsp_header(std::uint8_t code);
const WspHeader* find_wsp_header(std::string_view key);  ///< in lower case

inline constexpr std::uint8_t wsp_default_page = 1;

/// Reads one header, its name and its value. The node's value is the one of the header; `member` gets {header, value,
/// form}, `name_form` text where the name is written out, `code` where the name alone would be written as another
/// number, and `raw` with all octets where the members would not be written as they were read.
/// @param page  code page of the names: those of another than 1 stay numbers
/// @return  what ended early, with its place
Result<Node> read_wsp_header(Cursor& cursor, std::uint8_t page, Value& member);

/// @param member  as read; `shift` gives octets in front of the header, those that change the code page
/// @return  Errc::malformed, Errc::range or Errc::unknown with `headers` as `place`
Result<Octets> write_wsp_header(const Value& member);

}  // namespace dmsc::codec

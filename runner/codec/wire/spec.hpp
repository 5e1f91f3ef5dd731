// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"

/// The words of the rows. One row per data object and per message drives decoding, encoding, printing, the vocabulary
/// of the test cases and the tests. Keys are snake_case and unique in their table; nothing else in the project names a
/// field.
namespace dmsc::codec {

/// One value of an enumeration.
struct Name {
  std::uint32_t code;
  const char* key;    ///< what cases and JSON say
  const char* label;  ///< what people read
};
using Names = std::span<const Name>;

/// How the octets of a field become a value.
enum class FieldKind : std::uint8_t {
  number,     ///< unsigned, big-endian, `width` octets                          -> integer
  code,       ///< one octet with `names` (or `choose`)                          -> key, or integer where no row fits
  code_list,  ///< codes of one octet to the end of the object                   -> list of keys or integers
  parts,      ///< one octet of bit-fields, each member named by `parts`         -> members of the object itself
  bcd,        ///< one octet, two decimal digits, low nibble first               -> integer 0 to 99
  digits,     ///< dialling digits to the end, low nibble first, F is padding    -> string of 0-9 * # a b c
  plmn,       ///< three octets MCC and MNC as TS 24.008 packs them              -> string of 5 or 6 digits
  hex,        ///< `width` octets, 0 means to the end                            -> string of hexadecimal
  text,       ///< to the end, coded by the field with key "dcs" before it       -> string (UTF-8)
  alpha,      ///< to the end, alpha identifier of TS 102 221 annex A            -> string (UTF-8)
  ascii,      ///< `width` octets, 0 means to the end, each 20 to 7E             -> string
  labels,     ///< to the end, labels each with its length before it             -> string with dots
  paths,      ///< to the end, paths of files of two octets each                 -> list of hexadecimal strings
  cbs_text,   ///< to the end, coded as cell broadcast by the field "dcs"        -> string (UTF-8), or hexadecimal
};

/// One bit-field of an octet.
struct Part {
  const char* key;
  std::uint8_t shift;  ///< of its lowest bit, 0 to 7
  std::uint8_t width;  ///< in bits, 1 to 8; a field of one bit without names is a boolean
  Names names = {};
};

struct Field {
  const char* key;  ///< empty in an object of a single field, whose value then stands for the object
  FieldKind kind;
  std::uint8_t width = 1;
  Names names = {};
  std::span<const Part> parts = {};
  Names (*choose)(std::uint32_t before) = nullptr;  ///< names that depend on the code before this one
  bool optional = false;                            ///< may be absent when the object ends before it
};

const Name* find_name(Names names, std::uint32_t code);
const Name* find_name(Names names, std::string_view key);

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/cursor.hpp"
#include "runner/codec/wire/spec.hpp"
#include "runner/codec/wire/tlv.hpp"

namespace dmsc::codec {

/// One value where it lies in the octets, by its row: nothing is copied or converted until somebody asks.
struct Leaf {
  const char* key = "";  ///< empty: the value is the object's own
  const Field* field = nullptr;
  const Part* part = nullptr;  ///< of a bit-field
  ByteView octets = {};        ///< points into the input
  std::size_t offset = 0;      ///< of `octets` in the whole input
  std::uint32_t number = 0;    ///< of a number, a code, a bit-field and the octet of a BCD number
  Names names = {};            ///< of a code or a bit-field
  std::uint8_t scheme = 0;     ///< of a text: what the field "dcs" before it says
};

/// As the cases see it: number, key of a name, text, or octets in hexadecimal. A text that would not encode back to the
/// same octets becomes `{"text": …, "raw": hex}`, so nothing is ever lost.
Value value_of(const Leaf& leaf);

/// What people read beside a code; empty where no row fits.
std::string note_of(const Leaf& leaf);

/// What is odd about the octets, though they have a value.
std::vector<Anomaly> oddities_of(const Leaf& leaf);

/// The characters of a text in UTF-8; nothing for a leaf that is none.
std::optional<std::string> text_of(const Leaf& leaf);

/// Octets that a field takes; 0 for one that takes what is left.
std::size_t width_of(const Field& field);

/// Why a field is not there. @param left  octets that are
Error too_short(const Field& field, std::size_t width, std::size_t left, std::size_t offset);
Error too_long(std::size_t left, std::size_t offset);

/// Gives each value of an object to `sink`, in the order of the rows.
/// @param offset  of the value in the whole input
/// @return  the error where the octets end before the fields do or go on behind them; what lies before was given
template <class Sink>
std::optional<Error> read_leaves(std::span<const Field> fields, ByteView value, std::size_t offset, Sink&& sink) {
  Cursor cursor(value, offset);
  std::uint8_t scheme = 0;
  std::uint32_t code_before = 0;
  for (const auto& field : fields) {
    if (cursor.empty() && field.optional) continue;
    const auto width = width_of(field);
    if (cursor.left() < width) return too_short(field, width, cursor.left(), cursor.offset());
    Leaf leaf;
    leaf.key = field.key;
    leaf.field = &field;
    leaf.offset = cursor.offset();
    leaf.octets = width == 0 ? cursor.take_rest() : *cursor.take(width);
    if (field.kind == FieldKind::parts) {
      for (const auto& part : field.parts) {
        leaf.key = part.key;
        leaf.part = &part;
        leaf.number = leaf.octets[0] >> part.shift & ((1U << part.width) - 1);
        leaf.names = part.names;
        sink(leaf);
      }
      continue;
    }
    if (field.kind == FieldKind::number || field.kind == FieldKind::code || field.kind == FieldKind::bcd) {
      for (const auto octet : leaf.octets) leaf.number = leaf.number << 8 | octet;
      if (field.kind != FieldKind::bcd && std::string_view(field.key) == "dcs") scheme = leaf.octets[0];
      leaf.names = field.choose != nullptr ? field.choose(code_before) : field.names;
      if (field.kind == FieldKind::code) code_before = leaf.number;
    }
    leaf.scheme = scheme;
    sink(leaf);
  }
  if (!cursor.empty()) return too_long(cursor.left(), cursor.offset());
  return {};
}

}  // namespace dmsc::codec

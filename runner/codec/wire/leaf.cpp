// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/leaf.hpp"

#include <algorithm>

#include "runner/codec/wire/fields.hpp"
#include "runner/codec/wire/file_paths.hpp"
#include "runner/codec/wire/sms_coding.hpp"
#include "runner/codec/wire/text.hpp"
#include "runner/codec/wire/text_coder.hpp"

namespace dmsc::codec {
namespace {

constexpr const char* raw_key = "raw";
constexpr std::uint8_t packed_scheme = 0x00;  ///< of a text string in the packed default alphabet

Value text_value(std::string text, ByteView octets, const Result<Octets>& back) {
  if (back && same(*back, octets)) return text;
  Value value;
  value["text"] = std::move(text);
  value[raw_key] = to_hex(octets);
  return value;
}

/// A text of cell broadcast without the octets that stand before its characters.
ByteView cbs_characters(const CbsCoding& coding, ByteView octets) {
  return octets.subspan(std::min(coding.before, octets.size()));
}

Value cbs_value(const Leaf& leaf) {
  auto text = text_of(leaf);
  if (!text) return to_hex(leaf.octets);
  const bool packed = cbs_coding(leaf.scheme).alphabet == Alphabet::gsm7_packed;
  const auto back = packed ? encode_gsm_packed(*text) : encode_ucs2(*text);
  return text_value(std::move(*text), leaf.octets, back);
}

Value bcd_value(ByteView octets) {
  const int tens = octets[0] & 0x0F;
  const int ones = octets[0] >> 4;
  if (tens <= 9 && ones <= 9) return tens * 10 + ones;
  return Value::Map{{raw_key, to_hex(octets)}};
}

}  // namespace

std::optional<std::string> text_of(const Leaf& leaf) {
  if (const auto* coder = text_coder(leaf.field->kind)) return coder->decode(leaf.octets);
  if (leaf.field->kind == FieldKind::text) return decode_text(leaf.scheme, leaf.octets);
  if (leaf.field->kind != FieldKind::cbs_text) return {};
  const auto coding = cbs_coding(leaf.scheme);
  if (coding.alphabet == Alphabet::gsm7_packed) return decode_gsm_packed(cbs_characters(coding, leaf.octets));
  if (coding.alphabet == Alphabet::ucs2) return decode_ucs2(cbs_characters(coding, leaf.octets));
  return {};
}

Value value_of(const Leaf& leaf) {
  if (leaf.part != nullptr) {
    const bool flag = leaf.part->width == 1 && leaf.names.empty();
    return flag ? Value(leaf.number != 0) : name_or_number(leaf.names, leaf.number);
  }
  if (const auto* coder = text_coder(leaf.field->kind)) {
    auto text = coder->decode(leaf.octets);
    const auto back = coder->encode(text);
    return text_value(std::move(text), leaf.octets, back);
  }
  switch (leaf.field->kind) {
    case FieldKind::number:
      return std::int64_t{leaf.number};
    case FieldKind::bcd:
      return bcd_value(leaf.octets);
    case FieldKind::code:
      return name_or_number(leaf.names, leaf.number);
    case FieldKind::code_list: {
      Value::List list;
      list.reserve(leaf.octets.size());
      for (const auto octet : leaf.octets) list.push_back(name_or_number(leaf.field->names, octet));
      return list;
    }
    case FieldKind::cbs_text:
      return cbs_value(leaf);
    case FieldKind::paths: {
      Value::List list;
      for (const auto& path : split_paths(leaf.octets)) list.push_back(to_hex(path));
      return list;
    }
    case FieldKind::text: {
      auto text = decode_text(leaf.scheme, leaf.octets);
      const auto back = encode_text(leaf.scheme, text);
      return text_value(std::move(text), leaf.octets, back);
    }
    default:
      return to_hex(leaf.octets);
  }
}

std::string note_of(const Leaf& leaf) {
  if (leaf.part == nullptr && leaf.field->kind != FieldKind::code) return {};
  const auto* name = find_name(leaf.names, leaf.number);
  return name == nullptr ? std::string{} : name->label;
}

std::vector<Anomaly> oddities_of(const Leaf& leaf) {
  if (const auto* coder = text_coder(leaf.field->kind)) {
    return coder->oddities == nullptr ? std::vector<Anomaly>{} : coder->oddities(leaf.octets, leaf.offset);
  }
  switch (leaf.field->kind) {
    case FieldKind::text:
      return text_oddities(leaf.scheme, leaf.octets, leaf.offset);
    case FieldKind::cbs_text:
      if (cbs_coding(leaf.scheme).alphabet != Alphabet::gsm7_packed) return {};
      return text_oddities(packed_scheme, leaf.octets, leaf.offset);
    case FieldKind::paths:
      if (leaf.octets.size() % 2 == 0) return {};
      return {{leaf.offset + leaf.octets.size() - 1, "half of a file identifier"}};
    default:
      return {};
  }
}

std::size_t width_of(const Field& field) {
  switch (field.kind) {
    case FieldKind::plmn:
      return 3;
    case FieldKind::code_list:
    case FieldKind::digits:
    case FieldKind::text:
    case FieldKind::alpha:
    case FieldKind::labels:
    case FieldKind::paths:
    case FieldKind::cbs_text:
      return 0;
    default:
      return field.width;
  }
}

Error too_short(const Field& field, std::size_t width, std::size_t left, std::size_t offset) {
  const auto what = *field.key == '\0' ? "the value" : "field \"" + std::string(field.key) + "\"";
  return {Errc::truncated,
          what + " needs " + std::to_string(width) + " octets, " + std::to_string(left) + " are left",
          offset,
          {}};
}

Error too_long(std::size_t left, std::size_t offset) {
  return {Errc::malformed, std::to_string(left) + " octets follow the last field", offset, {}};
}

}  // namespace dmsc::codec

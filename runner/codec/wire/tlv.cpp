// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/tlv.hpp"

namespace dmsc::codec {
namespace {

constexpr std::uint8_t comprehension_bit = 0x80;

Result<void> read_comprehension_tag(Cursor& cursor, Tlv& tlv) {
  const auto offset = cursor.offset();
  const auto first = cursor.u8();
  if (!first) return fail(Errc::truncated, "tag is missing", offset);
  if (*first == 0x00 || *first == 0x80 || *first == 0xFF) {
    return fail(Errc::malformed, "tag " + hex_number(*first, 2) + " is reserved", offset);
  }
  tlv.three_octet = *first == 0x7F;
  if (!tlv.three_octet) {
    tlv.comprehension = (*first & comprehension_bit) != 0;
    tlv.tag = *first & 0x7F;
    return {};
  }
  const auto number = cursor.number(2);
  if (!number) return fail(Errc::truncated, "tag of three octets is cut off", cursor.offset());
  tlv.comprehension = (*number & 0x8000) != 0;
  tlv.tag = *number & 0x7FFF;
  return {};
}

Result<void> read_ber_tag(Cursor& cursor, Tlv& tlv) {
  const auto offset = cursor.offset();
  const auto first = cursor.u8();
  if (!first) return fail(Errc::truncated, "tag is missing", offset);
  if (*first == 0x00 || *first == 0xFF) {
    return fail(Errc::malformed, "tag " + hex_number(*first, 2) + " is reserved", offset);
  }
  tlv.tag = *first;
  if ((*first & 0x1F) != 0x1F || *first >= 0xC0) return {};  // CAT templates (CF, DF) are of one octet
  for (int more = 0;; ++more) {
    const auto next = cursor.u8();
    if (!next) return fail(Errc::truncated, "tag of several octets is cut off", cursor.offset());
    if (more == 2) return fail(Errc::malformed, "tag is longer than three octets", offset);
    tlv.tag = tlv.tag << 8 | *next;
    if ((*next & 0x80) == 0) return {};
  }
}

Result<std::size_t> read_length(Cursor& cursor, Tlv& tlv) {
  const auto offset = cursor.offset();
  const auto first = cursor.u8();
  if (!first) return fail(Errc::truncated, "length is missing", offset);
  if (*first <= 0x7F) return *first;
  if (*first < 0x81 || *first > 0x83) {
    return fail(Errc::malformed, "length octet " + hex_number(*first, 2) + " is not allowed", offset);
  }
  const std::size_t width = *first & 0x7F;
  const auto number = cursor.number(width);
  if (!number) return fail(Errc::truncated, "length is cut off", cursor.offset());
  const std::uint32_t least = width == 1 ? 0x80 : width == 2 ? 0x100 : 0x10000;
  if (*number < least) {
    tlv.anomalies.push_back({offset, "length " + std::to_string(*number) + " is written in " +
                                         std::to_string(width + 1) + " octets, fewer would do"});
  }
  return *number;
}

}  // namespace

Result<Tlv> read_tlv_head(Cursor& cursor, TlvForm form) {
  Cursor ahead = cursor;
  Tlv tlv;
  tlv.offset = cursor.offset();
  const auto tag = form == TlvForm::ber ? read_ber_tag(ahead, tlv) : read_comprehension_tag(ahead, tlv);
  if (!tag) return tl::make_unexpected(tag.error());
  tlv.length_offset = ahead.offset();
  const auto length = read_length(ahead, tlv);
  if (!length) return tl::make_unexpected(length.error());
  tlv.length = *length;
  tlv.octets = cursor.rest().first(cursor.left() - ahead.left());
  cursor = ahead;
  return tlv;
}

Result<Tlv> read_tlv(Cursor& cursor, TlvForm form) {
  Cursor ahead = cursor;
  auto tlv = read_tlv_head(ahead, form);
  if (!tlv) return tlv;
  const auto value = ahead.take(tlv->length);
  if (!value) {
    return fail(Errc::truncated,
                "length says " + std::to_string(tlv->length) + " octets, " + std::to_string(ahead.left()) + " are left",
                tlv->length_offset);
  }
  tlv->value = *value;
  tlv->octets = cursor.rest().first(cursor.left() - ahead.left());
  cursor = ahead;
  return tlv;
}

Octets tlv_header(std::uint32_t tag, TlvForm form, bool comprehension, bool three_octet, std::size_t length) {
  Octets out;
  if (form == TlvForm::comprehension) {
    if (three_octet) {
      const std::uint32_t wire = tag | (comprehension ? 0x8000U : 0U);
      out = {0x7F, static_cast<std::uint8_t>(wire >> 8), static_cast<std::uint8_t>(wire)};
    } else {
      out = {static_cast<std::uint8_t>(tag | (comprehension ? comprehension_bit : 0U))};
    }
  } else {
    for (int shift = 24; shift >= 0; shift -= 8) {
      if (tag >> shift != 0 || shift == 0) out.push_back(static_cast<std::uint8_t>(tag >> shift));
    }
  }
  if (length > 0xFFFF) {
    append(out, Octets{0x83, static_cast<std::uint8_t>(length >> 16)});
    append(out, Octets{static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)});
  } else if (length > 0xFF) {
    append(out, Octets{0x82, static_cast<std::uint8_t>(length >> 8), static_cast<std::uint8_t>(length)});
  } else if (length > 0x7F) {
    append(out, Octets{0x81, static_cast<std::uint8_t>(length)});
  } else {
    out.push_back(static_cast<std::uint8_t>(length));
  }
  return out;
}

Octets write_tlv(std::uint32_t tag, bool comprehension, ByteView value) {
  auto out = tlv_header(tag, TlvForm::comprehension, comprehension, tag > 0x7E, value.size());
  append(out, value);
  return out;
}

Octets write_ber(std::uint32_t tag, ByteView value) {
  auto out = tlv_header(tag, TlvForm::ber, false, false, value.size());
  append(out, value);
  return out;
}

}  // namespace dmsc::codec

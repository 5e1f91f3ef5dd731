// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/cdma_sms.hpp"

#include <algorithm>

#include "runner/base/text.hpp"
#include "runner/codec/sms/user_data.hpp"
#include "runner/codec/wap/wdp.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/codec/wire/cursor.hpp"
#include "runner/codec/wire/fields.hpp"
#include "runner/codec/wire/sms_coding.hpp"
#include "runner/codec/wire/text.hpp"

namespace dmsc::codec {
namespace {

constexpr Name teleservices[] = {
    {4096, "cmt_91", "IS-91 extended protocol enhanced services"},
    {4097, "cpt_95", "wireless paging"},
    {4098, "cmt_95", "wireless messaging"},
    {4099, "vmn_95", "voice mail notification"},
    {4100, "wap", "wireless application protocol"},
    {4101, "wemt", "wireless enhanced messaging"},
    {4102, "scpt", "service category programming"},
    {4103, "catpt", "card application toolkit protocol"},
};
constexpr Name transport_types[] = {
    {0, "point_to_point", "point-to-point"}, {1, "broadcast", "broadcast"}, {2, "acknowledge", "acknowledge"}};
constexpr Name number_types[] = {
    {0, "unknown", "unknown"},
    {1, "international", "international number"},
    {2, "national", "national number"},
    {3, "network_specific", "network specific number"},
    {4, "subscriber", "subscriber number"},
    {6, "abbreviated", "abbreviated number"},
};
constexpr Name numbering_plans[] = {
    {0, "unknown", "unknown"},
    {1, "isdn_telephony", "ISDN telephony numbering plan"},
    {3, "data", "data numbering plan (X.121)"},
    {4, "telex", "telex numbering plan (F.69)"},
    {9, "private", "private numbering plan"},
};
constexpr Name message_types[] = {
    {1, "deliver", "deliver"},
    {2, "submit", "submit"},
    {3, "cancellation", "cancellation"},
    {4, "delivery_acknowledgement", "delivery acknowledgement"},
    {5, "user_acknowledgement", "user acknowledgement"},
    {6, "read_acknowledgement", "read acknowledgement"},
    {7, "deliver_report", "deliver report"},
    {8, "submit_report", "submit report"},
};
constexpr Name encodings[] = {
    {0, "octet", "octet, unspecified"},
    {1, "is_91", "IS-91 extended protocol message"},
    {2, "ascii_7", "7-bit ASCII"},
    {3, "ia5", "IA5"},
    {4, "unicode", "Unicode, 16 bits"},
    {5, "shift_jis", "Shift-JIS"},
    {6, "korean", "Korean"},
    {7, "latin_hebrew", "Latin/Hebrew"},
    {8, "latin", "Latin (ISO 8859-1)"},
    {9, "gsm7", "GSM 7-bit default alphabet"},
    {10, "gsm_dcs", "as the GSM data coding scheme says"},
};
constexpr Name priorities[] = {
    {0, "normal", "normal"}, {1, "interactive", "interactive"}, {2, "urgent", "urgent"}, {3, "emergency", "emergency"}};
constexpr Name privacies[] = {{0, "not_restricted", "not restricted"},
                              {1, "restricted", "restricted"},
                              {2, "confidential", "confidential"},
                              {3, "secret", "secret"}};
constexpr Name alerts[] = {{0, "mobile_default", "mobile default"},
                           {1, "low", "low priority"},
                           {2, "medium", "medium priority"},
                           {3, "high", "high priority"}};
constexpr Name display_modes[] = {
    {0, "immediate", "immediate"}, {1, "mobile_default", "mobile default"}, {2, "user_invoke", "user invoke"}};
constexpr Name languages[] = {{0, "unknown", "unknown"}, {1, "english", "English"},   {2, "french", "French"},
                              {3, "spanish", "Spanish"}, {4, "japanese", "Japanese"}, {5, "korean", "Korean"},
                              {6, "chinese", "Chinese"}, {7, "hebrew", "Hebrew"}};

// Numbers: digits of 4 bits, or characters of 8. 3.4.3.3, 4.5.15

bool in_characters(const Value& members) {
  return members.bool_or("digit_mode", false);
}
bool has_plan(const Value& members) {
  return in_characters(members) && !members.bool_or("number_mode", false);
}

constexpr std::string_view dtmf = "?1234567890*#???";

Result<void> read_number(LayoutReader& reader, const LayoutField& field) {
  auto& in = reader.in();
  const auto start = in.position();
  const auto offset = in.offset();
  const auto count = in.take(8);
  const bool characters = in_characters(reader.members());
  const unsigned width = characters ? 8 : 4;
  if (!count || in.left() < std::size_t{*count} * width) {
    return fail(Errc::truncated, "the number ends early", offset);
  }
  std::string text;
  for (std::uint32_t at = 0; at < *count; ++at) {
    const auto code = *in.take(width);
    text += !characters ? dtmf[code] : code >= 0x20 && code <= 0x7E ? static_cast<char>(code) : '?';
  }
  reader.add(field.key, start, std::move(text));
  return {};
}

Result<void> write_number(const Value& members, const LayoutField& field, BitWriter& out) {
  const auto* number = members.find(field.key);
  if (number == nullptr || !number->is_string()) return fail(Errc::malformed, "is missing", {}, field.key);
  const auto& text = number->as_string();
  if (text.size() > 0xFF) return fail(Errc::range, "is longer than 255 characters", {}, field.key);
  const bool characters = in_characters(members);
  out.put(static_cast<std::uint32_t>(text.size()), 8);
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto code = characters ? static_cast<std::size_t>(static_cast<unsigned char>(text[at])) : dtmf.find(text[at]);
    if (!characters && (code == dtmf.npos || text[at] == '?')) {
      return fail(Errc::range, "character is not one of 0-9 * #", at, field.key);
    }
    out.put(static_cast<std::uint32_t>(code), characters ? 8 : 4);
  }
  return {};
}

constexpr Composite number{read_number, write_number};

// Times: two decimal digits an octet, the high nibble first. 4.5.4

constexpr const char* time_keys[] = {"year", "month", "day", "hour", "minute", "second"};

Result<void> read_time(LayoutReader& reader, const LayoutField& /*field*/) {
  for (const auto* key : time_keys) {
    const auto start = reader.in().position();
    const auto octet = reader.in().take(8);
    if (!octet) return fail(Errc::truncated, "the time ends early", reader.in().offset());
    reader.add(key, start, static_cast<std::int64_t>((*octet >> 4) * 10 + (*octet & 0x0F)));
  }
  return {};
}

Result<void> write_time(const Value& members, const LayoutField& /*field*/, BitWriter& out) {
  for (const auto* key : time_keys) {
    const auto value = members.int_or(key, -1);
    if (value < 0 || value > 99) return fail(Errc::range, "is no number from 0 to 99", {}, key);
    out.put(static_cast<std::uint32_t>(value / 10 << 4 | value % 10), 8);
  }
  return {};
}

constexpr Composite time{read_time, write_time, time_keys};

// User data: 4.5.2. Whether a header opens it is told elsewhere, in the message identifier.

enum class Unit { octet, septet, packed, wide };

Unit unit_of(std::uint32_t encoding, std::int64_t dcs) {
  if (encoding == 10) {
    const auto alphabet = sms_coding(static_cast<std::uint8_t>(dcs)).alphabet;
    if (alphabet == Alphabet::ucs2) return Unit::wide;
    return alphabet == Alphabet::gsm7_packed ? Unit::packed : Unit::octet;
  }
  if (encoding == 2 || encoding == 3) return Unit::septet;
  if (encoding == 9) return Unit::packed;
  return encoding == 4 ? Unit::wide : Unit::octet;
}

std::string latin_text(ByteView octets) {
  std::string out;
  for (const auto octet : octets) {
    if (octet < 0x80) {
      out += static_cast<char>(octet);
    } else {
      out += static_cast<char>(0xC0 | octet >> 6);
      out += static_cast<char>(0x80 | (octet & 0x3F));
    }
  }
  return out;
}

/// Characters of ISO 8859-1; Errc::range for others.
Result<Octets> latin_octets(const std::string& text) {
  Octets out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto lead = static_cast<unsigned char>(text[at]);
    if (lead < 0x80) {
      out.push_back(lead);
    } else if ((lead & 0xFC) == 0xC0 && at + 1 < text.size()) {
      out.push_back(static_cast<std::uint8_t>(lead << 6 | (static_cast<unsigned char>(text[++at]) & 0x3F)));
    } else {
      return fail(Errc::range, "character is not in ISO 8859-1", at, "text");
    }
  }
  return out;
}

std::optional<DecodedHeader> header_of(BitReader& in, std::size_t& size) {
  const auto length = in.take(8);
  if (!length) return {};
  const auto elements = in.take_octets(*length);
  if (!elements) return {};
  size = elements->size() + 1;
  return decode_header(*elements, in.offset() - elements->size());
}

Layout read_user_data(ByteView octets, std::size_t offset, bool with_header) {
  LayoutReader reader(octets, offset);
  auto& in = reader.in();
  reader.read(fields::code("encoding", 5, encodings));
  if (reader.failed()) return reader.finish();
  const auto encoding = code_of(encodings, *reader.members().find("encoding"), "").value_or(0);
  if (encoding == 1) reader.read(fields::number("is_91_type"));
  if (encoding == 10) reader.read(fields::number("dcs"));
  const auto count_at = in.offset();
  reader.read(fields::number("fields"));
  if (reader.failed()) return reader.finish();
  const auto unit = unit_of(encoding, reader.members().int_or("dcs", 0));
  auto count = static_cast<std::size_t>(reader.members().int_or("fields", 0));
  std::size_t header_size = 0;
  auto start = in.position();
  if (with_header) {
    auto header = header_of(in, header_size);
    if (!header) {
      auto out = reader.finish();
      out.error = Error{Errc::truncated, "the user data header ends early", in.offset(), {}};
      return out;
    }
    reader.add("header", start, std::move(header->elements)).fields = std::move(header->nodes);
    const auto taken = unit == Unit::octet  ? header_size
                       : unit == Unit::wide ? (header_size + 1) / 2
                                            : (header_size * 8 + 6) / 7;
    count -= std::min(count, taken);
  }
  start = in.position();
  const auto fill = with_header ? static_cast<unsigned>((7 - header_size * 8 % 7) % 7) : 0U;
  const std::size_t wanted = unit == Unit::octet    ? count * 8
                             : unit == Unit::wide   ? count * 16
                             : unit == Unit::packed ? (fill + count * 7 + 7) / 8 * 8
                                                    : fill + count * 7;
  const std::size_t room = in.left() + (unit == Unit::packed ? 7 : 0);
  if (wanted > room) {
    auto out = reader.finish();
    out.error = Error{Errc::truncated,
                      std::to_string(count) + " fields need " + std::to_string(wanted) + " bits, " +
                          std::to_string(in.left()) + " are left",
                      count_at,
                      {}};
    return out;
  }
  Octets raw;
  if (unit == Unit::septet) {
    (void)in.take(fill);
    for (std::size_t at = 0; at < count; ++at) raw.push_back(static_cast<std::uint8_t>(*in.take(7)));
    bool plain = true;
    std::string text;
    for (const auto octet : raw) {
      plain = plain && (octet >= 0x20 || octet == '\n' || octet == '\r' || octet == '\t') && octet != 0x7F;
      text += static_cast<char>(octet);
    }
    if (plain) reader.add("text", start, std::move(text));
    if (!plain) reader.add("data", start, to_hex(raw));
    return reader.finish();
  }
  while (raw.size() * 8 < wanted) {
    const auto bits = static_cast<unsigned>(std::min<std::size_t>(8, in.left()));
    raw.push_back(static_cast<std::uint8_t>(*in.take(bits) << (8 - bits)));
    if (bits < 8) break;
  }
  if (unit == Unit::packed) {
    const auto septets = unpack_septets(raw, fill, count);
    auto& node = reader.add("text", start, decode_gsm_octets(septets));
    node.anomalies = packed_oddities(septets, fill, node.offset);
  } else if (unit == Unit::wide) {
    reader.add("text", start, decode_ucs2(raw));
  } else if (encoding == 8) {
    reader.add("text", start, latin_text(raw));
  } else {
    reader.add("data", start, to_hex(raw));
  }
  return reader.finish();
}

/// Characters of one message as their units: octets, or one septet an octet.
Result<Octets> units_of(const Value& members, Unit unit, std::uint32_t encoding) {
  const auto* text = members.find("text");
  const auto* data = members.find("data");
  if (text == nullptr) {
    if (data == nullptr) return Octets{};
    auto octets =
        data->is_string() ? parse_hex(data->as_string()) : Result<Octets>(fail(Errc::malformed, "is no text"));
    if (!octets) octets.error().place = "data";
    return octets;
  }
  if (!text->is_string()) return fail(Errc::malformed, "is no text", {}, "text");
  auto octets = unit == Unit::packed ? encode_gsm_octets(text->as_string())
                : unit == Unit::wide ? encode_ucs2(text->as_string())
                                     : latin_octets(text->as_string());
  if (!octets) return fail(octets.error().code, octets.error().message, octets.error().offset, "text");
  if (unit == Unit::septet && std::ranges::any_of(*octets, [](std::uint8_t octet) { return octet > 0x7F; })) {
    return fail(Errc::range, "character is not ASCII", {}, "text");
  }
  if (unit == Unit::octet && encoding != 8 && text != nullptr) {
    return fail(Errc::range, "cannot be written in this encoding", {}, "text");
  }
  return octets;
}

Result<Octets> write_user_data(const Value& members) {
  const auto* named = members.find("encoding");
  if (named == nullptr) return fail(Errc::malformed, "is missing", {}, "encoding");
  const auto encoding = code_of(encodings, *named, "encoding");
  if (!encoding) return tl::make_unexpected(encoding.error());
  if (*encoding > 31) return fail(Errc::range, "is outside 0 to 31", {}, "encoding");
  const auto dcs = members.int_or("dcs", 0);
  const auto unit = unit_of(*encoding, dcs);
  Octets header;
  if (const auto* elements = members.find("header")) {
    auto octets = encode_header(*elements);
    if (!octets) return octets;
    header = std::move(*octets);
  }
  const auto units = units_of(members, unit, *encoding);
  if (!units) return units;
  BitWriter out;
  out.put(*encoding, 5);
  if (*encoding == 1) out.put(static_cast<std::uint32_t>(members.int_or("is_91_type", 0) & 0xFF), 8);
  if (*encoding == 10) out.put(static_cast<std::uint32_t>(dcs & 0xFF), 8);
  const bool septets = unit == Unit::septet || unit == Unit::packed;
  const auto before = septets              ? (header.size() * 8 + 6) / 7
                      : unit == Unit::wide ? (header.size() + 1) / 2
                                           : header.size();
  const auto count = members.int_or(
      "fields", static_cast<std::int64_t>(before + (unit == Unit::wide ? units->size() / 2 : units->size())));
  if (count < 0 || count > 0xFF) return fail(Errc::range, "is outside 0 to 255", {}, "fields");
  out.put(static_cast<std::uint32_t>(count), 8);
  out.put_octets(header);
  const auto fill = header.empty() ? 0U : static_cast<unsigned>((7 - header.size() * 8 % 7) % 7);
  if (unit == Unit::septet) {
    out.put(0, fill);
    for (const auto septet : *units) out.put(septet, 7);
  } else if (unit == Unit::packed) {
    out.put_octets(pack_septets(*units, fill));
  } else {
    out.put_octets(*units);
  }
  return out.finish();
}

// Rows

constexpr LayoutField teleservice[] = {fields::code("", 16, teleservices)};
constexpr LayoutField category[] = {fields::number("", 16)};
constexpr LayoutField address[] = {
    fields::flag("digit_mode"),
    fields::flag("number_mode"),
    fields::code("number_type", 3, number_types, in_characters),
    fields::code("numbering_plan", 4, numbering_plans, has_plan),
    fields::composite("number", number),
};
constexpr LayoutField reply_sequence[] = {fields::number("reply_sequence", 6), fields::reserved("spare", 2)};
constexpr LayoutField cause_codes[] = {fields::number("reply_sequence", 6), fields::number("error_class", 2),
                                       fields::optional(fields::number("cause"))};
constexpr LayoutField message_identifier[] = {fields::code("message_type", 4, message_types),
                                              fields::number("message_id", 16), fields::flag("header_indicator"),
                                              fields::reserved("spare", 3)};
constexpr LayoutField one_octet[] = {fields::number("")};
constexpr LayoutField two_octets[] = {fields::number("", 16)};
constexpr LayoutField date_time[] = {fields::composite("", time)};
constexpr LayoutField priority[] = {fields::code("priority", 2, priorities), fields::reserved("spare", 6)};
constexpr LayoutField privacy[] = {fields::code("privacy", 2, privacies), fields::reserved("spare", 6)};
constexpr LayoutField reply_option[] = {fields::flag("user_acknowledgement"), fields::flag("delivery_acknowledgement"),
                                        fields::flag("read_acknowledgement"), fields::flag("report"),
                                        fields::reserved("spare", 4)};
constexpr LayoutField alert[] = {fields::code("alert", 2, alerts), fields::reserved("spare", 6)};
constexpr LayoutField language[] = {fields::code("", 8, languages)};
constexpr LayoutField callback[] = {
    fields::flag("digit_mode"),
    fields::code("number_type", 3, number_types, in_characters),
    fields::code("numbering_plan", 4, numbering_plans, in_characters),
    fields::composite("number", number),
};
constexpr LayoutField display_mode[] = {fields::code("mode", 2, display_modes), fields::reserved("spare", 6)};
constexpr LayoutField message_status[] = {fields::number("error_class", 2), fields::number("status", 6)};

constexpr const char* by_hand = "worked by hand from the layout";

constexpr CdmaParameter transport_rows[] = {
    {0x00, "teleservice", "teleservice identifier", CdmaContent::fields, teleservice, "00 02 10 04", by_hand},
    {0x01, "service_category", "service category", CdmaContent::fields, category, "01 02 00 01", by_hand},
    {0x02, "originating_address", "originating address", CdmaContent::fields, address, "02 07 02 A8 48 D1 59 E2 40",
     by_hand},
    {0x03, "originating_subaddress", "originating subaddress", CdmaContent::octets, {}, "03 02 00 00", by_hand},
    {0x04, "destination_address", "destination address", CdmaContent::fields, address, "04 05 01 88 D1 59 C0", by_hand},
    {0x05, "destination_subaddress", "destination subaddress", CdmaContent::octets, {}, "05 02 00 00", by_hand},
    {0x06, "bearer_reply_option", "bearer reply option", CdmaContent::fields, reply_sequence, "06 01 04", by_hand},
    {0x07, "cause_codes", "cause codes", CdmaContent::fields, cause_codes, "07 02 06 20", by_hand},
    {0x08, "bearer_data", "bearer data", CdmaContent::bearer_data, {}, "08 05 00 03 20 00 10", by_hand},
};
constexpr CdmaParameter bearer_rows[] = {
    {0x00, "message_identifier", "message identifier", CdmaContent::fields, message_identifier, "00 03 11 23 40",
     by_hand},
    {0x01, "user_data", "user data", CdmaContent::user_data, {}, "01 04 00 10 0D 10", by_hand},
    {0x02, "user_response_code", "user response code", CdmaContent::fields, one_octet, "02 01 05", by_hand},
    {0x03, "time_stamp", "message center time stamp", CdmaContent::fields, date_time, "03 06 12 11 12 01 00 00",
     by_hand},
    {0x04, "validity_absolute", "validity period, absolute", CdmaContent::fields, date_time, "04 06 12 11 12 01 00 00",
     by_hand},
    {0x05, "validity_relative", "validity period, relative", CdmaContent::fields, one_octet, "05 01 0B", by_hand},
    {0x06, "deferred_absolute", "deferred delivery time, absolute", CdmaContent::fields, date_time,
     "06 06 12 11 12 01 00 00", by_hand},
    {0x07, "deferred_relative", "deferred delivery time, relative", CdmaContent::fields, one_octet, "07 01 0B",
     by_hand},
    {0x08, "priority", "priority indicator", CdmaContent::fields, priority, "08 01 80", by_hand},
    {0x09, "privacy", "privacy indicator", CdmaContent::fields, privacy, "09 01 C0", by_hand},
    {0x0A, "reply_option", "reply option", CdmaContent::fields, reply_option, "0A 01 40", by_hand},
    {0x0B, "number_of_messages", "number of messages", CdmaContent::fields, one_octet, "0B 01 12", by_hand},
    {0x0C, "alert_on_delivery", "alert on message delivery", CdmaContent::fields, alert, "0C 01 40", by_hand},
    {0x0D, "language", "language indicator", CdmaContent::fields, language, "0D 01 01", by_hand},
    {0x0E, "callback_number", "call-back number", CdmaContent::fields, callback, "0E 04 02 09 1A 00", by_hand},
    {0x0F, "display_mode", "message display mode", CdmaContent::fields, display_mode, "0F 01 40", by_hand},
    {0x10,
     "multiple_encoding_user_data",
     "multiple encoding user data",
     CdmaContent::octets,
     {},
     "10 02 00 00",
     by_hand},
    {0x11, "deposit_index", "message deposit index", CdmaContent::fields, two_octets, "11 02 00 07", by_hand},
    {0x12, "service_program_data", "service category program data", CdmaContent::octets, {}, "12 02 00 00", by_hand},
    {0x13,
     "service_program_results",
     "service category program results",
     CdmaContent::octets,
     {},
     "13 02 00 00",
     by_hand},
    {0x14, "message_status", "message status", CdmaContent::fields, message_status, "14 01 00", by_hand},
    {0x15, "failure_cause", "TP failure cause", CdmaContent::fields, one_octet, "15 01 D5", by_hand},
};

const CdmaParameter* find_row(std::span<const CdmaParameter> rows, std::uint8_t id) {
  const auto found = std::ranges::find(rows, id, &CdmaParameter::id);
  return found == rows.end() ? nullptr : &*found;
}
const CdmaParameter* find_row(std::span<const CdmaParameter> rows, std::string_view key) {
  const auto found = std::ranges::find_if(rows, [&](const CdmaParameter& row) { return row.key == key; });
  return found == rows.end() ? nullptr : &*found;
}

bool is_single(const CdmaParameter& row) {
  return row.fields.size() == 1 && row.fields[0].kind != LayoutKind::composite;
}

Result<Octets> content_octets(const CdmaParameter& row, const Value& value) {
  switch (row.content) {
    case CdmaContent::octets:
      if (!value.is_string()) return fail(Errc::malformed, "is not hexadecimal");
      return parse_hex(value.as_string());
    case CdmaContent::fields:
      return write_layout(row.fields, is_single(row) ? Value(Value::Map{{"", value}}) : value);
    case CdmaContent::bearer_data:
      return encode_bearer_data(value);
    case CdmaContent::user_data:
      return write_user_data(value);
  }
  return Octets{};
}

Result<Octets> value_octets(const CdmaParameter& row, const Value& value) {
  if (auto raw = raw_of(value, row.key)) return *raw;
  auto out = content_octets(row, value);
  if (!out) {
    auto& place = out.error().place;
    place = place.empty() ? row.key : std::string(row.key) + "." + place;
  }
  return out;
}

Layout read_value(const CdmaParameter& row, ByteView octets, std::size_t offset, bool with_header) {
  if (row.content == CdmaContent::user_data) return read_user_data(octets, offset, with_header);
  if (row.content == CdmaContent::fields) return read_layout(row.fields, octets, offset);
  auto bearer = decode_bearer_data(octets);
  shift_nodes(bearer.fields, offset);
  Layout out;
  out.value = bearer.value();
  out.nodes = std::move(bearer.fields);
  out.error = bearer.error;
  if (out.error) out.error->offset = out.error->offset.value_or(0) + offset;
  return out;
}

Node read_parameter(std::span<const CdmaParameter> rows, std::uint8_t id, ByteView octets, ByteView value,
                    std::size_t offset, bool with_header) {
  const auto* row = find_row(rows, id);
  Node node;
  node.key = row == nullptr ? "parameter_" + hex_number(id, 2) : row->key;
  node.name = row == nullptr ? "unknown parameter" : row->name;
  node.offset = offset;
  node.octets = to_octets(octets);
  node.value = to_hex(value);
  if (row == nullptr || row->content == CdmaContent::octets) return node;
  auto layout = read_value(*row, value, offset + 2, with_header);
  if (layout.error) {
    node.anomalies.push_back({layout.error->offset.value_or(offset), layout.error->message});
    node.fields = std::move(layout.nodes);
    node.value = Value::Map{{"raw", to_hex(value)}};
    return node;
  }
  const bool single = is_single(*row);
  node.value = single ? *layout.value.find("") : layout.value;
  if (single) node.note = layout.nodes[0].note;
  if (!single) node.fields = std::move(layout.nodes);
  const auto back = value_octets(*row, node.value);
  if (back && same(*back, value)) return node;
  const auto first =
      back ? std::mismatch(back->begin(), back->end(), value.begin(), value.end()).second : value.begin();
  node.anomalies.push_back({offset + 2 + static_cast<std::size_t>(first - value.begin()),
                            back && back->size() < value.size() && same(*back, value.first(back->size()))
                                ? std::to_string(value.size() - back->size()) + " octets more than the fields need"
                                : "octets that the fields do not account for"});
  if (!node.value.is_map()) node.value = Value::Map{{"value", node.value}};
  node.value["raw"] = to_hex(value);
  return node;
}

/// Whether the message identifier among bearer data says that a header opens the user data, wherever it stands.
bool announces_header(ByteView octets) {
  Cursor cursor(octets, 0);
  while (!cursor.empty()) {
    const auto id = *cursor.u8();
    const auto length = cursor.u8();
    const auto value = length ? cursor.take(*length) : std::nullopt;
    if (!value) break;
    if (id == 0) return read_layout(message_identifier, *value, 0).value.bool_or("header_indicator", false);
  }
  return false;
}

void decode_parameters(std::span<const CdmaParameter> rows, ByteView octets, std::size_t offset, Decoded& out) {
  Cursor cursor(octets, offset);
  const bool with_header = rows.data() == std::data(bearer_rows) && announces_header(octets);
  while (!cursor.empty()) {
    const auto start = cursor.offset();
    const auto from = cursor.rest();
    const auto id = *cursor.u8();
    const auto length = cursor.u8();
    const auto value = length ? cursor.take(*length) : std::nullopt;
    if (!value) {
      const auto at = start + (length ? 1 : 0);
      out.error = Error{Errc::truncated, "parameter " + hex_number(id, 2) + " ends early", at, {}};
      return;
    }
    out.fields.push_back(read_parameter(rows, id, from.first(value->size() + 2), *value, start, with_header));
    auto& node = out.fields.back();
    const auto same_key = [&](const Node& other) { return other.key == node.key; };
    if (std::any_of(out.fields.begin(), out.fields.end() - 1, same_key)) {
      node.anomalies.push_back({start, "parameter " + hex_number(id, 2) + " comes twice"});
    }
  }
}

Result<void> encode_parameter(std::span<const CdmaParameter> rows, const std::string& key, const Value& value,
                              Octets& out) {
  constexpr std::string_view prefix = "parameter_";
  const auto* row = find_row(rows, key);
  const auto number =
      row == nullptr && key.starts_with(prefix) ? parse_hex(key.substr(prefix.size())) : Result<Octets>(Octets{});
  if (row == nullptr && (!number || number->size() != 1)) return fail(Errc::unknown, "is no parameter", {}, key);
  const CdmaParameter unknown{
      row == nullptr ? number->front() : row->id, key.c_str(), "", CdmaContent::octets, {}, "", ""};
  const auto octets = value_octets(row == nullptr ? unknown : *row, value);
  if (!octets) return tl::make_unexpected(octets.error());
  if (octets->size() > 0xFF) return fail(Errc::range, "is longer than 255 octets", {}, key);
  out.push_back(unknown.id);
  out.push_back(static_cast<std::uint8_t>(octets->size()));
  append(out, *octets);
  return {};
}

Result<Octets> encode_parameters(std::span<const CdmaParameter> rows, const Value& members) {
  Octets out;
  for (const auto& [key, value] : members.as_map()) {
    if (key == "message_type" || value.is_null()) continue;
    for (const auto& one : value.is_list() ? value.as_list() : Value::List{value}) {
      const auto written = encode_parameter(rows, key, one, out);
      if (!written) return tl::make_unexpected(written.error());
    }
  }
  return out;
}

/// The datagram in the user data of teleservice 4100.
void look_inside(Decoded& out) {
  const auto* teleservice = out.find("teleservice");
  if (teleservice == nullptr || *teleservice != Value("wap")) return;
  for (auto& bearer : out.fields) {
    if (bearer.key != "bearer_data") continue;
    for (auto& part : bearer.fields) {
      if (part.key != "user_data") continue;
      for (auto& data : part.fields) {
        const auto octets = data.key == "data" ? parse_hex(data.value.as_string()) : Result<Octets>(Octets{});
        if (!octets || octets->empty()) continue;
        auto inside = decode_wdp(*octets);
        // The octets stand across those of the message; offsets inside count from the first that holds some.
        shift_nodes(inside.fields, data.offset);
        data.fields = std::move(inside.fields);
        if (inside.error) {
          data.anomalies.push_back({data.offset + inside.error->offset.value_or(0), inside.error->message});
        }
      }
    }
  }
}

}  // namespace

std::span<const CdmaParameter> transport_parameters() {
  return transport_rows;
}

std::span<const CdmaParameter> bearer_parameters() {
  return bearer_rows;
}

Decoded decode_bearer_data(ByteView octets) {
  Decoded out;
  out.kind = "cdma-bearer";
  out.key = "bearer_data";
  out.name = "Bearer data";
  out.clause = "3GPP2 C.S0015, 4.5";
  decode_parameters(bearer_rows, octets, 0, out);
  return out;
}

Decoded decode_cdma_sms(ByteView octets) {
  Decoded out;
  out.kind = "cdma-sms";
  out.key = "cdma_sms";
  out.name = "CDMA short message";
  out.clause = "3GPP2 C.S0015, 3.4";
  if (octets.empty()) {
    out.error = Error{Errc::truncated, "a message has at least one octet", 0, {}};
    return out;
  }
  Node type;
  type.key = type.name = "message_type";
  type.octets = to_octets(octets.first(1));
  type.value = name_or_number(transport_types, octets[0]);
  if (const auto* name = find_name(transport_types, octets[0])) type.note = name->label;
  if (type.value.is_int()) type.anomalies.push_back({0, "message type " + std::to_string(octets[0]) + " is reserved"});
  out.fields.push_back(std::move(type));
  decode_parameters(transport_rows, octets.subspan(1), 1, out);
  look_inside(out);
  return out;
}

Result<Octets> encode_bearer_data(const Value& members) {
  if (!members.is_map()) return fail(Errc::malformed, "is no map of parameters");
  return encode_parameters(bearer_rows, members);
}

Result<Octets> encode_cdma_sms(const Value& members) {
  if (!members.is_map()) return fail(Errc::malformed, "is no map of parameters");
  const auto* named = members.find("message_type");
  const auto type =
      named == nullptr ? Result<std::uint32_t>(std::uint32_t{0}) : code_of(transport_types, *named, "message_type");
  if (!type) return tl::make_unexpected(type.error());
  if (*type > 0xFF) return fail(Errc::range, "is outside 0 to 255", {}, "message_type");
  const auto parameters = encode_parameters(transport_rows, members);
  if (!parameters) return parameters;
  Octets out = {static_cast<std::uint8_t>(*type)};
  append(out, *parameters);
  return out;
}

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/sms.hpp"

#include <algorithm>

#include "runner/codec/sms/user_data.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/codec/wire/cursor.hpp"
#include "runner/codec/wire/fields.hpp"
#include "runner/codec/wire/sms_coding.hpp"
#include "runner/codec/wire/text.hpp"

namespace dmsc::codec {
namespace {

constexpr std::size_t digits_most = 20;
constexpr std::uint8_t alphanumeric = 5;

constexpr Name types_of_number[] = {
    {0, "unknown", "unknown"},
    {1, "international", "international number"},
    {2, "national", "national number"},
    {3, "network_specific", "network specific number"},
    {4, "subscriber", "subscriber number"},
    {5, "alphanumeric", "alphanumeric, GSM 7-bit default alphabet"},
    {6, "abbreviated", "abbreviated number"},
    {7, "reserved", "reserved for extension"},
};
constexpr Name numbering_plans[] = {
    {0, "unknown", "unknown"},
    {1, "isdn_telephony", "ISDN telephone numbering plan (E.164)"},
    {3, "data", "data numbering plan (X.121)"},
    {4, "telex", "telex numbering plan"},
    {5, "service_centre_5", "service centre specific plan"},
    {6, "service_centre_6", "service centre specific plan"},
    {8, "national", "national numbering plan"},
    {9, "private", "private numbering plan"},
    {10, "ermes", "ERMES numbering plan"},
    {15, "reserved", "reserved for extension"},
};

// Addresses: 9.1.2.5

constexpr LayoutField address_head[] = {
    fields::number("length"),
    fields::flag("no_extension"),
    fields::code("type_of_number", 3, types_of_number),
    fields::code("numbering_plan", 4, numbering_plans),
};

Result<Octets> write_address_octets(const Value& address, std::string_view place) {
  if (!address.is_map()) return fail(Errc::malformed, "is no map of an address", {}, std::string(place));
  if (auto raw = raw_of(address, place)) return *raw;
  const auto type = address.find("type_of_number") == nullptr
                        ? Result<std::uint32_t>(std::uint32_t{1})
                        : code_of(types_of_number, *address.find("type_of_number"), place);
  if (!type) return tl::make_unexpected(type.error());
  const auto number = address.text_or("number", "");
  Octets value;
  std::size_t length = number.size();
  if (*type == alphanumeric) {
    const auto septets = encode_gsm_octets(number);
    if (!septets)
      return fail(septets.error().code, septets.error().message, septets.error().offset, std::string(place));
    value = pack_septets(*septets, 0);
    length = (septets->size() * 7 + 3) / 4;  // semi-octets that are used
  } else {
    const auto digits = encode_digits(number);
    if (!digits) return fail(digits.error().code, digits.error().message, digits.error().offset, std::string(place));
    value = *digits;
  }
  if (length > 0xFF) return fail(Errc::range, "is longer than 255 digits", {}, std::string(place));
  Value head = Value::Map{{"length", length},
                          {"no_extension", address.bool_or("no_extension", true)},
                          {"type_of_number", std::int64_t{*type}},
                          {"numbering_plan", "isdn_telephony"}};
  if (*type == alphanumeric) head["numbering_plan"] = "unknown";
  if (const auto* plan = address.find("numbering_plan")) head["numbering_plan"] = *plan;
  auto out = write_layout(address_head, head);
  if (out) append(*out, value);
  return out;
}

/// What is odd about digits: F among them, a length that counts fill, and fill that is not F. Source: 9.1.2.3, 9.1.2.5
void note_digits(ByteView octets, std::size_t length, std::size_t offset, Node& address, Node& number) {
  const auto text = decode_digits(octets, length);
  if (text.size() < length) {
    address.anomalies.push_back(
        {offset, "length says " + std::to_string(length) + " digits, " + std::to_string(text.size()) + " are there"});
  }
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '?') number.anomalies.push_back({number.offset + at / 2, "F stands among the digits"});
  }
  const unsigned fill = length % 2 == 0 || octets.empty() ? 0x0FU : octets.back() >> 4U;
  if (fill == 0x0F) return;
  number.anomalies.push_back(
      {number.offset + octets.size() - 1, "fill behind the last digit is " + hex_number(fill, 1) + ", not F"});
}

Result<void> read_address(LayoutReader& reader, const LayoutField& field) {
  auto& in = reader.in();
  const auto start = in.position();
  const auto offset = in.offset();
  const auto head = in.take_octets(2);
  const std::size_t length = head ? (*head)[0] : 0;
  const auto digits = head ? in.take_octets((length + 1) / 2) : std::nullopt;
  if (!digits) {
    const auto at = head ? offset : in.offset();
    return fail(Errc::truncated, "address \"" + std::string(field.key) + "\" ends early", at);
  }
  auto layout = read_layout(address_head, *head, offset);
  const bool is_text = layout.value.text_or("type_of_number", "") == "alphanumeric";
  Value value = Value::Map{{"type_of_number", *layout.value.find("type_of_number")},
                           {"numbering_plan", *layout.value.find("numbering_plan")}};
  if (!layout.value.bool_or("no_extension", true)) value["no_extension"] = false;
  const auto septets = unpack_septets(*digits, 0, length * 4 / 7);
  value["number"] = is_text ? decode_gsm_octets(septets) : decode_digits(*digits, length);
  Octets whole = *head;
  append(whole, *digits);
  const auto back = write_address_octets(value, field.key);
  value = keeping_raw(std::move(value), whole, back);
  auto& node = reader.add(field.key, start, std::move(value));
  if (length > digits_most) {
    node.anomalies.push_back({offset, "length " + std::to_string(length) + " is above 20 digits"});
  }
  node.fields = std::move(layout.nodes);
  Node number;
  number.key = number.name = "number";
  number.offset = offset + 2;
  number.octets = *digits;
  number.value = *node.value.find("number");
  if (is_text) {
    number.anomalies = packed_oddities(septets, 0, number.offset);
  } else {
    note_digits(*digits, length, offset, node, number);
  }
  node.fields.push_back(std::move(number));
  return {};
}

Result<void> write_address(const Value& members, const LayoutField& field, BitWriter& out) {
  const auto* address = members.find(field.key);
  if (address == nullptr) return fail(Errc::malformed, "is missing", {}, field.key);
  const auto octets = write_address_octets(*address, field.key);
  if (!octets) return tl::make_unexpected(octets.error());
  out.put_octets(*octets);
  return {};
}

constexpr Composite address{read_address, write_address};

// Time stamps: 9.2.3.11. Two digits an octet, the low nibble first; the zone counts quarters of an hour.

constexpr const char* stamp_keys[] = {"year", "month", "day", "hour", "minute", "second"};
constexpr std::size_t stamp_size = 7;

Result<Octets> write_stamp_octets(const Value& stamp, std::string_view place) {
  if (!stamp.is_map()) return fail(Errc::malformed, "is no map of a time stamp", {}, std::string(place));
  if (auto raw = raw_of(stamp, place)) return *raw;
  Octets out;
  const auto swapped = [](std::int64_t number) { return static_cast<std::uint8_t>(number % 10 << 4 | number / 10); };
  for (const auto* key : stamp_keys) {
    const auto number = stamp.int_or(key, 0);
    if (number < 0 || number > 99) return fail(Errc::range, "is outside 0 to 99", {}, std::string(place) + "." + key);
    out.push_back(swapped(number));
  }
  const auto zone = stamp.int_or("zone", 0);
  if (zone < -79 || zone > 79) return fail(Errc::range, "is outside -79 to 79", {}, std::string(place) + ".zone");
  out.push_back(static_cast<std::uint8_t>(swapped(zone < 0 ? -zone : zone) | (zone < 0 ? 0x08 : 0x00)));
  return out;
}

bool is_decimal(std::uint8_t tens, std::uint8_t ones) {
  return tens <= 9 && ones <= 9;
}

constexpr std::uint8_t zone_sign = 0x08;

/// Members whose digits are none are left out; what does not write back keeps its octets.
Value stamp_value(ByteView octets) {
  Value value = Value::Map{};
  for (std::size_t at = 0; at < std::size(stamp_keys); ++at) {
    if (!is_decimal(octets[at] & 0x0F, octets[at] >> 4)) continue;
    value[stamp_keys[at]] = (octets[at] & 0x0F) * 10 + (octets[at] >> 4);
  }
  if (is_decimal(0, octets[6] >> 4)) {
    const int zone = (octets[6] & 0x07) * 10 + (octets[6] >> 4);
    value["zone"] = (octets[6] & zone_sign) != 0 ? -zone : zone;
  }
  const auto back = write_stamp_octets(value, "");
  return keeping_raw(std::move(value), octets, back);
}

/// At the octet itself: digits above 9, and a zone that says less than nothing.
std::vector<Anomaly> stamp_oddities(ByteView octets, std::size_t offset) {
  std::vector<Anomaly> out;
  for (std::size_t at = 0; at < octets.size(); ++at) {
    const bool zone = at + 1 == octets.size();
    const auto tens = static_cast<std::uint8_t>(octets[at] & (zone ? 0x07 : 0x0F));
    if (!is_decimal(tens, octets[at] >> 4)) out.push_back({offset + at, "is no time: a digit is above 9"});
  }
  if (octets.back() == zone_sign) out.push_back({offset + octets.size() - 1, "time zone is minus zero"});
  return out;
}

std::string stamp_note(const Value& stamp) {
  for (const auto* key : stamp_keys) {
    if (stamp.find(key) == nullptr) return {};
  }
  if (stamp.find("zone") == nullptr) return {};
  const auto two = [&](const char* key) {
    const auto number = stamp.int_or(key, 0);
    return (number < 10 ? "0" : "") + std::to_string(number);
  };
  const auto zone = stamp.int_or("zone", 0);
  const auto minutes = (zone < 0 ? -zone : zone) * 15;
  return two("year") + "-" + two("month") + "-" + two("day") + " " + two("hour") + ":" + two("minute") + ":" +
         two("second") + (zone < 0 ? " -" : " +") + std::to_string(minutes / 60) + ":" +
         (minutes % 60 < 10 ? "0" : "") + std::to_string(minutes % 60);
}

Result<void> read_stamp(LayoutReader& reader, const LayoutField& field) {
  const auto start = reader.in().position();
  const auto octets = reader.in().take_octets(stamp_size);
  if (!octets)
    return fail(Errc::truncated, "time stamp \"" + std::string(field.key) + "\" ends early", reader.in().offset());
  auto value = stamp_value(*octets);
  auto note = stamp_note(value);
  auto& node = reader.add(field.key, start, std::move(value), std::move(note));
  node.anomalies = stamp_oddities(*octets, node.offset);
  return {};
}

Result<void> write_stamp(const Value& members, const LayoutField& field, BitWriter& out) {
  const auto* stamp = members.find(field.key);
  if (stamp == nullptr) return fail(Errc::malformed, "is missing", {}, field.key);
  const auto octets = write_stamp_octets(*stamp, field.key);
  if (!octets) return tl::make_unexpected(octets.error());
  out.put_octets(*octets);
  return {};
}

constexpr Composite time_stamp{read_stamp, write_stamp};

// Validity period: 9.2.3.12. A number (relative), a time stamp (absolute), or octets (enhanced).

std::string relative_note(std::int64_t period) {
  if (period <= 143) return std::to_string((period + 1) * 5) + " minutes";
  if (period <= 167) return std::to_string(12 * 60 + (period - 143) * 30) + " minutes";
  if (period <= 196) return std::to_string(period - 166) + " days";
  return std::to_string(period - 192) + " weeks";
}

std::string period_format(const Value& members) {
  return members.text_or("validity_period_format", "none");
}

Result<void> read_validity(LayoutReader& reader, const LayoutField& field) {
  const auto format = period_format(reader.members());
  if (format == "none") return {};
  if (format == "absolute") return read_stamp(reader, field);
  const auto start = reader.in().position();
  const auto octets = reader.in().take_octets(format == "relative" ? 1 : stamp_size);
  if (!octets) return fail(Errc::truncated, "the validity period ends early", reader.in().offset());
  if (format == "relative") {
    const std::int64_t period = (*octets)[0];
    reader.add(field.key, start, period, relative_note(period));
  } else {
    reader.add(field.key, start, to_hex(*octets));
  }
  return {};
}

Result<void> write_validity(const Value& members, const LayoutField& field, BitWriter& out) {
  const auto format = period_format(members);
  if (format == "none") return {};
  if (format == "absolute") return write_stamp(members, field, out);
  const auto* period = members.find(field.key);
  if (period == nullptr) return fail(Errc::malformed, "is missing", {}, field.key);
  if (format == "relative") {
    if (!period->is_int() || period->as_int() < 0 || period->as_int() > 0xFF) {
      return fail(Errc::range, "is no number from 0 to 255", {}, field.key);
    }
    out.put(static_cast<std::uint32_t>(period->as_int()), 8);
    return {};
  }
  const auto octets = period->is_string() ? parse_hex(period->as_string()) : Result<Octets>(Octets{});
  if (!octets || octets->size() != stamp_size) return fail(Errc::malformed, "is not 7 octets", {}, field.key);
  out.put_octets(*octets);
  return {};
}

constexpr Composite validity{read_validity, write_validity};

// The coding scheme: a number, in words beside it.

Result<void> read_scheme(LayoutReader& reader, const LayoutField& field) {
  const auto start = reader.in().position();
  const auto octet = reader.in().take(8);
  if (!octet) return fail(Errc::truncated, "the coding scheme is missing", reader.in().offset());
  const auto coding = sms_coding(static_cast<std::uint8_t>(*octet));
  auto& node = reader.add(field.key, start, std::int64_t{*octet}, describe(coding));
  if (coding.group == SmsCoding::Group::reserved) node.anomalies.push_back({node.offset, "reserved coding group"});
  return {};
}

Result<void> write_scheme(const Value& members, const LayoutField& field, BitWriter& out) {
  const auto dcs = members.int_or(field.key, -1);
  if (dcs < 0 || dcs > 0xFF) return fail(Errc::range, "is no number from 0 to 255", {}, field.key);
  out.put(static_cast<std::uint32_t>(dcs), 8);
  return {};
}

constexpr Composite scheme{read_scheme, write_scheme};

// User data: length, header and text or octets. 9.2.3.16, 9.2.3.23, 9.2.3.24

constexpr const char* user_data_keys[] = {"user_data_length", "header", "text", "data"};

SmsCoding coding_of(const Value& members) {
  return sms_coding(static_cast<std::uint8_t>(members.int_or("dcs", 0)));
}

bool in_septets(const SmsCoding& coding) {
  return coding.alphabet == Alphabet::gsm7_packed && !coding.compressed;
}

unsigned fill_bits(std::size_t header_size) {
  return static_cast<unsigned>((7 - header_size * 8 % 7) % 7);
}

struct UserText {
  Value value;
  std::vector<Anomaly> odd;
};

/// Characters behind a header that can be read as text; nothing for octets. @param offset  of `octets`
std::optional<UserText> read_text(const SmsCoding& coding, ByteView octets, std::size_t header_size, std::size_t length,
                                  std::size_t offset) {
  if (coding.compressed) return {};
  UserText out;
  if (coding.alphabet == Alphabet::ucs2) {
    out.value = decode_ucs2(octets);
    const auto back = encode_ucs2(out.value.as_string());
    if (!back || !same(*back, octets)) out.value = Value::Map{{"text", out.value}, {"raw", to_hex(octets)}};
    return out;
  }
  if (!in_septets(coding)) return {};
  const auto fill = fill_bits(header_size);
  const std::size_t taken = (header_size * 8 + 6) / 7;
  const auto septets = unpack_septets(octets, fill, length > taken ? length - taken : 0);
  out.value = decode_gsm_octets(septets);
  const auto back = encode_gsm_octets(out.value.as_string());
  if (!back || !same(pack_septets(*back, fill), octets)) {
    out.value = Value::Map{{"text", out.value}, {"raw", to_hex(octets)}};
  }
  out.odd = packed_oddities(septets, fill, offset);
  return out;
}

/// The push in the data, where there is one to be seen: the first part tells.
void look_inside(const Value& members, ByteView data, Node& node) {
  const auto* header = members.find("header");
  const auto summary = summary_of(header == nullptr ? Value() : *header);
  if (summary.destination_port != wap_push_port || summary.sequence != 1) return;
  auto push = decode_wsp(data, summary.total > 1);
  shift_nodes(push.fields, node.offset);
  node.fields = std::move(push.fields);
  for (auto& anomaly : push.anomalies) node.anomalies.push_back({anomaly.offset + node.offset, anomaly.text});
  if (push.error) node.anomalies.push_back({node.offset + push.error->offset.value_or(0), push.error->message});
}

/// @param all  the user data, at least one octet
/// @return     octets of the header, its length included
std::size_t read_user_data_header(LayoutReader& reader, ByteView all) {
  auto& in = reader.in();
  const auto start = in.position();
  const auto offset = in.offset();
  const std::size_t wanted = std::size_t{all[0]} + 1;
  const auto size = std::min(all.size(), wanted);
  (void)in.take_octets(size);
  auto header = decode_header(all.subspan(1, size - 1), offset + 1);
  const bool cut = size < wanted;
  const auto whole = Value(Value::Map{{"raw", to_hex(all.first(size))}});
  auto& node = reader.add("header", start, cut ? whole : Value(std::move(header.elements)));
  node.fields = std::move(header.nodes);
  if (cut) node.anomalies.push_back({offset, "the user data header ends early"});
  return size;
}

Result<void> read_user_data(LayoutReader& reader, const LayoutField& /*field*/) {
  auto& in = reader.in();
  const auto coding = coding_of(reader.members());
  auto start = in.position();
  const auto length = in.take(8);
  if (!length) return fail(Errc::truncated, "the length of the user data is missing", in.offset());
  auto& told = reader.add("user_data_length", start, std::int64_t{*length});
  const std::size_t octets_wanted = in_septets(coding) ? (std::size_t{*length} * 7 + 7) / 8 : *length;
  const auto all = to_octets(in.rest());
  if (octets_wanted != all.size()) {
    told.anomalies.push_back({told.offset, "says " + std::to_string(octets_wanted) + " octets, " +
                                               std::to_string(all.size()) + " are there"});
  }
  if (all.size() > user_data_most) {
    told.anomalies.push_back({told.offset, std::to_string(all.size()) + " octets of user data are above 140"});
  }
  const bool announced = reader.members().bool_or("user_data_header", false);
  if (announced && all.empty()) told.anomalies.push_back({told.offset, "the user data header is missing"});
  const std::size_t header_size = announced && !all.empty() ? read_user_data_header(reader, all) : 0;
  start = in.position();
  const auto offset = in.offset();
  const auto rest = to_octets(in.rest());
  (void)in.take_octets(rest.size());
  if (auto text = read_text(coding, rest, header_size, *length, offset)) {
    reader.add("text", start, std::move(text->value)).anomalies = std::move(text->odd);
    return {};
  }
  const auto members = reader.members();
  look_inside(members, rest, reader.add("data", start, to_hex(rest)));
  return {};
}

Result<Octets> text_octets(const SmsCoding& coding, const Value& text, std::size_t header_size, std::size_t& septets) {
  if (auto raw = raw_of(text, "text")) return *raw;
  if (!text.is_string()) return fail(Errc::malformed, "is no text", {}, "text");
  if (coding.alphabet == Alphabet::ucs2) return encode_ucs2(text.as_string());
  if (!in_septets(coding)) return fail(Errc::range, "cannot be written in this coding scheme", {}, "text");
  const auto characters = encode_gsm_octets(text.as_string());
  if (!characters) return fail(characters.error().code, characters.error().message, characters.error().offset, "text");
  septets = characters->size();
  return pack_septets(*characters, fill_bits(header_size));
}

Result<void> write_user_data(const Value& members, const LayoutField& /*field*/, BitWriter& out) {
  const auto coding = coding_of(members);
  Octets header;
  if (const auto* elements = members.find("header")) {
    auto octets = encode_header(*elements);
    if (!octets) return tl::make_unexpected(octets.error());
    header = std::move(*octets);
  }
  Octets rest;
  std::size_t septets = 0;
  const auto* text = members.find("text");
  const auto* data = members.find("data");
  if (text != nullptr) {
    auto octets = text_octets(coding, *text, header.size(), septets);
    if (!octets) return tl::make_unexpected(octets.error());
    rest = std::move(*octets);
  } else if (data != nullptr) {
    const auto octets =
        data->is_string() ? parse_hex(data->as_string()) : Result<Octets>(fail(Errc::malformed, "is not hexadecimal"));
    if (!octets) return fail(octets.error().code, octets.error().message, octets.error().offset, "data");
    rest = *octets;
  }
  std::size_t length = header.size() + rest.size();
  if (in_septets(coding)) length = septets > 0 ? (header.size() * 8 + 6) / 7 + septets : (length * 8) / 7;
  const auto told = members.int_or("user_data_length", static_cast<std::int64_t>(length));
  if (told < 0 || told > 0xFF) return fail(Errc::range, "is outside 0 to 255", {}, "user_data_length");
  out.put(static_cast<std::uint32_t>(told), 8);
  out.put_octets(header);
  out.put_octets(rest);
  return {};
}

constexpr Composite user_data{read_user_data, write_user_data, user_data_keys};

// Rows

constexpr Name protocols[] = {
    {0x00, "plain", "no interworking, SME to SME"},
    {0x40, "type_0", "short message type 0"},
    {0x5F, "return_call", "return call message"},
    {0x7D, "me_data_download", "ME data download"},
    {0x7E, "me_depersonalization", "ME de-personalization"},
    {0x7F, "usim_data_download", "(U)SIM data download"},
};
constexpr Name period_formats[] = {
    {0, "none", "no validity period"},
    {1, "enhanced", "enhanced"},
    {2, "relative", "relative"},
    {3, "absolute", "absolute"},
};
constexpr Name from_terminal[] = {
    {0, "deliver_report", "SMS-DELIVER-REPORT"}, {1, "submit", "SMS-SUBMIT"}, {2, "command", "SMS-COMMAND"}};
constexpr Name to_terminal[] = {{0, "deliver", "SMS-DELIVER"},
                                {1, "submit_report", "SMS-SUBMIT-REPORT"},
                                {2, "status_report", "SMS-STATUS-REPORT"}};
constexpr Name failure_causes[] = {
    {0x80, "telematic_interworking", "telematic interworking not supported"},
    {0x81, "type_0_not_supported", "short message type 0 not supported"},
    {0x82, "cannot_replace", "cannot replace short message"},
    {0x8F, "unspecified_protocol", "unspecified TP-PID error"},
    {0x90, "alphabet_not_supported", "data coding scheme (alphabet) not supported"},
    {0x91, "class_not_supported", "message class not supported"},
    {0x9F, "unspecified_coding", "unspecified TP-DCS error"},
    {0xA0, "command_impossible", "command cannot be actioned"},
    {0xA1, "command_unsupported", "command unsupported"},
    {0xAF, "unspecified_command", "unspecified TP-Command error"},
    {0xB0, "tpdu_not_supported", "TPDU not supported"},
    {0xC0, "service_centre_busy", "service centre busy"},
    {0xC1, "no_subscription", "no service centre subscription"},
    {0xC2, "service_centre_failure", "service centre system failure"},
    {0xC3, "invalid_address", "invalid SME address"},
    {0xC4, "destination_barred", "destination SME barred"},
    {0xC5, "duplicate", "short message rejected: duplicate"},
    {0xC6, "period_format_not_supported", "TP-VPF not supported"},
    {0xC7, "period_not_supported", "TP-VP not supported"},
    {0xD0, "usim_storage_full", "(U)SIM SMS storage full"},
    {0xD1, "no_usim_storage", "no SMS storage capability in (U)SIM"},
    {0xD2, "error_in_terminal", "error in MS"},
    {0xD3, "memory_exceeded", "memory capacity exceeded"},
    {0xD4, "toolkit_busy", "(U)SIM application toolkit busy"},
    {0xD5, "data_download_error", "(U)SIM data download error"},
    {0xFF, "unspecified", "unspecified error cause"},
};

constexpr LayoutField deliver[] = {
    fields::flag("reply_path"),
    fields::flag("user_data_header"),
    fields::flag("status_report_indication"),
    fields::reserved("spare", 1),
    fields::flag("loop_prevention"),
    fields::flag("no_more_messages"),
    fields::code("message_type", 2, to_terminal),
    fields::composite("originator", address),
    fields::code("protocol_identifier", 8, protocols),
    fields::composite("dcs", scheme),
    fields::composite("timestamp", time_stamp),
    fields::composite("user_data", user_data),
};
constexpr LayoutField submit[] = {
    fields::flag("reply_path"),
    fields::flag("user_data_header"),
    fields::flag("status_report_request"),
    fields::code("validity_period_format", 2, period_formats),
    fields::flag("reject_duplicates"),
    fields::code("message_type", 2, from_terminal),
    fields::number("message_reference"),
    fields::composite("destination", address),
    fields::code("protocol_identifier", 8, protocols),
    fields::composite("dcs", scheme),
    fields::composite("validity_period", validity),
    fields::composite("user_data", user_data),
};

// Reports: the failure cause is there only in an RP-ERROR; its codes have bit 8 set, which the parameter indicator has
// not, since its bit 8 announces an octet that no version of the document defines. Source: 9.2.2.1a, 9.2.2.2a

Result<void> read_cause(LayoutReader& reader, const LayoutField& field) {
  auto& in = reader.in();
  if (in.empty() || (in.rest()[0] & 0x80) == 0) return {};
  const auto start = in.position();
  const auto code = *in.take(8);
  const auto* name = find_name(field.names, code);
  reader.add(field.key, start, name_or_number(field.names, code), name == nullptr ? "" : name->label);
  return {};
}
Result<void> write_cause(const Value& members, const LayoutField& field, BitWriter& out) {
  const auto* cause = members.find(field.key);
  if (cause == nullptr) return {};
  const auto code = code_of(field.names, *cause, field.key);
  if (!code) return tl::make_unexpected(code.error());
  if (*code < 0x80 || *code > 0xFF) return fail(Errc::range, "is outside 128 to 255", {}, field.key);
  out.put(*code, 8);
  return {};
}
constexpr Composite failure_cause{read_cause, write_cause};

constexpr LayoutField cause_field = {.key = "failure_cause",
                                     .kind = LayoutKind::composite,
                                     .bits = 0,
                                     .names = failure_causes,
                                     .composite = &failure_cause};

bool has_protocol(const Value& members) {
  return members.bool_or("has_protocol_identifier", false);
}
bool has_scheme(const Value& members) {
  return members.bool_or("has_dcs", false);
}
bool has_user_data(const Value& members) {
  return members.bool_or("has_user_data", false);
}

#define PARAMETER_INDICATOR                                                                          \
  fields::optional(fields::number("extension", 5)), fields::optional(fields::flag("has_user_data")), \
      fields::optional(fields::flag("has_dcs")), fields::optional(fields::flag("has_protocol_identifier"))
#define BEHIND_INDICATOR                                                                                         \
  fields::code("protocol_identifier", 8, protocols, has_protocol), fields::composite("dcs", scheme, has_scheme), \
      fields::composite("user_data", user_data, has_user_data)

constexpr LayoutField deliver_report[] = {
    fields::reserved("spare_8", 1),
    fields::flag("user_data_header"),
    fields::reserved("spare", 4),
    fields::code("message_type", 2, from_terminal),
    cause_field,
    PARAMETER_INDICATOR,
    BEHIND_INDICATOR,
};
constexpr LayoutField submit_report[] = {
    fields::reserved("spare_8", 1),
    fields::flag("user_data_header"),
    fields::reserved("spare", 4),
    fields::code("message_type", 2, to_terminal),
    cause_field,
    PARAMETER_INDICATOR,
    fields::composite("timestamp", time_stamp),
    BEHIND_INDICATOR,
};
constexpr LayoutField status_report[] = {
    fields::reserved("spare_8", 1),
    fields::flag("user_data_header"),
    fields::flag("status_report_qualifier"),
    fields::reserved("spare", 1),
    fields::flag("loop_prevention"),
    fields::flag("no_more_messages"),
    fields::code("message_type", 2, to_terminal),
    fields::number("message_reference"),
    fields::composite("recipient", address),
    fields::composite("timestamp", time_stamp),
    fields::composite("discharge_time", time_stamp),
    fields::number("status"),
    PARAMETER_INDICATOR,
    BEHIND_INDICATOR,
};
#undef PARAMETER_INDICATOR
#undef BEHIND_INDICATOR

// Command data and their length: 9.2.3.21, 9.2.3.22

constexpr const char* command_data_keys[] = {"command_length", "command_data"};

Result<void> read_command_data(LayoutReader& reader, const LayoutField& /*field*/) {
  auto& in = reader.in();
  auto start = in.position();
  const auto length = in.take(8);
  if (!length) return fail(Errc::truncated, "field \"command_length\" needs 8 bits, 0 are left", in.offset());
  const auto data = to_octets(in.rest());
  auto& told = reader.add("command_length", start, std::int64_t{*length});
  if (*length != data.size()) {
    told.anomalies.push_back(
        {told.offset, "says " + std::to_string(*length) + " octets, " + std::to_string(data.size()) + " are there"});
  }
  start = in.position();
  (void)in.take_octets(data.size());
  reader.add("command_data", start, to_hex(data));
  return {};
}

Result<void> write_command_data(const Value& members, const LayoutField& /*field*/, BitWriter& out) {
  constexpr LayoutField fields[] = {fields::number("command_length"), fields::rest("command_data")};
  Value mine = Value::Map{};
  for (const auto* key : command_data_keys) {
    if (const auto* member = members.find(key)) mine[key] = *member;
  }
  const auto octets = write_layout(fields, mine);
  if (!octets) return tl::make_unexpected(octets.error());
  out.put_octets(*octets);
  return {};
}

constexpr Composite command_data{read_command_data, write_command_data, command_data_keys};

constexpr LayoutField command[] = {
    fields::reserved("spare_8", 1),
    fields::flag("user_data_header"),
    fields::flag("status_report_request"),
    fields::reserved("spare", 3),
    fields::code("message_type", 2, from_terminal),
    fields::number("message_reference"),
    fields::code("protocol_identifier", 8, protocols),
    fields::number("command_type"),
    fields::number("message_number"),
    fields::composite("destination", address),
    fields::composite("command_data", command_data),
};

constexpr const char* by_hand = "worked by hand from the layout";

constexpr TpduSpec rows[] = {
    {SmsWay::to_terminal, 0, "deliver", "SMS-DELIVER", "3GPP TS 23.040, 9.2.2.1", deliver,
     "44 04 81 10 32 00 F5 21 11 21 10 00 00 00 09 06 05 04 23 F0 C0 02 AA BB", by_hand},
    {SmsWay::from_terminal, 1, "submit", "SMS-SUBMIT", "3GPP TS 23.040, 9.2.2.2", submit, "01 00 02 91 10 40 F0 01 20",
     "3GPP TS 31.124, SEND SHORT MESSAGE sequence 4.5"},
    {SmsWay::from_terminal, 0, "deliver_report", "SMS-DELIVER-REPORT", "3GPP TS 23.040, 9.2.2.1a", deliver_report,
     "00 D5 07 7F F6 02 01 02", by_hand},
    {SmsWay::to_terminal, 1, "submit_report", "SMS-SUBMIT-REPORT", "3GPP TS 23.040, 9.2.2.2a", submit_report,
     "01 C3 00 21 11 21 10 00 00 00", by_hand},
    {SmsWay::to_terminal, 2, "status_report", "SMS-STATUS-REPORT", "3GPP TS 23.040, 9.2.2.3", status_report,
     "06 2A 0B 91 10 32 54 76 98 F0 21 11 21 10 00 00 00 21 11 21 11 00 00 00 00", by_hand},
    {SmsWay::from_terminal, 2, "command", "SMS-COMMAND", "3GPP TS 23.040, 9.2.2.4", command,
     "02 07 00 02 2A 04 81 10 32 00", by_hand},
};

}  // namespace

std::span<const TpduSpec> tpdus() {
  return rows;
}

const TpduSpec* find_tpdu(std::string_view key) {
  const auto* found = std::ranges::find_if(rows, [&](const TpduSpec& row) { return row.key == key; });
  return found == std::end(rows) ? nullptr : found;
}

Result<Octets> encode_address(const Value& address, std::string_view place) {
  return write_address_octets(address, place);
}

std::span<const LayoutField> address_type_fields() {
  return std::span(address_head).subspan(1);
}

Decoded decode_tpdu(ByteView octets, SmsWay way) {
  Decoded out;
  out.kind = "sms";
  out.key = "unknown_tpdu";
  out.name = "TPDU";
  out.clause = "3GPP TS 23.040, 9.2.2";
  if (octets.empty()) {
    out.error = Error{Errc::truncated, "a TPDU has at least one octet", 0, {}};
    return out;
  }
  const auto* row =
      std::ranges::find_if(rows, [&](const TpduSpec& one) { return one.way == way && one.code == (octets[0] & 0x03); });
  if (row == std::end(rows)) {
    out.error = Error{Errc::malformed, "message type 3 is reserved", 0, {}};
    return out;
  }
  out.key = row->key;
  out.name = row->name;
  out.clause = row->clause;
  auto layout = read_whole_layout(row->fields, octets, 0);
  out.fields = std::move(layout.nodes);
  out.error = std::move(layout.error);
  return out;
}

Result<Octets> encode_tpdu(const TpduSpec& row, const Value& members) {
  auto whole = members;
  if (whole.find("message_type") == nullptr) whole["message_type"] = row.key;
  // What a message does not say is off, or none.
  for (const auto& field : row.fields) {
    if (whole.find(field.key) != nullptr || field.optional) continue;
    if (field.kind == LayoutKind::flag) whole[field.key] = false;
    if (field.kind == LayoutKind::code && field.when == nullptr) whole[field.key] = 0;
  }
  if (const auto* header = whole.find("header"); header != nullptr && members.find("user_data_header") == nullptr) {
    whole["user_data_header"] = true;
  }
  return write_layout(row.fields, whole);
}

Octets payload_of(const Value& members) {
  if (const auto* data = members.find("data"); data != nullptr && data->is_string()) {
    return parse_hex(data->as_string()).value_or(Octets{});
  }
  BitWriter out;
  if (!write_user_data(members, {}, out)) return {};
  auto octets = out.finish();
  const std::size_t before = members.find("header") == nullptr || octets.size() < 2 ? 1 : 2U + octets[1];
  octets.erase(octets.begin(), octets.begin() + static_cast<std::ptrdiff_t>(std::min(before, octets.size())));
  return octets;
}

}  // namespace dmsc::codec

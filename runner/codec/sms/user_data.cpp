// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/user_data.hpp"

#include <algorithm>
#include <set>

#include "runner/codec/wire/fields.hpp"

namespace dmsc::codec {
namespace {

constexpr LayoutField concatenation_8[] = {fields::number("reference"), fields::number("total"),
                                           fields::number("sequence")};
constexpr LayoutField concatenation_16[] = {fields::number("reference", 16), fields::number("total"),
                                            fields::number("sequence")};
constexpr LayoutField ports_8[] = {fields::number("destination_port"), fields::number("source_port")};
constexpr LayoutField ports_16[] = {fields::number("destination_port", 16), fields::number("source_port", 16)};
constexpr LayoutField special_indication[] = {fields::number("indication"), fields::number("count")};
constexpr LayoutField one_language[] = {fields::number("language")};

constexpr ElementSpec rows[] = {
    {0x00, "concatenation_8", "concatenated short messages, 8-bit reference", 3, concatenation_8, "00 03 42 02 01"},
    {0x01, "special_indication", "special SMS message indication", 2, special_indication, "01 02 80 03"},
    {0x04, "ports_8", "application port addressing, 8 bits", 2, ports_8, "04 02 F0 F1"},
    {0x05, "ports_16", "application port addressing, 16 bits", 4, ports_16, "05 04 0B 84 C0 02"},
    {0x06, "smsc_control", "SMSC control parameters", 1, {}, "06 01 00"},
    {0x07, "source_indicator", "UDH source indicator", 1, {}, "07 01 01"},
    {0x08, "concatenation_16", "concatenated short messages, 16-bit reference", 4, concatenation_16,
     "08 04 12 34 03 02"},
    {0x09, "wcmp", "wireless control message protocol", 0, {}, "09 02 01 02"},
    {0x20, "email_header", "RFC 822 e-mail header", 1, {}, "20 01 05"},
    {0x24, "single_shift", "national language single shift", 1, one_language, "24 01 01"},
    {0x25, "locking_shift", "national language locking shift", 1, one_language, "25 01 01"},
    {0x70, "toolkit_command", "(U)SIM toolkit security header, command packet", 0, {}, "70 00"},
    {0x71, "toolkit_response", "(U)SIM toolkit security header, response packet", 0, {}, "71 00"},
};

constexpr auto names = [] {
  std::array<Name, std::size(rows)> out{};
  for (std::size_t at = 0; at < std::size(rows); ++at) out[at] = {rows[at].id, rows[at].key, rows[at].name};
  return out;
}();

Node element_node(const ElementSpec* row, std::uint8_t id, std::size_t offset, ByteView octets) {
  Node node;
  node.key = row == nullptr ? "element_" + hex_number(id, 2) : row->key;
  node.name = row == nullptr ? "element " + hex_number(id, 2) : row->name;
  node.offset = offset;
  node.octets = to_octets(octets);
  return node;
}

/// @param offset  of `data`, behind the length octet
Value decode_element(std::uint8_t id, ByteView data, std::size_t offset, Node& node) {
  const auto* row = find_element(id);
  Value value = Value::Map{{"element", name_or_number(names, id)}};
  const bool fits = row != nullptr && (row->length == 0 || row->length == data.size());
  if (row != nullptr && !fits) {
    node.anomalies.push_back(
        {offset - 1, "length " + std::to_string(data.size()) + " is not " + std::to_string(row->length)});
  }
  if (!fits || row->fields.empty()) {
    value["data"] = to_hex(data);
    return value;
  }
  auto layout = read_layout(row->fields, data, offset);
  for (const auto& [key, member] : layout.value.as_map()) value[key] = member;
  node.fields = std::move(layout.nodes);
  return value;
}

Result<Octets> encode_element(const Value& element) {
  if (!element.is_map()) return fail(Errc::malformed, "is no map of an element", {}, "header");
  if (auto raw = raw_of(element, "header")) return *raw;
  const auto* which = element.find("element");
  if (which == nullptr) return fail(Errc::malformed, "is missing", {}, "header.element");
  const auto id = code_of(names, *which, "header.element");
  if (!id) return tl::make_unexpected(id.error());
  if (*id > 0xFF) return fail(Errc::range, "is outside 0 to 255", {}, "header.element");
  const auto* row = find_element(static_cast<std::uint8_t>(*id));
  auto data = Result<Octets>(Octets{});
  if (const auto* hex = element.find("data")) {
    if (!hex->is_string()) return fail(Errc::malformed, "is not hexadecimal", {}, "header.data");
    data = parse_hex(hex->as_string());
  } else if (row != nullptr && !row->fields.empty()) {
    Value members = Value::Map{};
    for (const auto& [key, member] : element.as_map()) {
      if (key != "element") members[key] = member;
    }
    data = write_layout(row->fields, members);
  }
  if (!data) {
    data.error().place = "header" + (data.error().place.empty() ? "" : "." + data.error().place);
    return data;
  }
  if (data->size() > 0xFF) return fail(Errc::range, "is longer than 255 octets", {}, "header.data");
  Octets out = {static_cast<std::uint8_t>(*id), static_cast<std::uint8_t>(data->size())};
  append(out, *data);
  return out;
}

}  // namespace

std::span<const ElementSpec> header_elements() {
  return rows;
}

const ElementSpec* find_element(std::uint8_t id) {
  const auto* found = std::ranges::find(rows, id, &ElementSpec::id);
  return found == std::end(rows) ? nullptr : found;
}

DecodedHeader decode_header(ByteView elements, std::size_t offset) {
  DecodedHeader out;
  Cursor cursor(elements, offset);
  while (!cursor.empty()) {
    const auto start = cursor.offset();
    const auto from = cursor.rest();
    const auto id = *cursor.u8();
    const auto length = cursor.u8();
    const auto data = length ? cursor.take(*length) : std::nullopt;
    auto node = element_node(find_element(id), id, start,
                             from.first(data ? 2 + data->size() : std::min<std::size_t>(from.size(), 1)));
    if (!data) {
      node.octets = to_octets(from);
      node.anomalies.push_back({start + (length ? 1 : 0), "element " + hex_number(id, 2) + " ends early"});
      node.value = Value::Map{{"element", name_or_number(names, id)}, {"raw", to_hex(from)}};
      (void)cursor.take_rest();
    } else {
      node.value = decode_element(id, *data, start + 2, node);
    }
    out.elements.push_back(node.value);
    out.nodes.push_back(std::move(node));
  }
  return out;
}

Result<Octets> encode_header(const Value& elements) {
  if (auto raw = raw_of(elements, "header")) return *raw;
  if (!elements.is_list()) return fail(Errc::malformed, "is no list of elements", {}, "header");
  Octets out = {0};
  for (const auto& element : elements.as_list()) {
    const auto octets = encode_element(element);
    if (!octets) return octets;
    append(out, *octets);
  }
  if (out.size() - 1 > 0xFF) return fail(Errc::range, "is longer than 255 octets", {}, "header");
  out[0] = static_cast<std::uint8_t>(out.size() - 1);
  return out;
}

HeaderSummary summary_of(const Value& elements) {
  HeaderSummary out;
  if (!elements.is_list()) return out;
  const auto number = [](const Value& element, const char* key) {
    return static_cast<std::uint16_t>(element.int_or(key, 0));
  };
  for (const auto& element : elements.as_list()) {
    const auto key = element.text_or("element", "");
    if ((key == "ports_16" || key == "ports_8") && element.find("destination_port") != nullptr) {
      out.destination_port = number(element, "destination_port");
      out.source_port = number(element, "source_port");
    }
    if ((key != "concatenation_8" && key != "concatenation_16") || element.find("total") == nullptr) continue;
    // A total or sequence that makes no sense is as if the element were not there: TS 23.040, 9.2.3.24.1
    const auto total = number(element, "total");
    const auto sequence = number(element, "sequence");
    if (total == 0 || sequence == 0 || sequence > total) continue;
    out.reference = number(element, "reference");
    out.wide_reference = key == "concatenation_16";
    out.total = static_cast<std::uint8_t>(total);
    out.sequence = static_cast<std::uint8_t>(sequence);
  }
  return out;
}

std::vector<std::string> element_keys() {
  std::set<std::string> keys = {"element", "data"};
  for (const auto& row : rows) {
    for (auto& key : keys_of(row.fields)) keys.insert(std::move(key));
  }
  return {keys.begin(), keys.end()};
}

}  // namespace dmsc::codec

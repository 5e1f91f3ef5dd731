// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/object.hpp"

#include <algorithm>

#include "runner/base/text.hpp"
#include "runner/codec/fields.hpp"

namespace dmsc::codec {
namespace {

constexpr std::string_view raw_key = "raw";
constexpr std::string_view length_key = "length";

Value raw_value(ByteView octets) {
  return Value::Map{{std::string(raw_key), to_hex(octets)}};
}

void check_length(const ObjectSpec& row, const Tlv& tlv, Node& node) {
  if (tlv.value.size() >= row.min_length && tlv.value.size() <= row.max_length) return;
  node.anomalies.push_back({tlv.offset, "length " + std::to_string(tlv.value.size()) + " is outside " +
                                            std::to_string(row.min_length) + " to " + std::to_string(row.max_length)});
}

/// No value at all; a member that only states a length is none.
bool is_nothing(const Value& value) {
  if (!value.is_map()) return value.is_null();
  return std::ranges::all_of(value.as_map(), [](const Value::Member& member) { return member.first == length_key; });
}

bool is_single(const ObjectSpec& row) {
  return row.fields.size() == 1 && *row.fields[0].key == '\0';
}

Result<Octets> hex_octets(const ObjectSpec& row, const Value& value, const char* message) {
  if (!value.is_string()) return fail(Errc::malformed, message, {}, row.key);
  auto octets = parse_hex(value.as_string());
  if (!octets) octets.error().place = row.key;
  return octets;
}

/// A member that no field has would be left out without a word.
Result<void> check_members(const ObjectSpec& row, const Value& value) {
  if (!value.is_map() || is_single(row)) return {};
  std::vector<std::string> known;
  for (const auto& field : row.fields) {
    if (field.kind != FieldKind::parts) known.emplace_back(field.key);
    for (const auto& part : field.parts) known.emplace_back(part.key);
  }
  for (const auto& [key, member] : value.as_map()) {
    if (key == length_key || std::ranges::find(known, key) != known.end()) continue;
    return fail(Errc::unknown, "\"" + key + "\" is no member" + did_you_mean(key, known), {}, row.key);
  }
  return {};
}

Result<Octets> value_octets(const ObjectSpec& row, const Value& value) {
  if (const auto* raw = value.find(raw_key)) return hex_octets(row, *raw, "\"raw\" is not a string");
  if ((row.fields.empty() || row.min_length == 0) && is_nothing(value)) return Octets{};
  if (row.fields.empty()) return hex_octets(row, value, "is not hexadecimal");
  if (const auto checked = check_members(row, value); !checked) return tl::make_unexpected(checked.error());
  auto octets = encode_fields(row.fields, value);
  if (!octets) {
    auto& place = octets.error().place;
    place = place.empty() ? row.key : std::string(row.key) + "." + place;
  }
  return octets;
}

/// What is wrong inside stays there; the object itself was read.
void look_inside(const ObjectSpec& row, const Tlv& tlv, Node& node) {
  auto message = row.inside(tlv.value);
  const auto offset = tlv.value_offset();
  auto& inside = node.fields.emplace_back();
  inside.key = message.key;
  inside.name = message.name;
  inside.clause = message.clause;
  inside.offset = offset;
  inside.octets = to_octets(tlv.value);
  inside.value = message.value();
  shift_nodes(message.fields, offset);
  inside.fields = std::move(message.fields);
  for (const auto& anomaly : message.anomalies) inside.anomalies.push_back({anomaly.offset + offset, anomaly.text});
  if (message.error) inside.anomalies.push_back({message.error->offset.value_or(0) + offset, message.error->message});
}

}  // namespace

Node decode_object(const Tlv& tlv, std::optional<Error>& error) {
  Node node;
  node.tag = tlv.tag;
  node.three_octet = tlv.three_octet;
  node.comprehension = tlv.comprehension;
  node.offset = tlv.offset;
  node.octets = to_octets(tlv.octets);
  node.anomalies = tlv.anomalies;
  const auto* row = find_object(tlv.tag);
  if (row == nullptr) {
    node.key = "unknown_" + hex_number(tlv.tag, tlv.tag > 0x7F ? 4 : 2);
    node.name = "Unknown object";
    node.value = to_hex(tlv.value);
    return node;
  }
  node.key = row->key;
  node.name = row->name;
  node.clause = row->clause;
  check_length(*row, tlv, node);
  if (row->fields.empty()) {
    node.value = to_hex(tlv.value);
    if (row->inside != nullptr) look_inside(*row, tlv, node);
    return node;
  }
  const bool single = is_single(*row);
  if (tlv.value.empty() && row->min_length == 0 && !single) {
    node.value = Value::Map{};
    return node;
  }
  auto decoded = decode_fields(row->fields, tlv.value, tlv.value_offset());
  if (!single) {
    node.fields = std::move(decoded.nodes);
  } else if (!decoded.nodes.empty()) {
    node.note = decoded.nodes[0].note;  // the field is the object
  }
  node.value = std::move(decoded.value);
  if (decoded.error) {
    decoded.error->place = row->key;
    node.anomalies.push_back({*decoded.error->offset, decoded.error->message});
    node.value = raw_value(tlv.value);
    if (!error) error = decoded.error;
  }
  return node;
}

DecodedObjects decode_objects(ByteView data, std::size_t offset) {
  DecodedObjects out;
  Cursor cursor(data, offset);
  while (!cursor.empty()) {
    const auto tlv = read_tlv(cursor, TlvForm::comprehension);
    if (!tlv) {
      if (!out.error) out.error = tlv.error();
      return out;
    }
    out.nodes.push_back(decode_object(*tlv, out.error));
  }
  return out;
}

Result<Octets> encode_object(const ObjectSpec& row, const Value& value, bool comprehension) {
  auto octets = value_octets(row, value);
  if (!octets) return octets;
  const bool three_octet = row.tag > 0x7E;
  std::size_t length = octets->size();
  if (const auto* lie = value.find(length_key)) {
    if (!lie->is_int()) return fail(Errc::malformed, "\"length\" is not a number", {}, row.key);
    if (lie->as_int() < 0 || lie->as_int() > 0x7F) {
      return fail(Errc::range, "\"length\" is outside 0 to 127", {}, row.key);
    }
    length = static_cast<std::size_t>(lie->as_int());
  }
  auto out = tlv_header(row.tag, TlvForm::comprehension, comprehension, three_octet, length);
  append(out, *octets);
  return out;
}

Result<Octets> encode_node(const Node& node) {
  if (!node.tag) return fail(Errc::malformed, "is no data object", {}, node.key);
  const auto* row = find_object(*node.tag);
  auto octets = row != nullptr ? value_octets(*row, node.value) : parse_hex(node.value.as_string());
  if (!octets) return octets;
  auto out = tlv_header(*node.tag, TlvForm::comprehension, node.comprehension, node.three_octet, octets->size());
  append(out, *octets);
  return out;
}

}  // namespace dmsc::codec

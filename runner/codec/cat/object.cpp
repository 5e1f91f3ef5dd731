// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/object.hpp"

#include <algorithm>

#include "runner/base/text.hpp"
#include "runner/codec/wire/fields.hpp"

namespace dmsc::codec {
namespace {

constexpr std::string_view raw_key = "raw";
constexpr std::string_view length_key = "length";

Value raw_value(ByteView octets) {
  return Value::Map{{std::string(raw_key), to_hex(octets)}};
}

void check_length(const ObjectSpec& row, const Tlv& tlv, Node& node) {
  if (tlv.value.size() >= row.min_length && tlv.value.size() <= row.max_length) return;
  node.anomalies.push_back({tlv.length_offset, "length " + std::to_string(tlv.value.size()) + " is outside " +
                                                   std::to_string(row.min_length) + " to " +
                                                   std::to_string(row.max_length)});
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

/// Fields of the first layout that has all members; where none has, the usual one says which are wrong.
std::span<const Field> fields_for(const ObjectSpec& row, const Value& value) {
  const auto has_all = [&](std::span<const Field> fields) {
    return std::ranges::all_of(value.as_map(), [&](const Value::Member& member) {
      return member.first == length_key || has_key(fields, member.first);
    });
  };
  if (!value.is_map() || has_all(row.fields)) return row.fields;
  const auto other = std::ranges::find_if(row.others, [&](const OtherLayout& one) { return has_all(one.fields); });
  return other == row.others.end() ? row.fields : other->fields;
}

/// A member that no field has would be left out without a word.
Result<void> check_members(const ObjectSpec& row, const Value& value) {
  if (!value.is_map() || is_single(row)) return {};
  std::vector<std::string> known;
  for (const auto& field : fields_for(row, value)) {
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
  auto octets = encode_fields(fields_for(row, value), value);
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
  auto& inside = node.fields.emplace_back(plain_node({}, {}, offset, tlv.value));
  node.message = true;
  if (const auto error = nest(inside, std::move(message))) inside.anomalies.push_back({*error->offset, error->message});
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
  auto decoded = decode_fields(fields_of(*row, tlv.value.size()), tlv.value, tlv.value_offset());
  if (!single) {
    node.fields = std::move(decoded.nodes);
  } else if (!decoded.nodes.empty()) {
    node.note = decoded.nodes[0].note;  // the field is the object
    for (auto& anomaly : decoded.nodes[0].anomalies) node.anomalies.push_back(std::move(anomaly));
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

namespace {

/// What is left of an object that says it is longer: its fields as far as they go. Its value is raw, so that who echoes
/// it does not repeat the lie.
/// Nothing where not even tag and length are whole.
std::optional<Node> cut_object(Cursor cursor) {
  const auto start = cursor.rest();
  const auto head = read_tlv_head(cursor, TlvForm::comprehension);
  if (!head || head->length <= cursor.left()) return {};
  Tlv tlv = *head;
  tlv.octets = start;
  tlv.value = cursor.rest();
  tlv.anomalies.push_back({tlv.length_offset, "length says " + std::to_string(head->length) + " octets, " +
                                                  std::to_string(tlv.value.size()) + " are left"});
  std::optional<Error> ignored;  // of the fields: that they end early is known
  auto node = decode_object(tlv, ignored);
  node.anomalies = std::move(tlv.anomalies);
  node.value = raw_value(tlv.value);
  return node;
}

}  // namespace

DecodedObjects decode_objects(ByteView data, std::size_t offset) {
  DecodedObjects out;
  Cursor cursor(data, offset);
  while (!cursor.empty()) {
    if (out.nodes.size() >= most_objects) {
      out.error = Error{Errc::malformed, "more than " + std::to_string(most_objects) + " objects", cursor.offset(), {}};
      out.cut = true;
      return out;
    }
    const auto tlv = read_tlv(cursor, TlvForm::comprehension);
    if (!tlv) {
      if (auto node = cut_object(cursor)) out.nodes.push_back(std::move(*node));
      if (!out.error) out.error = tlv.error();
      out.cut = tlv.error().code == Errc::truncated;
      return out;
    }
    out.nodes.push_back(decode_object(*tlv, out.error));
  }
  return out;
}

namespace {

/// Length that an object states: its own, or another one that it was told to.
Result<std::size_t> stated_length(const Value& value, std::size_t own, const std::string& place) {
  const auto* lie = value.find(length_key);
  if (lie == nullptr) return own;
  if (!lie->is_int()) return fail(Errc::malformed, "\"length\" is not a number", {}, place);
  if (lie->as_int() < 0 || lie->as_int() > 0x7F) {
    return fail(Errc::range, "\"length\" is outside 0 to 127", {}, place);
  }
  return static_cast<std::size_t>(lie->as_int());
}

/// Length that an object stated which is cut off; `own` of one that is whole.
std::size_t length_as_read(const Node& node, std::size_t own) {
  Cursor cursor(node.octets);
  const auto head = read_tlv_head(cursor, TlvForm::comprehension);
  return head && head->length > cursor.left() ? head->length : own;
}

}  // namespace

Result<Octets> encode_object(const ObjectSpec& row, const Value& value, bool comprehension) {
  auto octets = value_octets(row, value);
  if (!octets) return octets;
  const bool three_octet = row.tag > 0x7E;
  const auto length = stated_length(value, octets->size(), row.key);
  if (!length) return tl::make_unexpected(length.error());
  auto out = tlv_header(row.tag, TlvForm::comprehension, comprehension, three_octet, *length);
  append(out, *octets);
  return out;
}

Result<Octets> encode_node(const Node& node) {
  if (!node.tag) return fail(Errc::malformed, "is no data object", {}, node.key);
  const auto* row = find_object(*node.tag);
  const auto* raw = node.value.find(raw_key);
  auto octets = row != nullptr ? value_octets(*row, node.value)
                               : parse_hex(raw == nullptr ? node.value.as_string() : raw->as_string());
  if (!octets) return octets;
  const auto length = length_as_read(node, octets->size());
  auto out = tlv_header(*node.tag, TlvForm::comprehension, node.comprehension, node.three_octet, length);
  append(out, *octets);
  return out;
}

}  // namespace dmsc::codec

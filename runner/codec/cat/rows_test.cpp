// SPDX-License-Identifier: Apache-2.0
#include <array>
#include <set>
#include <string>
#include <string_view>

#include "runner/base/catch.hpp"
#include "runner/codec/cat/spec.hpp"
#include "runner/codec/wire/cursor.hpp"
#include "runner/codec/wire/tlv.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

constexpr std::size_t bits_of_an_octet = 8;

/// Keys by which an encoder is told to lie.
bool is_reserved(std::string_view key) {
  return key == "raw" || key == "length";
}

bool is_snake_case(std::string_view key) {
  return !key.empty() && key.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == key.npos;
}

bool is_sound_key(std::string_view key) {
  return is_snake_case(key) && !is_reserved(key);
}

bool runs_to_the_end(const Field& field) {
  switch (field.kind) {
    case FieldKind::code_list:
    case FieldKind::digits:
    case FieldKind::text:
    case FieldKind::alpha:
    case FieldKind::labels:
    case FieldKind::paths:
    case FieldKind::cbs_text:
      return true;
    case FieldKind::hex:
    case FieldKind::ascii:
      return field.width == 0;
    default:
      return false;
  }
}

std::size_t least_length(std::span<const Field> fields) {
  std::size_t length = 0;
  for (const auto& field : fields) {
    if (field.optional || runs_to_the_end(field)) continue;
    length += field.kind == FieldKind::plmn ? 3 : field.width;
  }
  return length;
}

void check_names(Names names) {
  std::set<std::string_view> keys;
  std::set<std::uint32_t> codes;
  for (const auto& name : names) {
    CAPTURE(name.key, name.code);
    CHECK(is_sound_key(name.key));
    CHECK(keys.insert(name.key).second);
    CHECK(codes.insert(name.code).second);
    CHECK_FALSE(std::string_view(name.label).empty());
    CHECK(find_name(names, name.code) == &name);
    CHECK(find_name(names, name.key) == &name);
  }
}

/// Each bit of the octet belongs to one part, so that none is lost between decoding and encoding.
void check_parts(std::span<const Part> parts, std::set<std::string_view>& keys) {
  std::array<int, bits_of_an_octet> owners{};
  for (const auto& part : parts) {
    CAPTURE(part.key);
    CHECK(is_sound_key(part.key));
    CHECK(keys.insert(part.key).second);
    REQUIRE(part.shift + part.width <= int{bits_of_an_octet});
    for (int bit = 0; bit < part.width; ++bit) ++owners[part.shift + bit];
    check_names(part.names);
    for (const auto& name : part.names) CHECK(name.code < 1U << part.width);
  }
  for (const int owner : owners) CHECK(owner == 1);
}

void check_field(std::span<const Field> fields, std::size_t at, std::set<std::string_view>& keys) {
  const auto& field = fields[at];
  CAPTURE(field.key, at);
  const bool is_last = at + 1 == fields.size();
  if (runs_to_the_end(field)) CHECK(is_last);
  if (field.optional && !is_last) CHECK(fields[at + 1].optional);
  if (field.kind == FieldKind::text || field.kind == FieldKind::cbs_text) CHECK(keys.contains("dcs"));
  if (field.kind == FieldKind::paths) CHECK(keys.contains("number_of_files"));
  check_names(field.names);
  if (field.kind == FieldKind::parts) {
    check_parts(field.parts, keys);
    return;
  }
  if (std::string_view(field.key).empty()) {
    CHECK(fields.size() == 1);
    return;
  }
  CHECK(is_sound_key(field.key));
  CHECK(keys.insert(field.key).second);
}

Octets sample_of(const char* text) {
  const auto octets = parse_hex(text);
  REQUIRE(octets);
  return *octets;
}

/// Objects of a message sample; the wrapper, where there is one, is taken off and its tag checked.
std::vector<Tlv> objects_of(const MessageSpec& row, const Octets& octets) {
  Cursor cursor(octets);
  if (row.kind != MessageKind::terminal_response) {
    const auto outer = read_tlv(cursor, TlvForm::ber);
    REQUIRE(outer);
    CHECK(outer->tag == (row.kind == MessageKind::proactive ? 0xD0U : row.code));
    CHECK(outer->anomalies.empty());
    CHECK(cursor.empty());
    cursor = Cursor(outer->value);
  }
  std::vector<Tlv> objects;
  while (!cursor.empty()) {
    auto object = read_tlv(cursor, TlvForm::comprehension);
    REQUIRE(object);
    objects.push_back(std::move(*object));
  }
  return objects;
}

/// Matches the objects of a sample to the slots in order: no object is left over, no required slot empty.
void check_order(const MessageSpec& row, const std::vector<Tlv>& objects) {
  std::size_t at = 0;
  for (const auto& slot : row.slots) {
    const auto tag = find_object(slot.object)->tag;
    std::size_t taken = 0;
    while (at < objects.size() && objects[at].tag == tag && (taken == 0 || slot.repeat)) {
      CAPTURE(slot.key);
      CHECK(objects[at].comprehension == slot.comprehension);
      ++at;
      ++taken;
    }
    CAPTURE(slot.key);
    if (slot.need == Need::required) CHECK(taken > 0);
  }
  CHECK(at == objects.size());
}

void check_slots(const MessageSpec& row) {
  std::set<std::string_view> keys;
  for (const auto& slot : row.slots) {
    CAPTURE(slot.key, slot.object);
    CHECK(is_sound_key(slot.key));
    for (const auto* word : {"mode", "append", "comprehension"}) CHECK(slot.key != std::string_view(word));
    CHECK(keys.insert(slot.key).second);
    CHECK(find_object(std::string_view(slot.object)) != nullptr);
  }
}

void check_head(const MessageSpec& row) {
  std::vector<std::string_view> expected;
  if (row.kind != MessageKind::envelope) expected.push_back("command_details");
  if (row.event >= 0) expected.push_back("event_list");
  expected.push_back("device_identities");
  if (row.kind == MessageKind::terminal_response) expected.push_back("result");
  REQUIRE(row.slots.size() >= expected.size());
  for (std::size_t at = 0; at < expected.size(); ++at) {
    CHECK(row.slots[at].key == expected[at]);
    CHECK(row.slots[at].need == Need::required);
  }
}

void check_message(const MessageSpec& row) {
  CAPTURE(row.key, row.variant, row.sample);
  CHECK(is_sound_key(row.key));
  for (const auto* text : {row.name, row.clause, row.origin}) CHECK_FALSE(std::string_view(text).empty());
  check_slots(row);
  check_head(row);

  const auto octets = sample_of(row.sample);
  const auto objects = objects_of(row, octets);
  check_order(row, objects);
  for (const auto& object : objects) {
    const auto* spec = find_object(object.tag);
    CAPTURE(object.tag);
    REQUIRE(spec != nullptr);
    CHECK(object.value.size() >= spec->min_length);
    CHECK(object.value.size() <= spec->max_length);
  }
  const auto& devices = objects[row.kind == MessageKind::envelope ? (row.event >= 0 ? 1 : 0) : 1];
  REQUIRE(devices.value.size() == 2);
  CHECK(devices.value[0] == row.source);
  CHECK(devices.value[1] == row.destination);
  if (row.kind != MessageKind::envelope) CHECK(objects[0].value[1] == row.code);
  if (row.event >= 0) CHECK(objects[0].value[0] == row.event);
}

void check_table(std::span<const MessageSpec> rows, MessageKind kind) {
  std::set<std::pair<std::string_view, std::string_view>> keys;
  for (const auto& row : rows) {
    CHECK(row.kind == kind);
    check_message(row);
    CHECK(keys.insert({row.key, row.variant}).second);
  }
}

}  // namespace

TEST_CASE("names are unique in their table") {
  for (const auto names : {device_names(), command_names(), event_names(), result_names(), coding_scheme_names()}) {
    CHECK_FALSE(names.empty());
    check_names(names);
  }
  for (int general = 0; general <= 0xFF; ++general) check_names(additional_result_names(std::uint8_t(general)));
  CHECK(find_name(result_names(), 0xFFU) == nullptr);
  CHECK(find_name(result_names(), "no_such_result") == nullptr);
}

TEST_CASE("results with additional information have a name") {
  for (int general = 0; general <= 0xFF; ++general) {
    if (additional_result_names(std::uint8_t(general)).empty()) continue;
    CAPTURE(general);
    CHECK(find_name(result_names(), std::uint32_t(general)) != nullptr);
  }
  CHECK(find_name(additional_result_names(0x3A), "port_not_available")->code == 0x10);
}

TEST_CASE("objects are sound rows") {
  for (const auto& row : objects()) {
    CAPTURE(row.key, row.sample);
    CHECK(is_sound_key(row.key));
    CHECK(find_object(row.tag) == &row);
    CHECK(find_object(std::string_view(row.key)) == &row);
    for (const auto* text : {row.name, row.clause, row.origin}) CHECK_FALSE(std::string_view(text).empty());
    CHECK(row.min_length <= row.max_length);

    std::set<std::string_view> keys;
    for (std::size_t at = 0; at < row.fields.size(); ++at) check_field(row.fields, at, keys);
    for (const auto& other : row.others) {
      std::set<std::string_view> its_keys;
      for (std::size_t at = 0; at < other.fields.size(); ++at) check_field(other.fields, at, its_keys);
      CHECK(least_length(other.fields) <= other.min_length);
      CHECK(other.min_length >= row.min_length);
    }
    if (row.min_length > 0 && !row.fields.empty()) CHECK(least_length(row.fields) <= row.min_length);

    const auto octets = sample_of(row.sample);
    Cursor cursor(octets);
    const auto tlv = read_tlv(cursor, TlvForm::comprehension);
    REQUIRE(tlv);
    CHECK(cursor.empty());
    CHECK(tlv->anomalies.empty());
    CHECK(tlv->tag == row.tag);
    CHECK(tlv->value.size() >= row.min_length);
    CHECK(tlv->value.size() <= row.max_length);
    if (!tlv->value.empty()) CHECK(tlv->value.size() >= least_length(row.fields));
  }
  CHECK(find_object(0x00) == nullptr);
  CHECK(find_object(0x3D) == nullptr);
  CHECK(find_object(0x7F) == nullptr);
  CHECK(find_object(0x4001) == nullptr);
  CHECK(find_object(std::string_view("no_such_object")) == nullptr);
  CHECK(find_object(std::string_view("")) == nullptr);
}

TEST_CASE("proactive commands are sound rows") {
  check_table(proactive_commands(), MessageKind::proactive);
  for (const auto& name : command_names()) {
    std::size_t rows = 0;
    for (const auto& row : proactive_commands()) {
      if (row.code != name.code) continue;
      ++rows;
      CHECK(row.key == std::string_view(name.key));
    }
    CAPTURE(name.key);
    CHECK(rows > 0);
  }
}

TEST_CASE("terminal responses are sound rows, one a command") {
  check_table(terminal_responses(), MessageKind::terminal_response);
  REQUIRE(terminal_responses().size() == command_names().size());
  for (std::size_t at = 0; at < command_names().size(); ++at) {
    CHECK(terminal_responses()[at].code == command_names()[at].code);
    CHECK(terminal_responses()[at].key == std::string_view(command_names()[at].key));
  }
}

TEST_CASE("envelopes are sound rows, one an event") {
  check_table(envelopes(), MessageKind::envelope);
  std::set<int> events;
  for (const auto& row : envelopes()) {
    if (row.event < 0) continue;
    CHECK(row.code == 0xD6);
    CHECK(events.insert(row.event).second);
    const auto* name = find_name(event_names(), std::uint32_t(row.event));
    REQUIRE(name != nullptr);
    CHECK(row.key == std::string_view(name->key));
  }
  CHECK(events.size() == event_names().size());
}

TEST_CASE("bits of the terminal profile do not overlap") {
  std::set<std::string_view> keys;
  std::set<int> bits;
  for (const auto& row : profile_bits()) {
    CAPTURE(row.key, int(row.byte), int(row.bit));
    CHECK(is_sound_key(row.key));
    CHECK(row.key != std::string_view("octets"));
    CHECK(keys.insert(row.key).second);
    CHECK_FALSE(std::string_view(row.name).empty());
    CHECK(row.letter != nullptr);
    REQUIRE(row.byte >= 1);
    REQUIRE(row.bit >= 1);
    REQUIRE(row.bit - 1 + row.width <= int{bits_of_an_octet});
    for (int bit = 0; bit < row.width; ++bit) CHECK(bits.insert(row.byte * 8 + row.bit - 1 + bit).second);
  }
}

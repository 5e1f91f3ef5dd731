// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <filesystem>
#include <map>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/decode.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

const std::filesystem::path source_dir = DMSC_SOURCE_DIR;

/// Why a vector is not read without an error, by its name.
const std::map<std::string_view, std::string_view> not_read = {
    {"etsi102268/Test_Api_2_Pah_Send:221", "sent on purpose: result without a value"},
    {"etsi102268/Test_Api_2_Prh_Gcid:96", "sent on purpose: channel status without a value"},
    {"etsi102268/Test_Api_2_Prh_Gcst:119", "sent on purpose: channel status without a value"},
    {"etsi102268/Test_Api_2_Prh_Gcst:133", "sent on purpose: channel status of one octet"},
    {"etsi102268/Test_Api_2_Prh_Gtii:154", "sent on purpose: item identifier without a value"},
};

/// Why the collector's value of an object differs from ours: the name of the vector and of the value.
const std::map<std::string, std::string_view> other_values = {
    {"ofono/get_input_response_data_191 text_string.text",
     "a coding scheme alone: the text is absent here, empty there"},
    {"etsi102268/Test_Api_2_Pah_Indt:136 text_string.text", "UCS2 of an odd number of octets: octets there"},
    {"etsi102268/Test_Api_2_Pah_Ingk:136 text_string.text", "UCS2 of an odd number of octets: octets there"},
    {"etsi102268/Test_Api_2_Pah_Ingp:136 text_string.text", "UCS2 of an odd number of octets: octets there"},
    {"etsi102268/Test_Api_2_Prh_Gtcs:179 text_string.text", "UCS2 of an odd number of octets: octets there"},
};

/// What a collector calls an object where our row has another key.
const std::map<std::string_view, std::string_view> other_names = {
    {"uicc_terminal_transport_level", "transport_level"},
};

struct Totals {
  int messages = 0;
  int objects = 0;
  int values = 0;
};

/// Where the collector's decoder and ours keep the same thing. Codes are numbers there.
struct Pair {
  const char* object;
  const char* theirs;
  const char* ours;  ///< empty: the value itself
};
constexpr Pair pairs[] = {
    {"command_details", "number", "number"},
    {"command_details", "type", "type"},
    {"command_details", "qualifier", "qualifier"},
    {"device_identities", "source", "source"},
    {"device_identities", "destination", "destination"},
    {"result", "general", "general"},
    {"duration", "interval", "interval"},
    {"duration", "unit", "unit"},
    {"address", "number", "digits"},
    {"alpha_identifier", "text", ""},
    {"text_string", "dcs", "dcs"},
    {"text_string", "text", "text"},
    {"default_text", "text", "text"},
    {"timer_identifier", "id", ""},
    {"timer_value", "hours", "hours"},
    {"timer_value", "minutes", "minutes"},
    {"timer_value", "seconds", "seconds"},
    {"location_information", "lac_tac", "lac"},
    {"location_information", "cell_id", "cell"},
    {"location_information", "ext_cell_id", "extended_cell"},
    {"location_status", "state", ""},
    {"bearer_description", "bearer_type", "type"},
    {"bearer_description", "parameters", "parameters"},
    {"buffer_size", "size", ""},
    {"channel_data", "data", ""},
    {"channel_data_length", "length", ""},
    {"channel_status", "channel", "channel"},
    {"channel_status", "bits_8_7", "state"},
    {"channel_status", "byte2", "information"},
    {"transport_level", "protocol", "protocol"},
    {"transport_level", "port", "port"},
    {"other_address", "type", "type"},
    {"registry_application_data", "port", "port"},
    {"registry_application_data", "dcs", "dcs"},
    {"registry_application_data", "type", "application_type"},
    {"registry_application_data", "name", "name"},
};

std::optional<InputKind> kind_of(std::string_view text) {
  if (text.starts_with("PROACTIVE")) return InputKind::proactive;
  if (text.starts_with("TERMINAL RESPONSE")) return InputKind::terminal_response;
  if (text.starts_with("ENVELOPE")) return InputKind::envelope;
  return {};
}

std::string described(const Node& node) {
  const auto* row = find_object(*node.tag);
  return hex_number(*node.tag, 2) + (node.comprehension ? " cr " : " ") + (row == nullptr ? node.key : row->key);
}

std::string described(const Value& object) {
  const auto name = object.text_or("name", "");
  const auto other = other_names.find(name);
  return object.text_or("tag", "") + (object.bool_or("cr", false) ? " cr " : " ") +
         (other == other_names.end() ? name : std::string(other->second));
}

/// Code behind a name of the field `key`; other values as they are, of a text that did not come back the text.
Value plain(const ObjectSpec& row, std::string_view key, const Value& value) {
  if (const auto* text = value.find("text")) return *text;
  if (!value.is_string()) return value;
  for (const auto& field : row.fields) {
    if (key == field.key) {
      if (const auto* name = find_name(field.names, value.as_string())) return std::int64_t{name->code};
    }
    for (const auto& part : field.parts) {
      if (key != part.key) continue;
      if (const auto* name = find_name(part.names, value.as_string())) return std::int64_t{name->code};
    }
  }
  return value;
}

/// Their decoder leaves UCS2 alpha identifiers aside, and takes one character an octet for ISO 8859-1.
bool is_unread(const Value& theirs) {
  if (!theirs.is_string()) return theirs.is_null();
  return std::ranges::any_of(theirs.as_string(), [](char c) { return static_cast<unsigned char>(c) < 0x20; });
}

void check_values(const std::string& vector, const Node& node, const Value& theirs, Totals& totals) {
  const auto* row = find_object(*node.tag);
  if (row == nullptr || node.value.find("raw") != nullptr) return;
  for (const auto& pair : pairs) {
    if (pair.object != std::string_view(row->key)) continue;
    const auto* here = theirs.find(pair.theirs);
    const auto* there = *pair.ours == '\0' ? &node.value : node.value.find(pair.ours);
    if (here == nullptr || is_unread(*here)) continue;
    const auto ours = there == nullptr ? Value{} : plain(*row, pair.ours, *there);
    const auto seen = here->is_string() && ours.is_int() ? *there : ours;  // units have names there too
    CAPTURE(row->key, pair.theirs, write_json(seen), write_json(*here));
    CHECK((seen == *here) != other_values.contains(vector + " " + row->key + "." + pair.theirs));
    ++totals.values;
  }
}

void check_objects(const std::string& vector, const Decoded& decoded, const Value& meaning, Totals& totals) {
  const auto* objects = meaning.at_path("decoded.tlvs");
  if (objects == nullptr) return;
  std::vector<std::string> ours;
  std::vector<std::string> theirs;
  for (const auto& node : decoded.fields) ours.push_back(described(node));
  for (const auto& object : objects->as_list()) theirs.push_back(described(object));
  REQUIRE(ours == theirs);
  for (std::size_t at = 0; at < ours.size(); ++at) {
    if (const auto* value = objects->as_list()[at].find("value")) {
      check_values(vector, decoded.fields[at], *value, totals);
    }
  }
  totals.objects += static_cast<int>(ours.size());
}

void check_vector(const Value& vector, InputKind kind, Totals& totals) {
  const auto name = vector.text_or("name", "");
  const auto octets = parse_hex(vector.text_or("hex", ""));
  CAPTURE(name, vector.text_or("hex", ""));
  REQUIRE(octets);
  const auto decoded = decode(kind, *octets);
  CAPTURE(decoded.error ? decoded.error->text() : "");
  CHECK(decoded.error.has_value() == not_read.contains(name));
  const auto written = encode_decoded(decoded);
  REQUIRE(written);
  CAPTURE(to_hex(*written));
  CHECK(*written == *octets);
  check_objects(name, decoded, *vector.find("meaning"), totals);
  ++totals.messages;
}

}  // namespace

TEST_CASE("vectors collected from official tests and other programs") {
  const auto file = source_dir / "../shared/vectors/cat.json";
  if (!std::filesystem::exists(file)) {
    WARN("the collected vectors are not here, only those in fixtures/vectors are checked");
    return;
  }
  const auto vectors = load_json(file);
  REQUIRE(vectors);
  Totals totals;
  for (const auto& vector : vectors->as_list()) {
    const auto kind = kind_of(vector.text_or("kind", ""));
    const auto* meaning = vector.find("meaning");
    if (!kind || meaning == nullptr || !meaning->bool_or("well_formed", false)) continue;
    check_vector(vector, *kind, totals);
  }
  CHECK(totals.messages > 600);
  CHECK(totals.objects > 1500);
  CHECK(totals.values > 3000);
}

TEST_CASE("vectors of this repository") {
  const auto vectors = load_json(source_dir / "fixtures/vectors/codec.json");
  REQUIRE(vectors);
  std::size_t walked = 0;
  for (const auto& vector : vectors->as_list()) {
    CAPTURE(vector.text_or("name", ""), vector.text_or("origin", ""), vector.text_or("hex", ""));
    CHECK_FALSE(vector.text_or("origin", "").empty());
    const auto kind = input_kind(vector.text_or("kind", ""));
    REQUIRE(kind);
    const auto octets = parse_hex(vector.text_or("hex", ""));
    REQUIRE(octets);
    const auto decoded = decode(*kind, *octets);
    CHECK(decoded.clean());
    CHECK(decoded.key == vector.text_or("key", "?"));
    CHECK(decoded.variant == vector.text_or("mode", ""));
    CHECK(write_json(decoded.value()) == write_json(*vector.find("value")));
    CHECK(same(encode_decoded(decoded).value(), *octets));
    ++walked;
  }
  REQUIRE(walked >= 20);
}

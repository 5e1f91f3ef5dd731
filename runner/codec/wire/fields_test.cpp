// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/fields.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string hex_of(const Result<Octets>& octets) {
  return octets ? to_hex(*octets) : octets.error().text();
}

Value json(const char* text) {
  return parse_json(text, "test").value();
}

constexpr Name colours[] = {{0, "red", "the red one"}, {1, "green", "the green one"}, {0x80, "blue", "the blue one"}};
constexpr Part bits[] = {{"flag", 7, 1}, {"colour", 4, 3, colours}, {"count", 0, 4}};

Names shades(std::uint32_t before) {
  return before == 0 ? Names(colours) : Names{};
}

constexpr Field number_1[] = {{.key = "n", .kind = FieldKind::number}};
constexpr Field number_2[] = {{.key = "n", .kind = FieldKind::number, .width = 2}};
constexpr Field number_3[] = {{.key = "n", .kind = FieldKind::number, .width = 3}};
constexpr Field number_4[] = {{.key = "n", .kind = FieldKind::number, .width = 4}};
constexpr Field code[] = {{.key = "c", .kind = FieldKind::code, .names = colours}};
constexpr Field chosen[] = {
    {.key = "first", .kind = FieldKind::code, .names = colours},
    {.key = "second", .kind = FieldKind::code, .choose = shades, .optional = true},
};
constexpr Field code_list[] = {{.key = "l", .kind = FieldKind::code_list, .width = 0, .names = colours}};
constexpr Field bare_list[] = {{.key = "", .kind = FieldKind::code_list, .width = 0, .names = colours}};
constexpr Field parts[] = {{.key = "p", .kind = FieldKind::parts, .parts = bits}};
constexpr Field bcd[] = {{.key = "b", .kind = FieldKind::bcd}};
constexpr Field digits[] = {{.key = "d", .kind = FieldKind::digits}};
constexpr Field plmn[] = {{.key = "p", .kind = FieldKind::plmn, .width = 3}};
constexpr Field hex_2[] = {{.key = "h", .kind = FieldKind::hex, .width = 2}};
constexpr Field hex_rest[] = {{.key = "h", .kind = FieldKind::hex, .width = 0}};
constexpr Field text[] = {
    {.key = "dcs", .kind = FieldKind::code},
    {.key = "t", .kind = FieldKind::text, .width = 0, .optional = true},
};
constexpr Field alpha[] = {{.key = "a", .kind = FieldKind::alpha, .width = 0}};
constexpr Field ascii[] = {{.key = "a", .kind = FieldKind::ascii, .width = 0}};
constexpr Field ascii_2[] = {{.key = "a", .kind = FieldKind::ascii, .width = 2}};
constexpr Field labels[] = {{.key = "l", .kind = FieldKind::labels, .width = 0}};
constexpr Field bare_number[] = {{.key = "", .kind = FieldKind::number}};
constexpr Field two[] = {
    {.key = "n", .kind = FieldKind::number, .width = 2},
    {.key = "m", .kind = FieldKind::number, .optional = true},
};

}  // namespace

TEST_CASE("each kind of field goes both ways") {
  struct Row {
    std::span<const Field> fields;
    const char* octets;
    const char* value;
  };
  const Row rows[] = {
      {number_1, "FF", R"({"n":255})"},
      {number_2, "8001", R"({"n":32769})"},
      {number_3, "010000", R"({"n":65536})"},
      {number_4, "FFFFFFFF", R"({"n":4294967295})"},
      {code, "80", R"({"c":"blue"})"},
      {code, "02", R"({"c":2})"},
      {chosen, "0001", R"({"first":"red","second":"green"})"},
      {chosen, "0101", R"({"first":"green","second":1})"},
      {chosen, "01", R"({"first":"green"})"},
      {code_list, "", R"({"l":[]})"},
      {code_list, "010203", R"({"l":["green",2,3]})"},
      {bare_list, "8000", R"(["blue","red"])"},
      {parts, "00", R"({"flag":false,"colour":"red","count":0})"},
      {parts, "9F", R"({"flag":true,"colour":"green","count":15})"},
      {parts, "70", R"({"flag":false,"colour":7,"count":0})"},
      {bcd, "32", R"({"b":23})"},
      {bcd, "99", R"({"b":99})"},
      {bcd, "A1", R"({"b":{"raw":"A1"}})"},
      {bcd, "1A", R"({"b":{"raw":"1A"}})"},
      {digits, "214365F7", R"({"d":"1234567"})"},
      {digits, "BADCFE", R"({"d":"*#abc"})"},
      {digits, "F121", R"({"d":{"text":"1?12","raw":"F121"}})"},
      {digits, "", R"({"d":""})"},
      {plmn, "00F110", R"({"p":"00101"})"},
      {plmn, "130062", R"({"p":"310260"})"},
      {plmn, "FFFFFF", R"({"p":{"text":"?????","raw":"FFFFFF"}})"},
      {hex_2, "ABCD", R"({"h":"ABCD"})"},
      {hex_rest, "", R"({"h":""})"},
      {hex_rest, "010203", R"({"h":"010203"})"},
      {text, "04444D", R"({"dcs":4,"t":"DM"})"},
      {text, "080041", R"({"dcs":8,"t":"A"})"},
      {text, "004121", R"({"dcs":0,"t":"AB"})"},
      {text, "0041E1", R"({"dcs":0,"t":{"text":"AB","raw":"41E1"}})"},
      {text, "04", R"({"dcs":4})"},
      {alpha, "444D", R"({"a":"DM"})"},
      {alpha, "444DFFFF", R"({"a":{"text":"DM","raw":"444DFFFF"}})"},
      {ascii, "41542B", R"({"a":"AT+"})"},
      {ascii, "410D0A", R"({"a":{"text":"A..","raw":"410D0A"}})"},
      {ascii_2, "6465", R"({"a":"de"})"},
      {labels, "06546573744770027273", R"({"l":"TestGp.rs"})"},
      {labels, "", R"({"l":""})"},
      {labels, "0541", R"({"l":{"text":"A","raw":"0541"}})"},
      {labels, "014100", R"({"l":{"text":"A.","raw":"014100"}})"},
      {bare_number, "05", "5"},
      {two, "0102", R"({"n":258})"},
      {two, "010203", R"({"n":258,"m":3})"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets, row.value);
    const auto octets = hex(row.octets);
    const auto read = decode_fields(row.fields, octets, 40);
    CHECK_FALSE(read.error);
    CHECK(write_json(read.value) == row.value);
    CHECK(hex_of(encode_fields(row.fields, read.value)) == row.octets);
    for (const auto& node : read.nodes) {
      REQUIRE(node.offset >= 40);
      CHECK(same(node.octets, ByteView(octets).subspan(node.offset - 40, node.octets.size())));
    }
  }
}

TEST_CASE("fields of octets that run out or run over") {
  struct Row {
    std::span<const Field> fields;
    const char* octets;
    Errc code;
    const char* text;
    const char* value;
  };
  const Row rows[] = {
      {number_2, "01", Errc::truncated, "field \"n\" needs 2 octets, 1 are left at offset 40", "null"},
      {bare_number, "", Errc::truncated, "the value needs 1 octets, 0 are left at offset 40", "null"},
      {plmn, "0000", Errc::truncated, "field \"p\" needs 3 octets, 2 are left at offset 40", "null"},
      {parts, "", Errc::truncated, "field \"p\" needs 1 octets, 0 are left at offset 40", "null"},
      {ascii_2, "41", Errc::truncated, "field \"a\" needs 2 octets, 1 are left at offset 40", "null"},
      {two, "01020304", Errc::malformed, "1 octets follow the last field at offset 43", R"({"n":258,"m":3})"},
      {number_1, "0102", Errc::malformed, "1 octets follow the last field at offset 41", R"({"n":1})"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets, row.text);
    const auto octets = hex(row.octets);
    const auto read = decode_fields(row.fields, octets, 40);
    REQUIRE(read.error);
    CHECK(read.error->text() == row.text);
    CHECK(read.error->code == row.code);
    CHECK(write_json(read.value) == row.value);
  }
}

TEST_CASE("a field shows the label of its code") {
  const auto octets = hex("90");
  const auto read = decode_fields(parts, octets, 0);
  REQUIRE(read.nodes.size() == 3);
  CHECK(read.nodes[0].note.empty());
  CHECK(read.nodes[1].note == "the green one");
  CHECK(read.nodes[1].key == "colour");
}

TEST_CASE("what is given in other words encodes too") {
  CHECK(hex_of(encode_fields(code, json(R"({"c": 128})"))) == "80");
  CHECK(hex_of(encode_fields(parts, json("{}"))) == "00");
  CHECK(hex_of(encode_fields(parts, json(R"({"flag": 1, "colour": 1, "count": null})"))) == "90");
  CHECK(hex_of(encode_fields(text, json(R"({"dcs": 4, "t": null})"))) == "04");
  CHECK(hex_of(encode_fields(text, json(R"({"dcs": 4, "t": {"raw": "FF"}})"))) == "04FF");
  CHECK(hex_of(encode_fields(number_2, json(R"({"n": {"raw": "01"}})"))) == "01");
  CHECK(hex_of(encode_fields(hex_2, json(R"({"h": "ab cd"})"))) == "ABCD");
}

TEST_CASE("what a field cannot hold is refused with the whole reason") {
  struct Row {
    std::span<const Field> fields;
    const char* value;
    Errc code;
    const char* text;
  };
  const Row rows[] = {
      {number_1, R"({"n": 256})", Errc::range, "n: 256 is outside 0 to 255"},
      {number_1, R"({"n": -1})", Errc::range, "n: -1 is outside 0 to 255"},
      {number_2, R"({"n": 65536})", Errc::range, "n: 65536 is outside 0 to 65535"},
      {number_4, R"({"n": 4294967296})", Errc::range, "n: 4294967296 is outside 0 to 4294967295"},
      {number_1, R"({"n": "1"})", Errc::malformed, "n: is not a number"},
      {number_1, "{}", Errc::malformed, "n: is missing"},
      {number_1, R"({"n": null})", Errc::malformed, "n: is missing"},
      {number_1, "5", Errc::malformed, "is not a map"},
      {bare_number, "null", Errc::malformed, "is missing"},
      {bare_number, "-1", Errc::range, "-1 is outside 0 to 255"},
      {number_1, R"({"n": {"raw": 5}})", Errc::malformed, "n: \"raw\" is not a string"},
      {number_1, R"({"n": {"raw": "5"}})", Errc::malformed, "n: odd number of hexadecimal digits at offset 1"},
      {number_1, R"({"n": {"text": "5"}})", Errc::malformed, "n: is not a number"},
      {code, R"({"c": "gren"})", Errc::unknown, "c: \"gren\" is not known, did you mean \"green\""},
      {code, R"({"c": "magenta"})", Errc::unknown, "c: \"magenta\" is not known"},
      {code, R"({"c": 256})", Errc::range, "c: 256 is outside 0 to 255"},
      {code, R"({"c": -1})", Errc::range, "c: number is out of range"},
      {code, R"({"c": true})", Errc::malformed, "c: is neither a name nor a number"},
      {chosen, R"({"first": "green", "second": "red"})", Errc::unknown, "second: \"red\" is not known"},
      {code_list, R"({"l": "red"})", Errc::malformed, "l: is not a list"},
      {code_list, R"({"l": ["blew"]})", Errc::unknown, "l: \"blew\" is not known, did you mean \"blue\""},
      {code_list, R"({"l": [300]})", Errc::range, "l: 300 is outside 0 to 255"},
      {parts, R"({"colour": 8})", Errc::range, "colour: 8 does not fit in 3 bits"},
      {parts, R"({"flag": 2})", Errc::range, "flag: 2 does not fit in 1 bits"},
      {parts, R"({"colour": "blue"})", Errc::range, "colour: 128 does not fit in 3 bits"},
      {parts, R"({"count": "one"})", Errc::unknown, "count: \"one\" is not known"},
      {parts, "3", Errc::malformed, "is not a map"},
      {bcd, R"({"b": 100})", Errc::range, "b: 100 is outside 0 to 99"},
      {bcd, R"({"b": "5"})", Errc::unknown, "b: \"5\" is not known"},
      {digits, R"({"d": "12-3"})", Errc::range, "d: character is not one of 0-9 * # a b c at offset 2"},
      {digits, R"({"d": 12})", Errc::malformed, "d: is not a string"},
      {plmn, R"({"p": "001"})", Errc::range, "p: a PLMN has 5 or 6 digits"},
      {plmn, R"({"p": "0010x"})", Errc::range, "p: character is not a digit at offset 4"},
      {hex_2, R"({"h": "AB"})", Errc::range, "h: is of 1 octets, not 2"},
      {hex_2, R"({"h": "ABXY"})", Errc::malformed, "h: not a hexadecimal digit at offset 2"},
      {hex_rest, R"({"h": 5})", Errc::malformed, "h: is not a string"},
      {text, R"({"dcs": 4, "t": "Ж"})", Errc::range, "t: character is not in the GSM default alphabet at offset 0"},
      {text, R"({"dcs": 32, "t": "A"})", Errc::range, "t: coding scheme 20 is reserved"},
      {alpha, R"({"a": 1})", Errc::malformed, "a: is not a string"},
      {ascii, R"({"a": "AT\r"})", Errc::range, "a: character is not printable ASCII at offset 2"},
      {ascii_2, R"({"a": "deu"})", Errc::range, "a: is of 3 octets, not 2"},
      {labels, R"({"l": "a..b"})", Errc::range, "l: label is not of 1 to 63 characters at offset 2"},
      {labels, R"({"l": "a."})", Errc::range, "l: label is not of 1 to 63 characters at offset 2"},
      {labels, R"({"l": "ab.cü"})", Errc::range, "l: character is not printable ASCII at offset 4"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.value);
    const auto octets = encode_fields(row.fields, json(row.value));
    REQUIRE_FALSE(octets);
    CHECK(octets.error().text() == row.text);
    CHECK(octets.error().code == row.code);
  }
}

TEST_CASE("labels are of at most 63 characters") {
  const auto most = encode_fields(labels, Value::Map{{"l", std::string(63, 'a')}});
  REQUIRE(most);
  CHECK(most->size() == 64);
  CHECK(decode_fields(labels, *most, 0).value.text_or("l", "") == std::string(63, 'a'));
  CHECK_FALSE(encode_fields(labels, Value::Map{{"l", std::string(64, 'a')}}));
}

TEST_CASE("codes and names change into each other") {
  CHECK(name_or_number(colours, 1) == Value("green"));
  CHECK(name_or_number(colours, 2) == Value(2));
  CHECK(code_of(colours, Value("blue"), "x") == 0x80U);
  CHECK(code_of(colours, Value(7), "x") == 7U);
  CHECK(code_of({}, Value(std::int64_t{0xFFFFFFFF}), "x") == 0xFFFFFFFFU);
  CHECK(code_of({}, Value(std::int64_t{0x100000000}), "x").error().text() == "x: number is out of range");
}

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/tlv.hpp"

#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

constexpr auto ber = TlvForm::ber;
constexpr auto cat = TlvForm::comprehension;

struct Refusal {
  TlvForm form;
  const char* octets;
  Errc code;
  const char* text;
};

}  // namespace

TEST_CASE("lengths take the shortest of four forms") {
  // ETSI TS 101 220, 7.1.2
  struct Row {
    std::size_t length;
    const char* header;
  };
  const Row rows[] = {
      {0, "B600"},         {0x7F, "B67F"},       {0x80, "B68180"},        {0xFF, "B681FF"},
      {0x100, "B6820100"}, {0xFFFF, "B682FFFF"}, {0x10000, "B683010000"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.length);
    CHECK(to_hex(tlv_header(0x36, cat, true, false, row.length)) == row.header);
    const auto written = write_tlv(0x36, true, Octets(row.length, 0xA5));
    REQUIRE(written.size() == hex(row.header).size() + row.length);

    Cursor cursor(written, 7);
    const auto tlv = read_tlv(cursor, cat);
    REQUIRE(tlv);
    CHECK(cursor.empty());
    CHECK(tlv->tag == 0x36);
    CHECK(tlv->comprehension);
    CHECK(tlv->value.size() == row.length);
    CHECK(tlv->anomalies.empty());
    CHECK(tlv->offset == 7);
    CHECK(tlv->value_offset() == 7 + hex(row.header).size());
    CHECK(same(tlv->octets, written));
  }
}

TEST_CASE("a length longer than needed is read and noted with its place") {
  struct Row {
    const char* octets;
    const char* anomaly;
  };
  const Row rows[] = {
      {"B6810155", "length 1 is written in 2 octets, fewer would do"},
      {"B682000155", "length 1 is written in 3 octets, fewer would do"},
      {"B68300000155", "length 1 is written in 4 octets, fewer would do"},
      {"B68100", "length 0 is written in 2 octets, fewer would do"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto octets = hex(row.octets);
    Cursor cursor(octets, 20);
    const auto tlv = read_tlv(cursor, cat);
    REQUIRE(tlv);
    REQUIRE(tlv->anomalies.size() == 1);
    CHECK(tlv->anomalies[0].text == row.anomaly);
    CHECK(tlv->anomalies[0].offset == 21);
  }
  auto most = hex("B68200FF");
  most.resize(4 + 0xFF);
  Cursor cursor(most);
  CHECK(read_tlv(cursor, cat)->anomalies[0].text == "length 255 is written in 3 octets, fewer would do");
}

TEST_CASE("what cannot be read leaves the cursor where it was") {
  const Refusal rows[] = {
      {cat, "", Errc::truncated, "tag is missing at offset 5"},
      {cat, "00 01 00", Errc::malformed, "tag 00 is reserved at offset 5"},
      {cat, "80 01 00", Errc::malformed, "tag 80 is reserved at offset 5"},
      {cat, "FF 01 00", Errc::malformed, "tag FF is reserved at offset 5"},
      {cat, "7F", Errc::truncated, "tag of three octets is cut off at offset 6"},
      {cat, "7F 12", Errc::truncated, "tag of three octets is cut off at offset 6"},
      {cat, "7F 12 34", Errc::truncated, "length is missing at offset 8"},
      {cat, "36", Errc::truncated, "length is missing at offset 6"},
      {cat, "36 80 00", Errc::malformed, "length octet 80 is not allowed at offset 6"},
      {cat, "36 84 00 00 00 01 00", Errc::malformed, "length octet 84 is not allowed at offset 6"},
      {cat, "36 FF", Errc::malformed, "length octet FF is not allowed at offset 6"},
      {cat, "36 81", Errc::truncated, "length is cut off at offset 7"},
      {cat, "36 82 01", Errc::truncated, "length is cut off at offset 7"},
      {cat, "36 83 01 00", Errc::truncated, "length is cut off at offset 7"},
      {cat, "36 03 01 02", Errc::truncated, "length says 3 octets, 2 are left at offset 6"},
      {cat, "36 01", Errc::truncated, "length says 1 octets, 0 are left at offset 6"},
      {ber, "", Errc::truncated, "tag is missing at offset 5"},
      {ber, "00 00", Errc::malformed, "tag 00 is reserved at offset 5"},
      {ber, "FF 00", Errc::malformed, "tag FF is reserved at offset 5"},
      {ber, "5F", Errc::truncated, "tag of several octets is cut off at offset 6"},
      {ber, "5F 81", Errc::truncated, "tag of several octets is cut off at offset 7"},
      {ber, "5F 81 82 03 00", Errc::malformed, "tag is longer than three octets at offset 5"},
      {ber, "D0 80", Errc::malformed, "length octet 80 is not allowed at offset 6"},
      {ber, "D0 02 00", Errc::truncated, "length says 2 octets, 1 are left at offset 6"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto octets = hex(row.octets);
    Cursor cursor(octets, 5);
    const auto tlv = read_tlv(cursor, row.form);
    REQUIRE_FALSE(tlv);
    CHECK(tlv.error().text() == row.text);
    CHECK(tlv.error().code == row.code);
    CHECK(cursor.offset() == 5);
    CHECK(cursor.left() == octets.size());
  }
}

TEST_CASE("tags of both forms go both ways") {
  struct Row {
    TlvForm form;
    const char* octets;
    std::uint32_t tag;
    bool comprehension;
    bool three_octet;
  };
  const Row rows[] = {
      {cat, "0100", 0x01, false, false},         {cat, "8100", 0x01, true, false},
      {cat, "7E00", 0x7E, false, false},         {cat, "FE00", 0x7E, true, false},
      {cat, "7F123400", 0x1234, false, true},    {cat, "7F923400", 0x1234, true, true},
      {cat, "7FFFFF00", 0x7FFF, true, true},     {cat, "7F002400", 0x24, false, true},
      {ber, "D000", 0xD0, false, false},         {ber, "CF00", 0xCF, false, false},
      {ber, "DF00", 0xDF, false, false},         {ber, "8000", 0x80, false, false},
      {ber, "0100", 0x01, false, false},         {ber, "5F2100", 0x5F21, false, false},
      {ber, "9F7F00", 0x9F7F, false, false},     {ber, "7F210100", 0x7F21, false, false},
      {ber, "BF812000", 0xBF8120, false, false},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    auto octets = hex(row.octets);
    Cursor cursor(octets);
    const auto tlv = read_tlv(cursor, row.form);
    REQUIRE(tlv);
    CHECK(tlv->tag == row.tag);
    CHECK(tlv->comprehension == row.comprehension);
    CHECK(tlv->three_octet == row.three_octet);
    auto written = tlv_header(tlv->tag, row.form, tlv->comprehension, tlv->three_octet, tlv->value.size());
    append(written, tlv->value);
    CHECK(to_hex(written) == to_hex(tlv->octets));
  }
}

TEST_CASE("objects are written in the form their tag needs") {
  CHECK(to_hex(write_tlv(0x71, false, hex("AA"))) == "7101AA");
  CHECK(to_hex(write_tlv(0x71, true, hex("AA"))) == "F101AA");
  CHECK(to_hex(write_tlv(0x1234, false, {})) == "7F123400");
  CHECK(to_hex(write_tlv(0x1234, true, {})) == "7F923400");
  CHECK(to_hex(write_ber(0xDC, hex("8202"))) == "DC028202");
  CHECK(to_hex(write_ber(0x7F21, {})) == "7F2100");
}

TEST_CASE("one object is taken at a time") {
  const auto octets = hex("82028182 A40101");
  Cursor cursor(octets, 2);
  CHECK(read_tlv(cursor, cat)->tag == 0x02);
  CHECK(cursor.offset() == 6);
  const auto second = read_tlv(cursor, cat);
  REQUIRE(second);
  CHECK(second->offset == 6);
  CHECK(second->value_offset() == 8);
  CHECK(cursor.empty());
}

TEST_CASE("a cursor gives what was asked for or nothing") {
  const auto octets = hex("010203");
  Cursor cursor(octets, 10);
  CHECK_FALSE(cursor.number(4));
  CHECK_FALSE(cursor.take(4));
  CHECK(cursor.left() == 3);
  CHECK(cursor.peek() == 0x01);
  CHECK(cursor.number(2) == 0x0102);
  CHECK(cursor.offset() == 12);
  CHECK(cursor.u8() == 0x03);
  CHECK(cursor.empty());
  CHECK_FALSE(cursor.u8());
  CHECK_FALSE(cursor.peek());
  CHECK(cursor.take(0)->empty());
  CHECK(cursor.take_rest().empty());
}

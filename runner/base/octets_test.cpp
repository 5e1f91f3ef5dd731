// SPDX-License-Identifier: Apache-2.0
#include "runner/base/octets.hpp"

#include "runner/base/catch.hpp"

using namespace dmsc;

TEST_CASE("octets go to hexadecimal and back") {
  Octets all(256);
  for (std::size_t at = 0; at < all.size(); ++at) all[at] = static_cast<std::uint8_t>(at);
  CHECK(parse_hex(to_hex(all)).value() == all);
  CHECK(parse_hex(to_hex(all, " ")).value() == all);
  CHECK(to_hex(Octets{0x00, 0x9A, 0xFF}) == "009AFF");
  CHECK(to_hex(Octets{0x00, 0x9A, 0xFF}, " ") == "00 9A FF");
  CHECK(to_hex(Octets{0x0B}, ", ") == "0B");
  CHECK(to_hex({}).empty());
}

TEST_CASE("hexadecimal is taken in either case and with white space anywhere") {
  CHECK(parse_hex("").value().empty());
  CHECK(parse_hex(" \t\r\n").value().empty());
  CHECK(parse_hex("aAbB 0 1\n").value() == Octets{0xAA, 0xBB, 0x01});
}

TEST_CASE("what is no hexadecimal is refused with its place") {
  const std::pair<std::string_view, const char*> rows[] = {
      {"0", "odd number of hexadecimal digits at offset 1"},
      {"01 2 ", "odd number of hexadecimal digits at offset 5"},
      {"0x01", "not a hexadecimal digit at offset 1"},
      {"01 G0", "not a hexadecimal digit at offset 3"},
      {"01:02", "not a hexadecimal digit at offset 2"},
      {"\xC3\xA4", "not a hexadecimal digit at offset 0"},
      {std::string_view("\0", 1), "not a hexadecimal digit at offset 0"},
  };
  for (const auto& [text, error] : rows) {
    const auto octets = parse_hex(text);
    REQUIRE_FALSE(octets);
    CHECK(octets.error().text() == error);
    CHECK(octets.error().code == Errc::malformed);
  }
}

TEST_CASE("numbers are written with as many digits as asked") {
  CHECK(hex_number(0, 2) == "00");
  CHECK(hex_number(0xD0, 2) == "D0");
  CHECK(hex_number(0x910B, 4) == "910B");
  CHECK(hex_number(0x1234, 2) == "34");
  CHECK(hex_number(0x7F21, 6) == "007F21");
  CHECK(hex_number(UINT64_MAX, 16) == "FFFFFFFFFFFFFFFF");
  CHECK(hex_number(1, 0).empty());
}

TEST_CASE("octets are compared and joined") {
  const Octets a{1, 2};
  CHECK(same(a, Octets{1, 2}));
  CHECK_FALSE(same(a, Octets{1, 3}));
  CHECK_FALSE(same(a, Octets{1}));
  CHECK(same({}, Octets{}));
  Octets joined = to_octets(a);
  append(joined, Octets{3});
  append(joined, {});
  CHECK(joined == Octets{1, 2, 3});
}

TEST_CASE("an error says where") {
  CHECK(Error{Errc::io, "disk is full", {}, {}}.text() == "disk is full");
  CHECK(Error{Errc::malformed, "tag 00 is reserved", 7, "a.json: /x"}.text() ==
        "a.json: /x: tag 00 is reserved at offset 7");
  CHECK(Error{Errc::malformed, "is missing", {}, "port"}.text() == "port: is missing");
  const Result<int> failed = fail(Errc::range, "too much", 1, "here");
  CHECK(failed.error().text() == "here: too much at offset 1");
}

// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/hex_text.hpp"

#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::replay;

TEST_CASE("octets are read however they are written", "[replay]") {
  const auto text = GENERATE(
      as<std::string_view>{}, "D0098103", "d0 09 81 03", "D0:09:81:03", "D0-09-81-03", "D0,09,81,03", "D0;09;81;03",
      "D0.09.81.03", "D0|09|81|03", "D0_09_81_03", "D0/09/81/03", "'D0' '09' '81' '03'", "0xD0, 0x09, 0x81, 0x03",
      "0xD0,0x9,0x81,0x3", "{0xD0,0x09,0x81,0x03};", "\\xD0\\x09\\x81\\x03", "\"\\xD0\\x09\\x81\\x03\"",
      "b'\\xd0\\t\\x81\\x03'", "\"\\xD0\\x09\" \"\\x81\\x03\"", "0xD0098103", "x'D0098103'", "%D0%09%81%03",
      "$D0 $09 $81 $03", "D0h 09h 81h 03h", "> D0 09 81 03", "<D0098103>", "[208, 9, 129, 3]", "D 0 0 98 103",
      "D0:9:81:3", "D0098103 # remark", "D0098103 // remark", "D0 /* FETCH */ 098103", "D0098103 \\",
      "\xEF\xBB\xBF"
      "D0098103",
      "D0\xC2\xA0"
      "09\xE2\x80\xAF"
      "8103",
      "\xE2\x80\x9C"
      "D0098103\xE2\x80\x9D");
  INFO(text);
  REQUIRE(to_hex(read_hex_text(text).value_or(Octets{})) == "D0098103");
}

TEST_CASE("what are no octets says where", "[replay]") {
  struct Row {
    std::string_view text, error;
  };
  const auto row =
      GENERATE(Row{"xyz", "not a hexadecimal digit at offset 0"}, Row{"D0 0g", "not a hexadecimal digit at offset 3"},
               Row{"D00", "odd number of hexadecimal digits at offset 3"},
               Row{"D0:098:81", "odd number of hexadecimal digits at offset 6"},
               Row{"\\d0", "not a hexadecimal digit at offset 0"}, Row{"D0?", "not a hexadecimal digit at offset 2"});
  INFO(row.text);
  REQUIRE(read_hex_text(row.text).error().text() == row.error);
}

TEST_CASE("octets are found in other text", "[replay]") {
  REQUIRE(to_hex(leading_octets(" 90 00 : Normal processing.").octets) == "9000");
  REQUIRE(leading_octets("Normal 90 00").octets.empty());
  REQUIRE(to_hex(longest_run("12:34:56 host 80 F2 00 0C 00", 5).octets) == "80F2000C00");
  REQUIRE(longest_run("20261129 123456", 2).octets.empty());
  REQUIRE(longest_run("12:34:56", 5).octets.empty());
}

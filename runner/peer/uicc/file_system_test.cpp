// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/file_system.hpp"

#include "runner/base/catch.hpp"
#include "runner/peer/uicc/uicc.hpp"

namespace dmsc::peer {
namespace {

/// Talks to the whole card, so that T=0 is in it.
struct Card {
  Uicc uicc{Personality{}};
  Card() { uicc.power_on(); }
  std::string send(const std::string& hex) { return to_hex(*uicc.command(parse_hex(hex).value())); }
};

}  // namespace

TEST_CASE("a phone finds what it reads after power-on", "[files]") {
  Card card;
  struct Row {
    const char* what;
    const char* command;
    const char* answer;
  };
  const Row rows[] = {
      {"the MF, without data", "00A4000C023F00", "9000"},
      {"EF.DIR", "00A40004022F00", "6117"},
      {"its parameters: linear fixed, one record of 32", "00C0000017",
       "62158205422100200183022F008A0105800200208801F09000"},
      {"its record, wrong length", "00B2010400", "6C20"},
      {"its record", "00B2010420", "61154F0DA0000000871002FF44FF12FF8950045553494DFFFFFFFFFFFFFFFFFF9000"},
      {"record 2 is not there", "00B2020420", "6A83"},
      {"the USIM by a part of its AID", "00A4040C07A0000000871002", "9000"},
      {"EF.IMSI", "00A4000C026F07", "9000"},
      {"its content", "00B0000009", "0809101010325476989000"},
      {"EF.UST by short identifier: 10, 12, 28 to 31, 33, 77", "00B084000C", "000A007801000000001000009000"},
      {"EF.AD", "00B0830004", "800000029000"},
      {"EF.LOCI is written", "00D68B000101", "9000"},
      {"and read", "00B08B0001", "019000"},
      {"EF.IMSI is not", "00D687000101", "6982"},
      {"beyond the end", "00B08B0C01", "6B00"},
      {"too much from the end", "00B08B0A02", "6C01"},
      {"a record of a transparent file", "00B2013C01", "6981"},
      {"EF.SMSP", "00A4000C026F42", "9000"},
      {"a record of another size is not written", "00DC01040101", "6700"},
      {"a file that is not there", "00A40004026FFF", "6A82"},
      {"by path from the MF", "00A4080C047FFF6F07", "9000"},
      {"EF.ICCID by path", "00A4080C022FE2", "9000"},
      {"its content", "00B000000A", "988812214365870921F39000"},
      {"an AID that is not there", "00A4040C07A0000000871004", "6A82"},
      {"PIN 1 is not enabled", "002000010831323334FFFFFFFF", "6984"},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(card.send(row.command) == row.answer);
  }
}

TEST_CASE("nothing is read before a file is selected", "[files]") {
  Card card;
  CHECK(card.send("00B0000001") == "6986");
  CHECK(card.send("00B2010420") == "6986");
}

TEST_CASE("a logical channel has a selection of its own", "[files]") {
  Card card;
  CHECK(card.send("01A4000C023F00") == "6881");
  CHECK(card.send("0070000001") == "019000");
  CHECK(card.send("01A4040C07A0000000871002") == "9000");
  CHECK(card.send("01B0830004") == "800000029000");
  CHECK(card.send("00B0830004") == "6A82");  // the basic channel stands in the MF
  CHECK(card.send("0070000001") == "029000");
  CHECK(card.send("0070000001") == "039000");
  CHECK(card.send("0070000001") == "6A81");
  CHECK(card.send("00708001") == "9000");
  CHECK(card.send("00708001") == "6881");
  CHECK(card.send("00708000") == "6A86");
}

TEST_CASE("digits are packed low nibble first", "[files]") {
  CHECK(to_hex(packed_digits("12345")) == "2143F5");
  CHECK(packed_digits("").empty());
}

}  // namespace dmsc::peer

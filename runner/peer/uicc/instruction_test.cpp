// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/instruction.hpp"

#include "runner/base/catch.hpp"
#include "runner/peer/uicc/uicc.hpp"

namespace dmsc::peer {
namespace {

/// The whole card, with one file that can be read: the USIM's EF.IMSI is selected.
struct Card {
  explicit Card(bool strict = true) : uicc(personality(strict)) {
    uicc.power_on();
    CHECK(send("00A4040C07A0000000871002") == "9000");
    CHECK(send("00A4000C026F07") == "9000");
  }
  static Personality personality(bool strict) {
    Personality self;
    self.strict = strict;
    self.wake_ups = {"status"};
    self.status_count = 2;
    self.poll_seconds = 30;
    return self;
  }
  std::string send(const std::string& hex) { return to_hex(*uicc.command(parse_hex(hex).value())); }
  Uicc uicc;
};

// Profile download of POLL INTERVAL's bit alone, 3.6 and 3.7.
constexpr const char* profile = "8010000003 000060";
constexpr const char* poll_interval = "D00D8103010300820281828402011E9000";

}  // namespace

TEST_CASE("a class octet says its channel and whether it is secured", "[instruction]") {
  struct Row {
    std::uint8_t cla;
    std::uint8_t classes;
    std::size_t channel;
    bool secure;
  };
  const Row rows[] = {
      {0x00, interindustry, 0, false}, {0x03, interindustry, 3, false},
      {0x04, interindustry, 0, true},  {0x0E, interindustry, 2, true},
      {0x40, interindustry, 4, false}, {0x4F, interindustry, 19, false},
      {0x61, interindustry, 5, true},  {0x80, proprietary | basic_channel, 0, false},
      {0x81, proprietary, 1, false},   {0x8C, proprietary, 0, true},
      {0xC2, proprietary, 6, false},   {0xEF, proprietary, 19, true},
  };
  for (const auto& row : rows) {
    INFO(int{row.cla});
    const auto octet = read_class(row.cla);
    REQUIRE(octet);
    CHECK(octet->classes == row.classes);
    CHECK(octet->channel == row.channel);
    CHECK(octet->secure == row.secure);
  }
  for (const int none : {0x10, 0x20, 0x50, 0x70, 0x90, 0xA0, 0xB0, 0xD0, 0xF0, 0xFF}) {
    INFO(none);
    CHECK_FALSE(read_class(static_cast<std::uint8_t>(none)));
  }
}

TEST_CASE("P3 is taken as the instruction has it", "[instruction]") {
  struct Row {
    const char* what;
    const char* command;
    const char* answer;
  };
  const Row rows[] = {
      {"STATUS, one octet of what there is", "80F2000001", "6C23"},
      {"one less", "80F2000022", "6C23"},
      {"one more", "80F2000024", "6C23"},
      {"256 on T=0", "80F2000000", "6C23"},
      {"no fifth octet", "80F20000", "6C23"},
      {"likewise in any P1", "80F2010001", "6C23"},
      {"and P1 02", "80F2020001", "6C23"},
      {"the name of the application", "80F2000101", "6C0F"},
      {"all of it", "80F200010F", "840DA0000000871002FF44FF12FF899000"},
      {"no data wanted", "80F2000C00", "9000"},
      {"READ BINARY of what was asked", "00B0000003", "0809109000"},
      {"all of it", "00B0000009", "0809101010325476989000"},
      {"more than there is", "00B000000A", "6C09"},
      {"256", "00B0000000", "6C09"},
      {"the last octet", "00B0000801", "989000"},
      {"behind the last octet", "00B0000901", "6B00"},
      {"the whole record", "00B2010C04", "11F2FF009000"},
      {"READ RECORD of a part", "00B2010C01", "6C04"},
      {"MANAGE CHANNEL, 256", "0070000000", "6C01"},
      {"which opened nothing", "0070000001", "019000"},
      {"UPDATE without data", "00D6000000", "6700"},
      {"TERMINAL PROFILE without data", "8010000000", "6700"},
      {"TERMINAL RESPONSE without data", "8014000000", "6700"},
      {"TERMINAL CAPABILITY without data", "80AA000000", "6700"},
      {"ENVELOPE without data", "80C2000000", "6700"},
      {"less data than P3 says", "00A4000C026F", "6700"},
      {"more data than P3 says", "00A4000C026F0700FF", "6700"},
      {"SELECT with data to come back", "00A40004026F07", "6114"},
      {"GET RESPONSE of a part", "00C0000001", "6C14"},
      {"256", "00C0000000", "6C14"},
      {"all of it", "00C0000014", "62128202412183026F078A0105800200098801389000"},
  };
  Card card;
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(card.send(row.command) == row.answer);
  }
}

TEST_CASE("a command whose length was wrong did nothing", "[instruction]") {
  Card card;
  CHECK(card.send(profile) == "910F");
  CHECK(card.send("8012000010") == "6C0F");
  CHECK(card.send("8012000000") == "6C0F");
  CHECK(card.send("801200000F") == poll_interval);
  CHECK(card.send("00A40004023F00") == "611D");
  CHECK(card.send("00C0000001") == "6C1D");
  CHECK(card.send("00C000001D").size() == 62);
  CHECK(card.send("00C000001D") == "6F00");  // it was there once
  CHECK(card.send("00A40004023F00") == "611D");
  CHECK(card.send("80F2000C00") == "9000");
  CHECK(card.send("00C000001D") == "6F00");  // and is lost by a command in between
}

TEST_CASE("an instruction that does not exist in its class is refused by 6E00", "[instruction]") {
  struct Row {
    const char* what;
    const char* command;
    const char* answer;
  };
  const Row rows[] = {
      {"STATUS in class 0X", "00F2000C00", "6E00"},
      {"TERMINAL PROFILE in class 0X", "0010000001FF", "6E00"},
      {"FETCH in class 0X", "001200000F", "6E00"},
      {"SELECT in class 8X", "80A4000C023F00", "6E00"},
      {"READ BINARY in class 8X", "80B0000001", "6E00"},
      {"MANAGE CHANNEL in class 8X", "8070000001", "6E00"},
      {"GSM's class", "A0A40000023F00", "6E00"},
      {"no class", "FFA4000C023F00", "6E00"},
      {"an instruction that is nowhere", "80FF000000", "6D00"},
      {"likewise in class 0X", "00FF000000", "6D00"},
      {"channel 1 is not open", "01A4000C023F00", "6881"},
      {"for an unknown instruction too", "01FF000000", "6881"},
      {"STATUS on channel 2", "82F2000C00", "6881"},
      {"channel 4", "40A4000C023F00", "6881"},
      {"STATUS on channel 5", "C1F2000C00", "6881"},
      {"secure messaging", "0CA4000C023F00", "6882"},
      {"secure messaging on channel 4", "60A4000C023F00", "6882"},
      {"a channel is opened", "0070000001", "019000"},
      {"STATUS there", "81F2000C00", "9000"},
      {"the toolkit is on the basic channel alone", "81C2000002D600", "6E00"},
      {"GET RESPONSE in the class of its command", "80C0000001", "6F00"},
      {"and in that of TS 102 221", "00C0000001", "6F00"},
  };
  Card card;
  for (const auto& row : rows) {
    INFO(row.what);
    CHECK(card.send(row.command) == row.answer);
  }
}

TEST_CASE("nothing is fetched that no 91XX announced", "[instruction]") {
  const bool strict = GENERATE(true, false);
  Card card(strict);
  CHECK(card.send("801200000F") == "6985");  // nothing waits
  card.uicc.toolkit().queue("more_time", "", Value::Map{});
  CHECK(card.send("801200000B") == (strict ? "6985" : "D0098103010200820281829000"));
  if (!strict) return;
  CHECK(card.send("80F2000C00") == "910B");
  CHECK(card.send("00A4000C026F99") == "6A82");  // an error takes nothing back
  CHECK(card.send("801200000C") == "6C0B");
  CHECK(card.send("801200000B") == "D0098103010200820281829000");
  CHECK(card.send("801200000B") == "6985");
  card.uicc.toolkit().queue("more_time", "", Value::Map{});
  CHECK(card.send("80F2000C00") == "9000");  // the first is with the terminal
  CHECK(card.send("801200000B") == "6985");
  CHECK(card.send("801400000C 8103010200 82028281 830100") == "910B");
  card.uicc.reset();
  card.uicc.toolkit().queue("more_time", "", Value::Map{});
  CHECK(card.send("801200000B") == "6985");
}

TEST_CASE("a card that is not strict takes either class", "[instruction]") {
  Card card(false);
  CHECK(card.send("00F2000C00") == "9000");
  CHECK(card.send("80A4000C023F00") == "9000");
  CHECK(card.send("00F2000001") == "6C1D");
  CHECK(card.send("01A4000C023F00") == "6881");
  CHECK(card.send("A0A40000023F00") == "6E00");
}

}  // namespace dmsc::peer

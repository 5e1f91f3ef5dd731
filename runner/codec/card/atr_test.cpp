// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/atr.hpp"

#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets octets(std::string_view text) {
  return parse_hex(text).value();
}

std::vector<std::string> anomalies(const Atr& atr) {
  std::vector<std::string> out;
  for (const auto& anomaly : atr.anomalies) out.push_back(std::to_string(anomaly.offset) + ": " + anomaly.text);
  return out;
}

using Lines = std::vector<std::string>;

// As sysmocom's sysmoISIM-SJA2 sends it (pySim, ATR list).
constexpr std::string_view sja2 = "3B9F96801F878031E073FE211B674A4C753034054BA9";

// The same interface octets with TA3=C7 and historical octets of another card, cut after nine of fifteen.
constexpr std::string_view cut = "3B9F96801FC78031E073FE21136750";

}  // namespace

TEST_CASE("the ATR of a UICC is taken apart", "[atr]") {
  const Atr atr = read_atr(octets(sja2));
  REQUIRE(anomalies(atr).empty());
  REQUIRE(atr.ts == 0x3B);
  REQUIRE(atr.t0 == 0x9F);
  std::string names;
  for (const auto& octet : atr.interface_octets) names += octet.name() + '=' + hex_number(octet.value, 2) + ' ';
  REQUIRE(names == "TA1=96 TD1=80 TD2=1F TA3=87 ");
  REQUIRE(atr.offered_speed == Speed{512, 32, 5});
  REQUIRE(atr.protocols == std::vector{0});
  REQUIRE(atr.first_offered == 0);
  REQUIRE(atr.historical == octets("8031E073FE211B674A4C753034054B"));
  REQUIRE(atr.tck_expected);
  REQUIRE(atr.tck == 0xA9);
  REQUIRE(atr.tck_valid);
}

TEST_CASE("protocols come from the TD octets", "[atr]") {
  struct Row {
    std::string_view atr;
    std::vector<int> protocols;
    int first;
    bool tck;
  };
  // TCK by hand: 80 ^ 01 = 81; 80 ^ 80 ^ 01 = 01; 80 ^ 01 for T=1 alone.
  const auto row = GENERATE(Row{"3B00", {0}, 0, false}, Row{"3F00", {0}, 0, false}, Row{"3B8000", {0}, 0, false},
                            Row{"3B800181", {1}, 1, true}, Row{"3B80800101", {0, 1}, 0, true});
  INFO(row.atr);
  const Atr atr = read_atr(octets(row.atr));
  REQUIRE(anomalies(atr).empty());
  REQUIRE(atr.protocols == row.protocols);
  REQUIRE(atr.first_offered == row.first);
  REQUIRE(atr.tck_expected == row.tck);
  REQUIRE(atr.tck_valid == row.tck);
}

TEST_CASE("what is wrong with an ATR has a place", "[atr]") {
  struct Row {
    std::string_view atr;
    Lines expected;
  };
  const auto row =
      GENERATE(Row{"", {"0: cut short before TS"}}, Row{"3B", {"1: cut short before T0"}},
               Row{"3B9F96", {"3: cut short before TD1"}}, Row{cut, {"15: cut short after 9 of 15 historical octets"}},
               Row{"3B8001", {"3: cut short before TCK"}}, Row{"3B800180", {"3: TCK is 80, 81 expected"}},
               Row{"3B000000", {"2: 2 more octets than announced (T=0 alone has no TCK)"}},
               Row{"3000", {"0: TS is 30, 3B or 3F expected"}}, Row{"3B1070", {"2: TA1 is 70, a reserved value"}},
               Row{"3B800F8F", {"2: TD1 indicates T=15, which is no protocol"}},
               Row{"3B80810001", {"3: protocols are not in ascending order"}});
  INFO(row.atr);
  REQUIRE(anomalies(read_atr(octets(row.atr))) == row.expected);
}

TEST_CASE("an ATR that announces groups without end stops at its own end", "[atr]") {
  const Atr atr = read_atr(Octets(40, 0xFF));
  REQUIRE(anomalies(atr) == Lines{"0: TS is FF, 3B or 3F expected", "5: TD1 indicates T=15, which is no protocol",
                                  "40: cut short before TC10", "33: longer than 33 octets"});
}

TEST_CASE("speeds follow tables 7 and 8", "[atr]") {
  REQUIRE(speed_of(0x11) == Speed{372, 1, 5});
  REQUIRE(speed_of(0x97) == Speed{512, 64, 5});
  REQUIRE(speed_of(0xA9) == Speed{768, 20, 7.5});
  REQUIRE(speed_of(0x70).fi == 0);
  REQUIRE(speed_of(0x70).di == 0);
}

TEST_CASE("an ATR is told line by line", "[atr]") {
  REQUIRE(describe_atr(octets(sja2)) == Lines{
                                            "ATR: 3B 9F 96 80 1F 87 80 31 E0 73 FE 21 1B 67 4A 4C 75 30 34 05 4B A9",
                                            "protocols: T=0",
                                            "speed: TA1=96 (512/32, 16 clock cycles a bit)",
                                            "supply classes: A (5 V), B (3 V), C (1.8 V)",
                                            "historical octets: 80 31 E0 73 FE 21 1B 67 4A 4C 75 30 34 05 4B",
                                        });
  REQUIRE(describe_atr(octets("3F1097")) == Lines{
                                                "ATR: 3F 10 97",
                                                "convention: inverse",
                                                "protocols: T=0",
                                                "speed: TA1=97 (512/64, 8 clock cycles a bit)",
                                                "warning: TA1=97 is more than many readers and phones keep up with; "
                                                "96 or 95 is safer",
                                            });
  REQUIRE(describe_atr(octets("3B801081")) == Lines{
                                                  "ATR: 3B 80 10 81",
                                                  "protocols: T=0",
                                                  "speed: 372/1 only, no TA1",
                                                  "warning: TA2=81: specific mode, T=1 without negotiation",
                                              });
  REQUIRE(describe_atr({}) == Lines{"ATR: ", "warning: cut short before TS at offset 0"});
}

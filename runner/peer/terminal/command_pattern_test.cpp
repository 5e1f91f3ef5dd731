// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/command_pattern.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {

TEST_CASE("NN stands for a number that is not the command's", "[command_pattern]") {
  const auto pattern = CommandPattern::parse("801400000C8103NN4000");
  REQUIRE(pattern);
  CHECK(to_hex(pattern->octets(1)) == "801400000C8103804000");
  CHECK(to_hex(pattern->octets(254)) == "801400000C81037F4000");
  CHECK(to_hex(CommandPattern::parse("80F2000C")->octets(1)) == "80F2000C");
}

TEST_CASE("another number is one that a command may have", "[command_pattern]") {
  for (int number = 0; number <= 255; ++number) {
    const int other = other_number(number);
    CAPTURE(number, other);
    CHECK(other >= 1);
    CHECK(other <= 254);
    CHECK(std::abs(other - number) > 2);
  }
}

TEST_CASE("a pattern is hexadecimal beside that", "[command_pattern]") {
  for (const auto* text : {"80N", "8NN0", "NN NN", "NNNN", "80G2"}) {
    CAPTURE(text);
    CHECK_FALSE(CommandPattern::parse(text));
  }
}

}  // namespace dmsc::peer

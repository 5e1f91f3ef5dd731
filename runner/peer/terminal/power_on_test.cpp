// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/power_on.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {
namespace {

constexpr codec::StatusWord ok{0x9000};
constexpr codec::StatusWord not_found{0x6A82};

std::string next(PowerOn& sequence) {
  const auto command = sequence.next();
  return command ? to_hex(*command) : std::string{};
}

void answer(PowerOn& sequence, const std::string& hex, codec::StatusWord status = ok) {
  sequence.on_response(*parse_hex(hex), status);
}

}  // namespace

TEST_CASE("a card without any file is asked for all of them all the same", "[power_on]") {
  PowerOn sequence;
  const std::string expected[] = {"00A40004023F00",
                                  "00A40804022F00",
                                  "00A40804022FE2",
                                  "00A4040407A0000000871002",
                                  "00A40804047FFF6F38",
                                  "00A40804047FFF6F07",
                                  "00A40804047FFF6FAD",
                                  "00A40804047FFF6F78",
                                  "00A40804047FFF6F7E",
                                  "00A40804047FFF6F5B",
                                  "00A40804047FFF6F42",
                                  "008800801110000102030405060708090A0B0C0D0E0F",
                                  "80F2010C"};
  for (const auto& command : expected) {
    CHECK_FALSE(sequence.done());
    CHECK(next(sequence) == command);
    answer(sequence, "", not_found);
  }
  CHECK(sequence.done());
  CHECK(next(sequence).empty());
}

TEST_CASE("what the card says of itself is used", "[power_on]") {
  PowerOn sequence;
  next(sequence);
  answer(sequence, "621082027821 83023F00 A50387010F 8A0105");  // TERMINAL CAPABILITY is supported
  CHECK(next(sequence) == "80AA00000AA9088003023C32820100");
  answer(sequence, "");
  next(sequence);
  answer(sequence, "620A 82054221002602 8A0105");  // records of 38 octets
  CHECK(next(sequence) == "00B2010426");
  answer(sequence, "61124F10A0000000871002FF44FF1289000001FF");
  CHECK(next(sequence) == "00A40804022FE2");
  answer(sequence, "620B 82024121 8002000A 8A0105");
  CHECK(next(sequence) == "00B000000A");
  answer(sequence, "98103254769810325476");
  CHECK(next(sequence) == "00A4040410A0000000871002FF44FF1289000001FF");
}

TEST_CASE("an application that is no USIM, and parameters that are none, are passed over", "[power_on]") {
  for (const auto* record : {"610B4F09A00000008710040001", "61FF4F10A0", "6105", ""}) {
    PowerOn sequence;
    next(sequence);
    answer(sequence, "62FF82");
    CHECK(next(sequence) == "00A40804022F00");
    answer(sequence, "6203 820141");
    CHECK(next(sequence) == "00B0000001");
    answer(sequence, record);
    next(sequence);
    answer(sequence, "", not_found);
    CHECK(next(sequence) == "00A4040407A0000000871002");
  }
}

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/authentication.hpp"

#include <algorithm>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/card/apdu_tree.hpp"
#include "runner/codec/decode.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string words(const Decoded& decoded) {
  std::string out = write_json(decoded.value());
  for (const auto& anomaly : decoded.all_anomalies())
    out += " " + anomaly.text + " at " + std::to_string(anomaly.offset);
  return out;
}

Decoded challenge(std::uint8_t cla, std::uint8_t p2, std::string_view data) {
  return decode_authentication({cla, 0x88, 0x00, p2, hex(data), {}, false});
}

const std::string rand_hex = "000102030405060708090A0B0C0D0E0F";
const std::string autn_hex = "101112131415161718191A1B1C1D1E1F";

}  // namespace

TEST_CASE("the challenge of AUTHENTICATE by context", "[authentication]") {
  // layouts of 3GPP TS 31.102, 7.1.2.1, the octets by hand
  CHECK(words(challenge(0x00, 0x81, "10" + rand_hex + "10" + autn_hex)) ==
        R"({"rand":")" + rand_hex + R"(","autn":")" + autn_hex + R"("})");
  CHECK(words(challenge(0x00, 0x80, "10" + rand_hex)) == R"({"rand":")" + rand_hex + R"("})");
  CHECK(words(challenge(0xA0, 0x00, rand_hex)) == R"({"rand":")" + rand_hex + R"("})");
  CHECK(words(challenge(0x00, 0x84, "DD10")) == R"({"data":"DD10"})");
  CHECK(words(challenge(0x00, 0x81, "10" + rand_hex)) == R"({"rand":")" + rand_hex + R"("})");
  CHECK(words(challenge(0x00, 0x81, "0501020304")) == R"({"rand":"01020304"} length says 5 octets, 4 are left at 0)");
  CHECK(words(challenge(0x00, 0x81, "0201020103")) ==
        R"({"rand":"0102","autn":"03"} length 2 is not 16 at 0 length 1 is not 16 at 3)");
  CHECK(words(challenge(0x00, 0x80, "10" + rand_hex + "FF")) == R"({"rand":")" + rand_hex + R"(","more":"FF"})");
}

TEST_CASE("the answer to a challenge", "[authentication]") {
  const std::string ck(32, '1');
  const std::string ik(32, '2');
  CHECK(words(decode_authentication_answer(hex("DB08A1A2A3A4A5A6A7A8"
                                               "10" +
                                               ck + "10" + ik + "080102030405060708"))) ==
        R"({"tag":"DB","res":"A1A2A3A4A5A6A7A8","ck":")" + ck + R"(","ik":")" + ik + R"(","kc":"0102030405060708"})");
  CHECK(words(decode_authentication_answer(hex("DC0E0102030405060708090A0B0C0D0E"))) ==
        R"({"tag":"DC","auts":"0102030405060708090A0B0C0D0E"})");
  CHECK(words(decode_authentication_answer(hex("04A1A2A3A4080102030405060708"))) ==
        R"({"sres":"A1A2A3A4","kc":"0102030405060708"})");
  CHECK(words(decode_authentication_answer(hex("A1A2A3A40102030405060708"))) ==
        R"({"sres":"A1A2A3A4","kc":"0102030405060708"})");
  CHECK(words(decode_authentication_answer(hex("DC0F01"))) ==
        R"({"tag":"DC","auts":"01"} length says 15 octets, 1 are left at 1)");
  CHECK(words(decode_authentication_answer(hex("DB03A1A2A3"))) ==
        R"({"tag":"DB","res":"A1A2A3"} length 3 is outside 4 to 16 at 1)");
  CHECK(words(decode_authentication_answer(hex("99"))) == R"({"data":"99"})");
  CHECK(words(decode_authentication_answer({})) == "{}");
}

TEST_CASE("a command APDU shows its challenge, with places in the APDU", "[authentication]") {
  const auto decoded =
      decode_apdu(hex("0088008122"
                      "10" +
                      rand_hex + "10" + autn_hex + "00"));
  CHECK(decoded.name == "AUTHENTICATE");
  CHECK(decoded.clean());
  const auto data = std::ranges::find(decoded.fields, "authentication", &Node::key);
  REQUIRE(data != decoded.fields.end());
  REQUIRE(data->fields.size() == 2);
  CHECK(data->fields[1].offset == 22);
}

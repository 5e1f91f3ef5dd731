// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/authentication.hpp"

#include "runner/base/catch.hpp"

// RAND, SQN and AMF of 3GPP TS 35.208, 4.3, test set 1; AUTN put together from them by hand: SQN ^ AK, AMF, MAC-A.
namespace dmsc::peer {
namespace {

const std::string random_challenge = "23553CBE9637A89D218AE64DAE47BF35";
const std::string token = "55F328B43577B9B94A9FFAC354DFAFB3";

codec::Command authenticate(std::uint8_t p2, const std::string& hex) {
  return codec::read_command(codec::write_command({0x00, 0x88, 0x00, p2, parse_hex(hex).value(), {}, false})).value();
}

}  // namespace

TEST_CASE("a network that knows the key is answered with RES, CK, IK and Kc", "[authentication]") {
  Authentication usim;
  const auto answer = usim.authenticate(authenticate(0x81, "10" + random_challenge + "10" + token));
  CHECK(answer.status == 0x9000);
  // Kc is CK1 ^ CK2 ^ IK1 ^ IK2, worked by hand.
  CHECK(to_hex(answer.data) ==
        "DB08A54211D5E3BA50BF10B40BA9A3C58B2A05BBF0D987B21BF8CB10F769BCD751044604127672711C6D344108EAE4BE823AF9A08B");
}

TEST_CASE("a sequence number that was used is answered with AUTS", "[authentication]") {
  Authentication usim;
  const auto command = authenticate(0x81, "10" + random_challenge + "10" + token);
  REQUIRE(usim.authenticate(command).data.at(0) == 0xDB);
  const auto again = usim.authenticate(command);
  CHECK(again.status == 0x9000);
  REQUIRE(again.data.size() == 16);
  // SQN ^ AK* = FF9BB4D0B607 ^ 451E8BECA43B; MAC-S over AMF 0000.
  CHECK(to_hex(ByteView(again.data).first(8)) == "DC0EBA853F3C123C");
}

TEST_CASE("what no network sent is refused", "[authentication]") {
  Authentication usim;
  struct Row {
    const char* what;
    std::uint8_t p2;
    std::string data;
    int status;
  };
  const Row rows[] = {
      {"a wrong MAC", 0x81, "10" + random_challenge + "10" + token.substr(0, 30) + "B4", 0x9862},
      {"no AUTN", 0x81, "10" + random_challenge, 0x6700},
      {"a short AUTN", 0x81, "10" + random_challenge + "10" + token.substr(0, 30), 0x6700},
      {"a short RAND", 0x80, "10" + random_challenge.substr(2), 0x6700},
      {"no data", 0x81, "", 0x6700},
      {"another context", 0x82, "10" + random_challenge, 0x6A86},
  };
  for (const auto& row : rows) {
    INFO(row.what);
    const auto answer = usim.authenticate(authenticate(row.p2, row.data));
    CHECK(answer.status == row.status);
    CHECK(answer.data.empty());
  }
}

TEST_CASE("in the GSM context there are SRES and Kc", "[authentication]") {
  const auto answer = Authentication().authenticate(authenticate(0x80, "10" + random_challenge));
  CHECK(to_hex(answer.data) == "0446F8416A08EAE4BE823AF9A08B");  // SRES = RES1 ^ RES2
}

}  // namespace dmsc::peer

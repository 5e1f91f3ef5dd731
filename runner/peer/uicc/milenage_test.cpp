// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/milenage.hpp"

#include <algorithm>

#include "runner/base/catch.hpp"

// 3GPP TS 35.208, 4.3: test set 1.
namespace dmsc::peer {
namespace {

Milenage::Block block(const char* hex) {
  const auto octets = parse_hex(hex).value();
  Milenage::Block out{};
  REQUIRE(octets.size() == out.size());
  std::copy(octets.begin(), octets.end(), out.begin());
  return out;
}

const auto key = "465B5CE8B199B49FAA5F0A2EE238A6BC";
const auto op = "CDC202D5123E20F62B6D676AC72CB318";
const auto random_challenge = "23553CBE9637A89D218AE64DAE47BF35";

}  // namespace

TEST_CASE("MILENAGE gives what test set 1 says", "[milenage]") {
  const auto variant = Milenage::derive_variant(block(key), block(op));
  CHECK(to_hex(ByteView(variant)) == "CD63CB71954A9F4E48A5994E37A02BAF");
  const Milenage milenage(block(key), variant);
  const auto random = parse_hex(random_challenge).value();
  const auto macs = milenage.macs(random, parse_hex("FF9BB4D0B607").value(), parse_hex("B9B9").value());
  CHECK(to_hex(macs.network) == "4A9FFAC354DFAFB3");
  CHECK(to_hex(macs.resync) == "01CFAF9EC4E871E9");
  const auto vector = milenage.vector(random);
  CHECK(to_hex(vector.response) == "A54211D5E3BA50BF");
  CHECK(to_hex(vector.cipher_key) == "B40BA9A3C58B2A05BBF0D987B21BF8CB");
  CHECK(to_hex(vector.integrity_key) == "F769BCD751044604127672711C6D3441");
  CHECK(to_hex(vector.anonymity) == "AA689C648370");
  CHECK(to_hex(vector.resync_anonymity) == "451E8BECA43B");
}

TEST_CASE("another key, challenge or sequence gives something else", "[milenage]") {
  const auto variant = Milenage::derive_variant(block(key), block(op));
  const auto random = parse_hex(random_challenge).value();
  auto other_random = random;
  other_random[15] ^= 1;
  const Milenage milenage(block(key), variant);
  CHECK(milenage.vector(random).response != milenage.vector(other_random).response);
  const auto field = parse_hex("B9B9").value();
  CHECK(milenage.macs(random, parse_hex("FF9BB4D0B607").value(), field).network !=
        milenage.macs(random, parse_hex("FF9BB4D0B608").value(), field).network);
  CHECK(Milenage(block(op), variant).vector(random).response != milenage.vector(random).response);
}

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/card/apdu.hpp"
#include "runner/peer/uicc/milenage.hpp"

namespace dmsc::peer {

/// AUTHENTICATE of a USIM with MILENAGE, in the 3G and the GSM context. The sequence number must grow; one that does
/// not is answered with AUTS. Source: 3GPP TS 31.102, 7.1.2; 3GPP TS 33.102, 6.3 and 6.8.1.2 (c2, c3)
class Authentication {
 public:
  /// Keys of test set 1 of 3GPP TS 35.208, which everybody knows.
  static Milenage test_keys();

  explicit Authentication(Milenage milenage = test_keys()) : milenage_(milenage) {}

  struct Answer {
    Octets data;
    std::uint16_t status = 0x9000;
  };
  /// P2 81: data are a length and RAND, a length and AUTN. P2 80: a length and RAND.
  Answer authenticate(const codec::Command& command);

 private:
  Answer in_3g(ByteView random, ByteView token);
  Answer in_gsm(ByteView random) const;

  Milenage milenage_;
  std::uint64_t last_sequence_ = 0;
};

}  // namespace dmsc::peer

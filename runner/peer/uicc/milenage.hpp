// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>

#include "runner/base/octets.hpp"

namespace dmsc::peer {

/// The MILENAGE functions of a USIM. Source: 3GPP TS 35.206; test data: 3GPP TS 35.208
class Milenage {
 public:
  using Block = std::array<std::uint8_t, 16>;

  /// @param key      K
  /// @param variant  OPc, already derived from OP
  Milenage(const Block& key, const Block& variant) : key_(key), variant_(variant) {}

  /// OPc from OP.
  static Block derive_variant(const Block& key, const Block& op);

  struct Macs {
    Octets network;  ///< f1: MAC-A, 8 octets
    Octets resync;   ///< f1*: MAC-S, 8 octets
  };
  /// @param random    RAND, 16 octets
  /// @param sequence  SQN, 6 octets
  /// @param field     AMF, 2 octets
  Macs macs(ByteView random, ByteView sequence, ByteView field) const;

  struct Vector {
    Octets response;          ///< f2: RES, 8 octets
    Octets cipher_key;        ///< f3: CK, 16 octets
    Octets integrity_key;     ///< f4: IK, 16 octets
    Octets anonymity;         ///< f5: AK, 6 octets
    Octets resync_anonymity;  ///< f5*, 6 octets
  };
  Vector vector(ByteView random) const;

 private:
  Block encrypt(const Block& block) const;
  Block output(const Block& temp, unsigned rotation, std::uint8_t constant) const;
  Block temp_of(ByteView random) const;

  Block key_;
  Block variant_;
};

}  // namespace dmsc::peer

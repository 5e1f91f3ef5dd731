// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/codec/wire/tlv.hpp"

namespace dmsc::codec {

/// TA1, TD2 and so on.
struct InterfaceOctet {
  char family = 'A';  ///< A to D
  int group = 1;      ///< the i of TAi
  std::uint8_t value = 0;
  std::size_t offset = 0;

  std::string name() const;  ///< "TA1"
};

/// Clock rate conversion and baud rate adjustment as TA1 codes them. Zero where the code is reserved.
/// Source: ISO/IEC 7816-3:2006, tables 7 and 8
struct Speed {
  int fi = 372;
  int di = 1;
  double fmax_mhz = 5;

  bool operator==(const Speed&) const = default;
};

/// An answer to reset taken apart; what is missing stays empty and is told in `anomalies`.
struct Atr {
  std::optional<std::uint8_t> ts;
  std::optional<std::uint8_t> t0;
  std::vector<InterfaceOctet> interface_octets;  ///< in the order of the ATR
  std::vector<int> protocols;                    ///< T offered, in order, without T=15
  int first_offered = 0;                         ///< 0 where TD1 is absent
  std::optional<Speed> offered_speed;            ///< of TA1; without TA1 the card offers 372/1 only
  Octets historical;
  bool tck_expected = false;  ///< any T but 0 is indicated
  std::optional<std::uint8_t> tck;
  bool tck_valid = false;  ///< false also where TCK is missing
  std::vector<Anomaly> anomalies;

  const InterfaceOctet* find(char family, int group) const;
};

/// Decodes any octets; never fails.
/// Source: ISO/IEC 7816-3:2006, 8.2; ETSI TS 102 221, 6.3
Atr read_atr(ByteView octets);

Speed speed_of(std::uint8_t ta1);

/// One line a fact, for a human; lines that begin with "warning: " tell what is likely to trouble a reader or phone.
std::vector<std::string> describe_atr(ByteView octets);

}  // namespace dmsc::codec

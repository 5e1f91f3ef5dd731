// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace dmsc::peer {

/// How the card takes P3, the fifth octet of a command on T=0. Source: ETSI TS 102 221, 7.3.1.1
enum class P3 : std::uint8_t {
  data,              ///< case 3: that many octets follow; none: 6700
  data_or_none,      ///< case 3 or 1
  data_then_answer,  ///< case 4: likewise; the answer waits for GET RESPONSE. Without data as whole_answer
  whole_answer,      ///< case 2: the length of the answer, 00 is 256; another: 6CXX with the length that there is
  part_of_answer,    ///< case 2: as many as wanted of what there is; more than that: 6CXX
};

/// One instruction of the card, and in which classes it exists.
struct Instruction {
  std::uint8_t ins;
  const char* key;  ///< of its response: response.KEY
  std::uint8_t classes;
  P3 p3;
};

// Sets of classes.
inline constexpr std::uint8_t interindustry = 1;  ///< 0X, 4X, 6X
inline constexpr std::uint8_t proprietary = 2;    ///< 8X, CX, EX
inline constexpr std::uint8_t basic_channel = 4;  ///< 80 alone

/// What a class octet says.
struct ClassOctet {
  std::uint8_t classes = 0;  ///< the sets that it is in
  std::size_t channel = 0;   ///< logical channel, 0 to 19
  bool secure = false;       ///< secure messaging
};

/// @return  nothing for an octet that TS 102 221 gives no meaning
/// Source: ETSI TS 102 221, 10.1.1
std::optional<ClassOctet> read_class(std::uint8_t cla);

/// The row of an instruction; null: this card has none of that number.
/// Source: ETSI TS 102 221, 10.1.2; cat.md 1.1
const Instruction* find_instruction(std::uint8_t ins);

}  // namespace dmsc::peer

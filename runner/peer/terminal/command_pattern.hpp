// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"

namespace dmsc::peer {

/// A command APDU in hexadecimal, in which one octet may be `NN`: the number of a proactive command that is not the one
/// with the terminal.
class CommandPattern {
 public:
  /// @return  the errors of parse_hex
  static Result<CommandPattern> parse(std::string_view text);

  /// The APDU. @param number  of the proactive command with the terminal
  Octets octets(std::int64_t number) const;

 private:
  Octets octets_;
  std::optional<std::size_t> number_at_;
};

/// Another number of a proactive command, 1 to 254, far from this one and from those next to it.
std::uint8_t other_number(std::int64_t number);

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/command_pattern.hpp"

#include <string>

namespace dmsc::peer {

Result<CommandPattern> CommandPattern::parse(std::string_view text) {
  CommandPattern out;
  std::string hex(text);
  const auto at = hex.find("NN");
  if (at != std::string::npos && at % 2 == 0) {
    hex.replace(at, 2, "00");
    out.number_at_ = at / 2;
  }
  auto octets = parse_hex(hex);
  if (!octets) return tl::make_unexpected(octets.error());
  out.octets_ = std::move(*octets);
  return out;
}

Octets CommandPattern::octets(std::int64_t number) const {
  auto out = octets_;
  if (number_at_) out[*number_at_] = other_number(number);
  return out;
}

std::uint8_t other_number(std::int64_t number) {
  constexpr std::int64_t half = 127;
  return static_cast<std::uint8_t>(number > half ? number - half : number + half);
}

}  // namespace dmsc::peer

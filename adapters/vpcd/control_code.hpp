// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>

namespace dmsc::vpcd::control_code {

// A message of one octet is always one of these, so a command of one octet cannot exist. Only get_atr is answered.
// Source: vsmartcard, virtualsmartcard/src/vpcd/vpcd.c
inline constexpr std::uint8_t power_off = 0;
inline constexpr std::uint8_t power_on = 1;
inline constexpr std::uint8_t reset = 2;
inline constexpr std::uint8_t get_atr = 4;

}  // namespace dmsc::vpcd::control_code

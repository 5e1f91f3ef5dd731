// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace dmsc::load {

/// SHA-256 of the octets of a text, 64 digits in lower case.
std::string sha256_hex(std::string_view text);

}  // namespace dmsc::load

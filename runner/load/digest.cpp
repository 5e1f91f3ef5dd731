// SPDX-License-Identifier: Apache-2.0
#include "runner/load/digest.hpp"

#include <openssl/sha.h>

#include <array>

#include "runner/base/octets.hpp"

namespace dmsc::load {

std::string sha256_hex(std::string_view text) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  auto hex = to_hex(digest);
  for (auto& digit : hex) digit = static_cast<char>(std::tolower(static_cast<unsigned char>(digit)));
  return hex;
}

}  // namespace dmsc::load

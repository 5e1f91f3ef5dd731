// SPDX-License-Identifier: Apache-2.0
#include "runner/base/digest.hpp"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <array>

#include "runner/base/octets.hpp"

namespace dmsc {

std::string sha256_hex(std::string_view text) {
  std::array<std::uint8_t, SHA256_DIGEST_LENGTH> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data());
  auto hex = to_hex(digest);
  for (auto& digit : hex) digit = static_cast<char>(std::tolower(static_cast<unsigned char>(digit)));
  return hex;
}

Value salted_digest(std::string_view salt, std::string_view secret) {
  const auto octets = parse_hex(salt);
  std::string text = octets ? std::string(octets->begin(), octets->end()) : std::string(salt);
  text += secret;
  return Value::Map{{"salted_sha256", sha256_hex(text)}};
}

std::string new_salt() {
  std::array<std::uint8_t, 16> octets{};
  RAND_bytes(octets.data(), static_cast<int>(octets.size()));
  return to_hex(octets);
}

}  // namespace dmsc

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/dm/credentials.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <stdexcept>

namespace dmsc::codec {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view white_space = " \t\r\n";

ByteView bytes_of(std::string_view text) {
  return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

/// Bits of the last digit that belong to no octet, for 0, 1 and 2 padding characters.
constexpr std::size_t left_over[] = {0x00, 0x03, 0x0F};

}  // namespace

Octets md5(ByteView data) {
  Octets digest(16);
  unsigned int size = 0;
  if (EVP_Digest(data.data(), data.size(), digest.data(), &size, EVP_md5(), nullptr) != 1 || size != digest.size()) {
    throw std::runtime_error("MD5 is not available in this OpenSSL");
  }
  return digest;
}

std::string to_base64(ByteView octets) {
  std::string out;
  out.reserve(4 * ((octets.size() + 2) / 3));
  for (std::size_t at = 0; at < octets.size(); at += 3) {
    const auto count = std::min<std::size_t>(3, octets.size() - at);
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) group = group << 8 | (i < count ? octets[at + i] : 0);
    for (std::size_t i = 0; i < 4; ++i) out += i <= count ? alphabet[group >> (18 - 6 * i) & 0x3F] : '=';
  }
  return out;
}

Result<Octets> from_base64(std::string_view text) {
  const auto first = text.find_first_not_of(white_space);
  if (first == std::string_view::npos) return Octets{};
  const auto end = text.find_last_not_of(white_space) + 1;
  auto digits_end = end;
  while (digits_end > first && end - digits_end < 2 && text[digits_end - 1] == '=') --digits_end;
  Octets out;
  std::uint32_t group = 0;
  std::size_t count = 0;
  for (auto at = first; at < digits_end; ++at) {
    const auto digit = alphabet.find(text[at]);
    if (digit == std::string_view::npos) return fail(Errc::malformed, "not a Base64 digit", at);
    group = (group << 6 | static_cast<std::uint32_t>(digit)) & 0xFFFFFF;
    ++count;
    // A digit completes an octet except the first of four.
    if (count % 4 != 1) out.push_back(static_cast<std::uint8_t>(group >> (6 - 2 * ((count - 1) % 4))));
  }
  const auto padding = end - digits_end;
  if ((count + padding) % 4 != 0) {
    return fail(Errc::malformed, "Base64 digits and padding are no multiple of four characters", end);
  }
  if ((group & left_over[padding]) != 0) {
    return fail(Errc::malformed, "the last Base64 digit has bits that belong to no octet", digits_end - 1);
  }
  return out;
}

std::string account_hash(std::string_view user, std::string_view password) {
  auto input = to_octets(bytes_of(user));
  input.push_back(':');
  append(input, bytes_of(password));
  return to_base64(md5(input));
}

std::string md5_credentials(std::string_view user, std::string_view password, ByteView nonce) {
  auto input = to_octets(bytes_of(account_hash(user, password) + ":"));
  append(input, nonce);
  return to_base64(md5(input));
}

DigestSteps notification_digest_steps(ByteView trigger, std::string_view server_id, std::string_view secret,
                                      ByteView nonce) {
  DigestSteps steps;
  steps.account = account_hash(server_id, secret);
  steps.trigger_hash = md5(trigger);
  steps.trigger_base64 = to_base64(steps.trigger_hash);
  steps.input = to_octets(bytes_of(steps.account));
  steps.input.push_back(':');
  append(steps.input, nonce);
  steps.input.push_back(':');
  append(steps.input, bytes_of(steps.trigger_base64));
  steps.digest = md5(steps.input);
  return steps;
}

Octets notification_digest(ByteView trigger, std::string_view server_id, std::string_view secret, ByteView nonce) {
  return notification_digest_steps(trigger, server_id, secret, nonce).digest;
}

}  // namespace dmsc::codec

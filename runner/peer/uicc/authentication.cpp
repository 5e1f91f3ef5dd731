// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/authentication.hpp"

#include <algorithm>

namespace dmsc::peer {
namespace {

constexpr std::size_t block = 16;
constexpr std::size_t sequence_size = 6;

Octets mixed(ByteView a, ByteView b) {
  Octets out;
  for (std::size_t at = 0; at < std::min(a.size(), b.size()); ++at) out.push_back(a[at] ^ b[at]);
  return out;
}

std::uint64_t number_of(ByteView octets) {
  std::uint64_t number = 0;
  for (const auto octet : octets) number = number << 8 | octet;
  return number;
}

Octets octets_of(std::uint64_t number, std::size_t size) {
  Octets out(size);
  for (auto at = size; at-- > 0; number >>= 8) out[at] = static_cast<std::uint8_t>(number);
  return out;
}

void append_counted(Octets& out, ByteView value) {
  out.push_back(static_cast<std::uint8_t>(value.size()));
  append(out, value);
}

/// Kc of GSM from the keys of 3G: the four halves mixed. Source: 3GPP TS 33.102, 6.8.1.2 (c3)
Octets gsm_key(const Milenage::Vector& vector) {
  const auto half = [](const Octets& key, bool second) { return ByteView(key).subspan(second ? 8 : 0, 8); };
  const auto cipher = mixed(half(vector.cipher_key, false), half(vector.cipher_key, true));
  const auto integrity = mixed(half(vector.integrity_key, false), half(vector.integrity_key, true));
  return mixed(cipher, integrity);
}

}  // namespace

Milenage Authentication::test_keys() {
  constexpr Milenage::Block key = {0x46, 0x5B, 0x5C, 0xE8, 0xB1, 0x99, 0xB4, 0x9F,
                                   0xAA, 0x5F, 0x0A, 0x2E, 0xE2, 0x38, 0xA6, 0xBC};
  constexpr Milenage::Block variant = {0xCD, 0x63, 0xCB, 0x71, 0x95, 0x4A, 0x9F, 0x4E,
                                       0x48, 0xA5, 0x99, 0x4E, 0x37, 0xA0, 0x2B, 0xAF};
  return {key, variant};
}

Authentication::Answer Authentication::authenticate(const codec::Command& command) {
  constexpr std::uint16_t wrong_length = 0x6700;
  constexpr std::uint16_t wrong_p1_p2 = 0x6A86;
  const ByteView data = command.data;
  const bool has_random = data.size() >= 1 + block && data[0] == block;
  if (command.p2 == 0x80) return has_random ? in_gsm(data.subspan(1, block)) : Answer{{}, wrong_length};
  if (command.p2 != 0x81) return {{}, wrong_p1_p2};
  const bool has_token = has_random && data.size() >= 2 * (1 + block) && data[1 + block] == block;
  if (!has_token) return {{}, wrong_length};
  return in_3g(data.subspan(1, block), data.subspan(2 + block, block));
}

Authentication::Answer Authentication::in_3g(ByteView random, ByteView token) {
  constexpr std::uint16_t wrong_mac = 0x9862;
  constexpr std::size_t field_size = 2;
  const auto vector = milenage_.vector(random);
  const auto sequence = mixed(token.first(sequence_size), vector.anonymity);
  const auto field = token.subspan(sequence_size, field_size);
  if (!same(milenage_.macs(random, sequence, field).network, token.subspan(sequence_size + field_size))) {
    return {{}, wrong_mac};
  }
  Answer answer;
  if (number_of(sequence) <= last_sequence_) {
    const auto ours = octets_of(last_sequence_, sequence_size);
    auto resync = mixed(ours, vector.resync_anonymity);
    append(resync, milenage_.macs(random, ours, Octets{0, 0}).resync);
    answer.data = {0xDC};
    append_counted(answer.data, resync);
    return answer;
  }
  last_sequence_ = number_of(sequence);
  answer.data = {0xDB};
  append_counted(answer.data, vector.response);
  append_counted(answer.data, vector.cipher_key);
  append_counted(answer.data, vector.integrity_key);
  append_counted(answer.data, gsm_key(vector));
  return answer;
}

/// SRES is RES folded once. Source: 3GPP TS 33.102, 6.8.1.2 (c2)
Authentication::Answer Authentication::in_gsm(ByteView random) const {
  const auto vector = milenage_.vector(random);
  Answer answer;
  append_counted(answer.data, mixed(ByteView(vector.response).first(4), ByteView(vector.response).subspan(4)));
  append_counted(answer.data, gsm_key(vector));
  return answer;
}

}  // namespace dmsc::peer

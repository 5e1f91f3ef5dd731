// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/milenage.hpp"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>
#include <stdexcept>

namespace dmsc::peer {
namespace {

using Block = Milenage::Block;

Block aes(const Block& key, const Block& input) {
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(),
                                                                                EVP_CIPHER_CTX_free);
  Block output{};
  int length = 0;
  const bool done = context != nullptr &&
                    EVP_EncryptInit_ex(context.get(), EVP_aes_128_ecb(), nullptr, key.data(), nullptr) == 1 &&
                    EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
                    EVP_EncryptUpdate(context.get(), output.data(), &length, input.data(), int(input.size())) == 1;
  if (!done || length != int(output.size())) throw std::logic_error("AES-128 is not available");
  return output;
}

Block mixed(const Block& a, const Block& b) {
  Block out{};
  std::transform(a.begin(), a.end(), b.begin(), out.begin(),
                 [](int x, int y) { return static_cast<std::uint8_t>(x ^ y); });
  return out;
}

Block block_of(ByteView octets) {
  if (octets.size() != std::tuple_size_v<Block>) throw std::logic_error("a block has 16 octets");
  Block out{};
  std::copy(octets.begin(), octets.end(), out.begin());
  return out;
}

}  // namespace

Block Milenage::derive_variant(const Block& key, const Block& op) {
  return mixed(aes(key, op), op);
}

Block Milenage::encrypt(const Block& block) const {
  return aes(key_, block);
}

Block Milenage::temp_of(ByteView random) const {
  return encrypt(mixed(block_of(random), variant_));
}

/// OUT2 to OUT5: E(rot(TEMP ^ OPc, r) ^ c) ^ OPc; rotations are whole octets.
Block Milenage::output(const Block& temp, unsigned rotation, std::uint8_t constant) const {
  auto block = mixed(temp, variant_);
  std::rotate(block.begin(), block.begin() + rotation / 8, block.end());
  block.back() ^= constant;
  return mixed(encrypt(block), variant_);
}

Milenage::Macs Milenage::macs(ByteView random, ByteView sequence, ByteView field) const {
  if (sequence.size() != 6 || field.size() != 2) throw std::logic_error("SQN has 6 octets, AMF 2");
  Octets half = to_octets(sequence);
  append(half, field);
  auto whole = half;
  append(whole, half);
  auto block = mixed(block_of(whole), variant_);
  std::rotate(block.begin(), block.begin() + 8, block.end());  // r1 = 64, c1 = 0
  const auto out = mixed(encrypt(mixed(block, temp_of(random))), variant_);
  return {Octets(out.begin(), out.begin() + 8), Octets(out.begin() + 8, out.end())};
}

Milenage::Vector Milenage::vector(ByteView random) const {
  const auto temp = temp_of(random);
  const auto out2 = output(temp, 0, 1);
  const auto out3 = output(temp, 32, 2);
  const auto out4 = output(temp, 64, 4);
  const auto out5 = output(temp, 96, 8);
  return {Octets(out2.begin() + 8, out2.end()), Octets(out3.begin(), out3.end()), Octets(out4.begin(), out4.end()),
          Octets(out2.begin(), out2.begin() + 6), Octets(out5.begin(), out5.begin() + 6)};
}

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/bits.hpp"

namespace dmsc::codec {

std::optional<std::uint32_t> BitReader::take(unsigned bits) {
  if (left() < bits) return std::nullopt;
  std::uint32_t value = 0;
  for (unsigned taken = 0; taken < bits; ++taken, ++at_) {
    value = value << 1 | (data_[at_ / 8] >> (7 - at_ % 8) & 1U);
  }
  return value;
}

std::optional<Octets> BitReader::take_octets(std::size_t count) {
  if (left() / 8 < count) return std::nullopt;
  Octets out;
  out.reserve(count);
  for (std::size_t taken = 0; taken < count; ++taken) out.push_back(static_cast<std::uint8_t>(*take(8)));
  return out;
}

void BitWriter::put(std::uint32_t value, unsigned bits) {
  for (unsigned left = bits; left > 0; --left, ++bits_) {
    if (bits_ % 8 == 0) octets_.push_back(0);
    octets_.back() = static_cast<std::uint8_t>(octets_.back() | (value >> (left - 1) & 1U) << (7 - bits_ % 8));
  }
}

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runner/base/octets.hpp"

namespace dmsc::codec {

/// Reads bits, the most significant of an octet first. Like Cursor, a getter takes all that it was asked for or
/// nothing.
class BitReader {
 public:
  /// @param origin  offset of the first octet of `data` in the whole input
  explicit BitReader(ByteView data, std::size_t origin = 0) : data_(data), origin_(origin) {}

  std::size_t left() const { return data_.size() * 8 - at_; }  ///< in bits
  bool empty() const { return left() == 0; }
  bool aligned() const { return at_ % 8 == 0; }
  std::size_t position() const { return at_; }              ///< bits behind us
  std::size_t offset() const { return origin_ + at_ / 8; }  ///< of the octet with the next bit, in the whole input
  std::size_t origin() const { return origin_; }

  /// 0 to 32 bits as a number.
  std::optional<std::uint32_t> take(unsigned bits);
  /// Octets from here on, wherever in an octet that is.
  std::optional<Octets> take_octets(std::size_t count);
  /// The bits up to the next octet.
  std::uint32_t align() { return take(static_cast<unsigned>((8 - at_ % 8) % 8)).value_or(0); }
  /// What follows, from the next octet on; does not move.
  ByteView rest() const { return data_.subspan((at_ + 7) / 8); }
  /// Octets that hold the bits from `position` on up to here.
  ByteView covered(std::size_t position) const { return data_.subspan(position / 8, (at_ + 7) / 8 - position / 8); }

 private:
  ByteView data_;
  std::size_t origin_;
  std::size_t at_ = 0;
};

class BitWriter {
 public:
  void put(std::uint32_t value, unsigned bits);
  void put_octets(ByteView octets) {
    for (const auto octet : octets) put(octet, 8);
  }
  /// Zeros up to the next octet.
  void align() {
    while (bits_ % 8 != 0) put(0, 1);
  }
  std::size_t bits() const { return bits_; }
  Octets finish() { return std::move(octets_); }

 private:
  Octets octets_;
  std::size_t bits_ = 0;
};

}  // namespace dmsc::codec

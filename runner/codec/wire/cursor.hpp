// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "runner/base/octets.hpp"

namespace dmsc::codec {

/// Reads octets from the front. A getter takes exactly what it was asked for, or takes nothing and says so.
class Cursor {
 public:
  /// @param origin  offset of the first octet of `data` in the whole input, so that errors can name a place there
  explicit Cursor(ByteView data, std::size_t origin = 0) : data_(data), origin_(origin) {}

  bool empty() const { return at_ == data_.size(); }
  std::size_t left() const { return data_.size() - at_; }
  std::size_t offset() const { return origin_ + at_; }
  ByteView rest() const { return data_.subspan(at_); }

  std::optional<std::uint8_t> peek() const { return empty() ? std::nullopt : std::optional(data_[at_]); }
  std::optional<std::uint8_t> u8() {
    if (empty()) return std::nullopt;
    return data_[at_++];
  }
  std::optional<std::uint32_t> number(std::size_t width) {  ///< big-endian, 1 to 4 octets
    if (left() < width) return std::nullopt;
    std::uint32_t value = 0;
    for (std::size_t i = 0; i < width; ++i) value = value << 8 | data_[at_++];
    return value;
  }
  std::optional<ByteView> take(std::size_t count) {
    if (left() < count) return std::nullopt;
    const auto view = data_.subspan(at_, count);
    at_ += count;
    return view;
  }
  ByteView take_rest() {
    const auto view = rest();
    at_ = data_.size();
    return view;
  }

 private:
  ByteView data_;
  std::size_t origin_;
  std::size_t at_ = 0;
};

}  // namespace dmsc::codec

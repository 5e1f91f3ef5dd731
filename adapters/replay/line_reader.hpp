// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/replay/octet_source.hpp"

namespace dmsc::replay {

/// The lines of a text as UTF-8, whatever its coding: UTF-8 with or without a byte order mark, UTF-16 of either order.
class LineReader {
 public:
  static constexpr std::size_t longest_line = std::size_t{1} << 20;  ///< octets; far above any APDU

  explicit LineReader(OctetSource source);

  /// The next line without its end, or nothing at the end. What a line has beyond its longest is passed over, and
  /// is_too_long() says so.
  std::optional<std::string> next();

  bool is_too_long() const { return too_long_; }
  std::size_t number() const { return number_; }  ///< of the last line, from 1
  const OctetSource& source() const { return source_; }

 private:
  enum class Coding : std::uint8_t { utf8, utf16_big, utf16_little };
  bool take_character(std::string& line);
  void put(std::string& line, std::string_view octets);

  OctetSource source_;
  Coding coding_ = Coding::utf8;
  std::size_t number_ = 0;
  bool too_long_ = false;
};

}  // namespace dmsc::replay

// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/line_reader.hpp"

#include <algorithm>

namespace dmsc::replay {
namespace {

std::string utf8(std::uint32_t code) {
  const auto put = [](std::uint32_t octet) { return static_cast<char>(octet); };
  if (code < 0x80) return {put(code)};
  if (code < 0x800) return {put(0xC0 | code >> 6), put(0x80 | (code & 0x3F))};
  return {put(0xE0 | code >> 12), put(0x80 | (code >> 6 & 0x3F)), put(0x80 | (code & 0x3F))};
}

}  // namespace

LineReader::LineReader(OctetSource source) : source_(std::move(source)) {
  const auto start = source_.peek(3);
  const auto is = [&](std::initializer_list<int> octets) {
    return start.size() >= octets.size() && std::equal(octets.begin(), octets.end(), start.begin());
  };
  if (is({0xEF, 0xBB, 0xBF})) {
    source_.take(3);
  } else if (is({0xFF, 0xFE}) || is({0xFE, 0xFF})) {
    coding_ = start[0] == 0xFF ? Coding::utf16_little : Coding::utf16_big;
    source_.take(2);
  } else if (start.size() >= 2 && (start[0] == 0) != (start[1] == 0)) {  // without its mark
    coding_ = start[1] == 0 ? Coding::utf16_little : Coding::utf16_big;
  }
}

void LineReader::put(std::string& line, std::string_view octets) {
  if (line.size() + octets.size() > longest_line) {
    too_long_ = true;
  } else {
    line += octets;
  }
}

/// Takes what is there of the line. @return  whether the line goes on
bool LineReader::take_character(std::string& line) {
  if (coding_ == Coding::utf8) {
    const auto window = source_.window();
    const auto end = std::find(window.begin(), window.end(), std::uint8_t{'\n'});
    const auto length = static_cast<std::size_t>(end - window.begin());
    put(line, {reinterpret_cast<const char*>(window.data()), length});
    const bool more = end == window.end() && !window.empty();
    source_.take(more ? length : length + 1);
    return more;
  }
  const auto unit = source_.take(2);
  if (unit.size() < 2) return false;
  const bool big = coding_ == Coding::utf16_big;
  const std::uint32_t code = static_cast<std::uint32_t>(unit[big ? 0 : 1]) << 8 | unit[big ? 1 : 0];
  if (code == '\n') return false;
  const bool surrogate = code >= 0xD800 && code < 0xE000;
  put(line, surrogate ? "?" : utf8(code));
  return true;
}

std::optional<std::string> LineReader::next() {
  too_long_ = false;
  if (source_.window().empty()) return {};
  std::string line;
  while (take_character(line)) {
  }
  ++number_;
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

}  // namespace dmsc::replay

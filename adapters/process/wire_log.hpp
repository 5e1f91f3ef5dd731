// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <string>
#include <string_view>

namespace dmsc::process {

/// What crossed the protocol, one JSON object a line: `{"t":MICROSECONDS,"dir":"to_adapter","message":{...}}`, `text`
/// in place of `message` for what is no JSON, and `{"stderr":"..."}` for what the adapter printed.
class WireLog {
 public:
  static constexpr std::size_t most_octets = std::size_t{16} << 20;        ///< between two calls of take
  static constexpr std::size_t most_error_octets = std::size_t{64} << 10;  ///< of what was printed; the last stay

  using Listener = std::function<void(const std::string& line)>;

  /// @param listener  hears each line as it is written; may be empty
  explicit WireLog(Listener listener = {}) : listener_(std::move(listener)) {}

  enum class Direction { to_adapter, from_adapter };
  void message(Direction direction, std::string_view line);  ///< valid JSON
  void text(Direction direction, std::string_view line);
  void printed(std::string_view octets);  ///< any piece of standard error

  /// The last line printed, its controls escaped, cut behind 200 octets; empty where nothing was.
  std::string last_words() const;

  std::string take();

  std::chrono::microseconds now() const;  ///< since the start

 private:
  void write(Direction direction, std::string_view key, std::string_view json);
  void print_line();

  Listener listener_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
  std::string lines_;
  bool cut_ = false;
  std::deque<std::string> error_lines_;
  std::size_t error_octets_ = 0;
  std::string error_line_;  ///< not yet at its end
  std::string last_line_;
};

}  // namespace dmsc::process

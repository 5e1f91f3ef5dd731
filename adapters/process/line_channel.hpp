// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "adapters/common/fd.hpp"
#include "runner/base/result.hpp"

namespace dmsc::process {

using net::Fd;

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

/// Lines of text over descriptors that never block: either end of the adapter protocol. What cannot leave now is kept,
/// its owner waits and flushes. What the other end can make us keep is bounded.
class LineChannel {
 public:
  static constexpr std::size_t longest_line = std::size_t{1} << 20;  ///< octets without the line feed
  static constexpr std::size_t most_unsent = std::size_t{4} << 20;   ///< octets for an end that does not read

  /// @param reading, writing  pipes, or a terminal; they are switched to not blocking
  LineChannel(Fd reading, Fd writing);
  /// A socket, for both directions.
  explicit LineChannel(Fd socket);
  /// The standard streams of this process, for a program that is an adapter. Print nothing else on standard output.
  static LineChannel standard_streams();

  /// Queues a line behind those not sent yet, and sends what goes. A line feed in `line` is a bug of the caller.
  /// @return  Errc::unavailable when the other end is gone, Errc::exhausted when it has not read for `most_unsent`
  /// octets
  Result<void> send(std::string_view line);
  Result<void> flush();
  std::size_t unsent() const { return output_.size() - sent_; }

  /// The next whole line without its line feed, if one is there; never waits.
  /// @return  nothing when there is none yet; Errc::unavailable when the other end closed (and the lines before that
  ///          are taken), Errc::truncated when it closed inside a line, Errc::exhausted for a line that is too long
  Result<std::optional<std::string>> receive();

  /// Waits until octets can be read, `wake_fd` is readable, or `patience` is over; sends what goes meanwhile. Returns
  /// at once where a whole line is here already.
  Result<void> wait(milliseconds patience, int wake_fd = -1);

  /// To be polled for reading. It says nothing of lines that were read and not yet taken: `receive` until nothing
  /// comes.
  int fd() const { return reading_.get(); }
  int writing_fd() const { return writing_ ? writing_.get() : reading_.get(); }  ///< to be polled while unsent() > 0
  std::size_t received() const { return received_; }                             ///< octets read since the start
  /// Closes what we write to, so that the other end reads an end.
  void finish();

 private:
  std::optional<std::string> take_line();
  Result<bool> fill();

  Fd reading_;
  Fd writing_;  ///< none for a socket
  bool finished_ = false;
  std::string input_;
  std::size_t begin_ = 0;    ///< of the first line not taken
  std::size_t scanned_ = 0;  ///< no line feed from begin_ up to here
  bool ended_ = false;
  std::size_t received_ = 0;
  std::string output_;
  std::size_t sent_ = 0;
};

}  // namespace dmsc::process

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "adapters/process/child.hpp"
#include "adapters/process/line_channel.hpp"

namespace dmsc::process {

/// Where an adapter is: a command of ours, or a server.
struct Address {
  std::vector<std::string> command;  ///< else
  std::string host;
  std::string port;

  /// `exec:COMMAND ARGUMENTS` or `tcp:HOST:PORT`, `tcp:[::1]:4000`.
  /// @return  Errc::usage with what is wrong
  static Result<Address> parse(std::string_view text);

  std::string text() const;  ///< the program's name, or `HOST:PORT`
};

/// The streams to one adapter, and its process where it is ours.
class Road {
 public:
  /// @return  Errc::unavailable when the program cannot be started or nobody listens, Errc::configuration for a name
  /// that
  ///          does not resolve, timeout, interrupted
  static Result<std::unique_ptr<Road>> open(const Address& address, milliseconds within, const std::atomic<int>& stop);

  /// Without more words: closes the stream, and ends the process.
  ~Road();

  LineChannel& channel() { return channel_; }

  /// Readable when there is something to do; ask again before each wait.
  int fd();
  /// What the adapter has printed on standard error and we have not read, at most 64 KiB.
  std::string take_printed();
  /// Whether the process has ended, though its stream may be open in the hands of another.
  bool dead();
  /// How it ended, waiting a moment for that; empty while it lives, or where it is no process of ours.
  std::string fate();
  /// Lets the adapter end by itself for so long.
  void close(milliseconds patience);

 private:
  Road(std::optional<Child> child, LineChannel channel, Fd ears);
  void listen_to(int fd, unsigned events);

  std::optional<Child> child_;
  LineChannel channel_;
  Fd ears_;  ///< epoll
  bool watches_writing_ = false;
};

}  // namespace dmsc::process

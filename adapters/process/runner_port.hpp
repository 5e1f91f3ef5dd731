// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <list>
#include <string>

#include "adapters/process/line_channel.hpp"
#include "runner/base/value.hpp"

namespace dmsc::process {

/// A listening socket of an adapter that serves one runner at a time: who has it is the first to send a request, so
/// that one who connects and is silent keeps nobody out, and whoever comes meanwhile is told so and let go. Source:
/// adapters/PROTOCOL.md
class RunnerPort {
 public:
  static constexpr std::size_t most_clients = 16;        ///< without a turn; one more is told so at once
  static constexpr std::size_t longest_request = 65536;  ///< octets of the first line
  struct Settings {
    milliseconds first_request{5'000};  ///< a client without a turn has so long for its first line
    milliseconds grace{500};            ///< and so long, before it hears that another runner is being served
  };

  /// @param listener  listening and not blocking
  explicit RunnerPort(Fd listener) : RunnerPort(std::move(listener), Settings{}) {}
  RunnerPort(Fd listener, Settings settings) : listener_(std::move(listener)), settings_(settings) {}

  /// Waits for the next runner. Its first line is not read yet.
  /// @param stop  ends the wait when it is not 0
  /// @return      Errc::interrupted, or unavailable when nothing can be accepted any more
  Result<LineChannel> next(const std::atomic<int>& stop);

  /// Tells those who came meanwhile that another runner is being served. Never waits; to be called while one is.
  void turn_away();

 private:
  struct Client {
    Fd fd;
    Clock::time_point came;
    std::size_t seen = 0;  ///< octets of its first line that are there
  };
  enum class Look { waits, asks, useless };
  Result<void> accept_clients();
  static Look look(Client& client, Value& id, std::string& reason);
  static void refuse(const Client& client, const Value& id, std::int64_t code, const std::string& reason);
  void wait() const;

  Fd listener_;
  Settings settings_;
  std::list<Client> clients_;  ///< in the order they came
};

}  // namespace dmsc::process

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <optional>

#include "runner/base/octets.hpp"

namespace dmsc::port {

/// What the TCP clients of a server talk to. Every call comes from the thread that runs the server.
class StreamService {
 public:
  /// Whose turn it is to say something.
  enum class Owing {
    service,  ///< it has not got all octets of the client yet, or is at work
    either,   ///< it has got all, and its own next word may still come
    client,
  };

  virtual ~StreamService() = default;

  /// A client came to the listener of this number, counted from 0.
  /// @return  a number for the calls below; nothing when there is no room: the client waits for its turn
  virtual std::optional<int> connect(std::size_t listener) = 0;
  /// @return  octets taken; the rest is offered again
  virtual std::size_t write(int client, ByteView octets) = 0;
  virtual Octets take_output(int client) = 0;
  virtual bool over(int client) const = 0;  ///< the service lets the client go once its output is taken
  /// The server forgets the number, whoever ended it.
  virtual void disconnect(int client) = 0;
  virtual Owing owing(int /*client*/) const { return Owing::client; }
  /// Whether a client of the listener has a chance to be connected some day.
  virtual bool reachable(std::size_t /*listener*/) const { return true; }
};

}  // namespace dmsc::port

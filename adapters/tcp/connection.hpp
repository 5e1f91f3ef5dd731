// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/tcp/socket.hpp"

namespace dmsc::tcp {

/// One end of a TCP connection that never blocks: what cannot leave now is kept, its owner polls and flushes.
class Connection {
 public:
  explicit Connection(Fd socket);

  int fd() const { return socket_.get(); }

  /// Reads what is there, at most `most` octets. None: nothing there, or the end.
  Octets receive(std::size_t most);
  /// Whether the other end is through without an octet that is not read yet.
  bool hung_up();

  /// Queues octets behind those not sent yet, and sends what goes.
  void send(ByteView octets);
  void flush();
  std::size_t unsent() const { return output_.size() - sent_; }
  /// Nothing is sent behind what is queued.
  void finish();

  bool ended() const { return ended_; }    ///< the other end sends no more; it may still read
  bool broken() const { return broken_; }  ///< neither direction is of use any more
  void set_broken() { broken_ = true; }
  Clock::time_point moved() const { return moved_; }  ///< when octets went last, either way

 private:
  Fd socket_;
  Octets output_;
  std::size_t sent_ = 0;
  bool finishing_ = false;
  bool finished_ = false;
  bool ended_ = false;
  bool broken_ = false;
  Clock::time_point moved_ = Clock::now();
};

}  // namespace dmsc::tcp

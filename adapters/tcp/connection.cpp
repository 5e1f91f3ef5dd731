// SPDX-License-Identifier: Apache-2.0
#include "adapters/tcp/connection.hpp"

#include <netinet/in.h>
#include <netinet/tcp.h>

#include <cerrno>

namespace dmsc::tcp {
namespace {

bool passing(int error) {
  return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

}  // namespace

Connection::Connection(Fd socket) : socket_(std::move(socket)) {
  const int on = 1;
  setsockopt(fd(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

Octets Connection::receive(std::size_t most) {
  if (ended_ || broken_) return {};
  Octets octets(most);
  const auto got = recv(fd(), octets.data(), octets.size(), 0);
  if (got == 0) ended_ = true;
  if (got < 0 && !passing(errno)) broken_ = true;
  octets.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (got > 0) moved_ = Clock::now();
  return octets;
}

bool Connection::hung_up() {
  std::uint8_t octet = 0;
  const auto got = recv(fd(), &octet, 1, MSG_PEEK);
  if (got == 0) ended_ = true;
  if (got < 0 && !passing(errno)) broken_ = true;
  return ended_ || broken_;
}

void Connection::send(ByteView octets) {
  if (broken_ || finishing_) return;
  append(output_, octets);
  flush();
}

void Connection::flush() {
  while (!broken_ && unsent() > 0) {
    const auto went = ::send(fd(), output_.data() + sent_, unsent(), MSG_NOSIGNAL);
    if (went < 0 && errno == EINTR) continue;
    if (went < 0 && passing(errno)) break;
    if (went < 0) {
      broken_ = true;
      break;
    }
    sent_ += static_cast<std::size_t>(went);
    moved_ = Clock::now();
  }
  // Moved up only once half of it is gone, so that a slow reader costs no copy an octet.
  if (sent_ > 0 && sent_ * 2 >= output_.size()) {
    output_.erase(output_.begin(), output_.begin() + static_cast<std::ptrdiff_t>(sent_));
    sent_ = 0;
  }
  if (finishing_ && !finished_ && !broken_ && unsent() == 0) {
    shutdown(fd(), SHUT_WR);
    finished_ = true;
  }
}

void Connection::finish() {
  finishing_ = true;
  flush();
}

}  // namespace dmsc::tcp

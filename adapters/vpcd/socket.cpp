// SPDX-License-Identifier: Apache-2.0
#include "adapters/vpcd/socket.hpp"

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>
#include <system_error>

namespace dmsc::vpcd {
namespace {

using net::switch_on;
using net::why;

constexpr std::size_t header_length = 2;
constexpr std::size_t longest_body = 0xFFFF;

// poll(2) counts in int milliseconds; rounding up keeps us from spinning through the last one.
int poll_time(Clock::time_point until) {
  if (until == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<milliseconds>(until - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left, 0, INT_MAX));
}

Result<void> wait_or_fail(int fd, short events, const Patience& patience, std::string_view what) {
  switch (wait_for(fd, events, patience)) {
    case Wait::ready:
      return {};
    case Wait::interrupted:
      return fail(Errc::interrupted, "stopped by a signal", {}, std::string(what));
    case Wait::stopped:
      return fail(Errc::unavailable, "stopped on request", {}, std::string(what));
    case Wait::timed_out:
      break;
  }
  return fail(Errc::timeout, "deadline passed", {}, std::string(what));
}

struct FreeAddresses {
  void operator()(addrinfo* list) const { freeaddrinfo(list); }
};
using Addresses = std::unique_ptr<addrinfo, FreeAddresses>;

std::string address_text(const std::string& host, std::uint16_t port) {
  return host + ':' + std::to_string(port);
}

Result<Addresses> resolve(const std::string& host, std::uint16_t port, int flags) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = flags | AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (code != 0) return fail(Errc::configuration, gai_strerror(code), {}, address_text(host, port));
  return Addresses(list);
}

Fd open_for(const addrinfo& address) {
  return Fd(socket(address.ai_family, address.ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol));
}

// A refusal is reported by errno, as connect(2) does it for a blocking socket.
Result<Fd> connect_one(const addrinfo& address, const Patience& patience, const std::string& place) {
  Fd fd = open_for(address);
  if (!fd) return fail(Errc::unavailable, why(errno), {}, place);
  if (connect(fd.get(), address.ai_addr, address.ai_addrlen) == 0) return fd;
  if (errno != EINPROGRESS && errno != EINTR) return fail(Errc::unavailable, why(errno), {}, place);
  if (auto ready = wait_or_fail(fd.get(), POLLOUT, patience, place); !ready) return tl::make_unexpected(ready.error());
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return fail(Errc::unavailable, why(error), {}, place);
  return fd;
}

std::uint16_t bound_port(int fd) {
  sockaddr_storage name{};
  socklen_t length = sizeof name;
  getsockname(fd, reinterpret_cast<sockaddr*>(&name), &length);
  return ntohs(name.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6&>(name).sin6_port
                                          : reinterpret_cast<const sockaddr_in&>(name).sin_port);
}

}  // namespace

StopSignal::StopSignal() : event_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (!event_) throw std::system_error(errno, std::generic_category(), "eventfd");
}

void StopSignal::request() const noexcept {
  const int kept = errno;  // a signal handler must leave it as it was
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = write(event_.get(), &one, sizeof one);  // full means already requested
  errno = kept;
}

bool StopSignal::requested() const {
  return wait_for(event_.get(), POLLIN, Patience::within(milliseconds{0})) == Wait::ready;
}

Wait wait_for(int fd, short events, const Patience& patience) {
  std::array<pollfd, 2> watched{pollfd{fd, events, 0}, pollfd{patience.stop_fd, POLLIN, 0}};
  // The signal may come just before the wait, which then does not see it.
  const Clock::duration look = patience.signal == nullptr ? Clock::duration::max() : milliseconds{200};
  for (;;) {
    if (patience.signal != nullptr && patience.signal->load() != 0) return Wait::interrupted;
    const auto now = Clock::now();
    const bool short_look = patience.until - now > look;
    const int count = poll(watched.data(), watched.size(), poll_time(short_look ? now + look : patience.until));
    if (count < 0 && errno != EINTR) throw std::system_error(errno, std::generic_category(), "poll");
    if (count > 0) return watched[1].revents != 0 ? Wait::stopped : Wait::ready;
    if (count == 0 && Clock::now() >= patience.until) return Wait::timed_out;
  }
}

Socket::Socket(Fd connection) : connection_(std::move(connection)), buffer_(header_length + longest_body) {
  switch_on(connection_.get(), IPPROTO_TCP, TCP_NODELAY);
}

Result<void> Socket::send_message(ByteView body, const Patience& patience) {
  if (body.size() > longest_body) {
    return fail(Errc::range, "message of " + std::to_string(body.size()) + " octets, vpcd carries at most 65535");
  }
  Octets wire{static_cast<std::uint8_t>(body.size() >> 8), static_cast<std::uint8_t>(body.size())};
  append(wire, body);
  // One send: length and body in two make Nagle wait for the other end's delayed acknowledgement, 40 ms a message.
  for (ByteView rest = wire; !rest.empty();) {
    const auto sent = send(connection_.get(), rest.data(), rest.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      rest = rest.subspan(static_cast<std::size_t>(sent));
    } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
      if (auto ready = wait_or_fail(connection_.get(), POLLOUT, patience, "send"); !ready) return ready;
    } else if (errno != EINTR) {
      return fail(Errc::unavailable, why(errno), {}, "send");
    }
  }
  return {};
}

Result<Octets> Socket::receive_message(const Patience& patience) {
  Octets message;
  while (!take_message(message)) {
    if (auto filled = fill(patience); !filled) return tl::make_unexpected(filled.error());
  }
  return message;
}

bool Socket::take_message(Octets& message) {
  if (end_ - begin_ < header_length) return false;
  const std::size_t length = std::size_t{buffer_[begin_]} << 8 | buffer_[begin_ + 1];
  if (end_ - begin_ - header_length < length) return false;
  const auto body = ByteView(buffer_).subspan(begin_ + header_length, length);
  message.assign(body.begin(), body.end());
  begin_ += header_length + length;
  if (begin_ == end_) begin_ = end_ = 0;
  return true;
}

Result<void> Socket::fill(const Patience& patience) {
  if (begin_ > 0) {
    std::memmove(buffer_.data(), buffer_.data() + begin_, end_ - begin_);
    end_ -= std::exchange(begin_, 0);
  }
  for (;;) {
#ifdef TCP_QUICKACK
    // vpcd 3.3 sends length and body apart and waits for our acknowledgement in between; Linux forgets this option.
    switch_on(connection_.get(), IPPROTO_TCP, TCP_QUICKACK);
#endif
    if (auto ready = wait_or_fail(connection_.get(), POLLIN, patience, "receive"); !ready) return ready;
    const auto got = recv(connection_.get(), buffer_.data() + end_, buffer_.size() - end_, 0);
    if (got > 0) {
      end_ += static_cast<std::size_t>(got);
      return {};
    }
    if (got == 0) return fail(Errc::unavailable, "the other end closed the connection", {}, "receive");
    if (errno != EINTR && errno != EAGAIN && errno != EWOULDBLOCK) {
      return fail(Errc::unavailable, why(errno), {}, "receive");
    }
  }
}

Result<Socket> connect_to(const std::string& host, std::uint16_t port, const Patience& patience) {
  const std::string place = address_text(host, port);
  const auto addresses = resolve(host, port, 0);
  if (!addresses) return tl::make_unexpected(addresses.error());
  Error last;
  for (const auto* at = addresses->get(); at != nullptr; at = at->ai_next) {
    auto fd = connect_one(*at, patience, place);
    if (fd) return Socket(std::move(*fd));
    last = fd.error();
  }
  return tl::make_unexpected(last);
}

Result<Listener> listen_on(const std::string& host, std::uint16_t port) {
  const auto addresses = resolve(host, port, AI_PASSIVE);
  if (!addresses) return tl::make_unexpected(addresses.error());
  int error = 0;
  for (const auto* at = addresses->get(); at != nullptr; at = at->ai_next) {
    Fd fd = open_for(*at);
    if (fd) switch_on(fd.get(), SOL_SOCKET, SO_REUSEADDR);
    if (fd && bind(fd.get(), at->ai_addr, at->ai_addrlen) == 0 && listen(fd.get(), 1) == 0) {
      const auto chosen = bound_port(fd.get());
      return Listener{std::move(fd), chosen};
    }
    error = errno;
  }
  const Errc code = error == EADDRINUSE ? Errc::busy : Errc::configuration;
  return fail(code, why(error), {}, "listen on " + address_text(host, port));
}

Result<Socket> accept_from(const Listener& listener, const Patience& patience) {
  for (;;) {
    if (auto ready = wait_or_fail(listener.fd.get(), POLLIN, patience, "accept"); !ready) {
      return tl::make_unexpected(ready.error());
    }
    Fd fd(accept4(listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (fd) return Socket(std::move(fd));
    // The caller may have gone between poll and accept: wait for the next one.
    const bool passing = errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK || errno == ECONNABORTED;
    if (!passing) return fail(Errc::unavailable, why(errno), {}, "accept");
  }
}

}  // namespace dmsc::vpcd

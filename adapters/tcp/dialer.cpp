// SPDX-License-Identifier: Apache-2.0
#include "adapters/tcp/dialer.hpp"

#include <poll.h>

#include <cerrno>

namespace dmsc::tcp {
namespace {

constexpr std::uint16_t https_port = 443;
constexpr std::size_t receive_most = 65536;

bool passing(int error) {
  return error == EINTR || error == EAGAIN || error == EWOULDBLOCK;
}

class SocketStream final : public port::Stream {
 public:
  SocketStream(Fd fd, const std::atomic<int>& stop) : fd_(std::move(fd)), stop_(stop) {}

  Result<void> send(ByteView octets, milliseconds deadline) override {
    const auto patience = Patience::within(deadline, &stop_);
    while (!octets.empty()) {
      const auto sent = ::send(fd_.get(), octets.data(), octets.size(), MSG_NOSIGNAL);
      if (sent > 0) {
        octets = octets.subspan(static_cast<std::size_t>(sent));
        continue;
      }
      if (sent < 0 && !passing(errno)) return fail(Errc::unavailable, why(errno), {}, "send");
      const auto ready = wait_for(fd_.get(), POLLOUT, patience);
      if (!ready) return tl::make_unexpected(ready.error());
      if (!*ready) return fail(Errc::timeout, "the card takes no octets", {}, "send");
    }
    return {};
  }

  Result<Octets> receive(milliseconds deadline) override {
    const auto patience = Patience::within(deadline, &stop_);
    Octets octets(receive_most);
    for (;;) {
      const auto got = recv(fd_.get(), octets.data(), octets.size(), 0);
      if (got == 0) return fail(Errc::unavailable, "the card closed the connection", {}, "receive");
      if (got > 0) {
        octets.resize(static_cast<std::size_t>(got));
        return octets;
      }
      if (!passing(errno)) return fail(Errc::unavailable, why(errno), {}, "receive");
      const auto ready = wait_for(fd_.get(), POLLIN, patience);
      if (!ready) return tl::make_unexpected(ready.error());
      if (!*ready) return Octets{};
    }
  }

 private:
  Fd fd_;
  const std::atomic<int>& stop_;
};

}  // namespace

Result<void> CardAddresses::add(std::string_view text) {
  const auto endpoint = Endpoint::parse(text, https_port);
  if (!endpoint) return tl::make_unexpected(endpoint.error());
  if (endpoint->port() == 0) return fail(Errc::usage, "\"" + std::string(text) + "\" has no port from 1 to 65535");
  auto& slot = endpoint->ipv6() ? ipv6_ : ipv4_;
  if (slot) {
    return fail(Errc::usage, "\"" + std::string(text) + "\" is the second " + (endpoint->ipv6() ? "IPv6" : "IPv4") +
                                 " address of the card, one of each can be given");
  }
  slot = *endpoint;
  return {};
}

std::optional<Endpoint> CardAddresses::find(std::uint16_t port, bool ipv6) const {
  const auto& slot = ipv6 ? ipv6_ : ipv4_;
  if (!slot || port == https_port) return slot;
  return slot->with_port(port);
}

Result<std::unique_ptr<port::Stream>> Dialer::dial(std::uint16_t port, bool ipv6, milliseconds deadline) {
  const auto there = addresses_.find(port, ipv6);
  if (!there) {
    return fail(Errc::configuration,
                std::string("the card has no ") + (ipv6 ? "IPv6" : "IPv4") + " address: name one with --card-ip");
  }
  auto fd = connect_to(*there, Patience::within(deadline, &stop_));
  if (!fd) return tl::make_unexpected(fd.error());
  return std::make_unique<SocketStream>(std::move(*fd), stop_);
}

}  // namespace dmsc::tcp

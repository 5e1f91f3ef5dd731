// SPDX-License-Identifier: Apache-2.0
#include "adapters/tcp/socket.hpp"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <system_error>

namespace dmsc::tcp {
namespace {

using net::switch_on;

constexpr milliseconds stop_check{100};  // a signal between two looks at the flag is seen that late at most
constexpr int listen_backlog = 64;

sockaddr_in& as_ipv4(sockaddr_storage& storage) {
  return reinterpret_cast<sockaddr_in&>(storage);
}

sockaddr_in6& as_ipv6(sockaddr_storage& storage) {
  return reinterpret_cast<sockaddr_in6&>(storage);
}

const sockaddr_in& as_ipv4(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr_in&>(storage);
}

const sockaddr_in6& as_ipv6(const sockaddr_storage& storage) {
  return reinterpret_cast<const sockaddr_in6&>(storage);
}

/// A link-local address needs its interface, which only the resolver can number.
bool read_scoped(const std::string& host, sockaddr_storage& storage) {
  addrinfo hints{};
  hints.ai_family = AF_INET6;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICHOST;
  addrinfo* list = nullptr;
  if (getaddrinfo(host.c_str(), nullptr, &hints, &list) != 0) return false;
  std::memcpy(&storage, list->ai_addr, std::min<std::size_t>(list->ai_addrlen, sizeof storage));
  freeaddrinfo(list);
  return true;
}

Fd open_for(const Endpoint& endpoint) {
  return Fd(socket(endpoint.family(), SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
}

}  // namespace

bool Endpoint::read_address(const std::string& host) {
  storage_ = {};
  if (inet_pton(AF_INET, host.c_str(), &as_ipv4(storage_).sin_addr) == 1) {
    storage_.ss_family = AF_INET;
    return true;
  }
  storage_ = {};
  if (inet_pton(AF_INET6, host.c_str(), &as_ipv6(storage_).sin6_addr) == 1) {
    storage_.ss_family = AF_INET6;
    return true;
  }
  return host.find(':') != std::string::npos && host.find('%') != std::string::npos && read_scoped(host, storage_);
}

Result<Endpoint> Endpoint::parse(std::string_view text, std::uint16_t port) {
  const auto bad = [&](const char* reason) { return fail(Errc::usage, "\"" + std::string(text) + "\" " + reason); };
  Endpoint out;
  auto host = text;
  std::string_view digits;
  const bool bracketed = text.starts_with('[');
  if (bracketed) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return bad("has no bracket behind its address");
    host = text.substr(1, end - 1);
    digits = text.substr(end + 1);
    if (!digits.empty() && digits.front() != ':') return bad("has something other than :PORT behind its bracket");
  } else if (std::count(text.begin(), text.end(), ':') == 1) {
    host = text.substr(0, text.find(':'));
    digits = text.substr(text.find(':'));
  }
  if (!out.read_address(std::string(host)) || (bracketed && !out.ipv6())) {
    return bad("is no IP address with or without :PORT (IPv6 in brackets before a port)");
  }
  out.names_port_ = !digits.empty();
  if (out.names_port_) {
    digits.remove_prefix(1);
    const auto read = std::from_chars(digits.data(), digits.data() + digits.size(), port);
    if (digits.empty() || read.ec != std::errc{} || read.ptr != digits.data() + digits.size()) {
      return bad("has no port from 0 to 65535");
    }
  }
  out.set_port(port);
  return out;
}

Endpoint Endpoint::of_socket(int fd) {
  Endpoint out;
  socklen_t length = sizeof out.storage_;
  getsockname(fd, reinterpret_cast<sockaddr*>(&out.storage_), &length);
  out.names_port_ = true;
  return out;
}

std::uint16_t Endpoint::port() const {
  return ntohs(ipv6() ? as_ipv6(storage_).sin6_port : as_ipv4(storage_).sin_port);
}

void Endpoint::set_port(std::uint16_t port) {
  if (ipv6()) {
    as_ipv6(storage_).sin6_port = htons(port);
  } else {
    as_ipv4(storage_).sin_port = htons(port);
  }
}

Endpoint Endpoint::with_port(std::uint16_t port) const {
  auto out = *this;
  out.set_port(port);
  return out;
}

bool Endpoint::loopback() const {
  if (ipv6()) return IN6_IS_ADDR_LOOPBACK(&as_ipv6(storage_).sin6_addr);
  return ntohl(as_ipv4(storage_).sin_addr.s_addr) >> 24 == 127;
}

socklen_t Endpoint::size() const {
  return ipv6() ? sizeof(sockaddr_in6) : sizeof(sockaddr_in);
}

std::string Endpoint::text() const {
  char host[NI_MAXHOST] = "?";
  getnameinfo(data(), size(), host, sizeof host, nullptr, 0, NI_NUMERICHOST);
  return (ipv6() ? "[" + std::string(host) + "]" : std::string(host)) + ":" + std::to_string(port());
}

Result<bool> wait_for(int fd, short events, const Patience& patience) {
  for (;;) {
    if (patience.stop != nullptr && patience.stop->load() != 0) return fail(Errc::interrupted, "stopped by a signal");
    const auto left = std::chrono::ceil<milliseconds>(patience.until - Clock::now());
    pollfd watched{fd, events, 0};
    const auto slice = std::clamp(left, milliseconds{0}, stop_check);
    const int count = poll(&watched, 1, static_cast<int>(slice.count()));
    if (count > 0) return true;
    if (count < 0 && errno != EINTR) return fail(Errc::unavailable, why(errno), {}, "poll");
    if (left <= slice && count == 0) return false;
  }
}

Result<Fd> connect_to(const Endpoint& there, const Patience& patience) {
  const auto place = there.text();
  auto fd = open_for(there);
  if (!fd) return fail(Errc::unavailable, why(errno), {}, place);
  switch_on(fd.get(), IPPROTO_TCP, TCP_NODELAY);  // a TLS record waits for no acknowledgement of the one before
  if (connect(fd.get(), there.data(), there.size()) == 0) return fd;
  if (errno != EINPROGRESS && errno != EINTR) return fail(Errc::unavailable, why(errno), {}, place);
  const auto ready = wait_for(fd.get(), POLLOUT, patience);
  if (!ready) return tl::make_unexpected(ready.error());
  if (!*ready) return fail(Errc::timeout, "no connection in time", {}, place);
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd.get(), SOL_SOCKET, SO_ERROR, &error, &length);
  if (error != 0) return fail(Errc::unavailable, why(error), {}, place);
  return fd;
}

Result<Fd> listen_on(const Endpoint& here) {
  auto fd = open_for(here);
  if (fd) {
    switch_on(fd.get(), SOL_SOCKET, SO_REUSEADDR);
    if (here.ipv6()) switch_on(fd.get(), IPPROTO_IPV6, IPV6_V6ONLY);
    if (bind(fd.get(), here.data(), here.size()) == 0 && listen(fd.get(), listen_backlog) == 0) return fd;
  }
  const int error = errno;
  return fail(error == EADDRINUSE ? Errc::busy : Errc::configuration, why(error), {}, "listen on " + here.text());
}

}  // namespace dmsc::tcp

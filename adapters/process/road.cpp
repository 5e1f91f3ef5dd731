// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/road.hpp"

#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "adapters/process/command_words.hpp"

namespace dmsc::process {
namespace {

constexpr milliseconds stop_check{100};
constexpr milliseconds fate_patience{300};  // between the end of a stream and the end of its process
constexpr milliseconds end_patience{500};

using List = std::unique_ptr<addrinfo, decltype(&freeaddrinfo)>;

Result<List> resolve(const Address& address) {
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* list = nullptr;
  const int error = getaddrinfo(address.host.c_str(), address.port.c_str(), &hints, &list);
  if (error != 0) return fail(Errc::configuration, gai_strerror(error), {}, address.text());
  return List(list, freeaddrinfo);
}

/// Errno of a connection under way: EINPROGRESS until it is there.
int progress_of(int fd) {
  pollfd watched{fd, POLLOUT, 0};
  if (poll(&watched, 1, static_cast<int>(stop_check.count())) <= 0) return EINPROGRESS;
  int error = 0;
  socklen_t length = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &length);
  return error;
}

Result<Fd> connect(const addrinfo& there, const std::string& place, Clock::time_point until,
                   const std::atomic<int>& stop) {
  Fd fd(socket(there.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) return fail(Errc::unavailable, net::why(errno), {}, place);
  net::switch_on(fd.get(), IPPROTO_TCP, TCP_NODELAY);
  int error = ::connect(fd.get(), there.ai_addr, there.ai_addrlen) == 0 ? 0 : errno;
  while (error == EINPROGRESS) {
    if (stop.load() != 0) return fail(Errc::interrupted, "stopped by a signal");
    if (Clock::now() > until) return fail(Errc::timeout, "no connection in time", {}, place);
    error = progress_of(fd.get());
  }
  if (error != 0) return fail(Errc::unavailable, net::why(error), {}, place);
  return fd;
}

Result<Fd> dial(const Address& address, milliseconds within, const std::atomic<int>& stop) {
  const auto list = resolve(address);
  if (!list) return tl::make_unexpected(list.error());
  const auto until = Clock::now() + within;
  Result<Fd> fd = fail(Errc::unavailable, "has no address", {}, address.text());
  for (const auto* there = list->get(); there != nullptr && !fd; there = there->ai_next) {
    fd = connect(*there, address.text(), until, stop);
    if (!fd && fd.error().code == Errc::interrupted) break;
  }
  return fd;
}

}  // namespace

Result<Address> Address::parse(std::string_view text) {
  const auto bad = [&](const char* why) { return fail(Errc::usage, "\"" + std::string(text) + "\" " + why); };
  Address out;
  if (text.starts_with("exec:")) {
    auto words = split_command(text.substr(5));
    if (!words) return fail(Errc::usage, words.error().message, words.error().offset, "exec:");
    out.command = std::move(*words);
    return out;
  }
  if (!text.starts_with("tcp:")) return bad("is neither exec:COMMAND nor tcp:HOST:PORT");
  auto place = text.substr(4);
  const auto colon = place.rfind(':');
  if (colon == std::string_view::npos) return bad("has no port");
  out.host = place.substr(0, colon);
  out.port = place.substr(colon + 1);
  if (out.host.starts_with('[') && out.host.ends_with(']')) out.host = out.host.substr(1, out.host.size() - 2);
  const bool number = !out.port.empty() && out.port.size() <= 5 &&
                      std::all_of(out.port.begin(), out.port.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!number || std::stoi(out.port) < 1 || std::stoi(out.port) > 65535) return bad("has no port from 1 to 65535");
  if (out.host.empty()) return bad("has no host");
  return out;
}

std::string Address::text() const {
  return command.empty() ? host + ":" + port : command.front();
}

Result<std::unique_ptr<Road>> Road::open(const Address& address, milliseconds within, const std::atomic<int>& stop) {
  Fd ears(epoll_create1(EPOLL_CLOEXEC));
  if (!ears) return fail(Errc::unavailable, net::why(errno), {}, "epoll");
  if (address.command.empty()) {
    auto socket = dial(address, within, stop);
    if (!socket) return tl::make_unexpected(socket.error());
    return std::unique_ptr<Road>(new Road({}, LineChannel(std::move(*socket)), std::move(ears)));
  }
  auto child = Child::start(address.command);
  if (!child) return tl::make_unexpected(child.error());
  LineChannel channel(std::move(child->output), std::move(child->input));
  return std::unique_ptr<Road>(new Road(std::move(*child), std::move(channel), std::move(ears)));
}

Road::Road(std::optional<Child> child, LineChannel channel, Fd ears)
    : child_(std::move(child)), channel_(std::move(channel)), ears_(std::move(ears)) {
  listen_to(channel_.fd(), EPOLLIN);
  if (!child_) return;
  fcntl(child_->errors.get(), F_SETFL, O_NONBLOCK);
  listen_to(child_->errors.get(), EPOLLIN);
  listen_to(child_->watch_fd(), EPOLLIN);
}

Road::~Road() {
  channel_.finish();
  if (child_) child_->end(end_patience);
}

void Road::listen_to(int fd, unsigned events) {
  epoll_event wish{};
  wish.events = events;
  epoll_ctl(ears_.get(), EPOLL_CTL_ADD, fd, &wish);
}

int Road::fd() {
  const bool wanted = channel_.unsent() > 0;
  if (wanted == watches_writing_) return ears_.get();
  watches_writing_ = wanted;
  if (channel_.writing_fd() == channel_.fd()) {
    epoll_event wish{};
    wish.events = wanted ? EPOLLIN | EPOLLOUT : EPOLLIN;
    epoll_ctl(ears_.get(), EPOLL_CTL_MOD, channel_.fd(), &wish);
  } else if (wanted) {
    listen_to(channel_.writing_fd(), EPOLLOUT);
  } else {
    epoll_ctl(ears_.get(), EPOLL_CTL_DEL, channel_.writing_fd(), nullptr);
  }
  return ears_.get();
}

std::string Road::take_printed() {
  if (!child_ || !child_->errors) return {};
  std::array<char, 65536> octets;
  const auto count = read(child_->errors.get(), octets.data(), octets.size());
  if (count > 0) return {octets.data(), static_cast<std::size_t>(count)};
  if (count == 0) child_->errors = Fd();  // closing takes it out of epoll, so that its end wakes nobody for ever
  return {};
}

bool Road::dead() {
  return child_ && child_->fate(milliseconds{0}).has_value();
}

std::string Road::fate() {
  const auto fate = child_ ? child_->fate(fate_patience) : std::nullopt;
  return fate ? fate->text() : std::string{};
}

void Road::close(milliseconds patience) {
  channel_.finish();
  if (child_ && !child_->fate(patience)) child_->end(end_patience);
}

}  // namespace dmsc::process

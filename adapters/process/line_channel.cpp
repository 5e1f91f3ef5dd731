// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/line_channel.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <ctime>
#include <stdexcept>

namespace dmsc::process {
namespace {

constexpr std::size_t read_most = 65536;

bool passing(int error) {
  return error == EAGAIN || error == EWOULDBLOCK || error == EINTR;
}

void stop_blocking(int fd) {
  const int flags = fcntl(fd, F_GETFL);
  if (flags >= 0) fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

Fd copy_of(int fd) {
  return Fd(fcntl(fd, F_DUPFD_CLOEXEC, 3));
}

/// write(2) to a pipe without a reader sends SIGPIPE. It is ours alone to know that, so it goes no further.
ssize_t write_quietly(int fd, const char* octets, std::size_t count) {
  sigset_t pipe_signal;
  sigset_t pending;
  sigset_t before;
  sigemptyset(&pipe_signal);
  sigaddset(&pipe_signal, SIGPIPE);
  sigpending(&pending);
  const bool was_pending = sigismember(&pending, SIGPIPE) == 1;
  pthread_sigmask(SIG_BLOCK, &pipe_signal, &before);
  const auto written = write(fd, octets, count);
  const int error = errno;
  const timespec at_once{};
  if (written < 0 && error == EPIPE && !was_pending) sigtimedwait(&pipe_signal, nullptr, &at_once);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error;
  return written;
}

}  // namespace

LineChannel::LineChannel(Fd reading, Fd writing) : reading_(std::move(reading)), writing_(std::move(writing)) {
  stop_blocking(reading_.get());
  stop_blocking(writing_.get());
}

LineChannel::LineChannel(Fd socket) : reading_(std::move(socket)) {
  stop_blocking(reading_.get());
}

LineChannel LineChannel::standard_streams() {
  return {copy_of(STDIN_FILENO), copy_of(STDOUT_FILENO)};
}

Result<void> LineChannel::send(std::string_view line) {
  if (line.find('\n') != std::string_view::npos) throw std::logic_error("a line holds a line feed");
  if (unsent() + line.size() > most_unsent) {
    return fail(Errc::exhausted, "it has not read what it was sent, " + std::to_string(unsent()) + " octets");
  }
  output_ += line;
  output_ += '\n';
  return flush();
}

Result<void> LineChannel::flush() {
  if (finished_ && unsent() > 0) return fail(Errc::unavailable, "it was told that nothing more comes");
  while (unsent() > 0) {
    const auto* from = output_.data() + sent_;
    const auto count =
        writing_ ? write_quietly(writing_.get(), from, unsent()) : ::send(reading_.get(), from, unsent(), MSG_NOSIGNAL);
    if (count < 0 && passing(errno)) return {};
    if (count < 0) return fail(Errc::unavailable, net::why(errno), {}, "write");
    sent_ += static_cast<std::size_t>(count);
  }
  output_.clear();
  sent_ = 0;
  return {};
}

void LineChannel::finish() {
  finished_ = true;
  if (writing_) {
    writing_ = Fd();
  } else {
    ::shutdown(reading_.get(), SHUT_WR);
  }
}

std::optional<std::string> LineChannel::take_line() {
  const auto end = input_.find('\n', scanned_);
  scanned_ = end == std::string::npos ? input_.size() : end;
  if (end == std::string::npos) return {};
  auto line = input_.substr(begin_, end - begin_);
  begin_ = scanned_ = end + 1;
  if (begin_ == input_.size() || begin_ >= read_most) {
    input_.erase(0, begin_);
    begin_ = scanned_ = 0;
  }
  return line;
}

/// @return  whether octets came
Result<bool> LineChannel::fill() {
  std::array<char, read_most> octets;
  const auto count = read(reading_.get(), octets.data(), octets.size());
  if (count < 0 && passing(errno)) return false;
  if (count < 0 && errno != ECONNRESET && errno != EIO) return fail(Errc::unavailable, net::why(errno), {}, "read");
  if (count <= 0) {
    ended_ = true;
    return false;
  }
  input_.append(octets.data(), static_cast<std::size_t>(count));
  received_ += static_cast<std::size_t>(count);
  return true;
}

Result<std::optional<std::string>> LineChannel::receive() {
  for (;;) {
    auto line = take_line();
    const auto size = line ? line->size() : input_.size() - begin_;
    if (size > longest_line) {
      return fail(Errc::exhausted, "a line is longer than " + std::to_string(longest_line) + " octets");
    }
    if (line) return line;
    if (ended_) {
      if (size == 0) return fail(Errc::unavailable, "it closed its stream");
      return fail(Errc::truncated, "it closed its stream behind half a line");
    }
    const auto came = fill();
    if (!came) return tl::make_unexpected(came.error());
    if (!*came && !ended_) return std::optional<std::string>{};
  }
}

Result<void> LineChannel::wait(milliseconds patience, int wake_fd) {
  const auto until = Clock::now() + patience;
  for (;;) {
    if (ended_ || input_.find('\n', scanned_) != std::string::npos) return {};
    std::array<pollfd, 3> watched{{{reading_.get(), POLLIN, 0}, {wake_fd, POLLIN, 0}, {-1, POLLOUT, 0}}};
    if (unsent() > 0) watched[2].fd = writing_fd();
    const auto left = std::chrono::ceil<milliseconds>(until - Clock::now());
    const int time = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
    const int count = poll(watched.data(), watched.size(), time);
    if (count < 0) return errno == EINTR ? Result<void>{} : fail(Errc::unavailable, net::why(errno), {}, "poll");
    if (watched[0].revents != 0 || watched[1].revents != 0) return {};
    if (watched[2].revents != 0) {
      const auto flushed = flush();
      if (!flushed) return flushed;
    }
    if (count == 0 && left.count() <= time) return {};
  }
}

}  // namespace dmsc::process

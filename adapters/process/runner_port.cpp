// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/runner_port.hpp"

#include <poll.h>

#include <cerrno>
#include <vector>

#include "adapters/process/message.hpp"

namespace dmsc::process {
namespace {

constexpr milliseconds stop_check{100};  // a signal is seen that late at most
constexpr milliseconds look_again{20};   // at a line of which a part is there
constexpr std::size_t accepts_a_round = 64;

std::string seconds(milliseconds time) {
  return std::to_string(time.count() / 1000) + " s";
}

}  // namespace

Result<void> RunnerPort::accept_clients() {
  for (std::size_t count = 0; count < accepts_a_round; ++count) {
    Fd fd(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) {
      const bool passing = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ECONNABORTED ||
                           errno == EMFILE || errno == ENFILE;
      if (passing) return {};
      return fail(Errc::unavailable, net::why(errno), {}, "accept");
    }
    clients_.push_back({std::move(fd), Clock::now()});
    if (clients_.size() <= most_clients) continue;
    refuse(clients_.back(), {}, code::busy, "too many clients wait");
    clients_.pop_back();
  }
  return {};
}

/// What a client has said so far, which stays unread. @param id  of its request
RunnerPort::Look RunnerPort::look(Client& client, Value& id, std::string& reason) {
  std::string text(longest_request, '\0');
  const auto got = ::recv(client.fd.get(), text.data(), text.size(), MSG_PEEK);
  if (got < 0 && (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR)) return Look::waits;
  reason = "no request came before the end";
  if (got <= 0) return Look::useless;
  client.seen = static_cast<std::size_t>(got);
  text.resize(client.seen);
  const auto end = text.find('\n');
  reason = "the first line is too long";
  if (end == std::string::npos) return client.seen < longest_request ? Look::waits : Look::useless;
  const auto message = read_message(std::string_view(text).substr(0, end));
  reason = message ? "the first line is no request" : message.error().text();
  if (!message || !message->is_request()) return Look::useless;
  id = message->id;
  return Look::asks;
}

/// One line, and the end. What the client sent is read first, else closing would take the line back.
void RunnerPort::refuse(const Client& client, const Value& id, std::int64_t code, const std::string& reason) {
  const auto line = answer_line(id, tl::make_unexpected(Problem{code, reason})) + "\n";
  (void)::send(client.fd.get(), line.data(), line.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  ::shutdown(client.fd.get(), SHUT_WR);
  char rest[4096];
  for (std::size_t read = 0; read < longest_request; read += sizeof rest) {
    if (::recv(client.fd.get(), rest, sizeof rest, MSG_DONTWAIT) <= 0) break;
  }
}

void RunnerPort::wait() const {
  std::vector<pollfd> watched{{listener_.get(), POLLIN, 0}};
  auto patience = stop_check;
  for (const auto& client : clients_) {
    if (client.seen == 0) watched.push_back({client.fd.get(), POLLIN, 0});
    if (client.seen != 0) patience = look_again;  // poll would say at once that there is something
  }
  (void)::poll(watched.data(), watched.size(), static_cast<int>(patience.count()));
}

Result<LineChannel> RunnerPort::next(const std::atomic<int>& stop) {
  for (;; wait()) {
    if (stop.load() != 0) return fail(Errc::interrupted, "stopped by a signal");
    const auto accepted = accept_clients();
    if (!accepted) return tl::make_unexpected(accepted.error());
    for (auto at = clients_.begin(); at != clients_.end();) {
      Value id;
      std::string reason;
      const auto seen = look(*at, id, reason);
      if (seen == Look::asks) {
        auto fd = std::move(at->fd);
        clients_.erase(at);
        return LineChannel(std::move(fd));
      }
      const bool late = Clock::now() - at->came > settings_.first_request;
      if (late) reason = "no request within " + seconds(settings_.first_request);
      if (seen == Look::useless || late) {
        refuse(*at, {}, code::invalid_request, reason);
        at = clients_.erase(at);
      } else {
        ++at;
      }
    }
  }
}

void RunnerPort::turn_away() {
  (void)accept_clients();
  const auto now = Clock::now();
  // The grace is for the runner being served, which may be about to leave.
  for (auto at = clients_.begin(); at != clients_.end() && now - at->came > settings_.grace;) {
    Value id;
    std::string reason;
    (void)look(*at, id, reason);
    refuse(*at, id, code::busy, "another runner is being served");
    at = clients_.erase(at);
  }
}

}  // namespace dmsc::process

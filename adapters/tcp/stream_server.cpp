// SPDX-License-Identifier: Apache-2.0
#include "adapters/tcp/stream_server.hpp"

#include <poll.h>

#include <algorithm>
#include <cerrno>
#include <set>

namespace dmsc::tcp {
namespace {

constexpr milliseconds linger{2'000};        // for what a client still sends, so that no reset eats our last octets
constexpr milliseconds accept_rest{1'000};   // out of descriptors: trying again at once would spin
constexpr std::size_t accepts_a_round = 64;  // the clients we have get their turn as well

std::string seconds(milliseconds time) {
  return std::to_string(time.count() / 1000) + " s";
}

}  // namespace

StreamServer::StreamServer(port::StreamService& service, ServerSettings settings)
    : service_(service), settings_(std::move(settings)) {}

Result<Endpoint> StreamServer::listen(const Endpoint& here) {
  auto fd = listen_on(here);
  if (!fd) return tl::make_unexpected(fd.error());
  const auto bound = Endpoint::of_socket(fd->get());
  listeners_.push_back({std::move(*fd), {}});
  return bound;
}

short StreamServer::wanted(const Client& client) const {
  short events = client.connection.unsent() > 0 ? POLLOUT : 0;
  const bool reads_ahead = settings_.turn_with_first_octet || client.stage != Stage::waiting;
  if (!reads_ahead) return client.watched ? static_cast<short>(events | POLLRDHUP) : events;
  if (client.connection.ended()) return events;
  if (client.held.empty() && client.connection.unsent() < unsent_soft) events |= POLLIN;
  return events;
}

void StreamServer::wait(milliseconds patience, int wake_fd) {
  const auto now = Clock::now();
  std::vector<pollfd> watched{{wake_fd, POLLIN, 0}};
  for (const auto& listener : listeners_) {
    watched.push_back({listener.rests_until > now ? -1 : listener.fd.get(), POLLIN, 0});
  }
  for (const auto& client : clients_) watched.push_back({client.connection.fd(), wanted(client), 0});
  const auto time = std::clamp<std::int64_t>(patience.count(), 0, 60'000);
  if (poll(watched.data(), watched.size(), static_cast<int>(time)) <= 0) return;
  auto at = watched.begin() + 1 + static_cast<std::ptrdiff_t>(listeners_.size());
  for (auto& client : clients_) {
    on_ready(client, at->revents);
    ++at;
  }
  for (std::size_t number = 0; number < listeners_.size(); ++number) {
    if (watched[1 + number].revents != 0) accept_from(number);
  }
}

void StreamServer::on_ready(Client& client, short events) {
  if (events == 0) return;
  if ((events & POLLOUT) != 0) client.connection.flush();
  if ((events & POLLIN) != 0) read(client);
  // One who closed its sending half behind a request still gets the answer; one who said nothing does not wait.
  if ((events & POLLRDHUP) != 0 && client.stage == Stage::waiting && client.held.empty()) {
    client.watched = client.connection.hung_up();
  }
  if ((events & (POLLERR | POLLHUP | POLLNVAL)) != 0) client.connection.set_broken();
}

void StreamServer::read(Client& client) {
  auto octets = client.connection.receive(read_most);
  if (octets.empty()) return;
  client.heard = Clock::now();
  if (client.stage != Stage::leaving) client.held = std::move(octets);
}

void StreamServer::accept_from(std::size_t number) {
  auto& listener = listeners_[number];
  for (std::size_t count = 0; count < accepts_a_round; ++count) {
    Fd fd(accept4(listener.fd.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!fd) {
      const bool passing = errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR || errno == ECONNABORTED;
      if (!passing) listener.rests_until = Clock::now() + accept_rest;
      return;
    }
    if (clients_.size() >= most_clients) continue;  // closed at once
    clients_.push_back({number, Connection(std::move(fd)), Stage::waiting, 0, {}, true, Clock::now(), {}, {}, {}});
  }
}

bool StreamServer::exchange() {
  const auto now = Clock::now();
  bool told = false;
  for (auto& client : clients_) {
    if (client.stage == Stage::served) told = serve(client, now) || told;
  }
  told = give_turns(now) || told;
  close_surplus();
  clients_.remove_if([&](Client& client) { return gone(client, now); });
  return told;
}

bool StreamServer::feed(Client& client, Clock::time_point now) {
  bool told = false;
  if (!client.held.empty()) {
    const auto taken = std::min(service_.write(client.number, client.held), client.held.size());
    client.held.erase(client.held.begin(), client.held.begin() + static_cast<std::ptrdiff_t>(taken));
    told = taken > 0;
  }
  const auto output = service_.take_output(client.number);
  if (output.empty()) return told;
  client.answered = now;
  client.connection.send(output);
  return told;
}

bool StreamServer::serve(Client& client, Clock::time_point now) {
  const bool told = feed(client, now);
  if (client.connection.broken()) {
    service_.disconnect(client.number);
    client.stage = Stage::leaving;
    return true;
  }
  if (client.connection.unsent() > unsent_most) {
    drop(client, "it does not read");
    return true;
  }
  if (service_.over(client.number) || through(client, now)) {
    leave(client);
    return true;
  }
  const bool silent = now - std::max(client.connection.moved(), client.came) > settings_.silence;
  if (!silent || (settings_.only_when_others_wait && !others_wait(client))) return told;
  drop(client, "it was silent for " + seconds(settings_.silence) +
                   (settings_.only_when_others_wait ? " while others wait" : ""));
  return true;
}

/// Whether a client that sends no more has got its answer, or waited for it long enough.
bool StreamServer::through(const Client& client, Clock::time_point now) const {
  if (!client.connection.ended() || !client.held.empty()) return false;
  if (!client.heard) return true;
  const bool unanswered = !client.answered || *client.answered < *client.heard;
  return unanswered ? now - *client.heard > settings_.silence : now - *client.answered > settings_.answer_pause;
}

bool StreamServer::others_wait(const Client& client) const {
  return std::any_of(clients_.begin(), clients_.end(), [&](const Client& other) {
    return other.stage == Stage::waiting && other.listener == client.listener;
  });
}

bool StreamServer::give_turns(Clock::time_point now) {
  bool told = false;
  std::set<std::size_t> full;
  for (auto& client : clients_) {
    if (client.stage != Stage::waiting || client.connection.ended() || client.connection.broken()) {
      const bool says_all = client.stage == Stage::waiting && !client.held.empty() && !client.connection.broken();
      if (!says_all) continue;
    }
    if (settings_.turn_with_first_octet && client.held.empty()) {
      if (now - client.came > settings_.silence) drop(client, "it was silent for " + seconds(settings_.silence));
      continue;
    }
    if (full.contains(client.listener)) continue;
    if (!service_.reachable(client.listener)) {
      if (now - client.came > settings_.unreachable) drop(client, "nobody serves it");
      continue;
    }
    const auto number = service_.connect(client.listener);
    if (!number) {
      full.insert(client.listener);
      continue;
    }
    client.number = *number;
    client.stage = Stage::served;
    client.came = now;
    told = true;
    serve(client, now);
  }
  return told;
}

void StreamServer::close_surplus() {
  std::size_t waiting = 0;
  for (auto& client : clients_) {
    if (client.stage == Stage::waiting && ++waiting > settings_.most_waiting) client.connection.set_broken();
  }
}

/// Says goodbye: what is queued still goes, and what comes is thrown away for a while.
void StreamServer::leave(Client& client) {
  service_.disconnect(client.number);
  client.stage = Stage::leaving;
  client.held.clear();
  client.connection.finish();
}

void StreamServer::drop(Client& client, const std::string& reason) {
  settings_.log(name_of(client) + " is dropped: " + reason);
  if (client.stage == Stage::served) service_.disconnect(client.number);
  client.stage = Stage::leaving;
  client.connection.set_broken();
}

bool StreamServer::gone(Client& client, Clock::time_point now) {
  auto& connection = client.connection;
  if (connection.broken()) return true;
  if (client.stage == Stage::waiting) return connection.ended() && client.held.empty();
  if (client.stage != Stage::leaving) return false;
  client.held.clear();
  if (connection.unsent() > 0) return now - connection.moved() > settings_.silence;
  if (connection.ended()) return true;
  if (!client.leave_by) client.leave_by = now + linger;
  return now > *client.leave_by;
}

std::string StreamServer::name_of(const Client& client) const {
  return "a client of " + Endpoint::of_socket(client.connection.fd()).text();
}

}  // namespace dmsc::tcp

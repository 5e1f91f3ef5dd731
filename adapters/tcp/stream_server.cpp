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
constexpr std::size_t drip = 32;             // octets; no flight of a TLS handshake and hardly a request is as short

using Owing = port::StreamService::Owing;

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
  const auto ready = poll(watched.data(), watched.size(), static_cast<int>(time));
  looked_ = true;
  slept_ = Clock::now() - now;
  if (ready <= 0) return;
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
    clients_.push_back({number, Connection(std::move(fd))});
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
  looked_ = false;
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
  if (client.heard && (!client.answered || *client.answered < *client.heard)) ++client.answers;
  client.answered = now;
  client.undecided = {};
  client.connection.send(output);
  return told;
}

bool StreamServer::serve(Client& client, Clock::time_point now) {
  const bool counted = looked_ && count(client, now);
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
  if (settings_.fairness) return put_aside(client, now, counted) || told;
  const bool silent = now - std::max(client.connection.moved(), client.came) > settings_.silence;
  if (!silent || (settings_.only_when_others_wait && !others_wait(client))) return told;
  drop(client, "it was silent for " + seconds(settings_.silence) +
                   (settings_.only_when_others_wait ? " while others wait" : ""));
  return true;
}

/// Tells whose the time was since this was last done; what the client said meanwhile was read and is held.
/// @return  whether the client owed some of it
bool StreamServer::count(Client& client, Clock::time_point now) {
  auto passed = now - std::exchange(client.counted, now);
  // What came while the service kept us from looking may have come at once.
  if (client.held.size() >= drip) passed = std::min(passed, slept_);
  if (client.owing == Owing::service || !others_wait(client)) return false;
  client.undecided += passed;
  // The service had its chance to say something, or the client shows by another word that it was not through.
  if (client.owing == Owing::either && client.held.empty()) return false;
  client.owed += std::exchange(client.undecided, {});
  return true;
}

/// Ends the turn of a client that has had its share while others wait. @return whether it did
bool StreamServer::put_aside(Client& client, Clock::time_point now, bool counted) {
  const auto owing = client.held.empty() ? service_.owing(client.number) : Owing::service;
  if (client.owing == Owing::service && owing != Owing::service) client.counted = now;
  client.owing = owing;
  if (!others_wait(client)) return false;
  const bool answered = client.answered && (!client.heard || *client.heard <= *client.answered);
  const auto& fair = *settings_.fairness;
  const auto leaves = [&](const std::string& reason) {
    settings_.log(name_of(client) + " is put aside: " + reason + " while others wait");
    leave(client);
    return true;
  };
  if (counted && client.owed > (answered ? fair.answered : fair.owed)) {
    return leaves(answered ? "it was idle for " + seconds(fair.answered) : "it owed octets for " + seconds(fair.owed));
  }
  const bool had_its_share = client.answers >= fair.answers && now - client.came > fair.owed;
  if (!had_its_share || !answered || owing == Owing::service) return false;
  return leaves("it was answered " + std::to_string(client.answers) + " times");
}

/// Whether a client that sends no more has got its answer, or waited for it long enough.
bool StreamServer::through(const Client& client, Clock::time_point now) const {
  if (!client.connection.ended() || !client.held.empty()) return false;
  if (!client.heard) return true;
  const bool unanswered = !client.answered || *client.answered < *client.heard;
  if (settings_.fairness && !unanswered && service_.owing(client.number) == Owing::client) return true;
  return unanswered ? now - *client.heard > settings_.silence : now - *client.answered > settings_.answer_pause;
}

bool StreamServer::waits(const Client& client) const {
  return client.stage == Stage::waiting && (!settings_.turn_with_first_octet || !client.held.empty());
}

bool StreamServer::anyone_waits() const {
  return std::any_of(clients_.begin(), clients_.end(), [&](const Client& client) { return waits(client); });
}

bool StreamServer::others_wait(const Client& client) const {
  return std::any_of(clients_.begin(), clients_.end(),
                     [&](const Client& other) { return waits(other) && other.listener == client.listener; });
}

/// How long one may be connected before its first octet: less where it keeps others out.
milliseconds StreamServer::patience_with_silence() const {
  const auto waiting = std::count_if(clients_.begin(), clients_.end(),
                                     [](const Client& client) { return client.stage == Stage::waiting; });
  const bool full = settings_.fairness && static_cast<std::size_t>(waiting) >= settings_.most_waiting;
  return full ? std::min(settings_.silence, settings_.fairness->owed) : settings_.silence;
}

bool StreamServer::give_turns(Clock::time_point now) {
  bool told = false;
  std::set<std::size_t> full;
  const auto silence = patience_with_silence();
  for (auto& client : clients_) {
    if (client.stage != Stage::waiting || client.connection.ended() || client.connection.broken()) {
      const bool says_all = client.stage == Stage::waiting && !client.held.empty() && !client.connection.broken();
      if (!says_all) continue;
    }
    if (settings_.turn_with_first_octet && client.held.empty()) {
      if (now - client.came > silence) drop(client, "it was silent for " + seconds(silence));
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
    client.counted = now;
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

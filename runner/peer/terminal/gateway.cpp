// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/gateway.hpp"

#include <algorithm>

namespace dmsc::peer {

/// The life of a channel. Source: ETSI TS 102 223, 6.4.27 and 8.56; cat.md 3.4, 4.6 and 4.8
bool Gateway::step(int channel, Edge edge) {
  struct Row {
    State from;
    Edge edge;
    State to;
    bool told;  ///< event channel status
  };
  static constexpr Row rows[] = {
      {State::closed, Edge::open_local, State::established, false},
      {State::closed, Edge::open_server, State::listen, false},
      {State::listen, Edge::connect, State::established, true},
      {State::established, Edge::leave, State::listen, true},
      {State::listen, Edge::drop, State::dropped, true},
      {State::established, Edge::drop, State::dropped, true},
      {State::listen, Edge::close, State::closed, false},
      {State::established, Edge::close, State::closed, false},
      {State::dropped, Edge::close, State::closed, false},
      {State::established, Edge::relisten, State::listen, false},  // the card asked for it and needs no event
      {State::listen, Edge::relisten, State::listen, false},
  };
  auto& slot = at(channel);
  const auto row = std::find_if(std::begin(rows), std::end(rows),
                                [&](const Row& one) { return one.from == slot.state && one.edge == edge; });
  if (row == std::end(rows)) return false;
  slot.state = row->to;
  if (row->told) notices_.push_back({channel, slot.state, 0});
  return true;
}

void Gateway::forget_data(Channel& channel) {
  channel.stored.clear();
  channel.pieces = 0;
  channel.received.clear();
  channel.backlog.clear();
  channel.leaving = false;
}

bool Gateway::full() const {
  const auto open = std::count_if(channels_.begin(), channels_.end(), [](const Channel& slot) { return slot.used; });
  return static_cast<std::size_t>(open) >= limit_ && limit_ < most_channels;
}

Gateway::Answer Gateway::open(const Request& request) {
  if (full()) return {.problem = "no_channel_available", .data = {}};
  int number = first_;
  for (int tried = 0; at(number).used; ++tried, number = number % most_channels + 1) {
    if (tried < most_channels) continue;
    if (!habits_.has(Habit::limits_channels)) return {.channel = most_channels, .data = {}};
    return {.problem = "no_channel_available", .data = {}};
  }
  const bool serves = request.mode == Mode::uicc_server;
  if (serves && take_port_ && !take_port_(request.port)) return {.problem = "port_not_available", .data = {}};
  auto& slot = at(number);
  const auto visits = slot.visits;
  slot = Channel{};
  slot.visits = visits;
  slot.used = true;
  slot.mode = request.mode;
  slot.protocol = request.protocol;
  slot.port = request.port;
  slot.buffer = static_cast<std::size_t>(std::clamp<std::int64_t>(request.buffer_size, 1, 65535));
  step(number, serves ? Edge::open_server : Edge::open_local);
  return {.channel = number, .data = {}};
}

/// A defect may lose what SEND DATA stores, of any channel or of one to a local port.
bool Gateway::stores(Channel& slot, ByteView data) const {
  constexpr std::size_t long_piece = 16;
  constexpr int many = 3;
  if (!habits_.has(Habit::stores_data)) return false;
  if (slot.mode == Mode::uicc_server) return true;
  const bool fits = ++slot.pieces <= many || habits_.has(Habit::stores_many_pieces);
  return fits && (data.size() > 1 || habits_.has(Habit::stores_single_octets)) &&
         (data.size() <= long_piece || habits_.has(Habit::stores_long_pieces));
}

Gateway::Answer Gateway::send(int channel, ByteView data, bool immediately) {
  if (!valid(channel)) return {.problem = "channel_id_not_valid", .data = {}};
  auto& slot = at(channel);
  if (!slot.used || slot.state != State::established) {
    if (!habits_.has(Habit::checks_channel)) return {.channel = channel, .data = {}, .length = slot.buffer};
    return {.problem = "channel_closed", .data = {}};
  }
  if (slot.stored.size() + data.size() > slot.buffer) return {.problem = "buffer_size_not_available", .data = {}};
  if (immediately || stores(slot, data)) {
    const auto at = habits_.has(Habit::keeps_order) ? slot.stored.end() : slot.stored.begin();
    slot.stored.insert(at, data.begin(), data.end());
  }
  if (immediately) {
    if (slot.mode == Mode::uicc_server) {
      append(slot.sent, slot.stored);
    } else {
      deliveries_.push_back({channel, slot.port, slot.stored, slot.protocol});
      if (deliveries_.size() > most_deliveries) deliveries_.pop_front();  // like a socket that nobody reads
    }
    slot.stored.clear();
    slot.pieces = 0;
  }
  return {.channel = channel, .data = {}, .length = slot.buffer - slot.stored.size()};
}

Gateway::Answer Gateway::receive(int channel, std::size_t wanted) {
  if (!valid(channel)) return {.problem = "channel_id_not_valid", .data = {}};
  auto& slot = at(channel);
  if (!slot.used || slot.state != State::established) return {.problem = "channel_closed", .data = {}};
  const auto count = std::min({wanted, receive_most, slot.received.size()});
  Answer answer{.channel = channel, .data = {}};
  answer.data.assign(slot.received.begin(), slot.received.begin() + static_cast<std::ptrdiff_t>(count));
  slot.received.erase(slot.received.begin(), slot.received.begin() + static_cast<std::ptrdiff_t>(count));
  answer.length = slot.received.size() + (habits_.has(Habit::counts_rest) ? 0 : count);
  answer.short_of_data = count < std::min(wanted, receive_most);
  if (slot.received.empty()) refill(channel);
  return answer;
}

Gateway::Answer Gateway::close(int channel, bool back_to_listen) {
  if (!valid(channel)) return {.problem = "channel_id_not_valid", .data = {}};
  auto& slot = at(channel);
  if (!slot.used) return {.problem = "channel_closed", .data = {}};
  if (!habits_.has(Habit::closes_channel)) return {.channel = channel, .data = {}};
  forget_data(slot);
  back_to_listen = back_to_listen && habits_.has(Habit::listens_again);
  if (back_to_listen && slot.mode == Mode::uicc_server && step(channel, Edge::relisten)) {
    return {.channel = channel, .data = {}};
  }
  step(channel, Edge::close);
  slot.used = false;
  return {.channel = channel, .data = {}};
}

std::optional<Gateway::Notice> Gateway::take_notice() {
  if (notices_.empty()) return {};
  const auto notice = notices_.front();
  notices_.pop_front();
  return notice;
}

std::optional<Gateway::Delivery> Gateway::take_delivery() {
  if (deliveries_.empty()) return {};
  auto delivery = std::move(deliveries_.front());
  deliveries_.pop_front();
  return delivery;
}

Gateway::State Gateway::state(int channel) const {
  return is_open(channel) ? at(channel).state : State::closed;
}

Gateway::Mode Gateway::mode(int channel) const {
  return valid(channel) ? at(channel).mode : Mode::terminal_server;
}

void Gateway::shrink_buffer(int channel, std::size_t octets) {
  if (is_open(channel)) at(channel).buffer = std::clamp<std::size_t>(octets, 1, at(channel).buffer);
}

std::optional<int> Gateway::connect(std::int64_t port) {
  for (int channel = 1; channel <= most_channels; ++channel) {
    auto& slot = at(channel);
    if (!slot.used || slot.mode != Mode::uicc_server || slot.port != port) continue;
    if (slot.state != State::listen) continue;
    slot.sent.clear();
    forget_data(slot);
    ++slot.visits;
    step(channel, Edge::connect);
    return channel;
  }
  return {};
}

bool Gateway::listens_on(std::int64_t port) const {
  return std::any_of(channels_.begin(), channels_.end(), [&](const Channel& slot) {
    return slot.used && slot.mode == Mode::uicc_server && slot.port == port;
  });
}

std::size_t Gateway::write(int channel, ByteView data) {
  if (!connected(channel) || at(channel).leaving) return 0;
  auto& slot = at(channel);
  const auto count = std::min(data.size(), backlog_most - std::min(backlog_most, slot.backlog.size()));
  append(slot.backlog, data.first(count));
  // The event says that an empty buffer has got data; what comes while the card reads is found by reading on.
  if (slot.received.empty()) refill(channel);
  return count;
}

void Gateway::refill(int channel) {
  auto& slot = at(channel);
  const auto count = std::min(slot.buffer - std::min(slot.buffer, slot.received.size()), slot.backlog.size());
  if (count == 0) return;
  slot.received.insert(slot.received.end(), slot.backlog.begin(),
                       slot.backlog.begin() + static_cast<std::ptrdiff_t>(count));
  slot.backlog.erase(slot.backlog.begin(), slot.backlog.begin() + static_cast<std::ptrdiff_t>(count));
  notices_.push_back({channel, slot.state, slot.received.size()});
}

Octets Gateway::take_sent(int channel) {
  return valid(channel) ? std::exchange(at(channel).sent, {}) : Octets{};
}

void Gateway::disconnect(int channel) {
  if (connected(channel) && mode(channel) == Mode::uicc_server) at(channel).leaving = true;
}

void Gateway::finish_leaving() {
  for (int channel = 1; channel <= most_channels; ++channel) {
    auto& slot = at(channel);
    if (!slot.used || !slot.leaving) continue;
    forget_data(slot);
    step(channel, Edge::leave);
  }
}

bool Gateway::drop(int channel) {
  if (!is_open(channel)) return false;
  forget_data(at(channel));
  return step(channel, Edge::drop);
}

std::optional<int> Gateway::first(Mode mode) const {
  for (int channel = 1; channel <= most_channels; ++channel) {
    if (at(channel).used && at(channel).mode == mode) return channel;
  }
  return {};
}

void Gateway::announce(int channel) {
  if (is_open(channel)) notices_.push_back({channel, at(channel).state, 0});
}

}  // namespace dmsc::peer

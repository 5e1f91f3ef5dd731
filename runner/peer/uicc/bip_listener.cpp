// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/bip_listener.hpp"

#include <algorithm>

#include "runner/peer/uicc/results.hpp"

namespace dmsc::peer {
namespace {

constexpr std::int64_t receive_most = 237;  // octets of channel data that fit in one response to RECEIVE DATA

Value qualifier(int value) {
  return Value::Map{{"qualifier", value}};
}

}  // namespace

void BipListener::reset() {
  channels_.clear();
  dead_ = false;
}

void BipListener::start() {
  dead_ = false;
  for (auto& channel : channels_) take_up(channel);
  const auto add = [&](std::int64_t count, std::int64_t port) {
    count -= std::count_if(channels_.begin(), channels_.end(), [&](const Channel& one) { return one.port == port; });
    for (; count > 0; --count) {
      auto& channel = channels_.emplace_back();
      channel.port = port;
      open(channel);
    }
  };
  add(self_.https_channels, https_port);
  add(self_.http_channels, http_port);
}

/// The web server has forgotten its clients, and no response comes any more.
void BipListener::take_up(Channel& channel) {
  channel.connection = 0;
  channel.receiving = false;
  channel.sending = false;
  forget_client(channel);
  if (channel.state == State::established) {
    listen_again(channel);
  } else if (channel.state != State::listen) {
    open(channel);
  }
}

void BipListener::open(Channel& channel) {
  channel.state = State::opening;
  toolkit_.queue("open_channel", "uicc_server",
                 Value::Map{{"buffer_size", self_.buffer_size},
                            {"transport_level", Value::Map{{"protocol", "tcp_server"}, {"port", channel.port}}}},
                 [this, &channel](const codec::Decoded& response) {
                   const auto* status = response.find("channel_status");
                   const bool done = performed(response) && status != nullptr;
                   channel.number = done ? status->int_or("channel", 0) : 0;
                   channel.buffer = TransmitBuffer(self_.buffer_size, response);
                   const bool told = done && status->text_or("state", "") == "listen";
                   const bool listens =
                       done && self_.follows(told ? Policy::takes_listen_response : Policy::takes_listen_event);
                   channel.state = channel.number != 0 && listens ? State::listen : State::closed;
                 });
}

BipListener::Channel* BipListener::find(const codec::Decoded& envelope) {
  const auto* status = envelope.find("channel_status");
  const auto number = status == nullptr ? 0 : status->int_or("channel", 0);
  const bool any = !self_.follows(Policy::checks_channel);
  const auto found = std::find_if(channels_.begin(), channels_.end(), [&](const Channel& channel) {
    return (any || channel.number == number) && channel.state != State::opening && channel.state != State::closed;
  });
  return (number == 0 && !any) || found == channels_.end() ? nullptr : &*found;
}

void BipListener::forget_client(Channel& channel) {
  if (channel.connection != 0) scws_.disconnect(std::exchange(channel.connection, 0));
  channel.wanted = false;
  channel.output.clear();
  channel.buffer.forget();
}

void BipListener::on_channel_status(const codec::Decoded& envelope) {
  auto* channel = find(envelope);
  if (channel == nullptr || dead_) return;
  const auto& status = *envelope.find("channel_status");
  const auto state = status.text_or("state", "");
  if (!self_.follows(Policy::forgets_lost_clients) && channel->connection != 0) return;
  forget_client(*channel);
  if (state == "established") {
    channel->state = State::established;
    const auto connection = scws_.connect(channel->port == https_port, "bip");
    if (connection) channel->connection = *connection;
    if (!connection) listen_again(*channel);
  } else if (state == "closed" && status.text_or("information", "") == "link_dropped") {
    // The channel is of no use any more: it is closed and asked for afresh. One that listens lost its client alone.
    toolkit_.queue("close_channel", "",
                   Value::Map{{"command_details", qualifier(0)}, {"device_identities", to_channel(channel->number)}});
    channel->number = 0;
    open(*channel);
  } else {
    channel->state = State::listen;
  }
}

void BipListener::on_data_available(const codec::Decoded& envelope) {
  auto* channel = find(envelope);
  if (channel == nullptr) return;
  if (channel->state != State::established && self_.follows(Policy::checks_channel)) return;
  if (channel->receiving) {
    channel->wanted = true;
  } else {
    receive(*channel);
  }
}

void BipListener::receive(Channel& channel) {
  channel.receiving = true;
  channel.wanted = false;
  toolkit_.queue("receive_data", "",
                 Value::Map{{"device_identities", to_channel(channel.number)}, {"channel_data_length", receive_most}},
                 [this, &channel](const codec::Decoded& response) {
                   channel.receiving = false;
                   const auto connection = channel.connection;  // data are the present client's, whoever it was
                   if (connection == 0) return;
                   if (!performed(response)) {
                     dead_ = !self_.follows(Policy::survives_receive_error);
                     listen_again(channel);
                     return;
                   }
                   const auto* data = response.find("channel_data");
                   const auto octets =
                       data != nullptr && data->is_string() ? parse_hex(data->as_string()) : Result<Octets>{};
                   const auto* left = response.find("channel_data_length");
                   if (octets && !octets->empty()) scws_.on_data(connection, *octets);
                   const bool more = channel.wanted || (left != nullptr && left->is_int() && left->as_int() > 0);
                   send(channel);
                   if (more && channel.connection == connection && self_.follows(Policy::reads_all_pieces))
                     receive(channel);
                 });
}

void BipListener::send(Channel& channel) {
  append(channel.output, scws_.take_output(channel.connection));
  if (!channel.sending) send_piece(channel);
}

/// Pieces are stored as long as the terminal's buffer holds them, then sent together; each waits for the response to
/// the one before, which tells the room.
void BipListener::send_piece(Channel& channel) {
  const auto connection = channel.connection;
  if (channel.output.empty()) {
    if (scws_.over(connection)) listen_again(channel);
    return;
  }
  const auto piece = channel.buffer.next(channel.output.size());
  if (!piece) {
    listen_again(channel);
    return;
  }
  const auto octets = to_hex(ByteView(channel.output).first(piece->size));
  channel.output.erase(channel.output.begin(), channel.output.begin() + static_cast<std::ptrdiff_t>(piece->size));
  channel.sending = true;
  toolkit_.queue("send_data", "",
                 Value::Map{{"command_details", qualifier(piece->immediately ? 1 : 0)},
                            {"device_identities", to_channel(channel.number)},
                            {"channel_data", octets}},
                 [this, &channel, connection, piece = *piece](const codec::Decoded& response) {
                   channel.sending = false;
                   if (channel.connection == 0) return;
                   const bool ours = channel.connection == connection;  // else the next client's turn has come
                   if (ours && !performed(response)) {
                     listen_again(channel);
                     return;
                   }
                   if (ours) channel.buffer.took(piece, response);
                   send_piece(channel);
                 });
}

void BipListener::let_go() {
  for (auto& channel : channels_) {
    if (channel.number == 0) continue;
    forget_client(channel);
    channel.state = State::closed;
    toolkit_.queue("close_channel", "",
                   Value::Map{{"device_identities", to_channel(std::exchange(channel.number, 0))}});
  }
}

bool BipListener::listens() const {
  return std::any_of(channels_.begin(), channels_.end(), [](const Channel& channel) {
    return channel.state == State::listen || channel.state == State::established;
  });
}

void BipListener::drop_clients() {
  for (auto& channel : channels_) {
    if (channel.state == State::established) listen_again(channel);
  }
}

/// Lets the client go and waits for the next one.
void BipListener::listen_again(Channel& channel) {
  forget_client(channel);
  channel.state = State::listen;
  const bool reopens = self_.follows(Policy::reopens_listener);
  toolkit_.queue(
      "close_channel", "",
      Value::Map{{"command_details", qualifier(reopens ? 1 : 0)}, {"device_identities", to_channel(channel.number)}});
}

}  // namespace dmsc::peer

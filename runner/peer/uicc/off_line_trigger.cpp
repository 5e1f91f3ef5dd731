// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/off_line_trigger.hpp"

#include <algorithm>
#include <memory>

#include "runner/peer/uicc/results.hpp"

namespace dmsc::peer {
namespace {

void end(const OffLineTrigger& self) {
  if (self.ended) self.ended();
}

void close(Toolkit& toolkit, const std::shared_ptr<const OffLineTrigger>& self, std::int64_t channel) {
  if (!self->close) return end(*self);
  toolkit.queue("close_channel", "", Value::Map{{"device_identities", to_channel(channel)}},
                [self](const codec::Decoded& /*response*/) { end(*self); });
}

/// One piece, and the next behind its response.
void send_piece(Toolkit& toolkit, const std::shared_ptr<const OffLineTrigger>& self, std::int64_t channel,
                TransmitBuffer buffer, std::size_t at) {
  const auto left = self->notification.size() - at;
  const auto piece = buffer.next(left, self->piece);
  const bool whole = self->protocol == "tcp_local" || buffer.holds(self->notification.size());  // as one datagram
  if (!piece || !whole) {
    close(toolkit, self, channel);
    return;
  }
  const auto next = at + piece->size;
  toolkit.queue("send_data", "",
                Value::Map{{"command_details", Value::Map{{"qualifier", piece->immediately ? 1 : 0}}},
                           {"device_identities", to_channel(channel)},
                           {"channel_data", to_hex(ByteView(self->notification).subspan(at, piece->size))}},
                [&toolkit, self, channel, buffer, piece = *piece, next](const codec::Decoded& response) {
                  if (performed(response) && next < self->notification.size()) {
                    auto rest = buffer;
                    rest.took(piece, response);
                    send_piece(toolkit, self, channel, rest, next);
                  } else {
                    close(toolkit, self, channel);
                  }
                });
}

}  // namespace

void OffLineTrigger::send(Toolkit& toolkit) const {
  const auto self = std::make_shared<const OffLineTrigger>(*this);
  toolkit.queue(
      "open_channel", "terminal_server",
      Value::Map{{"buffer_size", buffer_size}, {"transport_level", Value::Map{{"protocol", protocol}, {"port", port}}}},
      [&toolkit, self](const codec::Decoded& response) {
        const auto* status = response.find("channel_status");
        const auto channel = status == nullptr ? 0 : status->int_or("channel", 0);
        if (!performed(response) || channel == 0) return end(*self);
        send_piece(toolkit, self, channel, TransmitBuffer(self->buffer_size, response), 0);
      });
}

}  // namespace dmsc::peer

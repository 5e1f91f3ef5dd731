// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/off_line_trigger.hpp"

#include <algorithm>
#include <memory>

#include "runner/peer/uicc/results.hpp"

namespace dmsc::peer {
namespace {

constexpr std::size_t piece_most = 220;  // octets of channel data that fit in one SEND DATA

void close(Toolkit& toolkit, std::int64_t channel) {
  toolkit.queue("close_channel", "", Value::Map{{"device_identities", to_channel(channel)}});
}

/// One piece, and the next behind its response.
void send_piece(Toolkit& toolkit, const std::shared_ptr<const OffLineTrigger>& self, std::int64_t channel,
                std::size_t at) {
  const auto most = std::clamp<std::size_t>(self->piece, 1, piece_most);
  const auto piece = ByteView(self->notification).subspan(at, std::min(most, self->notification.size() - at));
  const auto next = at + piece.size();
  const bool last = next >= self->notification.size();
  toolkit.queue("send_data", "",
                Value::Map{{"command_details", Value::Map{{"qualifier", last ? 1 : 0}}},
                           {"device_identities", to_channel(channel)},
                           {"channel_data", to_hex(piece)}},
                [&toolkit, self, channel, next, last](const codec::Decoded& response) {
                  if (performed(response) && !last) {
                    send_piece(toolkit, self, channel, next);
                  } else if (self->close) {
                    close(toolkit, channel);
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
        if (performed(response) && channel != 0) send_piece(toolkit, self, channel, 0);
      });
}

}  // namespace dmsc::peer

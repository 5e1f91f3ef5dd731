// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/notification_inbox.hpp"

#include <algorithm>

#include "runner/codec/dm/package0.hpp"

namespace dmsc::peer {

void NotificationInbox::take(Gateway::Delivery delivery) {
  if (delivery.protocol != "tcp_local") {
    whole_.push_back(std::move(delivery.data));
    return;
  }
  auto& stream = streams_[delivery.channel];
  const auto room = longest - std::min(longest, stream.size());
  append(stream, ByteView(delivery.data).first(std::min(room, delivery.data.size())));
  if (!codec::read_package0(stream)) return;
  whole_.push_back(std::move(stream));
  streams_.erase(delivery.channel);
}

void NotificationInbox::look(const Gateway& gateway) {
  for (auto stream = streams_.begin(); stream != streams_.end();) {
    if (gateway.state(stream->first) == Gateway::State::established) {
      ++stream;
      continue;
    }
    whole_.push_back(std::move(stream->second));
    stream = streams_.erase(stream);
  }
}

void NotificationInbox::clear() {
  streams_.clear();
  whole_.clear();
}

}  // namespace dmsc::peer

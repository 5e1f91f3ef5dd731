// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/gateway_stream.hpp"

namespace dmsc::peer {

Result<std::unique_ptr<port::Stream>> GatewayStream::open(Gateway& gateway, std::uint16_t port) {
  const auto place = "port " + std::to_string(port);
  if (!gateway.listens_on(port)) return fail(Errc::unavailable, "the card listens on no channel with it", {}, place);
  const auto channel = gateway.connect(port);
  if (!channel) return fail(Errc::busy, "every channel is taken", {}, place);
  return std::unique_ptr<port::Stream>(new GatewayStream(gateway, *channel));
}

GatewayStream::~GatewayStream() {
  if (ours()) gateway_.disconnect(channel_);
}

void GatewayStream::flush() {
  if (waiting_.empty() || !ours()) return;
  const auto taken = gateway_.write(channel_, waiting_);
  waiting_.erase(waiting_.begin(), waiting_.begin() + static_cast<std::ptrdiff_t>(taken));
}

Result<void> GatewayStream::send(ByteView octets, std::chrono::milliseconds /*deadline*/) {
  append(waiting_, octets);
  flush();
  return {};
}

Result<Octets> GatewayStream::receive(std::chrono::milliseconds /*deadline*/) {
  flush();
  auto octets = ours() ? gateway_.take_sent(channel_) : Octets{};
  if (octets.empty() && !(ours() && gateway_.connected(channel_))) {
    return fail(Errc::unavailable, "the card closed the connection");
  }
  return octets;
}

}  // namespace dmsc::peer

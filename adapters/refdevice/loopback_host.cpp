// SPDX-License-Identifier: Apache-2.0
#include "adapters/refdevice/loopback_host.hpp"

namespace dmsc::refdevice {
namespace {

tcp::ServerSettings server_settings(const LoopbackHost::Settings& settings) {
  tcp::ServerSettings out;
  out.only_when_others_wait = true;
  out.log = settings.log;
  return out;
}

}  // namespace

LoopbackHost::LoopbackHost(peer::Gateway& gateway, Settings settings)
    : gateway_(gateway), settings_(std::move(settings)), server_(*this, server_settings(settings_)) {}

bool LoopbackHost::listen(std::uint16_t port, const char* address) {
  const auto here = tcp::Endpoint::parse(address, port);
  const auto bound = here ? server_.listen(*here) : here;
  if (!bound) {
    settings_.log("port " + std::to_string(port) + " of " + address + ": " + bound.error().text());
    return false;
  }
  listeners_.push_back(port);
  return true;
}

void LoopbackHost::look() {
  for (int channel = 1; channel <= peer::Gateway::most_channels; ++channel) {
    const auto port = static_cast<std::uint16_t>(gateway_.server_port(channel));
    if (port == 0 || tried_.contains(port) || tried_.size() >= most_ports) continue;
    tried_.insert(port);
    bool open = settings_.ipv4 && listen(port, settings_.every_address ? "0.0.0.0" : "127.0.0.1");
    open = (settings_.ipv6 && listen(port, settings_.every_address ? "::" : "::1")) || open;
    if (open) ports_.insert(port);
  }
}

int LoopbackHost::channel_of(int client) const {
  const auto found = clients_.find(client);
  if (found == clients_.end()) return 0;
  return gateway_.visits(found->second.channel) == found->second.visit ? found->second.channel : 0;
}

std::optional<int> LoopbackHost::connect(std::size_t listener) {
  const auto channel = gateway_.connect(listeners_.at(listener));
  if (!channel) return {};
  clients_[++last_client_] = {*channel, gateway_.visits(*channel)};
  return last_client_;
}

std::size_t LoopbackHost::write(int client, ByteView octets) {
  const int channel = channel_of(client);
  return channel == 0 ? 0 : gateway_.write(channel, octets);
}

Octets LoopbackHost::take_output(int client) {
  return gateway_.take_sent(channel_of(client));
}

bool LoopbackHost::over(int client) const {
  const int channel = channel_of(client);
  return channel == 0 || !gateway_.connected(channel);
}

void LoopbackHost::disconnect(int client) {
  if (const int channel = channel_of(client); channel != 0) gateway_.disconnect(channel);
  clients_.erase(client);
}

bool LoopbackHost::reachable(std::size_t listener) const {
  return gateway_.listens_on(listeners_.at(listener));
}

}  // namespace dmsc::refdevice

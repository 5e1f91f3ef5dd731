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
    : gateway_(gateway), settings_(std::move(settings)), server_(*this, server_settings(settings_)) {
  gateway_.take_ports_by([this](std::int64_t port) {
    const auto taken = take(port);
    if (!taken) settings_.log(taken.error().text());
    return taken.has_value();
  });
}

LoopbackHost::~LoopbackHost() {
  gateway_.take_ports_by({});
}

std::vector<const char*> LoopbackHost::addresses() const {
  std::vector<const char*> out;
  if (settings_.ipv4) out.push_back(settings_.every_address ? "0.0.0.0" : "127.0.0.1");
  if (settings_.ipv6) out.push_back(settings_.every_address ? "::" : "::1");
  return out;
}

Result<void> LoopbackHost::take(std::int64_t wanted) {
  if (wanted < 1 || wanted > 0xFFFF) return fail(Errc::range, std::to_string(wanted) + " is no port");
  const auto port = static_cast<std::uint16_t>(wanted);
  if (ports_.contains(port)) return {};
  const auto place = "port " + std::to_string(port);
  if (ports_.size() >= most_ports) return fail(Errc::exhausted, "too many ports are open", {}, place);
  std::vector<tcp::Endpoint> here;
  {
    std::vector<tcp::Fd> held;  // all families at once, and let go before the server takes them
    for (const auto* address : addresses()) {
      auto endpoint = tcp::Endpoint::parse(address, port);
      if (!endpoint) return tl::make_unexpected(endpoint.error());
      auto trial = tcp::listen_on(*endpoint);
      if (!trial && trial.error().code == Errc::busy) {
        return fail(Errc::busy, "another program has it", {}, place + " of " + address);
      }
      if (!trial) continue;  // a machine need not have both families
      held.push_back(std::move(*trial));
      here.push_back(*endpoint);
    }
  }
  if (here.empty()) return fail(Errc::configuration, "no loopback address has it", {}, place);
  for (const auto& endpoint : here) {
    const auto bound = server_.listen(endpoint);
    if (!bound) return tl::make_unexpected(bound.error());
    listeners_.push_back(port);
  }
  ports_.insert(port);
  return {};
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

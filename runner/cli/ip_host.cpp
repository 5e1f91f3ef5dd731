// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/ip_host.hpp"

#include <iostream>
#include <map>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/tcp/stream_server.hpp"

namespace dmsc::cli {
namespace {

/// A card comes and goes case by case. Its clients find whichever is there; those of the card before are over.
class ComingAndGoing final : public port::StreamService {
 public:
  void expose(port::StreamService* service) {
    if (service != service_) clients_.clear();
    service_ = service;
  }
  /// @param number  as port::DeviceLink::expose counts them
  void add_listener(std::size_t number) { numbers_.push_back(number); }

  std::optional<int> connect(std::size_t listener) override {
    const auto number = service_ == nullptr ? std::nullopt : service_->connect(numbers_.at(listener));
    if (!number) return {};
    clients_.emplace(++last_, *number);
    return last_;
  }
  std::size_t write(int client, ByteView octets) override {
    const auto number = number_of(client);
    return number ? service_->write(*number, octets) : octets.size();
  }
  Octets take_output(int client) override {
    const auto number = number_of(client);
    return number ? service_->take_output(*number) : Octets{};
  }
  bool over(int client) const override {
    const auto number = number_of(client);
    return !number || service_->over(*number);
  }
  void disconnect(int client) override {
    if (const auto number = number_of(client)) service_->disconnect(*number);
    clients_.erase(client);
  }
  bool reachable(std::size_t listener) const override {
    return service_ != nullptr && service_->reachable(numbers_.at(listener));
  }

 private:
  /// A client's number at the card that is there; nothing when its card has gone.
  std::optional<int> number_of(int client) const {
    const auto found = clients_.find(client);
    return found == clients_.end() ? std::nullopt : std::optional(found->second);
  }

  port::StreamService* service_ = nullptr;
  std::map<int, int> clients_;  ///< our number to the card's
  int last_ = 0;
  std::vector<std::size_t> numbers_;  ///< of the listener by number of the socket
};

tcp::ServerSettings server_settings() {
  tcp::ServerSettings settings;
  settings.turn_with_first_octet = true;
  return settings;
}

class IpServer final : public process::IpHost {
 public:
  void expose(port::StreamService* service) override { card_.expose(service); }
  void wait(std::chrono::milliseconds patience, int wake_fd) override { server_.wait(patience, wake_fd); }
  bool exchange() override { return server_.exchange(); }

  Result<void> listen(const tcp::Endpoint& here, bool secure) {
    const auto at = server_.listen(here);
    if (!at) return tl::make_unexpected(at.error());
    card_.add_listener((here.ipv6() ? 4 : 2) + (secure ? 0 : 1));
    std::cerr << "localuicc: " << at->text() << (secure ? "" : " without TLS") << "\n";
    return {};
  }

 private:
  ComingAndGoing card_;
  tcp::StreamServer server_{card_, server_settings()};
};

}  // namespace

Result<std::unique_ptr<process::IpHost>> open_ip_host(const std::vector<std::string>& addresses) {
  if (addresses.empty()) return nullptr;
  auto host = std::make_unique<IpServer>();
  for (const auto& text : addresses) {
    const auto place = tcp::Endpoint::parse(text, refcard::https_port);
    if (!place) return tl::make_unexpected(place.error());
    auto listening = host->listen(*place, true);
    if (listening && !place->names_port()) listening = host->listen(place->with_port(refcard::http_port), false);
    if (!listening) return tl::make_unexpected(listening.error());
  }
  return host;
}

}  // namespace dmsc::cli

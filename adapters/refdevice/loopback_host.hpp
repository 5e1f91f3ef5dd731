// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <vector>

#include "adapters/tcp/stream_server.hpp"
#include "runner/peer/terminal/gateway.hpp"

namespace dmsc::refdevice {

/// The ports that the card listens on, as real sockets of this machine: 127.0.0.1 and ::1, so that any program can be a
/// local program of the handset. A port is had in every family that it is wanted in, or not at all: where another
/// program of the machine has it, the gateway refuses the channel.
class LoopbackHost final : private port::StreamService {
 public:
  static constexpr std::size_t most_ports = 8;

  struct Settings {
    bool ipv4 = true;
    bool ipv6 = true;
    bool every_address = false;  ///< a defect: the network reaches the card, too
    std::function<void(const std::string&)> log = [](const std::string& /*line*/) {};
  };

  /// The gateway must outlive this object.
  LoopbackHost(peer::Gateway& gateway, Settings settings);

  ~LoopbackHost() override;
  LoopbackHost(const LoopbackHost&) = delete;
  LoopbackHost& operator=(const LoopbackHost&) = delete;

  /// Takes a port; the gateway asks for each that the card wants. It stays open once it was, and lets its clients go
  /// when the card does not listen any more.
  /// @return  Errc::busy where another program has it; Errc::configuration, exhausted or range
  Result<void> take(std::int64_t port);
  bool listens_on(std::uint16_t port) const { return ports_.contains(port); }

  void wait(tcp::milliseconds patience, int wake_fd) { server_.wait(patience, wake_fd); }
  bool exchange() { return server_.exchange(); }

 private:
  struct Client {
    int channel = 0;
    std::uint64_t visit = 0;
  };
  std::optional<int> connect(std::size_t listener) override;
  std::size_t write(int client, ByteView octets) override;
  Octets take_output(int client) override;
  bool over(int client) const override;
  void disconnect(int client) override;
  bool reachable(std::size_t listener) const override;
  /// The channel of a client; 0 when it carries another by now.
  int channel_of(int client) const;
  std::vector<const char*> addresses() const;

  peer::Gateway& gateway_;
  Settings settings_;
  std::set<std::uint16_t> ports_;
  std::vector<std::uint16_t> listeners_;  ///< port by number of the listener
  std::map<int, Client> clients_;
  int last_client_ = 0;
  tcp::StreamServer server_;
};

}  // namespace dmsc::refdevice

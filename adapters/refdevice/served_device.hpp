// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>

#include "adapters/process/adapter_end.hpp"
#include "adapters/refdevice/blueprint.hpp"
#include "adapters/refdevice/loopback_host.hpp"
#include "runner/peer/terminal/handset.hpp"
#include "runner/port/card_link.hpp"

namespace dmsc::refdevice {

/// The reference device as a process of its own, behind the adapter protocol: the card in its slot is the runner's.
///
/// On real time its ports are sockets of this machine and its programs use sockets. On virtual time nothing happens
/// but in a request, and loopback stays inside; only localuicc is a real connection. One thread.
/// Source: adapters/PROTOCOL.md
class ServedDevice final : private process::Handler {
 public:
  struct Settings {
    bool virtual_time = false;
    std::string version;  ///< of the suite
    /// A card of the device's own in place of the runner's, opened at each power-on; empty: the runner's.
    std::function<Result<std::unique_ptr<port::CardLink>>()> open_card;
    std::string id;  ///< that the runner is told; empty: none
    /// Told after each request and each move of time how the DM Client's accounts stand; empty: nobody asks.
    std::function<void(const peer::DmAgent&)> remember;
    std::function<void()>
        meanwhile;          ///< called many times a second while a runner is served; empty: nothing else is due
    std::string localuicc;  ///< ADDRESS or ADDRESS:PORT (of https); empty: the system is asked for the name
    std::function<void(const std::string&)> log = [](const std::string& /*line*/) {};
  };

  /// @param stop  ends `run` when it is not 0; must outlive this object, as must the channel
  ServedDevice(process::LineChannel& channel, Blueprint blueprint, Settings settings, const std::atomic<int>& stop);

  /// Serves the runner until it says shutdown or is gone, or until the flag is set. @return Errc::interrupted
  Result<void> run();

 private:
  Result<Value> handle(const std::string& method, const Value& params) override;
  void look_around() const {
    if (settings_.meanwhile) settings_.meanwhile();
  }
  Result<Value> answer(const std::string& method, const Value& params);
  Value identity() const;
  Result<Value> probe(std::uint16_t port);
  Result<Value> perform_verb(const std::string& verb, const Value& params);
  Result<Value> wait_for_outcome(std::chrono::milliseconds timeout);
  Result<Value> pass_virtual_time(std::chrono::milliseconds most);
  Result<bool> pump();
  Result<bool> advance(std::chrono::microseconds most);
  Result<void> tick();
  void perform(const peer::SlotAct& act);
  void perform_on_own_card(const peer::SlotAct& act);
  void settle_sockets();
  Result<std::unique_ptr<port::Stream>> dial_card(std::uint16_t port);
  Result<std::unique_ptr<port::Stream>> dial_loopback(const std::string& host, std::uint16_t port);
  Result<std::unique_ptr<port::Stream>> dial(const std::string& address, std::uint16_t port);

  bool bip_;
  std::optional<Error> trouble_;  ///< a port that the device cannot be without, and another program has
  Settings settings_;
  const std::atomic<int>& stop_;
  process::AdapterEnd end_;
  std::string transport_;
  std::string model_;
  peer::Handset handset_;
  std::unique_ptr<port::CardLink> card_;  ///< of our own, while it has power
  std::unique_ptr<LoopbackHost> host_;    ///< on real time
  process::Clock::time_point last_ = process::Clock::now();
  std::shared_ptr<int> sockets_ = std::make_shared<int>(0);  ///< connections of our programs over real sockets
  std::size_t exchanges_ = 0;
  bool runner_gone_ = false;
};

}  // namespace dmsc::refdevice

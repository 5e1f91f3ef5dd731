// SPDX-License-Identifier: Apache-2.0
#include <deque>
#include <iostream>
#include <random>

#include "adapters/process/runner_port.hpp"
#include "adapters/refdevice/served_device.hpp"
#include "adapters/tcp/socket.hpp"
#include "runner/cli/account_option.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/stop_signal.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/peer/session/account_keeper.hpp"

namespace dmsc::cli {
namespace {

/// The nonces of a device's accounts in a file, as those of a phone that is switched off.
class Memory {
 public:
  /// @return the errors of AccountStore::open
  Result<void> open(const std::string& file, const std::string& id, const std::vector<peer::DmAccount>& accounts) {
    store_ = open_account_store(file);
    for (const auto& account : accounts) {
      auto& copy = copies_.emplace_back(account.credentials);
      auto& keeper = keepers_.emplace_back(*store_, port::AccountName{"device:" + id, copy.server_id}, copy);
      const auto known = keeper.open();
      if (!known) return tl::make_unexpected(known.error());
    }
    return {};
  }

  /// The device with its accounts as they were left.
  refdevice::Blueprint restored(refdevice::Blueprint device) const {
    for (auto& account : device.self.accounts) {
      for (const auto& copy : copies_) {
        if (copy.server_id == account.credentials.server_id) account.credentials = copy;
      }
    }
    return device;
  }

  void remember(const peer::DmAgent& agent) {
    for (std::size_t at = 0; at < copies_.size(); ++at) {
      if (const auto* account = agent.find_account(copies_[at].server_id)) copies_[at] = account->credentials;
      keepers_[at].keep();
    }
  }

 private:
  std::unique_ptr<port::AccountStore> store_;
  std::deque<peer::Account> copies_;
  std::deque<peer::AccountKeeper> keepers_;
};

/// A device that nobody has seen before.
std::string fresh_id() {
  std::random_device chance;
  return "dmsc-" + hex_number(chance(), 8);
}

/// Where runners are waited for; beyond this machine only if that was asked for.
Result<tcp::Endpoint> runner_endpoint(const RefDeviceOptions& options) {
  auto place = tcp::Endpoint::parse(options.listen, 0);
  if (!place || place->loopback() || options.allow_remote) return place;
  return fail(Errc::usage, "\"" + options.listen +
                               "\" is no loopback address: with --allow-remote whoever reaches it operates the device");
}

Exit ended(const Result<void>& served) {
  if (!served) return exit_for(served.error());
  return {model::exit_code::proven, "the runner is done"};
}

/// One runner after the other, each with a device as it comes out of its box, or as its memory has it.
Exit serve_port(const tcp::Endpoint& place, const refdevice::Blueprint& blueprint, const Memory& memory,
                refdevice::ServedDevice::Settings settings) {
  auto listener = tcp::listen_on(place);
  if (!listener) return exit_for(listener.error());
  std::cerr << "reference device: waits at " << tcp::Endpoint::of_socket(listener->get()).text() << "\n";
  process::RunnerPort port(std::move(*listener));
  settings.meanwhile = [&port] { port.turn_away(); };
  for (;;) {
    auto channel = port.next(stop_signal());
    if (!channel) return exit_for(channel.error());
    const auto served = refdevice::ServedDevice(*channel, memory.restored(blueprint), settings, stop_signal()).run();
    if (!served) return exit_for(served.error());
  }
}

}  // namespace

Exit serve_reference_device(const RefDeviceOptions& options) {
  const auto place = options.listen.empty() ? Result<tcp::Endpoint>(tcp::Endpoint()) : runner_endpoint(options);
  if (!place) return exit_for(place.error());
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const auto personality =
      options.personality.empty() ? std::string(refdevice::default_personality) : options.personality;
  auto blueprint =
      refdevice::load_handset(installation->device_catalogue(), personality, options.defect, options.variant);
  if (!blueprint) return exit_for(blueprint.error());
  refdevice::ServedDevice::Settings settings;
  settings.virtual_time = options.clock == "virtual";
  settings.version = DMSC_VERSION;
  settings.localuicc = options.localuicc;
  settings.log = [](const std::string& line) { std::cerr << "reference device: " << line << "\n"; };
  settings.id = !options.id.empty() ? options.id : options.state.empty() ? fresh_id() : "dmsc-reference-device";
  Memory memory;
  if (!options.state.empty()) {
    const auto opened = memory.open(options.state, settings.id, blueprint->self.accounts);
    if (!opened) return exit_for(opened.error());
    settings.remember = [&memory](const peer::DmAgent& agent) { memory.remember(agent); };
  }
  if (!options.card.empty()) {
    const auto uri = parse_card_uri(options.card);
    if (!uri) return exit_for(uri.error());
    settings.open_card = [uri = *uri, &installation]() -> Result<std::unique_ptr<port::CardLink>> {
      auto card = open_card(uri, *installation);
      if (!card) return tl::make_unexpected(card.error());
      return std::move(card->link);
    };
  }
  catch_signals();
  if (!options.listen.empty()) return serve_port(*place, *blueprint, memory, settings);
  auto channel = process::LineChannel::standard_streams();
  return ended(refdevice::ServedDevice(channel, memory.restored(*blueprint), settings, stop_signal()).run());
}

}  // namespace dmsc::cli

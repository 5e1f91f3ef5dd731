// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/refdevice/in_process_device.hpp"
#include "runner/base/catch.hpp"
#include "runner/codec/card/apdu.hpp"

namespace dmsc::refdevice::testing {

using namespace std::chrono_literals;

inline const std::filesystem::path root = DMSC_SOURCE_DIR;
inline const Catalogue devices{root / "adapters/refdevice/personalities", root / "adapters/defects",
                               root / "fixtures/certs"};
inline const refcard::Catalogue cards{root / "adapters/refcard/personalities", root / "adapters/defects",
                                      root / "fixtures/certs"};

/// The reference card as a script plays it: it wakes up for nothing and asks for nothing, and writes down what comes.
class Card final : public port::SoftCard, public port::StreamService {
 public:
  struct Exchange {
    std::chrono::microseconds at;
    Octets command;
    Octets response;
  };

  /// @param change  of its personality, last of all
  explicit Card(const std::function<void(peer::Personality&)>& change = {}) {
    auto self = refcard::load_personality(cards, "full");
    REQUIRE(self);
    self->wake_ups.clear();
    self->provisioning = {{"./Provisioning/Name", "reference"}};
    if (change) change(*self);
    uicc = std::make_unique<peer::Uicc>(
        std::move(*self), [this](peer::Outgoing& message) { on_message(message); },
        [this](peer::Fact fact) { facts.push_back(std::move(fact)); });
  }

  Octets power_on() override { return uicc->power_on(); }
  void power_off() override { uicc->power_off(); }
  Octets reset() override { return uicc->reset(); }
  Octets atr() const override { return uicc->atr(); }
  std::optional<Octets> command(ByteView capdu) override {
    auto response = uicc->command(capdu);
    exchanges.push_back({clock ? clock() : 0us, to_octets(capdu), response.value_or(Octets{})});
    return response;
  }

  std::optional<int> connect(std::size_t listener) override { return uicc->scws().connect(listener == 0); }
  std::size_t write(int client, ByteView octets) override {
    uicc->scws().on_data(client, octets);
    return octets.size();
  }
  Octets take_output(int client) override { return uicc->scws().take_output(client); }
  bool over(int client) const override { return uicc->scws().over(client); }
  void disconnect(int client) override { uicc->scws().disconnect(client); }

  std::unique_ptr<peer::Uicc> uicc;
  std::vector<Exchange> exchanges;
  std::vector<peer::Fact> facts;
  std::string call_answer;     ///< response data of call control in hexadecimal; empty: the card's own
  std::string message_answer;  ///< likewise of MO short message control
  int busy_for = 0;            ///< expirations that are answered 9300
  std::function<std::chrono::microseconds()> clock;

 private:
  void on_message(peer::Outgoing& message) {
    if (message.key == "response.envelope.call_control" && !call_answer.empty()) message.members["data"] = call_answer;
    const bool of_message = message.key == "response.envelope.mo_short_message_control";
    if (of_message && !message_answer.empty()) message.members["data"] = message_answer;
    if (message.key == "response.envelope.timer_expiration" && busy_for > 0) {
      --busy_for;
      message.members["sw"] = "9300";
    }
    if (message.key == "response.envelope.sms_pp_download") message.members["data"] = "CAFE01";
  }
};

/// How a notification is to be.
struct Trigger {
  std::string server_id = "com.example.dmsc";
  int session = 0;  ///< 0: a fresh one
  std::string digest = "right";
  int version = 11;
  int future_use = 0;
  std::string vendor{};
  std::size_t length = 0;  ///< of what is sent; 0: all
  std::string protocol = "udp_local";
  std::size_t piece = 220;
  std::int64_t port = 32769;
  std::uint8_t ui_mode = 1;
};

/// A device with that card in its slot.
struct Pair {
  std::unique_ptr<Card> card;
  std::unique_ptr<InProcessDevice> device;

  explicit Pair(const std::string& personality = default_personality, const std::string& defect = {},
                const std::function<void(peer::Personality&)>& change = {});

  Value call(const std::string& verb, const Value& parameters = Value::Map{});
  Error refusal(const std::string& verb, const Value& parameters = Value::Map{});
  /// Switches on and waits until the device is ready.
  void start();
  /// Lets so much of the device's time pass.
  void pass(std::chrono::microseconds time);
  /// Lets what was begun come to its end.
  void settle() { pass(2s); }

  /// Queues a proactive command and lets the device get it.
  void ask(const std::string& key, const Value& members, const std::string& variant = {});

  /// The octets of a notification.
  Octets notification(const Trigger& wanted = {});
  /// Queues a notification; it leaves with the next poll.
  void trigger(const Trigger& trigger = {});
  /// The same, and time for a session.
  void notify(const Trigger& wanted = {}) {
    trigger(wanted);
    pass(70s);
  }
  /// Sets the account at both ends.
  void account(const std::string& app_addr, const std::string& server_id = "com.example.dmsc");

  /// Commands with this header so far, in hexadecimal.
  std::vector<std::string> commands(const std::string& header) const;
  const std::vector<peer::DmAgent::Record>& sessions() const { return device->handset().agent().sessions(); }
  /// Messages of the client that the card's server got.
  std::vector<Value> messages() const;
  std::uint16_t last_session = 0;
};

}  // namespace dmsc::refdevice::testing

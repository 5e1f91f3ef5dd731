// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <memory>

#include "runner/engine/trace.hpp"
#include "runner/engine/wait_limits.hpp"
#include "runner/model/declaration.hpp"
#include "runner/peer/uicc/off_line_trigger.hpp"
#include "runner/peer/uicc/uicc.hpp"
#include "runner/port/device_link.hpp"

namespace dmsc::engine {

/// The card we play and a device that talks to it: the device's commands come over the link, every exchange enters the
/// trace, and so does what the card's web server and DM server learn.
class DeviceSession final : private port::SoftCard, private port::StreamService {
 public:
  /// All must outlive the session.
  DeviceSession(port::DeviceLink& link, const model::Pixit& pixit, peer::Account& account)
      : link_(link), pixit_(pixit), account_(account), trace_(account, NotificationWatch::Sender::us) {}
  ~DeviceSession() override;
  DeviceSession(const DeviceSession&) = delete;
  DeviceSession& operator=(const DeviceSession&) = delete;

  /// A fresh card; the slot stays empty until `insert`.
  void renew();
  void insert();
  bool inserted() const { return inserted_; }

  /// Lets the device act, `most` of its time at most.
  Result<bool> wait(model::Moment most);
  Result<Value> call(const std::string& verb, const Value& parameters);

  /// How the card answers a message instead of by default.
  struct AnswerRule {
    std::string key;  ///< response.INS or response.envelope.KEY
    std::string status;
    std::optional<std::string> data;  ///< in hexadecimal
    std::int64_t times = 0;           ///< 0: until the case ends
  };
  /// A notification that goes out with the first message of the next session.
  void send_in_session(peer::OffLineTrigger trigger) { armed_ = std::move(trigger); }

  void answer(AnswerRule rule) { rules_.push_back(std::move(rule)); }

  void add(peer::Fact fact);
  model::Moment now() const { return link_.now() - start_; }
  std::chrono::milliseconds wait_limit(std::string_view item) const { return engine::wait_limit(pixit_, item); }

  port::DeviceLink& link() { return link_; }
  const port::DeviceLink& link() const { return link_; }
  peer::Uicc& card() { return *card_; }
  /// What the card knows of the DM account; the run's own follows it.
  peer::Account& account() { return card_->account(); }
  /// TERMINAL PROFILE of the device; empty before it sent one.
  ByteView profile() const { return profile_; }
  Trace& trace() { return trace_; }
  /// Events that are more than the device's polling.
  std::size_t doings() const { return doings_; }

 private:
  // The slot.
  Octets power_on() override;
  void power_off() override;
  Octets reset() override;
  Octets atr() const override { return card_->atr(); }
  std::optional<Octets> command(ByteView capdu) override;
  // The card's web server on TCP/IP.
  std::optional<int> connect(std::size_t listener) override;
  std::size_t write(int client, ByteView octets) override;
  Octets take_output(int client) override;
  bool over(int client) const override;
  void disconnect(int client) override;
  bool reachable(std::size_t listener) const override;

  void record(ByteView command, Octets response);
  void apply_rules(peer::Outgoing& message);

  port::DeviceLink& link_;
  const model::Pixit& pixit_;
  peer::Account& account_;
  Trace trace_;
  std::unique_ptr<peer::Uicc> card_;
  std::vector<AnswerRule> rules_;
  std::optional<peer::OffLineTrigger> armed_;
  Octets profile_;
  model::Moment start_{};
  bool inserted_ = false;
  bool powered_ = false;
  std::size_t doings_ = 0;
};

/// The card of a device's test, as the PIXIT sets it up: account, certificate, subscriber.
peer::Personality card_of(const model::Pixit& pixit);

}  // namespace dmsc::engine

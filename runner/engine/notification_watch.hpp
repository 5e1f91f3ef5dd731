// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>

#include "runner/model/event.hpp"
#include "runner/peer/session/account.hpp"

namespace dmsc::engine {

/// `dm.notification` for octets that reached, or should reach, the DM Client: the fields of Package#0, `malformed`
/// where they are none, session_text and how the digest came out.
model::Event notification_event(const peer::Account& account, Octets octets);

/// Puts together what the card sends to a local port, over one or several SEND DATA commands, and reads it as a DM
/// Notification. It knows events and the account alone, so it works on any trace.
class NotificationWatch {
 public:
  /// Who plays the card. What we send counts when the device has fetched it, because its session may begin before its
  /// terminal response; what a card under test sends counts once the terminal has accepted it.
  enum class Sender { card, us };
  explicit NotificationWatch(const peer::Account& account, Sender sender = Sender::card)
      : account_(account), sender_(sender) {}

  /// @return  dm.notification when this event completes one: always when data were sent, whatever they are. Data that
  ///          were stored alone reach nobody
  std::optional<model::Event> observe(const model::Event& event);

  void reset();

 private:
  struct Channel {
    std::int64_t port = 0;
    std::string protocol;
    Octets stored;  ///< by SEND DATA, and not sent yet
    Octets sent;    ///< of a stream, and no whole notification yet
    std::int64_t parts = 0;
  };
  std::optional<model::Event> closed(std::int64_t number, const model::Event& event);
  model::Event notification(std::int64_t number, Channel& channel, const model::Event& cause) const;

  const peer::Account& account_;
  Sender sender_;
  std::map<std::int64_t, Channel> channels_;
  Value pending_;  ///< fields of the command that waits for its terminal response
};

}  // namespace dmsc::engine

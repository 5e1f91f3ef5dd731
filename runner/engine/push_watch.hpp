// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/sms/segments.hpp"
#include "runner/codec/sms/sms.hpp"
#include "runner/engine/notification_watch.hpp"

namespace dmsc::engine {

/// What cases see of a short message: the members of its codec row, and what both worlds have in common under one name:
/// bearer, number, reference, total, sequence, source_port, destination_port, payload_length, hex, length; `malformed`
/// where it cannot be read.
Value short_message_fields(codec::SmsBearer bearer, codec::SmsWay way, ByteView octets);

/// `sms.submit` for each SEND SHORT MESSAGE, and where the card under test sends them, `wap.push` and `dm.notification`
/// once the parts of a push are all there. It knows events and the account alone, so it works on any trace.
class PushWatch {
 public:
  using Sender = NotificationWatch::Sender;
  explicit PushWatch(const peer::Account& account, Sender sender = Sender::card) : account_(account), sender_(sender) {}

  /// A message is an event as soon as it is fetched, whatever the terminal makes of it; it is part of a push once the
  /// terminal has accepted it.
  std::vector<model::Event> observe(const model::Event& event);

 private:
  struct Sent {
    codec::SmsBearer bearer{};
    std::shared_ptr<const codec::Decoded> message;
  };

  std::vector<model::Event> submitted(const Value& command);
  void join(const Sent& sent, std::vector<model::Event>& out);
  void push_whole(codec::SmsBearer bearer, const codec::Reassembly::Whole& whole, std::vector<model::Event>& out) const;

  const peer::Account& account_;
  Sender sender_;
  std::vector<Sent> pending_;  ///< of the SEND SHORT MESSAGE that waits for its terminal response
  codec::Reassembly parts_[2];
  std::size_t headers_[2] = {};  ///< octets of the headers above the short message, of the first part seen last
};

/// Octets in front of the datagram in its first message: the user data header with its length, or the header of WDP.
std::size_t datagram_header(codec::SmsBearer bearer, const codec::Decoded& message);

/// The `wap.push` of a datagram. @param wdp_octets  as datagram_header() has them
model::Event push_event(codec::SmsBearer bearer, const codec::Reassembly::Whole& whole, std::size_t wdp_octets);

}  // namespace dmsc::engine

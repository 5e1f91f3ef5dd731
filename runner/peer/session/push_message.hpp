// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/sms/segments.hpp"
#include "runner/peer/session/outgoing.hpp"

namespace dmsc::peer {

/// A WAP push with a DM Notification, to be sent as short messages. Source: DM Notification 1.2.1, 6.3.1;
/// dm.md 2.5, 2.6
struct PushMessage {
  codec::SmsBearer bearer = codec::SmsBearer::gsm;
  bool from_card = true;  ///< SMS-SUBMIT or a CDMA submit; else SMS-DELIVER or a CDMA deliver
  Octets notification;
  Value push = Value::Map{};  ///< members of codec::encode_wsp that are not its usual ones
  std::uint16_t source_port = 49154;
  std::uint16_t destination_port = 2948;
  codec::SplitOptions split;
  std::string number;             ///< of the other end, + in front when international
  Value message = Value::Map{};   ///< members of each TPDU or CDMA message that are not their usual ones
  bool duplicated_ports = false;  ///< CDMA: the defect of dm.md 2.6
};

/// The messages in the order of their parts.
/// @param tamper  sees `wap.push` (members of codec::encode_wsp), then each message as `sms.submit`, `sms.deliver` or
///                `cdma.sms`; its `copies` may swallow one
/// @return  the error of an encoder
Result<std::vector<Octets>> messages_of(const PushMessage& push, const Tamper& tamper = {});

/// What the service centre makes of a message that was sent: the one it delivers.
/// @param originator  number that it comes from, + in front when international
/// @return  Errc::malformed for what is no SMS-SUBMIT and no CDMA submit
Result<Octets> forwarded(codec::SmsBearer bearer, ByteView submitted, const std::string& originator);

/// An address as the members of a TPDU have it.
Value tpdu_address(const std::string& number);

/// Digits of a number, without the plus sign.
std::string digits_of(const std::string& number);

}  // namespace dmsc::peer

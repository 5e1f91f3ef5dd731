// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/sms/segments.hpp"
#include "runner/peer/session/outgoing.hpp"
#include "runner/peer/terminal/habit.hpp"

namespace dmsc::peer {

/// Puts pushes together from the short messages that reach a terminal, and takes out those for its DM Client: port
/// 2948, a DM Notification, the application id of OMA DM, in whatever coding. Source: DM Notification 1.2.1, 6.3.1
class PushInbox {
 public:
  /// @param message  SMS-DELIVER or CDMA message
  /// @param tamper   sees each push as `received.push`: bearer, both ports, and what codec::wsp_facts says
  /// @return  the notification that this message makes whole
  std::optional<Octets> take(codec::SmsBearer bearer, const codec::Decoded& message, const Habits& habits,
                             const Tamper& tamper = {});
  void clear() { *this = {}; }

 private:
  std::optional<Octets> notification_in(codec::SmsBearer bearer, const codec::Datagram& datagram, const Habits& habits,
                                        const Tamper& tamper);

  codec::Reassembly parts_;
  std::uint32_t reference_ = 0;  ///< and the part that came last of it, for a device that takes parts in order alone
  int last_ = 0;
  bool deaf_ = false;  ///< by a defect
};

}  // namespace dmsc::peer

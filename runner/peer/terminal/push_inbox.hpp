// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/segments.hpp"
#include "runner/peer/terminal/habit.hpp"

namespace dmsc::peer {

/// Puts pushes together from the short messages that reach a terminal, and takes out those for its DM Client: port
/// 2948, a DM Notification, the application id of OMA DM, in whatever coding. Source: DM Notification 1.2.1, 6.3.1
class PushInbox {
 public:
  /// @param message  SMS-DELIVER or CDMA message
  /// @return  the notification that this message makes whole
  std::optional<Octets> take(codec::SmsBearer bearer, const codec::Decoded& message, const Habits& habits);
  void clear() { *this = {}; }

 private:
  codec::Reassembly parts_;
  std::uint32_t reference_ = 0;  ///< and the part that came last of it, for a device that takes parts in order alone
  int last_ = 0;
};

}  // namespace dmsc::peer

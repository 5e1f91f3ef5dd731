// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "runner/peer/uicc/toolkit.hpp"
#include "runner/peer/uicc/transmit_buffer.hpp"

namespace dmsc::peer {

/// A notification sent off-line, step by step as a script wants it: OPEN CHANNEL in terminal server mode, SEND DATA in
/// pieces (stored, the last sent at once), CLOSE CHANNEL. It stops where the terminal refuses or has no room,
/// and never tries again.
/// Source: DM_SC 7.1 phase 2; ETSI TS 102 223, 6.4.27 to 6.4.30
struct OffLineTrigger {
  Octets notification;
  std::int64_t port = 0;
  std::string protocol = "udp_local";
  std::int64_t buffer_size = 1400;
  std::size_t piece = TransmitBuffer::piece_most;  ///< most octets of one SEND DATA, at most 220
  bool close = true;
  std::function<void()> ended{};  ///< called once the last command is answered, whatever came of it

  /// Queues the first command; the others follow their terminal responses.
  /// @param toolkit  must outlive the trigger's last response
  void send(Toolkit& toolkit) const;
};

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "runner/base/octets.hpp"

namespace dmsc::peer {

/// What a member of an event says where it would be right or wrong if the nonce were known.
inline constexpr const char* unconfirmed_nonce = "unconfirmed_nonce";

/// What a DM Client and a DM_SC Server know of each other. Either end keeps its own; the nonces move with each session.
/// Source: DM Account MO 1.2 (AppAuth SRVCRED and CLCRED); dm.md 5
struct Account {
  std::string server_id;      ///< names the server: ServerID, and the user of SRVCRED
  std::string server_secret;  ///< of SRVCRED: what the server proves itself with
  Octets server_nonce;        ///< decoded octets
  Octets last_server_nonce;   ///< the one before, for a session that broke off before the server heard of the new one
  std::string client_name;    ///< the user of CLCRED
  std::string client_secret;
  Octets client_nonce;
  std::uint16_t session_id = 0;     ///< of the server's last notification; 0 before the first
  std::uint16_t sms_reference = 0;  ///< of its last push by short messages
  bool confirmed = true;            ///< off: the server's nonce is from before, and the server has not used it since
};

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>

#include "runner/base/octets.hpp"

namespace dmsc::peer {

/// Rules of the card that a defect can switch off, each named for what holds while it is on.
enum class Policy {
  wakes_on_power_on,
  wakes_on_timer,
  wakes_on_status,
  wakes_on_call,
  wakes_on_location,
  asks_within_profile,    ///< off: requests whatever the profile says
  checks_transport,       ///< off: uses its local transport even if the profile lacks it
  checks_timer,           ///< off: any timer identifier wakes
  checks_number,          ///< off: any dialled number wakes
  checks_roaming,         ///< off: a place at home wakes too
  lets_call_pass,         ///< off: the customer-care call is answered "not allowed"
  triggers_again,         ///< off: one trigger a power-on
  awaits_registry,        ///< off: opens a channel before a DM Client registered
  keeps_fetched_command,  ///< off: announces the next command before the terminal response
};

/// What a UICC with a DM_SC Server is configured for. Its ICS and PIXIT files say the same to the suite.
struct Personality {
  std::string name;
  Octets atr;
  std::set<std::string> wake_ups;  ///< power_on, timer, status, call, location
  std::string protocol = "udp_local";
  std::int64_t buffer_size = 1400;
  std::int64_t timer_identifier = 1;
  std::int64_t timer_seconds = 3600;
  std::int64_t poll_seconds = 30;
  std::int64_t status_count = 2;  ///< every so many STATUS commands wake
  std::string customer_care_number;
  std::string home_plmn;
  std::string server_id;
  std::string server_secret;
  Octets server_nonce;
  std::set<Policy> switched_off;

  bool follows(Policy policy) const { return !switched_off.contains(policy); }
};

}  // namespace dmsc::peer

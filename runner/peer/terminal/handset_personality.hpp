// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"
#include "runner/codec/dm/syncml.hpp"
#include "runner/peer/session/account.hpp"
#include "runner/peer/session/xml_style.hpp"
#include "runner/peer/terminal/habit.hpp"
#include "runner/peer/terminal/ways.hpp"

namespace dmsc::peer {

/// What the DM Client knows of a DM_SC Server, and where it finds it. Source: DM_SC 8.1; DM Account MO 1.2
struct DmAccount {
  Account credentials;
  std::string app_addr;  ///< https://{SCWS@}/OMA/DM
};

/// What a handset is configured for. Its ICS and PIXIT files say the same to the suite.
struct HandsetPersonality {
  std::string name;
  Value profile = Value::Map{};  ///< facilities, as codec::encode_profile takes them
  Value::List applications;      ///< registry: port, dcs, application_type, name; one of type 07 is the DM Client
  std::vector<DmAccount> accounts;
  std::string device_id = "IMEI:490154203237518";
  std::string imsi = "001010123456789";
  std::string plmn = "00101";  ///< where it wakes up
  std::chrono::seconds poll_interval{30};
  std::string trust;  ///< PEM of the CAs for the card's web server; empty: no certificate is right
  bool legacy_tls = false;
  std::string tls_version;  ///< 1.2 or 1.3 alone; empty: both
  std::string psk_identity;
  Octets psk;
  codec::SyncmlCoding coding = codec::SyncmlCoding::xml;
  std::int64_t max_msg_size = 0;  ///< said to the server; 0: not said
  int first_command_id = 1;       ///< CmdID, of each SyncML message
  XmlStyle xml_style;
  Ways ways;
  std::chrono::milliseconds registers_after{0};  ///< how long the DM Client takes to register again once it moved
  bool server_credentials = true;                ///< false: TLS alone proves the server
  bool listens_by_event = false;                 ///< AMB-6, R2
  bool ipv4 = true;                              ///< loopback addresses that lead to the card's channels
  bool ipv6 = true;
  bool bip = true;
  bool card_slot = true;                  ///< false: no card interface carries APDUs, there is TCP/IP alone
  bool tcp_ip = true;                     ///< localuicc leads to the card
  std::string own_address = "192.0.2.7";  ///< that others reach the handset by
  Habits habits;
};

}  // namespace dmsc::peer

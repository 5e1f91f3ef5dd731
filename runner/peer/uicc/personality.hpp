// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <set>
#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"
#include "runner/codec/segments.hpp"
#include "runner/peer/session/xml_style.hpp"
#include "runner/peer/uicc/file_system.hpp"

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
  wakes_on_scws_event,
  matches_response,              ///< off: takes any terminal response for the one that is due
  fresh_session_id,              ///< off: each notification has the same session id
  closes_channel,                ///< off: leaves the local channel open
  gives_up_refused,              ///< off: asks again at once, without end, when OPEN CHANNEL is refused
  heeds_refusal,                 ///< off: after a refused OPEN CHANNEL it goes on as if channel 7 had been given
  survives_refusal,              ///< off: never triggers again once OPEN CHANNEL was refused
  survives_link_drop,            ///< off: never triggers again once the link dropped
  type_07_only,                  ///< off: takes the first registered application, whatever its type
  takes_new_registry,            ///< off: keeps the first registry it was given
  awaits_last_envelope,          ///< off: triggers on the first envelope of a registry
  takes_any_coding,              ///< off: a DM Client whose name is not in the GSM alphabet is overlooked
  takes_modification,            ///< off: a smaller buffer than asked for is taken for a refusal
  queues_wake_up,                ///< off: a wake-up while a trigger is under way stops all triggers
  survives_close_refusal,        ///< off: never triggers again once CLOSE CHANNEL was refused
  takes_listen_event,            ///< off: "listen" must stand in the response to OPEN CHANNEL
  requires_tls,                  ///< off: port 4116 speaks plain HTTP
  serves_localuicc,              ///< off: a Host of localuicc is not served
  forgets_lost_clients,          ///< off: the next client goes on where a lost one stopped
  takes_psk,                     ///< off: a pre-shared key is not known
  reads_chunked,                 ///< off: a chunked request is answered 411
  checks_channel,                ///< off: an event for any channel is taken for one of ours
  checks_path,                   ///< off: a request for any page wakes
  survives_unknown_instruction,  ///< off: an unknown INS ends all wake-ups
  survives_receive_error,        ///< off: a refused RECEIVE DATA ends the web server
  survives_stray_response,       ///< off: a terminal response nobody asked for makes it deaf for envelopes
  serves_ipv6,                   ///< off: a Host of [::1] is not served
  serves_localhost,              ///< off: a Host of localhost is not served
  refuses_plain_dm,              ///< off: /OMA/DM is served over plain HTTP too
  knows_its_paths,               ///< off: any path is served
  reopens_listener,              ///< off: a channel is closed for good after its first client
  reads_all_pieces,              ///< off: RECEIVE DATA is asked for once, whatever remains
  keeps_request_pieces,          ///< off: a request in more than one piece is answered 400
  survives_bad_http,             ///< off: a malformed request ends the web server
  checks_credentials,            ///< off: any Cred is right
  asks_for_credentials,          ///< off: a client without Cred is served
  renews_client_nonce,           ///< off: Chal carries the nonce that is in use
  takes_server_nonce,            ///< off: NextNonce for the server is forgotten
  sends_credentials,             ///< off: the server does not authenticate itself
  survives_abort,                ///< off: Alert 1223 ends the DM server
  survives_unknown_command,      ///< off: an unknown command is answered with HTTP 500
  refuses_malformed,             ///< off: a body that is no SyncML is answered 200
  refuses_unknown_type,          ///< off: any media type is taken for XML
  splits_packages,               ///< off: MaxMsgSize of the client is not heeded
  asks_for_next_message,         ///< off: a message without Final is taken for the whole package
  keeps_sessions_apart,          ///< off: another session id goes on with the old session
  refuses_large_objects,         ///< off: MoreData is answered 200
  ends_session,                  ///< off: another Get in every package
  speaks_wbxml,                  ///< off: answers WBXML with XML
  recovers_from_garbage,         ///< off: an envelope that cannot be read makes it deaf for envelopes
  ignores_unknown_events,        ///< off: an unknown event is answered 6F00
  keeps_one_profile,             ///< off: a second TERMINAL PROFILE is answered 6F00
  wakes_on_sms,
  checks_sms,           ///< off: any message that is downloaded to the card wakes
  triggers_on_line,     ///< off: no notification by short message
  checks_sms_bearer,    ///< off: sends by its first bearer even if the profile lacks it
  falls_back_off_line,  ///< off: a card with a bearer does nothing where the profile has none, though a channel would
                        ///< do
  joins_by_reference,   ///< off: a long push goes out in parts that do not say so
  renews_reference,     ///< off: each push has the same reference
  keeps_part_order,     ///< off: the last part of a push goes out first
  ports_in_each_part,   ///< off: only the first part names its ports
  sends_push_once,      ///< off: by both bearers, where the profile has both
  orders_ports,         ///< off: 3GPP2: the destination port comes before the source port
  names_ports_once,     ///< off: 3GPP2: the ports of a push stand there twice
  keeps_message_id,     ///< off: 3GPP2: each segment of a push has a message id of its own
};

/// How proactive commands are numbered, 1 to 254. Source: ETSI TS 102 223, 8.6
struct Numbering {
  std::int64_t first = 1;
  std::int64_t step = 1;  ///< from one command to the next; 0: all have the first number
};

/// What a UICC with a DM_SC Server is configured for. Its ICS and PIXIT files say the same to the suite.
struct Personality {
  std::string name;
  Octets atr;
  std::set<std::string> wake_ups;  ///< power_on, timer, status, call, location, scws
  Numbering numbering;
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
  std::string client_name;
  std::string client_secret;
  Octets client_nonce;
  std::vector<std::string> methods = {"off_line"};  ///< off_line, on_line: the first that the profile allows is taken
  std::vector<codec::SmsBearer> sms_bearers;        ///< likewise
  std::string own_number;              ///< where messages for this device go, + in front when international
  std::string service_centre;          ///< named in SEND SHORT MESSAGE; empty: not named
  std::int64_t sms_scheme = 0x04;      ///< TP-DCS of a push
  bool wide_reference = false;         ///< 16-bit reference of a push in several messages
  Octets vendor_specific;              ///< behind the ServerID of each notification
  std::size_t send_size = 0;           ///< most octets of one SEND DATA (off-line); 0: all at once
  std::int64_t https_channels = 0;     ///< channels that listen on port 4116 over BIP
  std::int64_t http_channels = 0;      ///< channels that listen on port 3516 over BIP
  bool asks_for_events = true;         ///< of those channels
  std::string scws_event_path;         ///< a request for it wakes the DM_SC Server
  std::string certificate;             ///< PEM, of the SCWS; empty with a PSK alone
  std::string key;                     ///< PEM
  bool legacy_tls = false;             ///< TLS 1.0 of 2009 in place of 1.2 and 1.3
  std::string tls_version;             ///< 1.2 or 1.3 alone; empty: both
  std::uint16_t first_session_id = 1;  ///< of its notifications
  int first_command_id = 1;            ///< CmdID, of each SyncML message
  XmlStyle xml_style;
  std::string psk_identity;
  Octets psk;
  std::vector<std::pair<std::string, std::string>> provisioning;  ///< nodes that a session adds, with their values
  std::vector<Value> commands;                                    ///< of SyncML, sent in the first package behind those
  std::size_t commands_a_message = 0;  ///< most commands of ours in one message; 0: what MaxMsgSize lets through
  std::string wrong_secret;            ///< what the server proves itself with, in place of the account's secret
  int abort_at = 0;                    ///< number of the message that is Alert 1223; 0: none
  std::vector<std::pair<std::string, Value>> requests;  ///< proactive commands after each TERMINAL PROFILE, if claimed
  Subscriber subscriber;
  std::set<Policy> switched_off;

  bool follows(Policy policy) const { return !switched_off.contains(policy); }
};

}  // namespace dmsc::peer

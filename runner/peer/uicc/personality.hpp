// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"
#include "runner/codec/sms/segments.hpp"
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
  matches_response_number,       ///< off: a response to the same command with another number is taken
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
  takes_listen_response,         ///< off: a channel of which that is so is given up
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
  serves_ipv4,                   ///< off: a Host of 127.0.0.1 is not served
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
  wakes_on_menu,        ///< selection of its own menu entry
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
  triggers_by_one_method,      ///< off: where the profile has both methods the notification leaves by both
  takes_second_transport,      ///< off: nothing is triggered where the profile lacks the first transport
  checks_channel_count,        ///< off: channels are asked for of a terminal that has none
  checks_class_k,              ///< off: a local channel is asked for without TERMINAL APPLICATIONS
  checks_server_mode,          ///< off: a channel to listen on is asked for of a terminal without UICC server mode
  keeps_error_endings,         ///< off: 91XX stands in place of an error while a command is pending
  skips_stranger_in_registry,  ///< off: a registry with an unknown object is forgotten
  skips_stranger_in_timer,     ///< off: a timer expiration with an unknown object is forgotten
  skips_stranger_in_call,      ///< off: a call control with an unknown object is not known
  skips_stranger_in_location,  ///< off: a location status with an unknown object is forgotten
  skips_stranger_in_sms,       ///< off: a downloaded message with an unknown object is forgotten
  skips_stranger_in_response,  ///< off: a terminal response with an unknown object is a refusal
  heeds_room,                  ///< off: octets are sent as if the terminal's buffer had no end
  sends_over_udp,              ///< off: the last octets of a notification over UDP are stored alone
  sends_over_tcp,              ///< off: likewise over TCP
  takes_class_1,               ///< off: a DM Client whose name is in a scheme of class 1 is overlooked
  takes_class_0,               ///< off: likewise of class 0
  serves_printed_host,         ///< off: a Host of 0.0.0.0.0.0.0.1 is not served
  requires_host,               ///< off: a request of HTTP/1.1 without Host is served
  knows_head,                  ///< off: HEAD is answered with a body
  serves_http_10,              ///< off: a request of HTTP/1.0 is answered with 505
  obeys_close,                 ///< off: Connection: close of a request is not heeded
  answers_again,               ///< off: the second request on a connection is never answered
  serves_two_clients,          ///< off: what a second client sends is forgotten
  takes_set_bits,              ///< off: registry data with the comprehension bit set are overlooked
  takes_packed,                ///< off: a DM Client whose name is packed is overlooked
  keeps_datagram_whole,        ///< off: a notification larger than the buffer goes out in several datagrams
  serves_tcp,                  ///< off: what comes over TCP/IP is forgotten
  chooses_method,              ///< off: nothing is triggered where the profile has both methods
  checks_class_e,              ///< off: a channel is asked for of a terminal without OPEN CHANNEL
  knows_its_path_alone,        ///< off: what begins with the path of the DM_SC Server is its path too
  knows_its_whole_path,        ///< off: likewise what its path begins with
  knows_its_path_by_case,      ///< off: likewise its path in small letters
  requires_tls_over_tcp,       ///< off: over TCP/IP the https port speaks plain HTTP
  survives_unknown_method,     ///< off: a refused method ends the web server
  keeps_request_at_wake_up,    ///< off: a wake-up while a request is on its way loses it
  wakes_with_client,           ///< off: a wake-up while a client is connected is forgotten
  serves_tcp_ipv6,             ///< off: what comes over TCP/IP and IPv6 is forgotten
  serves_tcp_ipv4,             ///< off: likewise over IPv4
  refuses_plain_dm_over_tcp,   ///< off: /OMA/DM is served over plain HTTP that comes over TCP/IP
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
  /// An instruction exists in its own classes alone (else 6E00), and nothing is fetched that no 91XX announced (6985).
  /// No terminal that keeps to ETSI TS 102 221 notices; off: classes 0X and 8X are one, and what waits is fetched.
  bool strict = false;
  std::set<std::string> wake_ups;  ///< power_on, timer, status, call, location, scws
  Numbering numbering;
  std::string protocol = "udp_local";
  std::string second_protocol;  ///< taken where the profile lacks the first; empty: none
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
  std::string client_name;  ///< empty: no credentials are asked for
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
  std::string coding;                  ///< of SyncML: xml or wbxml alone; empty: both
  bool ipv6 = true;                    ///< the web server is reached over IPv6 as well, by its address or as [::1]
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
  std::map<std::string, std::set<Policy>> switched_off_after;  ///< by the wake-up that came last

  bool follows(Policy policy) const { return !switched_off.contains(policy); }
  /// Likewise of what the card does after a wake-up of this kind.
  bool follows(Policy policy, const std::string& wake_up) const {
    const auto found = switched_off_after.find(wake_up);
    return follows(policy) && (found == switched_off_after.end() || !found->second.contains(policy));
  }
};

}  // namespace dmsc::peer

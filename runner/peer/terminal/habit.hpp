// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace dmsc::peer {

/// Rules of the handset that a defect can switch off, each named for what holds while it is on.
enum class Habit {
  // What the card is told.
  sends_profile,       ///< off: no TERMINAL PROFILE after the reset
  sends_registry,      ///< off: no ENVELOPE (Terminal Applications)
  registers_early,     ///< off: the registry comes only once the card has asked for a local port
  registers_again,     ///< off: a new port of the DM Client is kept from the card
  registers_complete,  ///< off: the last envelope of a registry does not say that it is
  keeps_port_apart,    ///< off: another application has the DM Client's port, told in an envelope of its own
  // Timers, polling, events.
  runs_timers,          ///< off: no timer ever expires
  restarts_timers,      ///< off: a timer that runs keeps its old time when it is started again
  repeats_expiration,   ///< off: an expiration that found the card busy is lost
  keeps_timers_apart,   ///< off: the expiration names another timer
  waits_for_timers,     ///< off: timers expire at half their time
  expires_in_time,      ///< off: timers expire at twice their time
  stops_timers,         ///< off: a deactivated timer expires all the same
  fetches_at_once,      ///< off: STATUS goes before each FETCH
  polls,                ///< off: no STATUS, whatever was agreed
  polls_as_agreed,      ///< off: keeps its own interval after it said yes to another
  stops_polling,        ///< off: POLLING OFF changes nothing
  keeps_event_list,     ///< off: sends events that nobody asked for
  replaces_event_list,  ///< off: a new event list is added to the old one
  forgets_event_list,   ///< off: the event list outlives the power-off
  reports_location,     ///< off: the event location status never comes
  reports_place,        ///< off: the event tells of the place before
  // Calls.
  asks_before_call,  ///< off: calls without asking the card
  obeys_barring,     ///< off: calls though the card said no
  obeys_change,      ///< off: calls the number that was dialled, whatever the card made of it
  // Channels.
  opens_udp,                 ///< off: refuses a local UDP port though the profile claims it
  opens_tcp,                 ///< off: the same for TCP
  serves_uicc_server,        ///< off: refuses UICC server mode though the profile claims it
  listens_where_registered,  ///< off: the registered port is "not available"
  checks_port,               ///< off: opens any local port
  reports_channel_status,    ///< off: no event channel status
  reports_data_available,    ///< off: no event data available
  stores_data,               ///< off: what SEND DATA stores is lost
  stores_single_octets,      ///< off: the same to a local port, where it is one octet
  stores_long_pieces,        ///< off: likewise where it is more than 16 octets
  stores_many_pieces,        ///< off: likewise the fourth piece, and those behind it
  reports_room,              ///< off: the room of the buffer is always FF
  counts_rest,               ///< off: what remains is counted before the piece is taken
  keeps_order,               ///< off: stored pieces are sent the last first
  checks_channel,            ///< off: SEND DATA to a closed channel is "performed"
  says_why_closed,           ///< off: result 20 in place of 3A where a channel is closed or not valid
  closes_channel,            ///< off: CLOSE CHANNEL is answered, and the channel stays open
  limits_channels,           ///< off: an eighth channel is "opened"
  listens_again,             ///< off: back to listen closes the channel for good
  refuses_unknown,           ///< off: "performed" for commands it does not know
  // Short messages.
  sends_tpdus,            ///< off: refuses SEND SHORT MESSAGE with a 3GPP TPDU though the profile claims it
  sends_cdma,             ///< off: the same for a CDMA message
  asks_before_message,    ///< off: sends a message of the card without asking it, though the profile claims control
  lets_allowed_pass,      ///< off: takes any data of that answer for a no
  obeys_message_barring,  ///< off: sends a message though the card said no
  reports_barring,        ///< off: "performed" though the card said no
  sends_messages,         ///< off: SEND SHORT MESSAGE is "performed", and nothing reaches the network
  sends_unchanged,        ///< off: a bit of a message is flipped
  uses_service_centre,    ///< off: messages go to the centre of the card's file, whatever the command names
  knows_service_centre,   ///< off: the centre of the card's file is not read
  packs_as_asked,         ///< off: "packing required" changes nothing
  reports_sms_failure,    ///< off: "performed" though the network refused
  takes_push,             ///< off: no push by 3GPP short message reaches the DM Client
  takes_cdma_push,        ///< off: the same for 3GPP2
  takes_class_1,          ///< off: a push of class 1 is shown to the user, and lost
  joins_parts,            ///< off: a push in several messages is lost
  takes_wide_reference,   ///< off: the same with a 16-bit reference
  orders_parts,           ///< off: parts out of order are lost
  ends_with_any_part,     ///< off: a push is looked at only when its first part comes
  ignores_copies,         ///< off: a part that comes twice spoils the push
  awaits_all_parts,       ///< off: the first part is taken for the whole
  checks_push_port,       ///< off: a push to any port is taken
  checks_content_type,    ///< off: a push of any type is taken
  checks_application_id,  ///< off: a push for any application is taken
  downloads_to_card,      ///< off: a message for the card is kept from it
  answers_network,        ///< off: the card's answer to a message is kept from the network
  shields_client,         ///< off: a message for the card reaches the DM Client too
  // The way of a notification to the DM Client.
  conveys,            ///< off: nothing reaches the DM Client
  conveys_unchanged,  ///< off: the last octet is flipped
  // What the DM Client makes of it.
  checks_server_id,        ///< off: a session with the first account for any ServerID
  keeps_address,           ///< off: the path of an account's address is lost
  keeps_accounts_apart,    ///< off: every session goes by the account that was set up last
  forgets_account,         ///< off: an account that was deleted lives on
  checks_digest,           ///< off: any digest is right
  takes_zero_nonce,        ///< off: knows no nonce but the stored one
  resynchronises,          ///< off: a session after the zero nonce goes on with the old ones
  uses_session_id,         ///< off: the session has an id of its own
  writes_capitals,         ///< off: the session's id in lower case
  omits_leading_zeros,     ///< off: the session's id with four digits, whatever they are
  alerts_1200,             ///< off: Alert 1201 though the server initiated it
  survives_truncated,      ///< off: deaf after a notification that ends early
  survives_oversized,      ///< off: deaf after one of more than 255 octets
  survives_reserved_bits,  ///< off: deaf after one with set reserved bits
  survives_version,        ///< off: deaf after one of another version
  survives_session_zero,   ///< off: deaf after session id 0
  takes_next_trigger,      ///< off: one session a power-on
  queues_trigger,          ///< off: a notification during a session is lost
  takes_trigger_in_call,   ///< off: a notification during a call is lost
  asks_user,               ///< off: no session waits for the user's consent
  heeds_consent,           ///< off: a session that the user agrees to never starts
  heeds_refusal,           ///< off: a session that the user refuses starts all the same
  ignores_replay,          ///< off: the same notification starts another session
  starts_for_user,         ///< off: a session the user asks for never starts
  // The road to the server.
  uses_https,          ///< off: http
  uses_path,           ///< off: the path of AppAddr is left out
  uses_port,           ///< off: another port than AppAddr says
  resolves_localhost,  ///< off: does not know the name
  resolves_ipv6,       ///< off: cannot reach [::1]
  resolves_ipv4,       ///< off: cannot reach 127.0.0.1 by that name
  resolves_localuicc,  ///< off: does not know the name
  sends_host,          ///< off: no Host in its requests
  loopback_only,       ///< off: the card's ports can be reached from outside
  serves_next_client,  ///< off: a program that finds the card's channels taken is turned away
  retries,             ///< off: gives up where the first connection fails
  checks_certificate,  ///< off: any certificate of the server will do
  offers_psk,          ///< off: a pre-shared key is never offered
  // The session.
  authenticates,          ///< off: never sends credentials
  answers_challenge,      ///< off: gives up when challenged
  renews_server_nonce,    ///< off: no Chal for the server
  takes_client_nonce,     ///< off: NextNonce of the server is forgotten
  checks_server,          ///< off: takes wrong credentials of the server
  demands_server,         ///< off: takes a server without credentials
  sends_devinfo,          ///< off: the device information is the device id alone
  performs_add,           ///< off: 200, and nothing is added
  performs_replace,       ///< off: 200, and nothing is replaced
  performs_delete,        ///< off: 200, and nothing is deleted
  undoes_atomic,          ///< off: what a failed Atomic has done stays
  reports_results,        ///< off: no Results for Get
  sends_status,           ///< off: no Status but the one for SyncHdr
  protects_secrets,       ///< off: the secrets of the account can be read
  stops_on_abort,         ///< off: goes on after Alert 1223
  asks_for_next_message,  ///< off: takes a message without Final for the whole package
  ends_session,           ///< off: answers a package in which nothing was asked for
  labels_coding,          ///< off: the media type names the other coding
  follows_response_uri,   ///< off: RespURI is not heeded
};

/// A habit by its name in snake_case, as Habit spells it.
std::optional<Habit> habit_of(std::string_view name);
std::vector<std::string> habit_names();

/// What a handset does not hold to; empty for one without defect.
class Habits {
 public:
  Habits() = default;
  explicit Habits(std::set<Habit> switched_off) : off_(std::move(switched_off)) {}
  bool has(Habit habit) const { return !off_.contains(habit); }

  /// @param bearer  bip, 3gpp or 3gpp2: off for what comes over it alone; empty: off
  void switch_off(Habit habit, const std::string& bearer = {}) {
    (bearer.empty() ? off_ : off_over_[bearer]).insert(habit);
  }
  /// Those that hold for what comes over this bearer.
  Habits over(const std::string& bearer) const;

 private:
  std::set<Habit> off_;
  std::map<std::string, std::set<Habit>> off_over_;
};

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <deque>
#include <optional>
#include <set>

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/cat/spec.hpp"
#include "runner/codec/wire/node.hpp"
#include "runner/model/event.hpp"
#include "runner/peer/session/outgoing.hpp"
#include "runner/peer/terminal/command_pattern.hpp"
#include "runner/peer/terminal/command_queue.hpp"
#include "runner/peer/terminal/gateway.hpp"
#include "runner/peer/terminal/push_inbox.hpp"
#include "runner/peer/terminal/short_message_service.hpp"
#include "runner/peer/terminal/ways.hpp"

namespace dmsc::peer {

/// What the terminal answers to a proactive command instead of its default.
struct AnswerRule {
  std::string key;         ///< row key of the command, and `.uicc_server` or `.terminal_server` for one mode of channel
  Value members;           ///< of the terminal response; what it leaves out keeps its default
  std::int64_t times = 0;  ///< how often; 0: until the next reset
  std::vector<CommandPattern> before{};  ///< commands sent between FETCH and the terminal response
  bool drop_link = false;                ///< the link of the channel drops right after the terminal response
};

/// Channel status as fields of the object. Source: cat.md 3.4
Value channel_status(int channel, Gateway::State state);

/// The octets of a message: `hex` where a tamper put it, else what the members make.
Result<Octets> body_of(const codec::MessageSpec& row, const Value& members);

/// Where the terminal is.
struct Place {
  std::string status = "normal_service";
  std::string plmn = "00101";
  std::int64_t lac = 1;
  std::int64_t cell = 1;
};

/// How a terminal is beyond what the card asks of it.
struct Behaviour {
  Habits habits;
  Tamper tamper;                           ///< sees what goes to the card, see Handset
  std::optional<model::Moment> idle_poll;  ///< STATUS as often where the card asked for nothing; nothing: never
  bool events_by_list = false;             ///< channel events too are for those who put them in the event list
  std::string own_number{};                ///< its service centre delivers messages to this number to itself
  Ways ways{};
};

/// The address object of a number, + in front where it is international.
Value address_of(const std::string& number);

/// A notification that came to the DM Client by WAP push.
struct Pushed {
  codec::SmsBearer bearer = codec::SmsBearer::gsm;
  Octets notification;
};

/// A terminal as a card sees it: toolkit, timers, polling, local channels. Sans-I/O: it says which command to send
/// next, takes the response, and is told how time passes. It never hides a step: GET RESPONSE, the repetition after
/// 6CXX and FETCH come out of `next_command` like any other command. Source: ETSI TS 102 221, 7.3.1 and 14; ETSI TS 102
/// 223, 6 and 7
class Terminal {
 public:
  /// Stays as it is over any reset.
  void behave(Behaviour behaviour);

  /// Forgets everything the card asked for, as a reset does; place and answers are gone too.
  void reset();

  // Stimuli. Each is queued behind what the terminal still owes to the card.
  void send(Octets command);
  void send_profile(ByteView profile);
  /// @return  the error of the encoder, if the members do not make an envelope
  Result<void> send_envelope(std::string_view key, const Value& members);
  void send_status();  ///< 80 F2 00 0C: no indication, nothing returned
  /// Registry application data, in as many envelopes as it takes; the last carries Last Envelope.
  Result<void> send_registry(const Value::List& applications);
  /// Event download, only when the card asked for the event and the profile claims it.
  /// @return  false when no event is due
  Result<bool> move_to(const Place& to);
  Result<void> call(const std::string& number);
  /// Reports a timer with the value it had when started, and stops it. @return false when it does not run
  Result<bool> expire_timer(int timer);

  /// @return  the error of the encoder, if the members make no terminal response
  Result<void> answer(AnswerRule rule);
  /// Forgets every rule: the terminal answers by its defaults again.
  void answer_by_default() { rules_.clear(); }

  /// Whether the response to OPEN CHANNEL (UICC server mode) says "listen" (AMB-6, R1), or "closed", followed by an
  /// event (R2).
  void listen_by_event(bool by_event) { listen_by_event_ = by_event; }

  /// Whether events of channels go to a card alone that put them in its event list (AMB-10, R1).
  void events_by_list(bool by_list) { events_by_list_ = by_list; }

  /// Whether the card is asked before a short message of its own is sent: MO short message control, which TERMINAL
  /// PROFILE must claim too. Source: 3GPP TS 31.111, 7.3.2; cat.md 3.10
  void ask_before_message(bool asks) { asks_before_message_ = asks; }

  /// Every message to the card whose key fits the glob `envelope.*` or `terminal_response.*` ends with these octets.
  void add_stranger(std::string pattern, Octets octets) { stranger_ = {std::move(pattern), std::move(octets)}; }

  /// These commands go out between the next announcement of a proactive command and its FETCH.
  void send_before_fetch(std::deque<Octets> commands) { before_fetch_ = std::move(commands); }

  /// Event download for a channel; lets programs that are gone leave. Local programs act through this.
  Gateway& gateway() { return gateway_; }
  const Gateway& gateway() const { return gateway_; }

  ShortMessageService& short_messages() { return messages_; }
  /// The oldest notification that the terminal's own service centre delivered and nobody took.
  std::optional<Pushed> take_pushed();

  /// Lets time pass: each timer that comes to its end and each poll that is due is queued.
  Result<void> pass(model::Moment duration);
  /// Lets time pass with timers and polling held, for windows in which the terminal must wake nothing.
  void pass_held(model::Moment duration);

  /// What to send now: nothing while the terminal waits for a stimulus.
  std::optional<Octets> next_command();
  /// Takes the response to the command that `next_command` gave last; shorter than 2 octets is ignored.
  void on_response(ByteView response);
  /// Whether next_command would give nothing.
  bool idle() const;

  /// One command with all that came back for it, GET RESPONSE and repetitions done.
  struct Finished {
    Octets command;
    Octets data;
    codec::StatusWord status;
  };
  /// The oldest exchange that was not taken; who does not care need not: only the last few are kept.
  std::optional<Finished> take_finished();

  /// When a timer or a poll comes due; nothing while none does.
  std::optional<model::Moment> next_due() const;

  model::Moment now() const { return now_; }
  bool timer_runs(int timer) const;
  std::optional<int> first_timer() const;   ///< the running timer that ends first
  std::vector<int> running_timers() const;  ///< those that end first come first
  bool wants_event(std::string_view event) const;
  ByteView profile() const { return profile_; }
  const Place& place() const { return place_; }

 private:
  struct Timer {
    bool runs = false;
    model::Moment ends{};
    Value value;  ///< hours, minutes, seconds as the card gave them
  };
  using Members = Value;
  using Handler = Members (Terminal::*)(const codec::Decoded&);

  std::optional<Octets> choose_command();
  bool tampered(Octets& command);
  void finish_exchange(codec::StatusWord status);
  bool has(Habit habit) const { return behaviour_.habits.has(habit); }
  void give_stranger(Outgoing& message) const;
  std::optional<model::Moment> poll_period() const;
  std::optional<model::Moment> timer_due() const;
  void perform(ByteView fetched);
  void carry_out(const codec::Decoded& command);
  bool ask_of_message(const codec::Decoded& command);
  void take_message_answer(codec::StatusWord status);
  void conclude(const codec::Decoded& command, Value members);
  void respond(const std::string& key, Value members);
  Members perform_default(const codec::Decoded& command);
  std::string mode_of(const codec::Decoded& command) const;
  const AnswerRule* rule_for(const codec::Decoded& command);
  void believe(const AnswerRule& refusal, const codec::Decoded& command);
  void download_channel_events();

  Members do_nothing(const codec::Decoded& command);
  Members do_set_up_menu(const codec::Decoded& command);
  Members do_poll_interval(const codec::Decoded& command);
  Members do_polling_off(const codec::Decoded& command);
  Members do_event_list(const codec::Decoded& command);
  Members do_timer(const codec::Decoded& command);
  Members do_local_information(const codec::Decoded& command);
  Members do_short_message(const codec::Decoded& command);
  Members do_open_channel(const codec::Decoded& command);
  Members do_send_data(const codec::Decoded& command);
  Members do_receive_data(const codec::Decoded& command);
  Members do_close_channel(const codec::Decoded& command);
  Members do_channel_status(const codec::Decoded& command);
  Value location() const;
  void grant_buffer(std::int64_t asked, Value& answer) const;
  Members open_local(const codec::Decoded& command);
  Members open_server(const codec::Decoded& command);

  void deliver_to_self();

  Value remaining(const Timer& timer) const;
  Result<void> queue_timer(int timer);

  model::Moment now_{};
  Octets profile_;
  Place place_;
  std::set<std::int64_t> ports_;
  std::set<std::string> events_;
  std::array<Timer, 8> timers_;
  Gateway gateway_;
  ShortMessageService messages_;
  PushInbox inbox_;
  std::deque<Pushed> pushed_;
  bool listen_by_event_ = false;
  bool events_by_list_ = false;
  bool asks_before_message_ = false;
  Octets asked_of_;  ///< SEND SHORT MESSAGE that waits for what the card says of it
  std::pair<std::string, Octets> stranger_;
  std::deque<Octets> before_fetch_;
  std::optional<model::Moment> poll_period_;
  model::Moment next_poll_{};
  std::deque<AnswerRule> rules_;

  Behaviour behaviour_;
  CommandQueue queue_;
  std::optional<std::uint32_t> fetch_;  ///< length of the command that waits, 1 to 256
  bool fetches_late_ = false;           ///< a defect has sent STATUS in front of that FETCH
  std::optional<Octets> chained_;       ///< GET RESPONSE or the repetition after 6CXX
  int dropping_ = 0;                    ///< channel whose link drops once the response is out
  bool fetching_ = false;               ///< the exchange under way began with FETCH
  Octets first_;                        ///< command that the exchange under way began with
  Octets sent_;
  Octets data_;  ///< response data of the exchange so far
  std::deque<Finished> finished_;
};

}  // namespace dmsc::peer

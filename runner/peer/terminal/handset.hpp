// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "runner/peer/session/outgoing.hpp"
#include "runner/peer/terminal/dm_agent.hpp"
#include "runner/peer/terminal/handset_personality.hpp"
#include "runner/peer/terminal/local_programs.hpp"
#include "runner/peer/terminal/notification_inbox.hpp"
#include "runner/peer/terminal/power_on.hpp"
#include "runner/peer/terminal/terminal.hpp"

namespace dmsc::peer {

/// What the handset does to its card slot.
struct SlotAct {
  enum class Kind { power_on, power_off, command };
  Kind kind = Kind::command;
  Octets command;  ///< of a command: 4 octets or more
};

/// Roads of a handset beyond its own gateway.
struct HandsetRoads {
  Dial ip{};        ///< localuicc; empty: nobody has that name
  Dial loopback{};  ///< empty: loopback leads to the gateway; else to sockets of whoever carries them there
};

/// A phone with a DM Client as a card sees it: the power-on sequence, toolkit, polling, calls, channels, local
/// programs, and the DM Client with its accounts. Sans-I/O, on a clock that only `pass` moves: whoever owns it carries
/// out its slot acts and tells it the answers. It is the reference device, and can be broken on purpose: a habit that
/// is off, or a tamper that sees each message on its way out.
///
/// The keys of the tamper: `envelope.KEY` and `terminal_response.KEY` (members by row keys), `terminal_profile`
/// (`facilities`, or `hex` for what is no profile), `command.INS` of other commands (cla, p1, p2, data, le),
/// `http.request` (method, target, headers) and `dm.client_message` (SyncML). `copies` and `delay`, in commands of the
/// terminal, are heeded for what goes to the card; the others can be swallowed.
class Handset {
 public:
  explicit Handset(HandsetPersonality self, Tamper tamper = {}, HandsetRoads roads = {});
  Handset(const Handset&) = delete;
  Handset& operator=(const Handset&) = delete;

  /// A card comes into the slot, or has gone from it; there is none at first. It is powered only by a slot act.
  void insert(bool present);

  /// What to do to the slot now; nothing while there is nothing to do. Its answer is due before the next call.
  std::optional<SlotAct> next_act();
  /// The answer: the ATR, the response, anything at all after power_off. Nothing, or less than 2 octets: the card is
  /// mute, and stays unused until the power is cycled.
  void on_answer(const std::optional<Octets>& answer);

  /// Lets local programs and the DM Client move, which costs no time.
  /// @return  whether anything did
  bool attend();

  /// Lets time pass; what comes due is queued. Step no further than `deadline` to have it in its order.
  /// @return  errors of a tampered message that cannot be written
  Result<void> pass(model::Moment duration);
  /// When something comes due by itself; nothing: it waits for others only.
  std::optional<model::Moment> deadline() const;
  model::Moment now() const { return now_; }

  static bool has(std::string_view verb);
  static std::vector<std::string_view> verbs();
  /// Begins a verb of the control plane, see adapters/PROTOCOL.md; one that takes time replaces the one before.
  /// @return  its result; nothing: it takes time, ask `outcome`. Errc::unsupported for an unknown verb, Errc::refused
  ///          where the device will not, Errc::protocol for parameters of a wrong kind
  Result<std::optional<Value>> control(std::string_view verb, const Value& parameters);
  /// The result of the verb that takes time, once there is one.
  std::optional<Value> outcome();
  /// What the same verb comes to when its time is over. @return  Errc::timeout where that is no answer
  Result<Value> give_up();

  /// Sessions and calls so far are forgotten; what is under way goes on.
  void forget_history();

  Gateway& gateway() { return terminal_.gateway(); }
  bool powered() const { return phone_on_; }
  bool follows(Habit habit) const { return self_.habits.has(habit); }
  const DmAgent& agent() const { return agent_; }
  const Terminal& terminal() const { return terminal_; }

 private:
  enum class Slot { off, coming, on, going };
  enum class Waiting { nothing, ready, call, page, message, report };
  using Verb = Result<std::optional<Value>> (Handset::*)(const Value& parameters);
  struct VerbRow;
  static std::span<const VerbRow> verb_rows();
  static const VerbRow* find_verb(std::string_view name);

  Result<std::optional<Value>> turn_on(const Value&);
  Result<std::optional<Value>> turn_off(const Value&);
  Result<std::optional<Value>> reboot(const Value&);
  Result<std::optional<Value>> wait_ready(const Value&);
  Result<std::optional<Value>> dial(const Value& parameters);
  Result<std::optional<Value>> hang_up(const Value&);
  Result<std::optional<Value>> set_cell(const Value& parameters);
  Result<std::optional<Value>> out_of_service(const Value&);
  Result<std::optional<Value>> await_call(const Value&);
  Result<std::optional<Value>> probe(const Value& parameters);
  Result<std::optional<Value>> deliver_message(const Value& parameters);
  Result<std::optional<Value>> await_message(const Value&);
  Result<std::optional<Value>> refuse_message(const Value& parameters);
  Result<std::optional<Value>> set_account(const Value& parameters);
  Result<std::optional<Value>> get_account(const Value& parameters);
  Result<std::optional<Value>> remove_account(const Value& parameters);
  Result<std::optional<Value>> act_for_user(const Value& parameters);
  Result<std::optional<Value>> client_port(const Value&);
  Result<std::optional<Value>> move_client(const Value& parameters);
  Result<std::optional<Value>> start_session(const Value& parameters);
  Result<std::optional<Value>> list_sessions(const Value&);
  Result<std::optional<Value>> abort_session(const Value&);
  Result<std::optional<Value>> fetch(const Value& parameters);
  Result<std::optional<Value>> hold(const Value& parameters);
  Result<std::optional<Value>> release(const Value&);

  bool card_in_use() const { return slot_ == Slot::on && inserted_ && !mute_; }
  /// On, and with its card where it has a slot for one.
  bool in_use() const { return self_.card_slot ? card_in_use() : phone_on_; }
  bool ready() const { return self_.card_slot ? slot_ == Slot::on && settled_ : phone_on_; }
  void leave_card();
  void begin_with_card();
  void ask_on();
  void take_finished();
  void take_call_answer(const Terminal::Finished& exchange);
  void take_download_answer(const Terminal::Finished& exchange);
  void take_expiration_answer(const Terminal::Finished& exchange);
  void set_up_call(std::string number);
  void notify_client(ByteView notification, const std::string& bearer);
  bool receives(codec::SmsBearer bearer, const codec::Decoded& message) const;
  void take_message(codec::SmsBearer bearer, const codec::Decoded& message);
  void announce_applications();
  void hand_deliveries();
  Result<std::optional<Value>> go_to(const Place& place);
  Result<std::unique_ptr<port::Stream>> connect(const std::string& host, std::uint16_t port);
  Value::List applications() const;
  std::int64_t own_port() const;

  HandsetPersonality self_;
  Tamper tamper_;
  HandsetRoads roads_;
  Octets profile_;
  model::Moment now_{};

  bool inserted_ = false;
  bool phone_on_ = false;
  bool restarts_ = false;  ///< on again once it is off
  bool mute_ = false;
  Slot slot_ = Slot::off;
  Terminal terminal_;
  PowerOn power_on_;
  std::optional<Octets> asked_;  ///< by the power-on sequence, not yet answered
  bool registered_ = false;
  bool settled_ = false;  ///< power-on is through, and the card had its say
  std::optional<std::int64_t> moved_port_;
  std::optional<model::Moment> registers_at_;  ///< the DM Client moved, and will tell

  Place place_;
  std::deque<std::string> dialled_;  ///< asked of the card, not yet answered
  std::deque<std::string> calls_;    ///< that reached the network
  bool in_call_ = false;
  int repeated_ = 0;  ///< how often an expiration was told again
  NotificationInbox inbox_;
  PushInbox pushes_;
  std::optional<Value> report_;  ///< what the card answered to the message that was downloaded to it
  DmAgent agent_;
  LocalPrograms programs_;
  Waiting waiting_ = Waiting::nothing;
};

}  // namespace dmsc::peer

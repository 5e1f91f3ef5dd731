// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <functional>
#include <map>
#include <optional>

#include "runner/codec/wire/node.hpp"
#include "runner/peer/session/account.hpp"
#include "runner/peer/uicc/personality.hpp"
#include "runner/peer/uicc/toolkit.hpp"
#include "runner/peer/uicc/transmit_buffer.hpp"

namespace dmsc::peer {

/// The DM_SC Server on the card, as far as waking up and triggering go: it asks for what wakes it, knows the DM
/// Client's port from the registry, and sends a DM Notification off-line or on-line. Sans-I/O. Source: DM_SC 6 and 7
class DmScServer {
 public:
  /// All must outlive this object.
  /// @param account  with the nonce that the digest takes
  DmScServer(const Personality& personality, const Account& account, Toolkit& toolkit, const Tamper& tamper)
      : self_(personality), account_(account), toolkit_(toolkit), tamper_(tamper) {}

  /// @param on_wake_up  asked at each wake-up; false: a defect makes the card forget it
  void ask_at_wake_up(std::function<bool()> on_wake_up) { on_wake_up_ = std::move(on_wake_up); }

  void reset();

  void on_profile(ByteView profile);
  void on_status();
  void on_envelope(const codec::Decoded& envelope);
  /// A local client asked the SCWS for the path that is an event.
  void on_scws_event() { wake("scws"); }

  bool claims(std::string_view facility) const;

  /// The port that the DM Client registered; nothing before it did.
  std::optional<std::int64_t> client_port() const;
  /// The port of the last DM Client that any envelope named, whole list or not: a later one that names none takes
  /// nothing back.
  std::optional<std::int64_t> last_client_port() const { return last_client_; }

  /// Response data of ENVELOPE (Call Control) for the last envelope; empty for any other.
  const Octets& call_control_answer() const { return answer_; }

 private:
  enum class Trigger { idle, opening, sending, closing, messaging };
  enum class TriggerEvent { start, start_on_line, done, failed };
  struct Edge;
  static const Edge* find_edge(Trigger from, TriggerEvent event);

  void ask_for_wake_ups();
  void start_timer();
  void set_up_menu();
  void wake(const char* how);
  void try_trigger();
  void step(TriggerEvent event);
  void open_channel();
  Octets notification();
  void send_data();
  void send_piece();
  void close_channel();
  void send_messages();
  void send_part();
  void spoil_header(Value& members) const;

  bool chokes_on(const codec::Decoded& message) const;
  void on_registry(const codec::Decoded& envelope);
  void on_timer(const codec::Decoded& envelope);
  void on_call(const codec::Decoded& envelope);
  void on_location(const codec::Decoded& envelope);
  void on_channel_status(const codec::Decoded& envelope);
  void on_sms(const codec::Decoded& envelope);
  void on_menu(const codec::Decoded& envelope);
  bool names_us(const codec::Decoded& message, codec::SmsBearer bearer);

  bool can_off_line() const;
  std::vector<codec::SmsBearer> bearers() const;
  std::string transport() const;
  bool reads_name(const Value& application) const;
  bool wakes_on(const char* how) const;

  const Personality& self_;
  const Account& account_;
  Toolkit& toolkit_;
  const Tamper& tamper_;
  Octets profile_;
  std::vector<Value> registry_;
  bool registry_complete_ = true;
  std::optional<std::int64_t> last_client_;
  bool woken_ = false;
  std::string woken_by_;  ///< the last wake-up: power_on, timer, ...
  std::string cause_;     ///< the wake-up that the trigger under way is for
  bool triggered_ = false;
  std::int64_t statuses_ = 0;
  std::string last_plmn_;
  Trigger trigger_ = Trigger::idle;
  std::int64_t channel_ = 0;
  std::string protocol_;       ///< of the channel
  bool other_method_ = false;  ///< a defect: the notification leaves by the other method too
  TransmitBuffer buffer_;      ///< of the channel
  Octets sending_;             ///< of the notification, not yet with the terminal
  bool gone_ = false;          ///< the link of the channel dropped
  bool deaf_ = false;          ///< a defect: it gave up for good
  std::deque<std::pair<codec::SmsBearer, Octets>> parts_;  ///< messages of the push under way
  codec::Reassembly downloads_;                            ///< parts of notifications that came over the air
  std::uint16_t reference_ = 0;                            ///< of the last push; lives on without power
  std::optional<std::uint16_t> session_;                   ///< of the last notification; lives on without power
  Octets answer_;
  std::function<bool()> on_wake_up_;
};

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <list>
#include <memory>
#include <optional>
#include <string>

#include "runner/codec/dm/package0.hpp"
#include "runner/peer/terminal/dm_session.hpp"

namespace dmsc::peer {

/// The DM Client of a handset: it keeps the accounts, judges each notification, and holds one session at a time.
///
/// Judged as DM Notification 1.2.1 says or allows: a ServerID without account and a digest that fits neither the stored
/// nonce nor the zero nonce start nothing; after the zero nonce the session uses it on both sides (dm.md 2.3). Where it
/// says nothing: what ends early and session id 0 are ignored; another version and set reserved bits are taken.
class DmAgent {
 public:
  static constexpr std::size_t most_accounts = 16;
  static constexpr std::size_t most_records = 1000;  ///< sessions that are remembered

  /// A session that was started, whether or not it got through.
  struct Record {
    std::string server_id;
    std::string url;
    std::string session_id;
    DmSession::State state = DmSession::State::going_on;
    std::string trouble;
    int messages = 0;  ///< of the client
  };

  /// Personality and tamper must outlive this object.
  DmAgent(const HandsetPersonality& self, const Tamper& tamper, Dial dial);

  /// A new account, or a new version of one: nothing of the old stays.
  /// @return  Errc::refused where there is no room for one more
  Result<void> set_account(DmAccount account);
  const DmAccount* find_account(std::string_view server_id) const;
  /// With its session, if one is under way. Nothing happens where there is no such account.
  void remove_account(std::string_view server_id);

  /// @param bearer  over which it came: bip, 3gpp or 3gpp2
  void on_notification(ByteView octets, const std::string& bearer, model::Moment now);
  /// @return  Errc::refused without such an account, or while a session is under way
  Result<void> start_for_user(std::string_view server_id, model::Moment now);
  /// The user's answer to what a notification with ui-mode user interaction asks.
  /// @return  Errc::refused where nothing is asked
  Result<void> answer_user(bool accepts, model::Moment now);
  /// @return  Errc::refused where there is no session
  Result<void> abort();

  bool connect(model::Moment now) { return session_ != nullptr && session_->connect(now); }
  bool move(model::Moment now);
  std::optional<model::Moment> deadline() const { return session_ ? session_->deadline() : std::nullopt; }

  /// The session is gone, the accounts stay.
  void power_off();

  bool busy() const { return session_ != nullptr; }
  const std::vector<Record>& sessions() const { return records_; }
  void forget_sessions();

 private:
  struct Known {
    DmAccount account;
    ManagementTree tree;
    std::string last_session;  ///< that a notification started, and that is not to be had again
  };
  struct Trigger {
    Known* known = nullptr;
    std::string session_id;
    Octets zero_nonce;  ///< that the digest was right with; empty: the stored one
    bool by_server = true;
  };
  Known* find(std::string_view server_id);
  bool hears(ByteView octets, const codec::Package0* package);
  bool survives(ByteView octets, const codec::Package0* package, const Habits& habits);
  std::optional<Trigger> judge(ByteView octets, const codec::Package0& package, const Habits& habits);
  bool replayed(const Trigger& trigger) const;
  void take(Trigger trigger, model::Moment now);
  void begin(Trigger trigger, model::Moment now);
  void finish();
  std::string own_session_id();

  const HandsetPersonality& self_;
  const Tamper& tamper_;
  Dial dial_;
  std::list<Known> accounts_;  // addresses stay
  std::unique_ptr<DmSession> session_;
  Trigger current_;
  std::optional<Trigger> next_;   ///< came while a session was under way
  std::optional<Trigger> asked_;  ///< waits for the user's answer
  std::vector<Record> records_;
  unsigned own_ids_ = 0;
  bool deaf_ = false;     ///< a defect: nothing starts any more
  bool started_ = false;  ///< a session since power-on
};

}  // namespace dmsc::peer

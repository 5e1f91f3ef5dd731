// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>

#include "runner/base/result.hpp"
#include "runner/peer/session/account.hpp"
#include "runner/peer/terminal/habit.hpp"
#include "runner/peer/terminal/management_tree.hpp"

namespace dmsc::peer {

/// The DM Client in a session with the DM_SC Server: one message out, one message in. It keeps to the protocol unless
/// an option tells it not to. Sans-I/O. Source: OMA DM Protocol 1.2.1, 2.3 and 2.4; dm.md 4.1 and 4.2
class DmClient {
 public:
  /// How the client proves itself.
  enum class Credentials {
    right,  ///< with the nonce of the account; answers a challenge
    wrong,  ///< a wrong secret, always
    none,   ///< never any
    late,   ///< none at first, right ones when challenged
    stale,  ///< with another nonce at first, right ones when challenged
  };
  struct Options {
    std::string session_id = "1";  ///< upper-case hexadecimal, no leading zeros
    std::string target;            ///< AppAddr
    std::string device_id = "IMEI:490154203237518";
    bool server_initiated = true;  ///< Alert 1200, else 1201
    Credentials credentials = Credentials::right;
    std::int64_t max_msg_size = 0;           ///< 0: not said
    int first_command_id = 1;                ///< CmdID, of each message
    int abort_at = 0;                        ///< number of the message that is Alert 1223; 0: none
    int switch_session_at = 0;               ///< number of the message that carries another session id
    bool unknown_command = false;            ///< the first message holds an element that no DM client sends
    bool large_object = false;               ///< the first message holds an item with MoreData
    bool split_package = false;              ///< Pkg#1 comes in two messages, the first without Final
    bool expects_server_credentials = true;  ///< false: TLS alone proves the server
    bool renew_server_nonce = true;          ///< Chal in the Status to the server's credentials
    Habits habits;                           ///< of the session
  };
  enum class Outcome { going_on, finished, aborted, refused };

  /// All must outlive this object; nonces of the account move on with the session.
  DmClient(Account& account, ManagementTree& tree, Options options)
      : account_(account),
        tree_(tree),
        options_(std::move(options)),
        server_known_(!options_.expects_server_credentials) {}

  /// The first message.
  Value start();
  /// Takes the server's message. @return the next message; nothing when the session is over
  std::optional<Value> answer(const Value& message);

  /// The next message is Alert 1223, and nothing comes behind it.
  void abort() { options_.abort_at = message_id_ + 1; }

  Outcome outcome() const { return outcome_; }
  /// How the server proved itself in the last message: right, wrong, missing, not_needed once it did, or
  /// unconfirmed_nonce where the account cannot tell whether it is wrong.
  const std::string& server_credentials() const { return server_credentials_; }
  int messages() const { return message_id_; }

 private:
  bool has(Habit habit) const { return options_.habits.has(habit); }
  Value header();
  Value first_package();
  void judge_server(const Value& message, Value& status);
  std::string perform(const Value& command, const std::string& message, Value::List& out);
  std::string perform_item(const std::string& name, const Value& item, const std::string& message, const Value& command,
                           Value::List& out);
  Value abort_message();
  bool over_after(bool has_commands, bool final, bool abort);
  Value next_message(const Value& message, bool asks_for_more);
  void take_header_status(const Value& status);
  std::string next_command_id() { return std::to_string(++command_id_); }

  Account& account_;
  ManagementTree& tree_;
  Options options_;
  Outcome outcome_ = Outcome::going_on;
  std::string server_credentials_;
  int message_id_ = 0;
  int command_id_ = 0;
  int challenges_ = 0;
  bool challenged_ = false;
  bool accepted_ = false;      ///< the server knows us
  bool server_known_ = false;  ///< we know the server
  bool challenged_server_ = false;
  bool rest_of_package_ = false;
  bool said_too_much_ = false;  ///< a defect: a package that asked nothing was answered
  std::size_t budget_ = 0;      ///< commands and items that are still performed
  std::size_t room_ = 0;        ///< octets that are still put into Results
};

}  // namespace dmsc::peer

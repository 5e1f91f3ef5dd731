// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>
#include <vector>

#include "runner/codec/dm/syncml.hpp"
#include "runner/peer/session/account.hpp"
#include "runner/peer/session/fact.hpp"
#include "runner/peer/session/outgoing.hpp"
#include "runner/peer/uicc/personality.hpp"

namespace dmsc::peer {

/// The DM protocol end of the DM_SC Server: one message in, one message out. It authenticates the client and itself,
/// reads what the device says of itself, provisions the nodes of its personality (Add, Replace, Get), checks what comes
/// back, and ends the session. Sans-I/O. Source: OMA DM Protocol 1.2.1, 2.3 and 2.4; dm.md 4
class DmServer {
 public:
  struct Reply {
    int status = 200;  ///< of HTTP
    std::string media_type;
    Octets body;
  };

  /// The first three must outlive this object. The nonces of `account` move on with each session.
  /// @param facts  dm.client_message, dm.server_message, dm.malformed, dm.session
  DmServer(const Personality& personality, Account& account, const Tamper& tamper, FactSink facts = {})
      : self_(personality), account_(account), tamper_(tamper), facts_(std::move(facts)) {}

  /// Answers the body of a POST to /OMA/DM.
  Reply post(std::string_view content_type, ByteView body);

  /// Power-off: the session is gone, the account stays.
  void reset();

 private:
  enum class Trust { unknown, granted };

  Value answer(const Value& message);
  void begin(const Value& message);
  bool authenticate(const Value& message, Value& header_status);
  Value challenge();
  void take_status(const Value& status);
  void take_results(const Value& results);
  std::string judge_command(const Value& command);
  void next_package();
  void append_commands(Value::List& commands);
  std::string next_command_id() { return std::to_string(++command_id_); }

  const Personality& self_;
  Account& account_;
  const Tamper& tamper_;

  void tell(const char* key, Value fields, ByteView octets) const;
  bool knows(codec::SyncmlCoding coding) const;
  Value take(const Value& message, codec::SyncmlCoding coding, ByteView body);

  FactSink facts_;
  std::string session_id_;
  std::string device_;
  std::string address_;  ///< what the client calls us
  Trust client_ = Trust::unknown;
  Trust server_ = Trust::unknown;
  int attempts_ = 0;  ///< of the client to authenticate itself
  int refusals_ = 0;  ///< of our credentials by the client
  int message_id_ = 0;
  int command_id_ = 0;
  std::size_t package_ = 0;
  std::int64_t most_octets_ = 0;      ///< MaxMsgSize of the client, 0: none
  std::deque<Value> to_do_;           ///< commands of the package that were not sent yet
  std::optional<std::string> ended_;  ///< how this message ended the session
  std::string credentials_;           ///< how the client proved itself: right, wrong, missing, not_needed
  bool aborted_ = false;
  bool mismatch_ = false;
  bool broken_ = false;  ///< a defect: this message is answered with 500
  bool dead_ = false;    ///< a defect: every message is
};

}  // namespace dmsc::peer

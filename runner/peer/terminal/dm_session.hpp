// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/peer/terminal/dm_client.hpp"
#include "runner/peer/terminal/web_program.hpp"

namespace dmsc::peer {

/// One session of the DM Client with a DM_SC Server: the road to AppAddr, HTTP, and SyncML message by message, over as
/// many connections as the server wants. On the handset's clock; never waits.
/// Source: DM_SC 8.1; OMA DM Protocol 1.2.1; dm.md 4.3
class DmSession {
 public:
  static constexpr int most_messages = 100;

  enum class State { going_on, finished, aborted, refused, failed };

  /// All must outlive this object; the nonces of the account move on with the session.
  DmSession(DmAccount& account, ManagementTree& tree, DmClient::Options options, const HandsetPersonality& self,
            const Tamper& tamper, const Dial& dial);

  /// Begins. @return  Errc::malformed where AppAddr is no https address
  Result<void> start(model::Moment now);
  /// The next message will be Alert 1223; a session that is waiting for its connection ends at once.
  void abort();

  bool connect(model::Moment now) { return web_.connect(now); }
  bool move(model::Moment now);
  std::optional<model::Moment> deadline() const { return over() ? std::nullopt : web_.deadline(); }

  bool over() const { return state_ != State::going_on; }
  State state() const { return state_; }
  const std::string& trouble() const { return trouble_; }
  const std::string& url() const { return url_; }
  const std::string& id() const { return id_; }
  int messages() const { return client_.messages(); }

 private:
  void post(const Value& message, model::Moment now);
  void take(const HttpResponse& response, model::Moment now);
  void end(State state, std::string trouble = {});

  const HandsetPersonality& self_;
  const Tamper& tamper_;
  std::string id_;
  std::string app_addr_;
  std::string url_;
  DmClient client_;
  WebProgram web_;
  WebAddress address_;
  State state_ = State::going_on;
  std::string trouble_;
};

}  // namespace dmsc::peer

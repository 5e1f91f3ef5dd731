// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <functional>

#include "runner/codec/card/apdu.hpp"
#include "runner/peer/uicc/authentication.hpp"
#include "runner/peer/uicc/bip_listener.hpp"
#include "runner/peer/uicc/dm_sc_server.hpp"
#include "runner/peer/uicc/file_system.hpp"
#include "runner/port/soft_card.hpp"

namespace dmsc::peer {

/// A UICC with a USIM and a DM_SC Server as a terminal sees it, T=0: files, authentication, logical channels and the
/// toolkit. Sans-I/O; octets in, octets out, never an exception for what comes in.
/// Source: ETSI TS 102 221, 7.3.1 and 11.1; cat.md 1.1 and 1.2
class Uicc final : public port::SoftCard {
 public:
  /// @param facts  hears what the web server and the DM server learn
  explicit Uicc(Personality personality, Tamper tamper = {}, FactSink facts = {});
  Uicc(const Uicc&) = delete;
  Uicc& operator=(const Uicc&) = delete;

  Octets power_on() override;
  void power_off() override;
  Octets reset() override;
  Octets atr() const override { return self_.atr; }
  std::optional<Octets> command(ByteView capdu) override;

  /// The card's web server, for those who reach it over TCP/IP. What a client does there may make the card announce a
  /// command with the next APDU.
  Scws& scws() { return scws_; }

  // For those who play the card under a script: what it is set up for may be changed between two commands, commands of
  // their own stand in the queue beside the card's, and the account can be handed on to another card.
  Personality& personality() { return self_; }
  Toolkit& toolkit() { return toolkit_; }
  bool listens() const { return listener_.listens(); }
  void drop_clients() { listener_.drop_clients(); }
  void stop_listening() { listener_.let_go(); }
  void listen() { listener_.start(); }
  Account& account() { return account_; }
  const DmScServer& server() const { return server_; }

 private:
  struct Answer {
    std::string key;  ///< response.KEY; empty: as the table of instructions has it
    Octets data;
    std::uint16_t status = 0x9000;
    std::function<void()> then{};  ///< what the command does, once its length is right
  };
  std::uint16_t admits(const codec::Command& command) const;
  Answer perform(const codec::Command& command);
  Answer carry_out(const codec::Command& command);
  Answer of_files(const codec::Command& command);
  Answer manage_channel(const codec::Command& command);
  Answer status(const codec::Command& command);
  Answer profile(const codec::Command& command);
  Answer envelope(const codec::Command& command);
  bool hears(const std::string& key, const codec::Decoded& message, ByteView octets);
  Answer fetch();
  Answer terminal_response(const codec::Command& command);
  Answer get_response();
  Octets finish(Answer answer, const codec::Command& command);
  std::uint16_t normal_ending() const;

  Personality self_;
  Tamper tamper_;
  Account account_;  ///< with nonces that live on without power
  Toolkit toolkit_;
  DmScServer server_;
  DmServer dm_;
  Scws scws_;
  BipListener listener_;
  bool deaf_ = false;  ///< a defect: nothing wakes it any more
  std::size_t profiles_ = 0;
  bool powered_ = false;
  FileSystem files_;
  Authentication authentication_;
  std::array<std::optional<FileSystem::Selection>, 4> channels_{
      FileSystem::Selection{}};  ///< logical channels that are open
  Octets waiting_data_;          ///< for GET RESPONSE
  bool told_ = false;            ///< 91XX went out, and what it announced was not fetched
};

}  // namespace dmsc::peer

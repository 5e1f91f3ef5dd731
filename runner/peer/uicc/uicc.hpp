// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/apdu.hpp"
#include "runner/peer/uicc/bip_listener.hpp"
#include "runner/peer/uicc/dm_sc_server.hpp"
#include "runner/port/soft_card.hpp"

namespace dmsc::peer {

/// A UICC with a DM_SC Server as a terminal sees it, T=0: SELECT, STATUS, TERMINAL PROFILE, ENVELOPE, FETCH, TERMINAL
/// RESPONSE, GET RESPONSE. Sans-I/O; octets in, octets out, never an exception for what comes in.
/// Source: ETSI TS 102 221, 7.3.1 and 11.1; cat.md 1.1 and 1.2
class Uicc final : public port::SoftCard {
 public:
  explicit Uicc(Personality personality, Tamper tamper = {});
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

 private:
  struct Answer {
    std::string key;  ///< response.KEY
    Octets data;
    std::uint16_t status = 0x9000;
  };
  Answer perform(const codec::Command& command);
  Answer select(const codec::Command& command);
  Answer status(const codec::Command& command);
  Answer profile(const codec::Command& command);
  Answer envelope(const codec::Command& command);
  Answer fetch(const codec::Command& command);
  Answer terminal_response(const codec::Command& command);
  Answer get_response(const codec::Command& command);
  Octets finish(Answer answer, const codec::Command& command);
  std::uint16_t normal_ending() const;

  void on_envelope(const codec::Decoded& envelope);

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
  bool adf_selected_ = false;
  Octets waiting_data_;  ///< for GET RESPONSE
};

}  // namespace dmsc::peer

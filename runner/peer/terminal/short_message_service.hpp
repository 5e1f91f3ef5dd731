// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>

#include "runner/codec/sms/segments.hpp"
#include "runner/peer/session/outgoing.hpp"
#include "runner/peer/terminal/habit.hpp"

namespace dmsc::peer {

/// How a terminal sends the short messages of its card, and what becomes of them. Sans-I/O: messages go into a box,
/// from which whoever plays the network takes them. Source: 3GPP TS 31.111, 6.4.10; 3GPP2 C.S0035; cat.md 8
class ShortMessageService {
 public:
  static constexpr std::size_t most_sent = 100;

  /// A message on its way to the service centre.
  struct Sent {
    codec::SmsBearer bearer = codec::SmsBearer::gsm;
    Octets message;
    std::string service_centre;  ///< + in front when international; empty where the terminal knows none
  };

  /// Performs SEND SHORT MESSAGE.
  /// @param tamper  sees each TPDU as `sms.submit` or `sms.command`
  /// @return  members of the terminal response
  Value send(const codec::Decoded& command, ByteView profile, const Habits& habits, const Tamper& tamper = {});

  std::optional<Sent> take_sent();
  bool has_sent() const { return !sent_.empty(); }

  /// Where messages go whose command names no service centre.
  void use_service_centre(std::string number) { service_centre_ = std::move(number); }
  const std::string& service_centre() const { return service_centre_; }
  /// The network refuses the next message. @param cause  RP-cause, 0 to 255
  void refuse_next(int cause) { refusal_ = cause; }

 private:
  Result<Octets> tpdu_of(ByteView asked, bool packs, const Habits& habits, const Tamper& tamper);

  std::deque<Sent> sent_;
  std::string service_centre_;
  std::optional<int> refusal_;
  std::uint8_t reference_ = 0;
};

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>

#include "adapters/process/message.hpp"
#include "runner/base/octets.hpp"
#include "runner/port/soft_card.hpp"

namespace dmsc::process {

/// The card's end of uicc.power, uicc.reset, uicc.pps and uicc.apdu: a SoftCard behind requests of an adapter.
class UiccPlane {
 public:
  /// What the adapter shows of its transport: `apdu` follows 61XX and 6CXX here, `tpdu` leaves that to the device.
  enum class View { apdu, tpdu };

  void set_view(View view) { view_ = view; }

  /// The card in the slot from now on, without power; null: none. The one before loses its power.
  void insert(port::SoftCard* card);
  port::SoftCard* card() const { return card_; }
  /// The device is gone: the card loses its power, and the numbering begins again.
  void lose_power();
  void restart_numbering() { last_seq_ = 0; }

  static bool serves(const std::string& method) { return method.starts_with("uicc."); }

  /// @param params  as the schema has them
  /// @return  errors are code::lost (no card, no power), timed_out (the card is mute), unsupported (an extended APDU),
  /// and
  ///          adapter_bug or invalid_params for what breaks the protocol
  Answer serve(const std::string& method, const Value& params);

 private:
  Answer power(bool vcc);
  Answer reset(bool cold);
  Answer apdu(const Value& params);
  Answer transmit_tpdu(ByteView tpdu);
  Answer transmit_apdu(ByteView apdu);

  port::SoftCard* card_ = nullptr;
  View view_ = View::apdu;
  bool vcc_ = false;
  bool active_ = false;  ///< was reset since it has power
  std::int64_t last_seq_ = 0;
};

}  // namespace dmsc::process

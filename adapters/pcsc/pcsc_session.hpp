// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <winscard.h>

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "adapters/pcsc/reader_choice.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"

namespace dmsc::pcsc {

/// What the resource manager tells of a reader without touching its card.
struct ReaderDetail {
  ReaderState state;
  DWORD flags = 0;  ///< SCARD_STATE_...
  Octets atr;       ///< empty without a card
};

/// A connection to the resource manager; released with its owner.
class Context {
 public:
  Context() = default;
  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  Result<void> establish();
  SCARDCONTEXT get() const { return handle_; }

  /// Every reader as of now. No reader at all is an empty list, not an error.
  Result<std::vector<ReaderDetail>> details() const;
  Result<std::vector<ReaderState>> readers() const;

  /// Waits until a card is in one of `readers`, or in any of those there are now.
  /// @return  false when none came in time
  Result<bool> await_card(const std::vector<ReaderState>& readers, std::chrono::milliseconds wait) const;

 private:
  SCARDCONTEXT handle_ = 0;
  bool established_ = false;
};

/// A connection to one card; its power is taken away with its owner.
class Card {
 public:
  Card() = default;
  ~Card() { disconnect(); }
  Card(const Card&) = delete;
  Card& operator=(const Card&) = delete;

  /// @param protocols  SCARD_PROTOCOL_T0, SCARD_PROTOCOL_T1 or both
  Result<void> connect(const Context& context, const std::string& reader, DWORD share_mode, DWORD protocols);
  void disconnect();

  Result<void> power_cycle();
  Result<Octets> atr() const;

  /// @return  what SCardTransmit gave, of any length
  Result<Octets> transmit(ByteView command);

  /// Seconds that `count` calls of SCardTransmit take with nothing of ours between them.
  Result<double> time_bare_loop(ByteView command, int count);

  DWORD active_protocol() const { return active_; }

  /// What the reader's driver tells of it: `vendor`, `firmware`, `serial`; what it does not tell is not there.
  /// Source: PC/SC part 3, 3.1.2, reader attributes
  Value reader_facts() const;

 private:
  SCARDHANDLE handle_ = 0;
  bool connected_ = false;
  DWORD share_mode_ = 0;
  DWORD protocols_ = 0;
  DWORD active_ = 0;
  Octets response_;  // room for the longest answer, kept so that a command costs no allocation of 64 KiB
};

}  // namespace dmsc::pcsc

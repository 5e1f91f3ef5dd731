// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/base/result.hpp"

namespace dmsc::port {

/// What sessions change of a DM account. Octets as decoded; a nonce that is not known is empty.
struct Nonces {
  Octets server;
  Octets last_server;  ///< the one before `server`
  Octets client;

  bool operator==(const Nonces&) const = default;
};

/// Whose account: the card or device that keeps the other end of it, and the server that it is with.
struct AccountName {
  std::string holder;  ///< iccid:DIGITS, atr:HEX, device:TEXT
  std::string server_id;
};

/// Keeps nonces from one run to the next, because a card or a device does so too.
class AccountStore {
 public:
  virtual ~AccountStore() = default;

  /// Takes an account for this run, until the store is destroyed.
  /// @return  what the last run left; nothing where there was none. Errc::busy while another run has the account;
  ///          Errc::data, cannot_create or io
  virtual Result<std::optional<Nonces>> open(const AccountName& name) = 0;

  /// Writes down how an account that was opened stands: wholly, or not at all.
  virtual Result<void> keep(const AccountName& name, const Nonces& nonces) = 0;
};

}  // namespace dmsc::port

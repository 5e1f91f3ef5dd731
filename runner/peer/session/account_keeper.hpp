// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/peer/session/account.hpp"
#include "runner/port/account_store.hpp"

namespace dmsc::peer {

port::Nonces nonces_of(const Account& account);
void set_nonces(Account& account, const port::Nonces& nonces);

/// The account of one side in a store: read once, written back whenever a session has moved a nonce.
class AccountKeeper {
 public:
  /// Both must outlive this object.
  AccountKeeper(port::AccountStore& store, port::AccountName name, Account& account)
      : store_(store), name_(std::move(name)), account_(account), written_(nonces_of(account)) {}

  /// Takes the account and its nonces over. They are unconfirmed.
  /// @return  whether the store had any; the errors of AccountStore::open
  Result<bool> open();

  /// Writes the nonces back where they are others than those last written. An error is kept for `trouble`: it costs the
  /// next run its nonces and this one nothing.
  void keep();
  const std::optional<Error>& trouble() const { return trouble_; }

 private:
  port::AccountStore& store_;
  port::AccountName name_;
  Account& account_;
  port::Nonces written_;
  std::optional<Error> trouble_;
};

}  // namespace dmsc::peer

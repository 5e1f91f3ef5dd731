// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/account_keeper.hpp"

namespace dmsc::peer {

port::Nonces nonces_of(const Account& account) {
  return {account.server_nonce, account.last_server_nonce, account.client_nonce};
}

void set_nonces(Account& account, const port::Nonces& nonces) {
  account.server_nonce = nonces.server;
  account.last_server_nonce = nonces.last_server;
  account.client_nonce = nonces.client;
}

Result<bool> AccountKeeper::open() {
  const auto stored = store_.open(name_);
  if (!stored) return tl::make_unexpected(stored.error());
  if (!*stored) return false;
  set_nonces(account_, **stored);
  written_ = **stored;
  return true;
}

void AccountKeeper::keep() {
  const auto now = nonces_of(account_);
  if (now == written_) return;
  const auto kept = store_.keep(name_, now);
  if (kept) {
    written_ = now;
  } else if (!trouble_) {
    trouble_ = kept.error();
  }
}

}  // namespace dmsc::peer

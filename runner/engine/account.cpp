// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/account.hpp"

namespace dmsc::engine {

peer::Account account_of(const model::Pixit& pixit) {
  const auto& values = pixit.values;
  const auto octets = [&](const char* item) { return parse_hex(values.text_or(item, "")).value_or(Octets{}); };
  peer::Account account;
  account.server_id = values.text_or("server_id", "");
  account.server_secret = values.text_or("server_secret", "");
  account.server_nonce = octets("server_nonce");
  account.client_name = values.text_or("client_name", "");
  account.client_secret = values.text_or("client_secret", "");
  account.client_nonce = octets("client_nonce");
  return account;
}

Value changed_nonces(const peer::Account& before, const peer::Account& after) {
  Value out;
  if (after.server_nonce != before.server_nonce) out["server_nonce"] = to_hex(after.server_nonce);
  if (after.client_nonce != before.client_nonce) out["client_nonce"] = to_hex(after.client_nonce);
  return out;
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/model/declaration.hpp"
#include "runner/peer/session/account.hpp"

namespace dmsc::engine {

/// The DM account that the PIXIT describes: server_id, server_secret, server_nonce, client_name, client_secret,
/// client_nonce; nonces in hexadecimal. What is missing is empty.
peer::Account account_of(const model::Pixit& pixit);

/// Why `unconfirmed_nonce` is no verdict, and what to do.
inline constexpr const char* unconfirmed_hint =
    "the nonce was taken over from before this run and no session of it confirmed it: look at server_nonce of the "
    "PIXIT and at the account file";

/// Nonces of `after` that differ from `before`, by their PIXIT items, in hexadecimal; null where none does.
Value changed_nonces(const peer::Account& before, const peer::Account& after);

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/card/card_stimuli.hpp"
#include "runner/port/account_store.hpp"

namespace dmsc::engine {

/// Finds out before the first case whether the nonces of the account are those of the card. The notification of a
/// power-on tells; one that nothing explains is followed by a session, in which a challenge gives the card a new nonce:
/// what is wrong after that is the secret, or the card.
/// @param others  nonces to try besides those of the account
/// @return  what came of it, as a sentence; errors of the link; Errc::interrupted on a signal
Result<std::string> check_nonces(StimulusContext& context, const std::vector<port::Nonces>& others);

}  // namespace dmsc::engine

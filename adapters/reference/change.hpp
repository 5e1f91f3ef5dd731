// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/peer/session/outgoing.hpp"

namespace dmsc::reference {

/// Changes one message on its way out, as an item of `changes` in adapters/defects/*.json says: `on` and `where` choose
/// the message; `set`, `add`, `drop`, `remove`, `append`, `edit`, `duplicate`, `delay`, `swallow`, `deafen`,
/// `announce` and `before` act on it. Source: adapters/README.md
void apply_change(const Value& change, peer::Outgoing& message);

}  // namespace dmsc::reference

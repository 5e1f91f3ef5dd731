// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/card/card_stimuli.hpp"

namespace dmsc::engine {

/// Switches a terminal on and watches the card until it is at rest and has announced all that its ICS lets expect after
/// a power-on, so that its Lateness is known before the first case. The trace of the context is for nobody.
/// @return  errors of the link; Errc::interrupted on a signal. A card that keeps the terminal busy is none: it is for
///          the cases to judge
Result<void> watch_first_power_on(StimulusContext& context);

}  // namespace dmsc::engine

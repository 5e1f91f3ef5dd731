// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "runner/engine/bench.hpp"
#include "runner/engine/card/card_session.hpp"
#include "runner/engine/card/local_client.hpp"
#include "runner/load/library.hpp"

namespace dmsc::engine {

/// What the stimuli of a card may use beside the session.
struct StimulusContext {
  CardSession& session;
  const load::Library& library;
  const model::Ics& ics;
  const model::Pixit& pixit;
  LocalClient& client;
  LocalClient& second_client;
  peer::Account& account;
  Value last_start = {};  ///< parameters of the last terminal.start, which a power-on wake-up repeats
};

/// Carries out a stimulus by name, references resolved, and lets the exchange run to its end.
/// @return  not happened when its precondition never came about; errors of the link; Errc::data for parameters that
///          cannot be encoded
Result<Outcome> perform_card_stimulus(StimulusContext& context, const std::string& name, const Value& parameters);

using Handler = Result<Outcome> (*)(StimulusContext&, const Value&);
struct NamedStimulus {
  std::string_view name;
  Handler handler;
};

/// Stimuli of the terminal's local programs; the others stand in card_stimuli.cpp.
std::span<const NamedStimulus> web_stimuli();

/// The wake-ups of DM_SC 6 and 5.3, with the values the PIXIT gives.
/// @param with  `kind`: one of model::wake_ups()
Result<Outcome> wake_up(StimulusContext& context, const Value& with);

/// The SCWS event of the PIXIT: a local client asks for its path.
Result<Outcome> ask_for_event(StimulusContext& context);

/// Whether a handler stands behind a name of the vocabulary.
bool has_card_handler(std::string_view name);

}  // namespace dmsc::engine

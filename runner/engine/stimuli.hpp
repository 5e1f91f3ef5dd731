// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/card_session.hpp"
#include "runner/load/library.hpp"

namespace dmsc::engine {

/// What became of a stimulus.
struct Outcome {
  bool happened = true;
  std::string why_not;  ///< `the card started no timer`
};

/// What stimuli may use beside the session.
struct StimulusContext {
  CardSession& session;
  const load::Library& library;
  const model::Pixit& pixit;
  Value last_start = {};  ///< parameters of the last terminal.start, which a power-on wake-up repeats
};

/// Carries out a stimulus by name, references resolved, and lets the exchange run to its end.
/// @return  not happened when its precondition never came about; errors of the link; Errc::data for parameters that
///          cannot be encoded
Result<Outcome> perform(StimulusContext& context, const std::string& name, const Value& parameters);

/// Whether a handler stands behind a name of the vocabulary.
bool has_handler(std::string_view name);

}  // namespace dmsc::engine

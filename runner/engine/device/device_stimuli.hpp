// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/bench.hpp"
#include "runner/engine/device/device_session.hpp"

namespace dmsc::engine {

/// What the stimuli of a device may use beside the session.
struct DeviceContext {
  DeviceSession& session;
  const model::Ics& ics;
  const model::Pixit& pixit;
  bool set_up = false;  ///< the case said what the card asks for
};

/// Carries out a stimulus by name, references resolved.
/// @return  not happened when its precondition never came about; the errors of port::DeviceLink::call; Errc::data for
///          parameters that cannot be encoded
Result<Outcome> perform_device_stimulus(DeviceContext& context, const std::string& name, const Value& parameters);

/// Before a case: the device is switched off where the adapter can do that.
Result<void> switch_off(DeviceContext& context);

/// Whether a verb that the adapter lacks is made up for: the device is started by putting its card in.
bool has_stand_in(std::string_view verb);

/// Whether a handler stands behind a name of the vocabulary.
bool has_device_handler(std::string_view name);

}  // namespace dmsc::engine

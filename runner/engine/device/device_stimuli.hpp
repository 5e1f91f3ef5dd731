// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <span>

#include "runner/codec/sms/segments.hpp"
#include "runner/engine/bench.hpp"
#include "runner/engine/device/device_session.hpp"

namespace dmsc::engine {

/// What the stimuli of a device may use beside the session.
struct DeviceContext {
  DeviceSession& session;
  const model::Ics& ics;
  const model::Pixit& pixit;
  bool set_up = false;  ///< the case said what the card asks for

  struct ShortMessage {
    codec::SmsBearer bearer = codec::SmsBearer::gsm;
    Octets octets;
  };
  std::size_t asked = 1;                  ///< how many messages the last uicc.short_message made
  std::string asked_number = {};          ///< and where they go, digits
  std::vector<ShortMessage> seen = {};    ///< what the network saw of them
  std::vector<ShortMessage> pushed = {};  ///< what network.deliver_push delivered last, in that order
  codec::Reassembly delivered[2] = {};    ///< what was delivered to the device, by bearer
};

/// Carries out a stimulus by name, references resolved.
/// @return  not happened when its precondition never came about; the errors of port::DeviceLink::call; Errc::data for
///          parameters that cannot be encoded
Result<Outcome> perform_device_stimulus(DeviceContext& context, const std::string& name, const Value& parameters);

using DeviceHandler = Result<Outcome> (*)(DeviceContext&, const Value&);
struct NamedDeviceStimulus {
  std::string_view name;
  DeviceHandler handler;
};

/// Stimuli about short messages; the others stand in device_stimuli.cpp.
std::span<const NamedDeviceStimulus> sms_stimuli();

/// A notification of the DM_SC Server as a case wants it, digest and all: digest, session_id, session_number,
/// server_id, ui_mode, initiator, version, future_use, vendor_specific.
Result<Octets> notification_of(DeviceContext& context, const Value& with);

/// Before a case: the device is switched off where the adapter can do that.
Result<void> switch_off(DeviceContext& context);

/// Whether a handler stands behind a name of the vocabulary.
bool has_device_handler(std::string_view name);

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "runner/base/result.hpp"
#include "runner/base/value.hpp"
#include "runner/port/soft_card.hpp"
#include "runner/port/stream_service.hpp"

namespace dmsc::port {

/// The road to a device under test. The device is the master of the card's interface, so the card we play is called
/// from within `call` and `wait`; what we want of the device itself goes over the control plane, verb by verb.
/// Source: adapters/PROTOCOL.md
class DeviceLink {
 public:
  virtual ~DeviceLink() = default;

  /// The card in the device's slot from now on; it must outlive the link or be replaced. Null takes it out. The device
  /// powers it when it will, from within the calls below.
  virtual void insert(SoftCard* card) = 0;

  /// The card's web server on TCP/IP, what localuicc leads to. Listeners 0 (https) and 1 (http) have no address,
  /// 2 and 3 are the same on IPv4, 4 and 5 on IPv6. Null: nobody listens.
  virtual void expose(StreamService* web_server) = 0;

  /// Begins and ends a case, so that a device's own log can be cut. `begin_case` also brings a broken adapter back.
  /// @param verdict  in the words of model::name_of
  virtual Result<void> begin_case(const std::string& id, const std::string& title) = 0;
  virtual Result<void> end_case(const std::string& id, std::string_view verdict) = 0;

  /// Whether the control plane has a verb.
  virtual bool has(std::string_view verb) const = 0;

  /// Asks the device for something: `device.dial {"number": "+15550100"}`.
  /// @param deadline  of real time; a verb that itself waits says so in its parameters
  /// @return  the verb's result. Errc::unsupported before any effect; Errc::refused by the device; Errc::no_operator;
  ///          Errc::timeout, unavailable (device lost) and protocol (the adapter's own fault) are trouble of the
  ///          adapter
  virtual Result<Value> call(const std::string& verb, const Value& parameters, std::chrono::milliseconds deadline) = 0;

  /// Lets the device act until it has done something to the card or the web server, or `most` of its time has passed.
  /// @return  whether it did anything; the errors of `call`, and Errc::interrupted on a signal
  virtual Result<bool> wait(std::chrono::microseconds most) = 0;

  /// The device's time: real, or virtual where no time passes but in `wait`.
  virtual std::chrono::microseconds now() const = 0;

  /// What a report calls this device.
  virtual std::string label() const = 0;

  /// What tells this device from others of its kind: what its adapter calls its id. Empty where nothing does.
  virtual std::string id() const { return {}; }

  /// What its adapter told of the device and of itself: `device` {vendor, model, hw, sw, id}, `adapter` {name,
  /// version}.
  virtual Value facts() const { return Value::Map{}; }

  /// The card interface in use: iso, usb-iccd or usb-eem; empty where nobody says.
  virtual std::string transport() const { return {}; }

  /// What crossed the adapter protocol since the last call, one JSON object a line; empty where nothing does.
  virtual std::string take_log() { return {}; }
};

}  // namespace dmsc::port

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/tcp/dialer.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/declarations.hpp"
#include "runner/cli/device_uri.hpp"
#include "runner/cli/verbs.hpp"
#include "runner/engine/run.hpp"

namespace dmsc::cli {

/// One side of a run: a device under test, what is declared of it, and the road to it.
class RunSide {
 public:
  /// @param addresses  of the card over TCP/IP
  RunSide(CardUri uri, tcp::CardAddresses addresses) : card_uri_(std::move(uri)), addresses_(std::move(addresses)) {}
  explicit RunSide(DeviceUri uri) : device_uri_(std::move(uri)) {}

  /// Reads ICS and PIXIT. @return  errors of load_declarations
  Result<void> declare(const RunOptions& options, const load::Library& library);

  /// Opens reader, adapter or reference. @return  their errors; Errc::configuration for a road that the ICS does not
  /// claim
  Result<void> open(const RunOptions& options, const Installation& installation);

  /// What the engine runs. This object, the library and the store must outlive it.
  engine::Side side(const load::Library& library, port::AccountStore* accounts) const;

  const Declarations& declarations() const { return declarations_; }
  /// What a record says of the road to it; empty until it is open.
  Value facts() const;
  bool is_over_pcsc() const;
  const std::string& label() const { return label_; }  ///< empty until it is open
  bool lives_on() const {
    return card_uri_ ? card_uri_->scheme != CardUri::Scheme::ref : device_uri_->scheme != DeviceUri::Scheme::ref;
  }
  model::Dut dut() const { return card_uri_ ? model::Dut::card : model::Dut::device; }
  /// Whether what is reached over TCP/IP can be: by an address that was given, or in process.
  bool reaches_tcp_ip(const RunOptions& options) const;

 private:
  std::optional<CardUri> card_uri_;
  std::optional<DeviceUri> device_uri_;
  tcp::CardAddresses addresses_;
  Declarations declarations_;
  std::string label_;
  CardRoads card_;
  DeviceRoad device_;
};

}  // namespace dmsc::cli

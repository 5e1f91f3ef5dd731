// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/refdevice/blueprint.hpp"
#include "runner/peer/terminal/handset.hpp"
#include "runner/port/device_link.hpp"

namespace dmsc::refdevice {

/// The reference device in process, on virtual time: a link whose device acts only within `call` and `wait`.
class InProcessDevice final : public port::DeviceLink {
 public:
  static constexpr std::size_t most_exchanges = 20'000;  ///< of one call: a card that never rests does not hold us

  explicit InProcessDevice(Blueprint blueprint);

  void insert(port::SoftCard* card) override;
  void expose(port::StreamService* web_server) override;
  Result<void> begin_case(const std::string& id, const std::string& title) override;
  Result<void> end_case(const std::string& id, std::string_view verdict) override;
  bool has(std::string_view verb) const override { return peer::Handset::has(verb); }
  /// Waits in virtual time, `timeout_ms` of the parameters at most. @return  beyond the port's errors: Errc::exhausted
  Result<Value> call(const std::string& verb, const Value& parameters, std::chrono::milliseconds deadline) override;
  Result<bool> wait(std::chrono::microseconds most) override;
  std::chrono::microseconds now() const override { return handset_.now(); }
  std::string label() const override { return label_; }

  const peer::Handset& handset() const { return handset_; }

 private:
  struct Exposed {
    port::StreamService* service = nullptr;
  };
  class ServiceStream;
  Result<std::unique_ptr<port::Stream>> dial(std::uint16_t port);
  void perform(const peer::SlotAct& act);
  Result<bool> pump();
  Result<bool> advance(std::chrono::microseconds most);

  std::string label_;
  port::SoftCard* card_ = nullptr;
  std::shared_ptr<Exposed> exposed_ = std::make_shared<Exposed>();  ///< outlives streams that are still open
  std::size_t exchanges_ = 0;                                       ///< of the call under way
  peer::Handset handset_;
};

/// The reference device of a personality, as it usually is, in a variant, or with one defect.
Result<std::unique_ptr<InProcessDevice>> make_device(const Catalogue& catalogue, const std::string& personality,
                                                     const std::string& defect, const std::string& variant = {});

}  // namespace dmsc::refdevice

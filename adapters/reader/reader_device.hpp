// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>

#include "adapters/process/control_plane.hpp"
#include "adapters/process/ip_host.hpp"
#include "adapters/vpcd/socket.hpp"
#include "runner/port/device_link.hpp"

namespace dmsc::reader {

/// A device that reaches our card through a PC/SC reader: vpcd's driver takes us for a card, and whatever forwards the
/// reader to a phone carries its commands. Another plane operates the device. Real time, one thread.
class ReaderDevice final : public port::DeviceLink {
 public:
  struct Settings {
    std::string host;
    std::uint16_t port = 0;
    process::IpHost* ip_host = nullptr;                ///< for the card on TCP/IP; must outlive the link
    const std::atomic<int>* stop = nullptr;            ///< non-zero once a signal came; must outlive the link
    std::chrono::milliseconds connect_within{10'000};  ///< pcscd may be started after us
  };

  /// @param make_control  makes the plane that operates the device; it is given how to wait while the card is served
  /// @return              the errors of `make_control`; a reader that does not listen shows with the first call or wait
  using MakeControl = std::function<Result<std::unique_ptr<process::ControlPlane>>(process::WaitFor)>;
  static Result<std::unique_ptr<ReaderDevice>> open(Settings settings, const MakeControl& make_control);

  void insert(port::SoftCard* card) override;
  void expose(port::StreamService* web_server) override;
  Result<void> begin_case(const std::string& id, const std::string& title) override;
  Result<void> end_case(const std::string& id, std::string_view verdict) override;
  bool has(std::string_view verb) const override { return control_->has(verb); }
  Result<Value> call(const std::string& verb, const Value& parameters, std::chrono::milliseconds deadline) override;
  Result<bool> wait(std::chrono::microseconds most) override;
  std::chrono::microseconds now() const override;
  std::string label() const override;
  std::string take_log() override { return control_->take_log(); }

 private:
  explicit ReaderDevice(Settings settings) : settings_(std::move(settings)) {}

  Result<void> plug_in();
  /// Serves the reader for `patience` at most. @return whether anything moved
  Result<bool> serve(std::chrono::milliseconds patience, int wake_fd);
  Result<void> handle(ByteView message);
  bool stopped() const { return settings_.stop != nullptr && settings_.stop->load() != 0; }

  Settings settings_;
  std::unique_ptr<process::ControlPlane> control_;
  port::SoftCard* card_ = nullptr;
  std::optional<vpcd::Socket> reader_;  ///< there while the card is in the reader
  Octets atr_;                          ///< of the last card: the reader looks for it between two cases as well
  bool mute_ = false;
  vpcd::Clock::time_point start_ = vpcd::Clock::now();
};

}  // namespace dmsc::reader

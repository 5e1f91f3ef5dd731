// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>

#include "runner/base/result.hpp"

namespace dmsc::pcsc::testing {

/// A pcscd for this process alone: in mount and user namespaces of its own, with one virtual reader of two slots, no
/// root needed. It ends with its owner, and when the thread that started it dies.
/// libpcsclite reads PCSCLITE_CSOCK_NAME once a process, so a process can have one of these in its life; start it
/// before any PC/SC call.
class PrivatePcscd {
 public:
  struct Options {
    std::string daemon = "/usr/sbin/pcscd";
    std::string driver = "/usr/lib/pcsc/drivers/serial/libifdvpcd.so";
    std::string friendly_name = "DMSC Virtual";
  };

  /// Sets PCSCLITE_CSOCK_NAME of this process once the daemon listens.
  /// @return  Errc::unavailable when daemon or driver is missing, or namespaces are not allowed here
  static Result<PrivatePcscd> start(Options options);
  static Result<PrivatePcscd> start() { return start(Options{}); }

  PrivatePcscd(PrivatePcscd&& other) noexcept;
  PrivatePcscd& operator=(PrivatePcscd&&) = delete;
  ~PrivatePcscd();

  std::uint16_t port(int slot = 0) const { return static_cast<std::uint16_t>(port_ + slot); }
  std::string reader(int slot = 0) const { return friendly_name_ + " 00 0" + std::to_string(slot); }

 private:
  PrivatePcscd() = default;

  pid_t process_ = -1;
  std::uint16_t port_ = 0;
  std::string friendly_name_;
  std::filesystem::path folder_;
};

}  // namespace dmsc::pcsc::testing

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>

#include "adapters/process/ip_host.hpp"
#include "runner/cli/installation.hpp"
#include "runner/port/device_link.hpp"

namespace dmsc::cli {

/// A device named on the command line.
struct DeviceUri {
  enum class Scheme { ref, process, vpcd };
  Scheme scheme{};
  std::string personality;  ///< ref; never empty there
  std::string defect;       ///< ref; without `device:`
  std::string variant;      ///< ref; likewise
  std::string address;      ///< process: exec:COMMAND or tcp:HOST:PORT
  std::string host;         ///< vpcd
  std::uint16_t port = 0;   ///< vpcd
};

/// `ref`, `ref:PERSONALITY`, `ref?defect=NAME`, `ref?variant=NAME`, `exec:COMMAND ARGS`, `tcp:HOST:PORT`,
/// `uicc:vpcd:HOST:PORT`.
/// @return  Errc::usage with what is wrong
Result<DeviceUri> parse_device_uri(std::string_view text);

/// What goes with a device on the command line.
struct DeviceOptions {
  std::vector<std::string> ip;  ///< addresses on which the card's web server is reached as localuicc
  std::string control;          ///< of uicc:vpcd: manual, manual:ANSWERS, record:ANSWERS or exec:FOLDER
  bool debug_adapter = false;
};

/// The road to a device, with what must live as long as it does.
struct DeviceRoad {
  std::unique_ptr<process::IpHost> ip_host;  ///< null: the card has no address of its own
  std::unique_ptr<port::DeviceLink> link;
};

/// Opens the road; an adapter has gone through its canaries then. The errors are those of the adapter.
Result<DeviceRoad> open_device(const DeviceUri& uri, const DeviceOptions& options, const Installation& installation);

}  // namespace dmsc::cli

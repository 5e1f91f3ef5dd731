// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>

#include "adapters/process/process_device.hpp"
#include "runner/base/catch.hpp"

namespace dmsc::process::testing {

inline const std::string source_dir = DMSC_SOURCE_DIR;

inline Settings settings_for(const std::string& address) {
  Settings settings;
  settings.address = address;
  settings.schema = source_dir + "/adapters/protocol.schema.json";
  settings.runner_version = "0.0.0";
  settings.run_id = "test";
  return settings;
}

/// `exec:` of testing/liar.py.
/// @param rest  further arguments
inline std::string liar(const std::string& kind, const std::string& rest = {}) {
  return "exec:python3 '" + source_dir + "/adapters/process/testing/liar.py' " + kind + " " + rest;
}

inline std::unique_ptr<ProcessDevice> opened(Settings settings) {
  auto device = ProcessDevice::open(std::move(settings));
  if (!device) FAIL(device.error().text());
  return std::move(*device);
}

}  // namespace dmsc::process::testing

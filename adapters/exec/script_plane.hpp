// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <atomic>
#include <filesystem>
#include <memory>

#include "adapters/process/control_plane.hpp"

namespace dmsc::exec {

struct Settings {
  std::filesystem::path folder;            ///< a script a verb: `device.powerOn`
  std::filesystem::path schema;            ///< adapters/protocol.schema.json
  const std::atomic<int>* stop = nullptr;  ///< non-zero once a signal came; must outlive the plane
  process::WaitFor wait;                   ///< empty: poll(2)
};

/// A control plane of scripts. The verb's name is the program and its first argument, its parameters are JSON on
/// standard input, its result is JSON on standard output; no output is the empty result. Exit status 0 is success, 1 a
/// refusal of the device that standard error explains, 5 asks for an operator, 127 is "not here"; anything else is a
/// bug of the script. What runs longer than the deadline is killed with all it started. Source: adapters/PROTOCOL.md
/// @return  Errc::no_input where the folder is none; the errors of MessageSchema::load
Result<std::unique_ptr<process::ControlPlane>> make_control_plane(Settings settings);

}  // namespace dmsc::exec

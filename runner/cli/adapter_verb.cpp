// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>
#include <iostream>

#include "adapters/process/process_device.hpp"
#include "runner/base/json.hpp"
#include "runner/cli/device_uri.hpp"
#include "runner/cli/stop_signal.hpp"
#include "runner/cli/verbs.hpp"

namespace dmsc::cli {
namespace {

namespace fs = std::filesystem;

/// The name is the folder's, and shows in what the adapter says of itself.
bool is_name(const std::string& name) {
  const auto fits = [](unsigned char c) { return std::isalnum(c) != 0 || c == '-' || c == '_'; };
  return !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), fits);
}

}  // namespace

Exit test_adapter(const AdapterOptions& options) {
  const auto uri = parse_device_uri(options.device);
  if (!uri) return exit_for(uri.error());
  if (uri->scheme != DeviceUri::Scheme::process) {
    return {model::exit_code::usage,
            "\"" + options.device + "\" is no adapter; name one by exec:COMMAND or tcp:HOST:PORT"};
  }
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  catch_signals();
  const auto road = open_device(*uri, {{}, {}, options.debug_adapter}, *installation);
  if (!road) return exit_for(road.error());
  const auto& identity = dynamic_cast<const process::ProcessDevice&>(*road->link).identity();
  std::cout << write_json(identity, 2) << "\n";
  std::cerr
      << "canaries: unknown verb, echo, prompt, burst, ids, late, impossible expectation: all as an honest adapter\n";
  return {model::exit_code::proven, road->link->label()};
}

Exit new_adapter(const AdapterOptions& options) {
  if (!is_name(options.name)) {
    return {model::exit_code::usage, "\"" + options.name + "\" is no name of an adapter: letters, digits, - and _"};
  }
  const auto installation = Installation::find();
  if (!installation) return exit_for(installation.error());
  const fs::path folder = options.name;
  std::error_code trouble;
  if (fs::exists(folder, trouble)) {
    return {model::exit_code::cannot_create, folder.string() + " is there already"};
  }
  fs::create_directories(folder, trouble);
  const auto example = installation->adapters() / "example";
  const auto ics = folder / (options.name + ".ics.json");
  if (!trouble) fs::copy_file(example / "adapter.py", folder / "adapter.py", trouble);
  if (!trouble) fs::copy_file(example / "example.ics.json", ics, trouble);
  if (trouble) return {model::exit_code::cannot_create, folder.string() + ": " + trouble.message()};
  std::cerr << folder.string() << "/adapter.py is yours now; try it with\n  dmsc adapter test exec:'python3 "
            << folder.string() << "/adapter.py'\nand run what its ICS claims with\n  dmsc run --device exec:'python3 "
            << folder.string() << "/adapter.py' --ics " << ics.string() << "\n";
  return {};
}

}  // namespace dmsc::cli

// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/device_uri.hpp"

#include <unistd.h>

#include <ctime>
#include <iostream>

#include "adapters/exec/script_plane.hpp"
#include "adapters/manual/operator_plane.hpp"
#include "adapters/process/canary.hpp"
#include "adapters/process/process_device.hpp"
#include "adapters/reader/reader_device.hpp"
#include "adapters/refdevice/in_process_device.hpp"
#include "runner/base/text.hpp"
#include "runner/cli/ip_host.hpp"
#include "runner/cli/ref_uri.hpp"
#include "runner/cli/stop_signal.hpp"

namespace dmsc::cli {
namespace {

constexpr std::string_view vpcd_scheme = "uicc:vpcd:";

Result<DeviceRoad> open_process(const DeviceUri& uri, const DeviceOptions& options, const Installation& installation) {
  DeviceRoad road;
  auto host = open_ip_host(options.ip);
  if (!host) return tl::make_unexpected(host.error());
  road.ip_host = std::move(*host);
  process::Settings settings;
  settings.address = uri.address;
  settings.schema = installation.adapters() / "protocol.schema.json";
  settings.runner_version = DMSC_VERSION;
  settings.run_id = std::to_string(std::time(nullptr)) + "-" + std::to_string(getpid());
  settings.stop = &stop_signal();
  settings.ip_host = road.ip_host.get();
  if (options.debug_adapter) settings.debug = [](const std::string& line) { std::cerr << line << "\n"; };
  auto device = process::ProcessDevice::open(std::move(settings));
  if (!device) return tl::make_unexpected(device.error());
  const auto honest = process::try_canaries(**device);
  if (!honest) return tl::make_unexpected(honest.error());
  road.link = std::move(*device);
  return road;
}

/// `manual`, `manual:ANSWERS`, `record:ANSWERS`, `exec:FOLDER`.
Result<std::unique_ptr<process::ControlPlane>> open_control(const std::string& text, const Installation& installation,
                                                            process::WaitFor wait) {
  const auto colon = text.find(':');
  const auto kind = text.substr(0, colon);
  const auto rest = colon == std::string::npos ? std::string{} : text.substr(colon + 1);
  if (kind == "exec" && !rest.empty()) {
    return exec::make_control_plane(
        {rest, installation.adapters() / "protocol.schema.json", &stop_signal(), std::move(wait)});
  }
  manual::Settings settings;
  settings.stop = &stop_signal();
  settings.wait = std::move(wait);
  if (kind == "manual" && (colon == std::string::npos || !rest.empty())) settings.replay = rest;
  if (kind == "record" && !rest.empty()) settings.record = rest;
  const bool known = kind == "manual" || !settings.record.empty();
  if (known && (colon == std::string::npos || !rest.empty())) return manual::make_control_plane(std::move(settings));
  return fail(Errc::usage, "\"" + text +
                               "\" operates no device; --control takes manual, manual:ANSWERS, record:ANSWERS or "
                               "exec:FOLDER");
}

Result<DeviceRoad> open_vpcd(const DeviceUri& uri, const DeviceOptions& options, const Installation& installation) {
  DeviceRoad road;
  auto host = open_ip_host(options.ip);
  if (!host) return tl::make_unexpected(host.error());
  road.ip_host = std::move(*host);
  reader::ReaderDevice::Settings settings;
  settings.host = uri.host;
  settings.port = uri.port;
  settings.ip_host = road.ip_host.get();
  settings.stop = &stop_signal();
  const auto control = options.control.empty() ? std::string("manual") : options.control;
  auto device = reader::ReaderDevice::open(
      std::move(settings), [&](process::WaitFor wait) { return open_control(control, installation, std::move(wait)); });
  if (!device) return tl::make_unexpected(device.error());
  road.link = std::move(*device);
  return road;
}

}  // namespace

Result<DeviceUri> parse_device_uri(std::string_view text) {
  DeviceUri uri;
  if (is_ref_uri(text)) {
    auto ref = parse_ref_uri(text, "device", refdevice::default_personality);
    if (!ref) return tl::make_unexpected(ref.error());
    uri.personality = std::move(ref->personality);
    uri.defect = std::move(ref->defect);
    uri.variant = std::move(ref->variant);
    return uri;
  }
  if (text.starts_with("exec:") || text.starts_with("tcp:")) {
    uri.scheme = DeviceUri::Scheme::process;
    uri.address = text;
    return uri;
  }
  if (text.starts_with(vpcd_scheme)) {
    auto place = parse_host_port(text.substr(vpcd_scheme.size()));
    if (!place) return tl::make_unexpected(place.error());
    uri.scheme = DeviceUri::Scheme::vpcd;
    uri.host = std::move(place->first);
    uri.port = place->second;
    return uri;
  }
  const std::vector<std::string> known = {"ref", "exec:COMMAND", "tcp:HOST:PORT", "uicc:vpcd:HOST:PORT"};
  return fail(Errc::usage, "\"" + std::string(text) + "\" is no device; a device is " + join(known, ", ") +
                               did_you_mean(text, known));
}

Result<DeviceRoad> open_device(const DeviceUri& uri, const DeviceOptions& options, const Installation& installation) {
  if (uri.scheme == DeviceUri::Scheme::process) return open_process(uri, options, installation);
  if (uri.scheme == DeviceUri::Scheme::vpcd) return open_vpcd(uri, options, installation);
  auto device = refdevice::make_device(installation.device_catalogue(), uri.personality, uri.defect, uri.variant);
  if (!device) return tl::make_unexpected(device.error());
  return DeviceRoad{nullptr, std::move(*device)};
}

}  // namespace dmsc::cli

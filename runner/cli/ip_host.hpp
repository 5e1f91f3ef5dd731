// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "adapters/process/ip_host.hpp"
#include "runner/base/result.hpp"

namespace dmsc::cli {

/// Serves the web server of the card that we play on real addresses: what localuicc leads to. Of an address without a
/// port, 443 with TLS and 80 without; with one, https alone.
/// @param addresses  ADDRESS[:PORT], one of each version of IP; none: null
/// @return           Errc::usage for what is no address, the errors of listening
Result<std::unique_ptr<process::IpHost>> open_ip_host(const std::vector<std::string>& addresses);

}  // namespace dmsc::cli

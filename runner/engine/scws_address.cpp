// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/scws_address.hpp"

#include <algorithm>
#include <iterator>

namespace dmsc::engine {
namespace {

constexpr ScwsAddress addresses[] = {
    {"bip_ipv4", "127.0.0.1", "127.0.0.1", true, false, 4116, 3516},
    {"bip_ipv6", "[::1]", "::1", true, true, 4116, 3516},
    {"bip_localhost", "localhost", "localhost", true, false, 4116, 3516},
    {"tcp_ipv4", "localuicc", "localuicc", false, false, 443, 80},
    {"tcp_ipv6", "localuicc", "localuicc", false, true, 443, 80},
};

}  // namespace

const ScwsAddress* find_scws_address(std::string_view name) {
  const auto* found = std::find_if(std::begin(addresses), std::end(addresses),
                                   [&](const ScwsAddress& row) { return row.name == name; });
  return found == std::end(addresses) ? nullptr : found;
}

std::string authority_of(const ScwsAddress& address, std::uint16_t port) {
  return std::string(address.host) + ":" + std::to_string(port);
}

}  // namespace dmsc::engine

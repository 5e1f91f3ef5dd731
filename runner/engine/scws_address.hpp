// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace dmsc::engine {

/// How a local program of the terminal reaches the card's web server: a row of table 2. Source: DM_SC 8.1, table 2
struct ScwsAddress {
  const char* name;
  const char* host;       ///< as a URL writes it: AppAddr is https://{host}:{port}/OMA/DM
  const char* peer_name;  ///< as TLS compares it with the certificate
  bool bip;
  bool ipv6;
  std::uint16_t secure_port;
  std::uint16_t plain_port;
};

/// bip_ipv4, bip_ipv6, bip_localhost, tcp_ipv4, tcp_ipv6; null for any other name.
const ScwsAddress* find_scws_address(std::string_view name);

/// `{SCWS@}`: host and port.
std::string authority_of(const ScwsAddress& address, std::uint16_t port);

}  // namespace dmsc::engine

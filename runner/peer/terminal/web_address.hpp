// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "runner/base/result.hpp"

namespace dmsc::peer {

/// A http or https URL, as far as a local program needs it.
struct WebAddress {
  bool secure = true;
  std::string host;  ///< as a URL writes it: an IPv6 address in brackets
  std::uint16_t port = 443;
  bool names_port = false;
  std::string path = "/";  ///< with the query

  std::string authority() const;  ///< what Host says
  std::string peer_name() const;  ///< what TLS compares with the certificate: no brackets
  std::string url() const;
};

/// @return  Errc::malformed for another scheme, no host, a port outside 1 to 65535, user information, or more than 2048
///          characters
Result<WebAddress> parse_web_address(std::string_view url);

}  // namespace dmsc::peer

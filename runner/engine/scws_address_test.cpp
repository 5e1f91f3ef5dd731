// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/scws_address.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::engine {

TEST_CASE("the rows of table 2", "[scws_address]") {
  struct Row {
    const char* name;
    const char* secure;
    const char* plain;
    const char* peer_name;
    bool bip;
    bool ipv6;
  };
  // DM_SC 8.1, table 2: 4116 and 3516 over BIP, the ports of HTTP over TCP/IP.
  const Row rows[] = {
      {"bip_ipv4", "127.0.0.1:4116", "127.0.0.1:3516", "127.0.0.1", true, false},
      {"bip_ipv6", "[::1]:4116", "[::1]:3516", "::1", true, true},
      {"bip_localhost", "localhost:4116", "localhost:3516", "localhost", true, false},
      {"tcp_ipv4", "localuicc:443", "localuicc:80", "localuicc", false, false},
      {"tcp_ipv6", "localuicc:443", "localuicc:80", "localuicc", false, true},
  };
  for (const auto& row : rows) {
    INFO(row.name);
    const auto* address = find_scws_address(row.name);
    REQUIRE(address != nullptr);
    CHECK(authority_of(*address, address->secure_port) == row.secure);
    CHECK(authority_of(*address, address->plain_port) == row.plain);
    CHECK(std::string(address->peer_name) == row.peer_name);
    CHECK(address->bip == row.bip);
    CHECK(address->ipv6 == row.ipv6);
  }
}

TEST_CASE("any other name is no row", "[scws_address]") {
  for (const auto* name : {"", "any", "bip", "BIP_IPV4", "bip_ipv4 ", "udp_ipv4"}) {
    INFO(name);
    CHECK(find_scws_address(name) == nullptr);
  }
}

}  // namespace dmsc::engine

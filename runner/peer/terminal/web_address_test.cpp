// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/web_address.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {

TEST_CASE("the URLs of table 2 and their parts", "[web_address]") {
  struct Row {
    const char* url;
    bool secure;
    const char* host;
    const char* peer;
    int port;
    const char* authority;
    const char* path;
  };
  const Row rows[] = {
      {"https://127.0.0.1:4116/OMA/DM", true, "127.0.0.1", "127.0.0.1", 4116, "127.0.0.1:4116", "/OMA/DM"},
      {"https://[::1]:4116/OMA/DM", true, "[::1]", "::1", 4116, "[::1]:4116", "/OMA/DM"},
      {"https://0.0.0.0.0.0.0.1:4116/OMA/DM", true, "0.0.0.0.0.0.0.1", "::1", 4116, "0.0.0.0.0.0.0.1:4116", "/OMA/DM"},
      {"https://localuicc/OMA/DM", true, "localuicc", "localuicc", 443, "localuicc", "/OMA/DM"},
      {"http://localhost", false, "localhost", "localhost", 80, "localhost", "/"},
      {"http://localhost:3516?q=1#here", false, "localhost", "localhost", 3516, "localhost:3516", "/?q=1"},
      {"https://[fd00::1]/a?b", true, "[fd00::1]", "fd00::1", 443, "[fd00::1]", "/a?b"},
  };
  for (const auto& row : rows) {
    INFO(row.url);
    const auto address = parse_web_address(row.url);
    REQUIRE(address);
    CHECK(address->secure == row.secure);
    CHECK(address->host == row.host);
    CHECK(address->peer_name() == row.peer);
    CHECK(address->port == row.port);
    CHECK(address->authority() == row.authority);
    CHECK(address->path == row.path);
  }
  CHECK(parse_web_address("https://[::1]:4116/OMA/DM")->url() == "https://[::1]:4116/OMA/DM");
}

TEST_CASE("what is no URL of a web server", "[web_address]") {
  const std::pair<std::string, const char*> rows[] = {
      {"", "\"\" is neither http nor https"},
      {"ftp://x/", "\"ftp://x/\" is neither http nor https"},
      {"https://", "\"https://\" names no host"},
      {"https://:443/", "\"https://:443/\" names no host"},
      {"https://[]/", "\"https://[]/\" names no host"},
      {"https://[::1/", "\"https://[::1/\" has no end of its address"},
      {"https://x:0/", "\"https://x:0/\" has no port from 1 to 65535 behind its colon"},
      {"https://x:65536/", "\"https://x:65536/\" has no port from 1 to 65535 behind its colon"},
      {"https://x:/", "\"https://x:/\" has no port from 1 to 65535 behind its colon"},
      {"https://x:1a/", "\"https://x:1a/\" has no port from 1 to 65535 behind its colon"},
      {"https://me@x/", "\"https://me@x/\" has user information"},
      {"https://x/a b", "\"https://x/a b\" has characters that no URL has"},
      {"https://x/\r\n", "\"https://x/\r\n\" has characters that no URL has"},
  };
  for (const auto& [url, message] : rows) {
    const auto address = parse_web_address(url);
    REQUIRE_FALSE(address);
    CHECK(address.error().message == message);
    CHECK(address.error().code == Errc::malformed);
  }
  CHECK_FALSE(parse_web_address("https://x/" + std::string(2048, 'a')));
}

}  // namespace dmsc::peer

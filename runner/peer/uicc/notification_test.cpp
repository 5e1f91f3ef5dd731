// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/notification.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {

// Worked out with the openssl and base64 programs:
//   printf 'srv:secret' | openssl md5 -binary | base64                          cXC2VjArb9VcNQcsQxrWUA==
//   the trigger's octets | openssl md5 -binary | base64                         GN2AuUzH73WobAmE+HPp3w==
//   "cXC2...UA==:" 00000000 ":GN2A...3w==" | openssl md5                        e7575196...064b
TEST_CASE("digest of a notification, step by step", "[notification]") {
  const auto trigger = *parse_hex("02D8000000000103737276");
  const auto digest = notification_digest(trigger, "srv", "secret", Octets{0, 0, 0, 0});
  CHECK(to_hex(digest) == "E75751967703027A385B5B9DFF91064B");
}

TEST_CASE("a notification is its digest and its trigger", "[notification]") {
  codec::Package0 package;
  package.ui_mode = 1;
  package.session_id = 1;
  package.server_id = "srv";
  const auto octets = write_notification(package, "secret", Octets{0, 0, 0, 0});
  REQUIRE(octets);
  CHECK(to_hex(ByteView(*octets).subspan(16)) == "02D8000000000103737276");
  package.server_id = std::string(256, 'x');
  const auto too_long = write_notification(package, "secret", {});
  REQUIRE_FALSE(too_long);
  CHECK(too_long.error().text() == "ServerID is longer than 255 octets");
}

}  // namespace dmsc::peer

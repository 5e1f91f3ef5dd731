// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/notification_inbox.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/dm/package0.hpp"

namespace dmsc::peer {
namespace {

Octets notification() {
  codec::Package0 package;
  package.session_id = 1;
  package.server_id = "server";
  auto octets = Octets(16, 0xD1);
  append(octets, *codec::write_trigger(package));
  return octets;
}

Gateway::Delivery delivery(const char* protocol, ByteView octets, int channel = 1) {
  return {channel, 32769, to_octets(octets), protocol};
}

}  // namespace

TEST_CASE("each datagram is a notification, whole or not", "[notification_inbox]") {
  NotificationInbox inbox;
  inbox.take(delivery("udp_local", notification()));
  inbox.take(delivery("udp_local", Octets{1, 2, 3}));
  CHECK(inbox.collect() == std::vector<Octets>{notification(), {1, 2, 3}});
  CHECK(inbox.collect().empty());
}

TEST_CASE("a stream is one once it is whole, or when its channel closes", "[notification_inbox]") {
  const auto whole = notification();
  Gateway gateway;
  REQUIRE(gateway.open({Gateway::Mode::terminal_server, "tcp_local", 32769, 100}).channel == 1);
  NotificationInbox inbox;
  inbox.take(delivery("tcp_local", ByteView(whole).first(20)));
  inbox.take(delivery("tcp_local", ByteView(whole).first(3), 2));
  inbox.look(gateway);  // nothing was ever open on channel 2
  CHECK(inbox.collect() == std::vector<Octets>{to_octets(ByteView(whole).first(3))});
  inbox.take(delivery("tcp_local", ByteView(whole).subspan(20)));
  CHECK(inbox.collect() == std::vector<Octets>{whole});
  inbox.take(delivery("tcp_local", ByteView(whole).first(23)));
  inbox.look(gateway);
  CHECK(inbox.collect().empty());
  gateway.close(1, false);
  inbox.look(gateway);
  CHECK(inbox.collect() == std::vector<Octets>{to_octets(ByteView(whole).first(23))});
}

TEST_CASE("a stream that never becomes a notification is bounded", "[notification_inbox]") {
  Octets endless(60000, 0);
  endless.resize(23);  // the header without its last octet: the length of a ServerID that is still to come
  NotificationInbox inbox;
  inbox.take(delivery("tcp_local", endless));
  CHECK(inbox.collect().empty());
  inbox.clear();
  inbox.look(Gateway{});
  CHECK(inbox.collect().empty());
}

}  // namespace dmsc::peer

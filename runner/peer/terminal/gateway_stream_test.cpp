// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/gateway_stream.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {
namespace {

using namespace std::chrono_literals;

Gateway with_listener() {
  Gateway gateway;
  REQUIRE(gateway.open({Gateway::Mode::uicc_server, "tcp_server", 4116, 1000}).channel == 1);
  return gateway;
}

Octets octets(std::string_view text) {
  return {text.begin(), text.end()};
}

}  // namespace

TEST_CASE("a program's octets go both ways until the card closes", "[gateway_stream]") {
  auto gateway = with_listener();
  CHECK(GatewayStream::open(gateway, 443).error().code == Errc::unavailable);
  auto stream = GatewayStream::open(gateway, 4116);
  REQUIRE(stream);
  CHECK(GatewayStream::open(gateway, 4116).error().code == Errc::busy);
  REQUIRE((*stream)->send(octets("hello"), 0ms));
  CHECK(gateway.receive(1, 10).data == octets("hello"));
  CHECK((*stream)->receive(0ms)->empty());
  gateway.send(1, octets("bye"), true);
  gateway.close(1, true);
  CHECK((*stream)->receive(0ms) == octets("bye"));  // what came before the end is not lost
  CHECK((*stream)->receive(0ms).error().code == Errc::unavailable);
}

TEST_CASE("what the gateway does not take at once is offered again", "[gateway_stream]") {
  auto gateway = with_listener();
  auto stream = GatewayStream::open(gateway, 4116);
  REQUIRE(stream);
  const std::size_t size = 3 * Gateway::backlog_most;
  REQUIRE((*stream)->send(Octets(size, 7), 0ms));
  std::size_t read = 0;
  for (int round = 0; round < 2000 && read < size; ++round) {
    read += gateway.receive(1, Gateway::receive_most).data.size();
    REQUIRE((*stream)->receive(0ms));
  }
  CHECK(read == size);
}

TEST_CASE("a channel that carries the next program is not the old one's any more", "[gateway_stream]") {
  auto gateway = with_listener();
  auto old = GatewayStream::open(gateway, 4116);
  REQUIRE(old);
  gateway.close(1, true);
  auto next = GatewayStream::open(gateway, 4116);
  REQUIRE(next);
  gateway.send(1, octets("secret"), true);
  CHECK((*old)->receive(0ms).error().code == Errc::unavailable);
  REQUIRE((*old)->send(octets("x"), 0ms));
  CHECK(gateway.receive(1, 10).data.empty());
  old->reset();
  CHECK(gateway.connected(1));
  CHECK((*next)->receive(0ms) == octets("secret"));
  next->reset();
  gateway.finish_leaving();
  CHECK_FALSE(gateway.connected(1));
}

}  // namespace dmsc::peer

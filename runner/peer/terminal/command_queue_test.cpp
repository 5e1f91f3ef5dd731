// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/command_queue.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {
namespace {

using Rank = CommandQueue::Rank;

Outgoing message(int copies, int delay) {
  return {"envelope.x", {}, copies, delay};
}

}  // namespace

TEST_CASE("a message goes as often and as late as it says", "[command_queue]") {
  CommandQueue queue;
  queue.push(Rank::stimulus, Octets{1});
  queue.push(Rank::stimulus, Octets{2}, message(2, 0));
  queue.push(Rank::reply, Octets{3}, message(0, 0));
  queue.push(Rank::reply, Octets{4}, message(1, 2));
  CHECK(queue.empty(Rank::reply));
  CHECK(queue.pop(Rank::stimulus) == Octets{1});
  queue.tick();
  CHECK(queue.empty(Rank::reply));
  queue.tick();
  CHECK(queue.pop(Rank::reply) == Octets{4});
  CHECK(queue.pop(Rank::stimulus) == Octets{2});
  CHECK(queue.pop(Rank::stimulus) == Octets{2});
  CHECK_FALSE(queue.pop(Rank::stimulus));
  queue.tick();
  CHECK(queue.empty(Rank::reply));
}

TEST_CASE("what goes before a message has its rank", "[command-queue]") {
  CommandQueue queue;
  Outgoing message{"envelope.x", {}, 1, 0};
  message.before = Value::List{Value::Map{{"apdu", "80F2000C"}}, Value::Map{{"apdu", "no hexadecimal"}}};
  queue.push(CommandQueue::Rank::stimulus, Octets{1}, message);
  CHECK(queue.pop(CommandQueue::Rank::stimulus) == Octets{0x80, 0xF2, 0x00, 0x0C});
  CHECK(queue.pop(CommandQueue::Rank::stimulus) == Octets{1});
  CHECK(queue.empty(CommandQueue::Rank::stimulus));
}

}  // namespace dmsc::peer

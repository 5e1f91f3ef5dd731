// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/line_channel.hpp"

#include <sys/socket.h>
#include <unistd.h>

#include <csignal>

#include "runner/base/catch.hpp"

namespace dmsc::process {
namespace {

/// A channel, and the far end of its streams as bare descriptors.
struct Ends {
  Ends() {
    int to_us[2];
    int from_us[2];
    REQUIRE(pipe(to_us) == 0);
    REQUIRE(pipe(from_us) == 0);
    writing = Fd(to_us[1]);
    reading = Fd(from_us[0]);
    channel.emplace(Fd(to_us[0]), Fd(from_us[1]));
  }

  void put(const std::string& text) const {
    REQUIRE(write(writing.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size()));
  }

  Fd writing;
  Fd reading;
  std::optional<LineChannel> channel;
};

TEST_CASE("lines come whole, whatever the pieces", "[process][lines]") {
  Ends ends;
  auto& channel = *ends.channel;
  CHECK_FALSE(channel.receive().value());
  ends.put("{\"a\"");
  CHECK_FALSE(channel.receive().value());
  ends.put(":1}\n\nlast\nhal");
  CHECK(channel.receive().value() == "{\"a\":1}");
  CHECK(channel.receive().value() == "");
  CHECK(channel.receive().value() == "last");
  CHECK_FALSE(channel.receive().value());
  ends.put("f\n");
  CHECK(channel.wait(std::chrono::hours{1}));
  CHECK(channel.receive().value() == "half");
  CHECK(channel.received() == 19);
}

TEST_CASE("the end of a stream comes behind its lines", "[process][lines]") {
  Ends ends;
  const bool half = GENERATE(false, true);
  ends.put(half ? "one\ntw" : "one\n");
  ends.writing = Fd();
  CHECK(ends.channel->receive().value() == "one");
  for (int again = 0; again < 2; ++again) {
    CHECK(ends.channel->wait(std::chrono::hours{1}));
    const auto end = ends.channel->receive();
    REQUIRE_FALSE(end);
    CHECK(end.error().code == (half ? Errc::truncated : Errc::unavailable));
    CHECK(end.error().text() == (half ? "it closed its stream behind half a line" : "it closed its stream"));
  }
}

TEST_CASE("a line has a greatest length", "[process][lines]") {
  int sockets[2];
  REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
  LineChannel near{Fd(sockets[0])};
  LineChannel far{Fd(sockets[1])};
  const bool fits = GENERATE(true, false);
  REQUIRE(far.send(std::string(LineChannel::longest_line + (fits ? 0 : 1), 'x')));
  Result<std::optional<std::string>> line{std::optional<std::string>{}};
  for (int round = 0; round < 10'000 && line && !*line; ++round) {
    REQUIRE(far.flush());
    line = near.receive();
  }
  REQUIRE(line.has_value() == fits);
  if (fits) CHECK((*line)->size() == LineChannel::longest_line);
  if (!fits) CHECK(line.error().text() == "a line is longer than 1048576 octets");
}

TEST_CASE("what is not read is kept up to a bound", "[process][lines]") {
  Ends ends;
  const std::string line(100'000, 'x');
  Result<void> sent;
  for (int count = 0; count < 1'000 && sent; ++count) sent = ends.channel->send(line);
  REQUIRE_FALSE(sent);
  CHECK(sent.error().code == Errc::exhausted);
  CHECK(ends.channel->unsent() <= LineChannel::most_unsent);
  const auto before = ends.channel->unsent();
  std::string octets(65'536, '\0');
  REQUIRE(read(ends.reading.get(), octets.data(), octets.size()) > 0);
  REQUIRE(ends.channel->wait(milliseconds{0}));  // sends while it waits
  CHECK(ends.channel->unsent() < before);
}

TEST_CASE("a reader that is gone is an error, not a signal", "[process][lines]") {
  struct sigaction before {};
  REQUIRE(sigaction(SIGPIPE, nullptr, &before) == 0);
  REQUIRE(before.sa_handler == SIG_DFL);
  SECTION("pipe") {
    Ends ends;
    ends.reading = Fd();
    const auto sent = ends.channel->send("x");
    REQUIRE_FALSE(sent);
    CHECK(sent.error().text() == "write: Broken pipe");
  }
  SECTION("socket") {
    int sockets[2];
    REQUIRE(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    LineChannel near{Fd(sockets[0])};
    { const Fd gone(sockets[1]); }
    CHECK_FALSE(near.send("x"));
  }
}

TEST_CASE("another descriptor ends a wait", "[process][lines]") {
  Ends ends;
  int wake[2];
  REQUIRE(pipe(wake) == 0);
  const Fd reading(wake[0]);
  const Fd writing(wake[1]);
  REQUIRE(write(writing.get(), "x", 1) == 1);
  CHECK(ends.channel->wait(std::chrono::hours{1}, reading.get()));
}

TEST_CASE("a line feed in a line is a bug", "[process][lines]") {
  Ends ends;
  CHECK_THROWS_AS(ends.channel->send("a\nb"), std::logic_error);
}

}  // namespace
}  // namespace dmsc::process

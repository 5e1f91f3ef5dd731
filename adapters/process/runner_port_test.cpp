// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/runner_port.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>

#include "runner/base/catch.hpp"

namespace dmsc::process {
namespace {

constexpr milliseconds plenty{20'000};
constexpr const char* hello = R"({"jsonrpc":"2.0","id":7,"method":"initialize","params":{}})";

/// A port of this machine, and clients of it.
struct Desk {
  explicit Desk(RunnerPort::Settings settings = {plenty, milliseconds{0}}) {
    Fd listener(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(bind(listener.get(), reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(listen(listener.get(), 64) == 0);
    getsockname(listener.get(), reinterpret_cast<sockaddr*>(&address), &length);
    port.emplace(std::move(listener), settings);
  }

  Fd connect() const {
    Fd fd(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    return fd;
  }
  Fd says(const std::string& text) const {
    auto fd = connect();
    REQUIRE(::send(fd.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
    return fd;
  }
  /// All that a client hears until its connection ends; the port turns clients away meanwhile.
  std::string hears(const Fd& client) {
    std::string out;
    for (const auto end = Clock::now() + plenty; Clock::now() < end; port->turn_away()) {
      pollfd watched{client.get(), POLLIN, 0};
      if (::poll(&watched, 1, 5) <= 0) continue;
      char text[512];
      const auto got = ::recv(client.get(), text, sizeof text, 0);
      if (got <= 0) return out + (got == 0 ? "END" : "RESET");
      out.append(text, static_cast<std::size_t>(got));
    }
    return out + "NO END";
  }
  std::string first_line() {
    auto channel = port->next(stop);
    REQUIRE(channel);
    REQUIRE(channel->wait(plenty));
    return channel->receive().value().value_or("none");
  }

  sockaddr_in address{};
  std::optional<RunnerPort> port;
  std::atomic<int> stop{0};
};

TEST_CASE("the first client with a request is served, whoever was silent before it", "[process][runner_port]") {
  Desk desk;
  const auto silent = desk.connect();
  const auto slow = desk.says(R"({"jsonrpc":)");
  const auto runner = desk.says(std::string(hello) + "\nmore");
  CHECK(desk.first_line() == hello);
}

TEST_CASE("who comes while a runner is served is told so and let go", "[process][runner_port]") {
  Desk desk;
  const auto runner = desk.says(std::string(hello) + "\n");
  const auto channel = desk.port->next(desk.stop);
  REQUIRE(channel);
  const auto busy = [](const char* id) {
    return R"({"jsonrpc":"2.0","id":)" + std::string(id) +
           R"(,"error":{"code":7,"message":"another runner is being served"}})" + "\nEND";
  };
  const auto silent = desk.connect();
  CHECK(desk.hears(silent) == busy("null"));
  const auto second = desk.says(R"({"jsonrpc":"2.0","id":"a","method":"initialize"})"
                                "\n");
  CHECK(desk.hears(second) == busy("\"a\""));
  const auto garbage = desk.says("\x01\x02\n\n");
  CHECK(desk.hears(garbage) == busy("null"));
}

TEST_CASE("one who came while a runner was about to leave is served next", "[process][runner_port]") {
  Desk desk({plenty, plenty});
  const auto first = desk.says(std::string(hello) + "\n");
  const auto second = desk.says(std::string(hello) + "\n");
  desk.port->turn_away();
  desk.port->turn_away();
  CHECK(desk.first_line() == hello);
  CHECK(desk.first_line() == hello);
}

TEST_CASE("one who is silent too long, or says what is no request, is let go", "[process][runner_port]") {
  struct Row {
    std::string text;
    std::string reason;
  };
  const auto row = GENERATE(values<Row>({
      {"", R"(-32600,"message":"no request within 0 s")"},
      {R"({"jsonrpc)", R"(-32600,"message":"no request within 0 s")"},
      {"[]\n", R"(-32600,"message":")"},
      {R"({"jsonrpc":"2.0","id":1,"result":{}})"
       "\n",
       R"(-32600,"message":"the first line is no request")"},
      {std::string(RunnerPort::longest_request, 'x'), R"(-32600,"message":"the first line is too long")"},
  }));
  const bool silent = row.reason.find("within") != std::string::npos;
  Desk desk({silent ? milliseconds{50} : plenty, plenty});
  const auto useless = desk.says(row.text);
  desk.port->turn_away();  // which accepts it
  if (silent) {            // the runner comes once the time of the silent one is over
    pollfd watched{useless.get(), POLLIN, 0};
    CHECK(::poll(&watched, 1, 60) == 0);
  }
  const auto runner = desk.says(std::string(hello) + "\n");
  CHECK(desk.first_line() == hello);
  const auto heard = desk.hears(useless);
  INFO(heard);
  CHECK(heard.starts_with(R"({"jsonrpc":"2.0","id":null,"error":{"code":)" + row.reason));
  CHECK(heard.ends_with("}}\nEND"));
}

TEST_CASE("clients without a turn are bounded, and a signal ends the wait for one", "[process][runner_port]") {
  Desk desk({plenty, plenty});
  std::vector<Fd> crowd;
  for (std::size_t count = 0; count <= RunnerPort::most_clients; ++count) crowd.push_back(desk.connect());
  CHECK(desk.hears(crowd.back()) ==
        R"({"jsonrpc":"2.0","id":null,"error":{"code":7,"message":"too many clients wait"}})"
        "\nEND");
  desk.stop = 2;
  const auto none = desk.port->next(desk.stop);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::interrupted);
}

}  // namespace
}  // namespace dmsc::process

// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/device_uri.hpp"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>

#include "adapters/common/fd.hpp"
#include "adapters/refdevice/blueprint.hpp"
#include "adapters/vpcd/socket.hpp"
#include "runner/base/catch.hpp"
#include "runner/cli/ip_host.hpp"

// What the command line calls a device, and what it answers to what is none.
namespace dmsc::cli {
namespace {

using namespace std::chrono_literals;
using Scheme = DeviceUri::Scheme;

const Installation& installation() {
  static const Installation here = [] {
    ::setenv("DMSC_DATA", DMSC_SOURCE_DIR, 1);
    return Installation::find().value();
  }();
  return here;
}

DeviceUri parsed(const std::string& text) {
  const auto uri = parse_device_uri(text);
  if (!uri) FAIL(uri.error().text());
  return *uri;
}

std::string refusal(const std::string& text) {
  const auto uri = parse_device_uri(text);
  if (uri) return "taken";
  CHECK(uri.error().code == Errc::usage);
  return uri.error().text();
}

Error opening(const std::string& uri, const DeviceOptions& options) {
  const auto road = open_device(parsed(uri), options, installation());
  return road ? Error{Errc::unknown, "opened", {}, {}} : road.error();
}

/// A port that is free now.
std::uint16_t free_port() {
  return vpcd::listen_on("127.0.0.1", 0).value().port;
}

}  // namespace

TEST_CASE("the reference device", "[device_uri]") {
  struct Row {
    const char* text;
    const char* personality;
    const char* defect;
  };
  const std::string usual = refdevice::default_personality;
  const Row rows[] = {
      {"ref", usual.c_str(), ""},
      {"ref:iso-only", "iso-only", ""},
      {"ref?defect=no-profile", usual.c_str(), "no-profile"},
      {"ref:iso-only?defect=no-profile", "iso-only", "no-profile"},
      {"ref:a:b", "a:b", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.text);
    const auto uri = parsed(row.text);
    CHECK(uri.scheme == Scheme::ref);
    CHECK(uri.personality == row.personality);
    CHECK(uri.defect == row.defect);
  }
}

TEST_CASE("a device behind an adapter is its address", "[device_uri]") {
  for (const auto* text : {"exec:python3 adapter.py --slot 'a b'", "exec:x", "tcp:127.0.0.1:4000", "tcp:[::1]:4000"}) {
    CAPTURE(text);
    const auto uri = parsed(text);
    CHECK(uri.scheme == Scheme::process);
    CHECK(uri.address == text);
  }
}

TEST_CASE("a device behind a reader is host and port", "[device_uri]") {
  const auto uri = parsed("uicc:vpcd:localhost:35963");
  CHECK(uri.scheme == Scheme::vpcd);
  CHECK(uri.host == "localhost");
  CHECK(uri.port == 35963);
  CHECK(parsed("uicc:vpcd:[::1]:1").host == "::1");
  CHECK(parsed("uicc:vpcd:10.0.0.1:65535").port == 65535);
}

TEST_CASE("what is no device is told what is one", "[device_uri]") {
  const std::string known = " is no device; a device is ref, exec:COMMAND, tcp:HOST:PORT, uicc:vpcd:HOST:PORT";
  CHECK(refusal("") == "\"\"" + known);
  CHECK(refusal("pcsc") == "\"pcsc\"" + known);
  CHECK(refusal("reff") == "\"reff\"" + known + ", did you mean \"ref\"");
  CHECK(refusal("Ref") == "\"Ref\"" + known + ", did you mean \"ref\"");
  CHECK(refusal("uicc:vpcd") == "\"uicc:vpcd\"" + known);
  CHECK(refusal("uicc:pcsc:0") == "\"uicc:pcsc:0\"" + known);
  CHECK(refusal("exec") == "\"exec\"" + known);
  CHECK(refusal("tcp") == "\"tcp\"" + known);
}

TEST_CASE("a reference device that is misspelt is told where", "[device_uri]") {
  const auto row = GENERATE(values<std::pair<const char*, const char*>>({
      {"ref:", "\"ref:\" names no personality behind the colon"},
      {"ref:?defect=mute", "\"ref:?defect=mute\" names no personality behind the colon"},
      {"ref?", "\"ref?\" has an option other than one defect=NAME and one variant=NAME"},
      {"ref?defect", "\"ref?defect\" has an option other than one defect=NAME and one variant=NAME"},
      {"ref?defect=", "\"ref?defect=\" has an option other than one defect=NAME and one variant=NAME"},
      {"ref:iso-only?deffect=mute",
       "\"ref:iso-only?deffect=mute\" has an option other than one defect=NAME and one variant=NAME"},
  }));
  CHECK(refusal(row.first) == row.second);
}

TEST_CASE("a reader wants a host and a port", "[device_uri]") {
  const auto row = GENERATE(values<std::pair<const char*, const char*>>({
      {"uicc:vpcd:", "\"\" is not HOST:PORT"},
      {"uicc:vpcd:localhost", "\"localhost\" is not HOST:PORT"},
      {"uicc:vpcd::35963", "\":35963\" is not HOST:PORT"},
      {"uicc:vpcd:localhost:", "\"localhost:\" has no port from 1 to 65535"},
      {"uicc:vpcd:localhost:0", "\"localhost:0\" has no port from 1 to 65535"},
      {"uicc:vpcd:localhost:65536", "\"localhost:65536\" has no port from 1 to 65535"},
      {"uicc:vpcd:localhost:-1", "\"localhost:-1\" has no port from 1 to 65535"},
      {"uicc:vpcd:localhost:12a", "\"localhost:12a\" has no port from 1 to 65535"},
      {"uicc:vpcd:localhost: 1", "\"localhost: 1\" has no port from 1 to 65535"},
  }));
  CHECK(refusal(row.first) == row.second);
}

TEST_CASE("the reference device opens without an address of its own", "[device_uri]") {
  const auto road = open_device(parsed("ref"), {}, installation());
  REQUIRE(road);
  CHECK(road->ip_host == nullptr);
  REQUIRE(road->link != nullptr);
  CHECK(road->link->has("device.powerOn"));
}

TEST_CASE("a reference device that there is not does not open", "[device_uri]") {
  CHECK(opening("ref:handsett", {}).text().find("handsett") != std::string::npos);
  CHECK(opening("ref?defect=no-profil", {}).text().find("did you mean \"no-profile\"") != std::string::npos);
}

TEST_CASE("who operates a device behind a reader", "[device_uri]") {
  const auto uri = "uicc:vpcd:127.0.0.1:" + std::to_string(free_port());
  const std::string known =
      " operates no device; --control takes manual, manual:ANSWERS, record:ANSWERS or exec:FOLDER";
  SECTION("words that mean nobody") {
    for (const auto* control :
         {"carrier-pigeon", "manual:", "record", "record:", "exec", "exec:", ":", "Manual", "manual-ish:answers"}) {
      CAPTURE(control);
      DeviceOptions options;
      options.control = control;
      const auto error = opening(uri, options);
      CHECK(error.code == Errc::usage);
      CHECK(error.text() == "\"" + std::string(control) + "\"" + known);
    }
  }
  SECTION("a person, whether or not it is said") {
    for (const auto* control : {"", "manual"}) {
      DeviceOptions options;
      options.control = control;
      const auto road = open_device(parsed(uri), options, installation());
      REQUIRE(road);
      CHECK(road->link->label().starts_with("device behind the reader at vpcd:127.0.0.1:"));
    }
  }
  SECTION("recorded answers that are not there") {
    DeviceOptions options;
    options.control = "manual:/nowhere/answers";
    CHECK(opening(uri, options).text().find("/nowhere/answers") != std::string::npos);
  }
  SECTION("a folder that is not there") {
    DeviceOptions options;
    options.control = "exec:/nowhere/verbs";
    CHECK(opening(uri, options).text().find("/nowhere/verbs") != std::string::npos);
  }
}

TEST_CASE("an adapter that cannot be started says so", "[device_uri]") {
  CHECK(opening("exec:", {}).text() == "exec:: there is no command");
  CHECK(opening("exec:/nowhere/adapter", {}).text() ==
        "/nowhere/adapter: cannot be started: No such file or directory");
  CHECK(opening("tcp:localhost", {}).text() == "\"tcp:localhost\" has no port");
}

TEST_CASE("the card's own address is numbers, and free", "[device_uri][ip_host]") {
  DeviceOptions options;
  options.ip = {"localuicc"};
  for (const auto* uri : {"exec:/nowhere/adapter", "uicc:vpcd:127.0.0.1:1"}) {
    const auto error = opening(uri, options);
    CHECK(error.code == Errc::usage);
    CHECK(error.text().find("\"localuicc\"") != std::string::npos);
  }
  const auto taken = vpcd::listen_on("127.0.0.1", 0).value();
  const auto host = open_ip_host({"127.0.0.1:" + std::to_string(taken.port)});
  REQUIRE_FALSE(host);
  CHECK(host.error().code == Errc::busy);
  CHECK(open_ip_host({}).value() == nullptr);
}

namespace {

/// A card's web server that writes down who says what.
struct Service final : port::StreamService {
  std::optional<int> connect(std::size_t listener) override {
    log += "connect " + std::to_string(listener) + "; ";
    open.insert(++last);
    return last;
  }
  std::size_t write(int client, ByteView octets) override {
    log += std::to_string(client) + " says " + std::string(octets.begin(), octets.end()) + "; ";
    return octets.size();
  }
  Octets take_output(int /*client*/) override { return {}; }
  bool over(int client) const override { return !open.contains(client); }
  void disconnect(int client) override {
    log += "disconnect " + std::to_string(client) + "; ";
    open.erase(client);
  }
  std::string log;
  std::set<int> open;
  int last = 0;
};

net::Fd client_of(std::uint16_t port) {
  net::Fd fd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  REQUIRE(::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
  return fd;
}

void say(const net::Fd& client, const std::string& text) {
  REQUIRE(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL) == static_cast<ssize_t>(text.size()));
}

/// Until the service has heard these words, for 5 s at most.
void turn(process::IpHost& host, const Service& service, const std::string& words) {
  const auto until = std::chrono::steady_clock::now() + 5s;
  while (service.log.find(words) == std::string::npos && std::chrono::steady_clock::now() < until) {
    host.wait(100ms, -1);
    host.exchange();
  }
}

}  // namespace

TEST_CASE("clients find the card that is there, by the number of its listener", "[ip_host]") {
  const auto port = free_port();
  const auto host = open_ip_host({"127.0.0.1:" + std::to_string(port)}).value();
  Service card;
  host->expose(&card);
  const auto client = client_of(port);
  say(client, "a");
  turn(*host, card, "says a");
  CHECK(card.log == "connect 2; 1 says a; ");  // https on IPv4
}

TEST_CASE("a client of the last card is none of the next", "[ip_host]") {
  const auto port = free_port();
  const auto host = open_ip_host({"127.0.0.1:" + std::to_string(port)}).value();
  Service last;
  host->expose(&last);
  const auto old_client = client_of(port);
  say(old_client, "a");
  turn(*host, last, "says a");
  REQUIRE(last.log == "connect 2; 1 says a; ");
  Service next;
  host->expose(nullptr);
  host->expose(&next);
  REQUIRE(next.connect(0) == 1);  // a client over BIP, with the number that the old one had
  next.log.clear();
  say(old_client, "b");
  const auto new_client = client_of(port);
  say(new_client, "c");
  turn(*host, next, "says c");
  CHECK(next.log == "connect 2; 2 says c; ");
  CHECK(next.open.contains(1));
}

}  // namespace dmsc::cli

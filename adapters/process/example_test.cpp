// SPDX-License-Identifier: Apache-2.0
// The adapter that strangers copy, driven as a run drives it.
#include <algorithm>

#include "adapters/process/canary.hpp"
#include "adapters/process/testing/liar.hpp"
#include "adapters/process/testing/scripted_card.hpp"
#include "runner/base/catch.hpp"

namespace dmsc::process {
namespace {

using testing::ScriptedCard;
using testing::settings_for;
using testing::source_dir;
using Seen = std::vector<std::string>;

constexpr milliseconds long_enough{20'000};
const std::string example = "exec:python3 '" + source_dir + "/adapters/example/adapter.py'";

const std::string status = "80F2000000";
const std::string terminal_profile = "801000001E210020000100000100000000000000000000000000000000000000000004";
const std::string registry = "80C2000017DC1582028281710D80010407444D20436C69656E747000";

/// Wants things: each of these commands waits at first, and the next after it was fetched.
ScriptedCard::Script wanting(std::vector<std::string> commands) {
  return [commands, at = std::size_t{0}](const std::string& sent) mutable {
    const auto announce = [&] {
      return at < commands.size() ? "91" + to_hex(Octets{static_cast<std::uint8_t>(commands[at].size() / 2)}) : "9000";
    };
    if (sent.starts_with("8012")) return commands.at(at++) + "9000";
    return announce();
  };
}

std::unique_ptr<ProcessDevice> powered(ScriptedCard& card) {
  auto device = ProcessDevice::open(settings_for(example));
  if (!device) FAIL(device.error().text());
  (*device)->insert(&card);
  REQUIRE((*device)->begin_case("one", "the example is switched on"));
  const auto done = (*device)->call("device.powerOn", Value::Map{}, long_enough);
  if (!done) FAIL(done.error().text());
  return std::move(*device);
}

/// Lets the device act until the card has seen a command.
void await(ProcessDevice& device, const ScriptedCard& card, const std::string& command) {
  for (int acts = 0; acts < 100; ++acts) {
    if (std::count(card.seen.begin(), card.seen.end(), command) > 0) return;
    const auto acted = device.wait(std::chrono::seconds{20});
    if (!acted) FAIL(acted.error().text());
  }
  FAIL("the card never saw " + command);
}

TEST_CASE("the example adapter passes the canaries", "[process][example]") {
  const auto device = ProcessDevice::open(settings_for(example));
  if (!device) FAIL(device.error().text());
  const auto done = try_canaries(**device);
  if (!done) FAIL(done.error().text());
}

TEST_CASE("the example's phone introduces itself and polls", "[process][example]") {
  ScriptedCard card;
  const auto device = powered(card);
  CHECK(card.seen == Seen{"on", "00A40004023F00", terminal_profile, registry});
  await(*device, card, status);
  CHECK(card.seen.size() == 5);
  card.seen.clear();
  await(*device, card, status);
  CHECK(card.seen == Seen{status});
  REQUIRE(device->end_case("one", "pass"));

  card.seen.clear();
  REQUIRE(device->begin_case("two", "the example is switched off and on"));
  REQUIRE(device->call("device.reboot", Value::Map{}, long_enough));
  std::erase(card.seen, status);  // one may have been on its way
  CHECK(card.seen == Seen{"off", "on", "00A40004023F00", terminal_profile, registry});
  REQUIRE(device->call("device.powerOff", Value::Map{}, long_enough));
  CHECK(card.seen.back() == "off");
}

TEST_CASE("the example's phone knows three proactive commands and refuses the rest", "[process][example]") {
  ScriptedCard card(wanting({
      "D00D8103010300820281828402022A",          // POLL INTERVAL, 4.2 seconds
      "D011810301270082028182A40101A503000010",  // TIMER MANAGEMENT, start timer 1 with 1 second
      "D00C810301050082028182990109",            // SET UP EVENT LIST, data available
      "D009810301210082028102",                  // DISPLAY TEXT
      "D08109810301130082028183",                // SEND SHORT MESSAGE, with a length of two octets
  }));
  const auto device = powered(card);
  const auto answered = [&](const std::string& response) {
    CAPTURE(response);
    CHECK(std::count(card.seen.begin(), card.seen.end(), "80140000" + response) == 1);
  };
  answered("108103010300820282818301008402022A");
  answered("0F810301270082028281830100A40101");
  answered("0C810301050082028281830100");
  answered("0C810301210082028281830130");
  answered("0C810301130082028281830130");
  await(*device, card, "80C200000ED70C820282812401012503000010");
}

TEST_CASE("the example's phone without a card says so", "[process][example]") {
  const auto device = ProcessDevice::open(settings_for(example));
  REQUIRE(device);
  const auto none = (*device)->call("device.powerOn", Value::Map{}, long_enough);
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::unavailable);
  CHECK(none.error().text() == "device.powerOn: there is no card");
}

}  // namespace
}  // namespace dmsc::process

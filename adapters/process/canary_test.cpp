// SPDX-License-Identifier: Apache-2.0
#include "adapters/process/canary.hpp"

#include "adapters/process/testing/liar.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/text.hpp"

namespace dmsc::process {
namespace {

using testing::liar;
using testing::settings_for;

CanaryLimits quick() {
  CanaryLimits limits;
  limits.late = milliseconds{300};
  limits.early = milliseconds{50};
  limits.latest = milliseconds{2'000};
  return limits;
}

std::string sung(const std::string& kind, const CanaryLimits& limits) {
  const auto device = ProcessDevice::open(settings_for(liar(kind)));
  REQUIRE(device);
  const auto done = try_canaries(**device, limits);
  if (done) return {};
  CHECK(done.error().code == Errc::protocol);
  return done.error().text();
}

TEST_CASE("an honest adapter passes the canaries, with the limits that a run has", "[process][canary]") {
  CHECK(sung("honest", {}) == "");
}

TEST_CASE("each lie is named by its canary", "[process][canary]") {
  const auto row = GENERATE(values<std::pair<const char*, const char*>>({
      {"always_agrees", "canary \"unknown verb\": the adapter agreed to a method that nobody has"},
      {"wrong_code",
       "canary \"unknown verb\": the adapter answered a method that nobody has with error -32602, not -32601"},
      {"constant_answers", "canary \"echo\": the adapter answered a nonce that we did not send"},
      {"slow", "canary \"prompt\": the adapter took * ms for an echo, more than 200"},
      {"loses_frames", "canary \"burst\": the adapter loses frames: of 20 echoes 19 came back"},
      {"wrong_ids", "canary \"ids\": the adapter gave an answer the id of another request"},
      {"impatient", "canary \"late\": the adapter answered before it was to"},
      {"forgetful", "canary \"late\": the adapter gave no answer within 500 ms"},
      {"echoes_expectation", "canary \"impossible expectation\": the adapter observed what cannot have been there"},
  }));
  CAPTURE(row.first);
  auto limits = quick();
  if (std::string(row.first) == "slow") limits.prompt = milliseconds{200};
  if (std::string(row.first) == "loses_frames") limits.prompt = milliseconds{1'000};
  if (std::string(row.first) == "forgetful") limits.latest = milliseconds{500};
  const auto said = sung(row.first, limits);
  CAPTURE(said);
  CHECK(glob_match(row.second, said));
}

}  // namespace
}  // namespace dmsc::process

// SPDX-License-Identifier: Apache-2.0
#include "runner/fuzz/mutations.hpp"

#include "runner/base/catch.hpp"
#include "runner/codec/wire/tlv.hpp"

namespace dmsc::fuzz {
namespace {

const std::filesystem::path corpus = std::filesystem::path(DMSC_SOURCE_DIR) / "fixtures/corpus";

codec::Decoded one_octet(ByteView octets) {
  codec::Decoded out;
  auto& node = out.fields.emplace_back();
  node.key = "octet";
  node.value = std::int64_t{octets[0]};
  return out;
}

}  // namespace

TEST_CASE("what a decoder calls clean comes back octet by octet", "[mutations]") {
  for (const auto& trip : round_trips()) {
    const auto count = mutate(trip, corpus, 20'000, 1);
    INFO(trip.name << ": " << count.example);
    CHECK(count.inputs == 20'000);
    CHECK(count.clean > 100);
    CHECK(count.differ == 0);
    CHECK(count.refused == 0);
    CHECK(count.threw == 0);
  }
}

TEST_CASE("the same seed gives the same inputs", "[mutations]") {
  const auto& trip = round_trips().front();
  CHECK(mutate(trip, corpus, 2'000, 7).clean == mutate(trip, corpus, 2'000, 7).clean);
  CHECK(mutate(trip, corpus, 2'000, 7).clean != mutate(trip, corpus, 2'000, 8).clean);
}

TEST_CASE("each kind of fault is counted", "[mutations]") {
  const RoundTrip differs{"differs", "tlv", one_octet, [](const codec::Decoded&) { return Result<Octets>(Octets{}); },
                          nullptr};
  const auto other = mutate(differs, corpus, 100, 1);
  CHECK(other.differ == 100);
  CHECK(other.example.ends_with(" comes back as "));
  const RoundTrip refuses{"refuses", "tlv", one_octet,
                          [](const codec::Decoded&) { return Result<Octets>(fail(Errc::range, "no")); }, nullptr};
  CHECK(mutate(refuses, corpus, 100, 1).refused == 100);
  const RoundTrip throws{
      "throws", "tlv", one_octet,
      [](const codec::Decoded& decoded) { return Result<Octets>(Octets(decoded.fields[0].value.as_string().size())); },
      nullptr};
  CHECK(mutate(throws, corpus, 100, 1).threw == 100);
}

}  // namespace dmsc::fuzz

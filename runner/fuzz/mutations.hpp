// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "runner/codec/wire/node.hpp"

/// What a decoder calls clean must come back octet by octet: each decoder with its encoder, tried on samples that were
/// changed by chance in a few places.
namespace dmsc::fuzz {

/// A decoder and the encoder that undoes it.
struct RoundTrip {
  std::string_view name;    ///< as the table prints it
  std::string_view corpus;  ///< folder of fixtures/corpus whose files are samples too
  codec::Decoded (*decode)(ByteView octets);
  Result<Octets> (*encode)(const codec::Decoded& decoded);
  std::vector<Octets> (*samples)();  ///< those of the rows; null where there are none
};

std::span<const RoundTrip> round_trips();

/// How so many mutated inputs went.
struct MutationCount {
  std::size_t inputs = 0;
  std::size_t clean = 0;    ///< decoded without error or anomaly
  std::size_t differ = 0;   ///< clean, and written otherwise
  std::size_t refused = 0;  ///< clean, and the encoder refuses it
  std::size_t threw = 0;    ///< decoder or encoder threw an exception
  std::string example;      ///< the first of the faults: its octets and what happened

  bool faultless() const { return differ + refused + threw == 0; }
};

/// Changes 1 to 3 octets of samples, cuts or doubles some; the same seed gives the same inputs anywhere.
/// @param corpus  the folder with a folder a target
MutationCount mutate(const RoundTrip& trip, const std::filesystem::path& corpus, std::size_t inputs,
                     std::uint64_t seed);

}  // namespace dmsc::fuzz

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/exchange_reader.hpp"

namespace dmsc::engine {

/// Reads every value that a matcher could ask for of what exchanges show: numbers, names of codes, flags and status
/// words as the rows say them, texts in UTF-8, other octets as they lie. Nothing is kept but a sum, so that no reading
/// can be left out.
class ValueTally {
 public:
  void add(const Showing& showing);

  std::size_t values() const { return values_; }
  std::uint64_t sum() const { return sum_; }

 private:
  void add_octets(ByteView octets);
  void add_number(std::uint64_t number);
  void add_leaf(const codec::Leaf& leaf);
  void add_message(const Showing& showing);
  void add_profile(ByteView profile);
  void add_value(const Value& value);

  std::size_t values_ = 0;
  std::uint64_t sum_ = 0;
};

}  // namespace dmsc::engine

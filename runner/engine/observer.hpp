// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runner/engine/exchange_reader.hpp"
#include "runner/model/event.hpp"

namespace dmsc::engine {

/// Turns exchanges into events. It knows nothing but the octets, so a live run, a replay and a captured log give the
/// same events. What an exchange shows is for ExchangeReader to say; here it becomes what cases ask for.
class Observer {
 public:
  /// @param number  position of the exchange in the trace
  /// @return        the events this exchange completes, unnumbered, in order
  std::vector<model::Event> observe(const model::Exchange& exchange, std::size_t number);

 private:
  ExchangeReader reader_;
};

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runner/codec/card/apdu.hpp"
#include "runner/model/event.hpp"

namespace dmsc::engine {

/// Turns exchanges into events. It knows nothing but the octets, so a live run, a replay and a captured log give the
/// same events. GET RESPONSE and the repetition after 6CXX are joined to the command they belong to.
class Observer {
 public:
  /// @param number  position of the exchange in the trace
  /// @return        the events this exchange completes, unnumbered, in order
  std::vector<model::Event> observe(const model::Exchange& exchange, std::size_t number);

 private:
  void add_command(const model::Exchange& exchange, std::vector<model::Event>& events);
  void add_response(codec::StatusWord status, std::vector<model::Event>& events);
  model::Event event(std::string key) const;

  std::optional<codec::Command> open_;  ///< the command whose final status word is still to come
  std::string response_key_;
  Octets data_;
  bool chained_ = false;
  model::Moment at_{};
  std::size_t number_ = 0;
};

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "runner/model/event.hpp"

namespace dmsc::model {

/// How late a card announces its commands after what made it want to: the latest that a run has seen.
struct Lateness {
  bool spoke = false;        ///< it announced a command at all
  std::size_t commands = 0;  ///< command behind the event that brought the announcement; 0: the event's own
  Moment real{};             ///< real time between the two, where the card was given some

  bool operator==(const Lateness&) const = default;
};

/// In seconds with one decimal place: `1.2 s`.
std::string tenths_of_seconds(Moment moment);

/// `the card announces its commands up to 3 commands and 1.2 s of real time after the event`.
std::string in_words(const Lateness& lateness);

}  // namespace dmsc::model

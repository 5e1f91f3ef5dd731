// SPDX-License-Identifier: Apache-2.0
#include "runner/model/lateness.hpp"

namespace dmsc::model {

std::string tenths_of_seconds(Moment moment) {
  const auto count = (moment.count() + 50'000) / 100'000;
  return std::to_string(count / 10) + "." + std::to_string(count % 10) + " s";
}

std::string in_words(const Lateness& lateness) {
  if (!lateness.spoke) return "the card announced no command";
  const std::string start = "the card announces its commands ";
  if (lateness.commands == 0) return start + "at once";
  const auto commands = std::to_string(lateness.commands) + (lateness.commands == 1 ? " command" : " commands");
  const auto real =
      lateness.real.count() == 0 ? std::string{} : " and " + tenths_of_seconds(lateness.real) + " of real time";
  return start + "up to " + commands + real + " after the event";
}

}  // namespace dmsc::model

// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/habit.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::peer {

TEST_CASE("every habit has one name, and all are kept unless switched off", "[habit]") {
  const auto names = habit_names();
  std::set<Habit> seen;
  for (const auto& name : names) {
    const auto habit = habit_of(name);
    REQUIRE(habit);
    CHECK(seen.insert(*habit).second);
    CHECK(Habits().has(*habit));
    CHECK_FALSE(Habits({*habit}).has(*habit));
  }
  // The last of the enumeration: none is without a name.
  CHECK(names.size() == static_cast<std::size_t>(Habit::follows_response_uri) + 1);
  CHECK(names.back() == "follows_response_uri");
  CHECK_FALSE(habit_of("polls_"));
}

}  // namespace dmsc::peer

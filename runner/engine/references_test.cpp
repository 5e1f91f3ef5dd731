// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/references.hpp"

#include "runner/base/catch.hpp"

namespace dmsc::engine {

TEST_CASE("references are replaced wherever they stand", "[references]") {
  Bindings bindings;
  bindings.bind("pixit", Value::Map{{"port", 7}});
  bindings.bind("wake_up", "timer");
  bindings.bind("channel", Value::Map{{"status", Value::Map{{"number", 2}}}});
  const auto resolved = bindings.resolve(Value::Map{{"a", "$pixit.port"},
                                                    {"b", Value::List{"$wake_up", "plain"}},
                                                    {"c", Value::Map{{"d", "$channel.status.number"}}}});
  REQUIRE(resolved);
  CHECK(*resolved == Value(Value::Map{{"a", 7}, {"b", Value::List{"timer", "plain"}}, {"c", Value::Map{{"d", 2}}}}));
}

TEST_CASE("a reference that stands for nothing is an error", "[references]") {
  Bindings bindings;
  bindings.bind("channel", Value::Map{{"status", 1}});
  for (const char* text : {"$other", "$channel.number", "$channel.status.deep", "$"}) {
    const auto resolved = bindings.resolve(Value(text));
    REQUIRE_FALSE(resolved);
    CHECK(resolved.error().text() == "\"" + std::string(text) + "\" stands for nothing here");
  }
}

}  // namespace dmsc::engine

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

TEST_CASE("a field that the sender of an event left out is told apart from a name that nobody knows", "[references]") {
  Bindings bindings;
  bindings.save("note", Value::Map{{"port", 1}});
  CHECK(bindings.resolve(Value("$note.port")).value() == Value(1));
  const auto absent = bindings.resolve(Value("$note.session_text"));
  REQUIRE_FALSE(absent);
  CHECK(absent.error().code == Errc::absent);
  CHECK(absent.error().text() == "what was seen has no \"$note.session_text\"");
  CHECK(bindings.resolve(Value("$notes.port")).error().code == Errc::unknown);
}

}  // namespace dmsc::engine

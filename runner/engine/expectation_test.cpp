// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/expectation.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

// What is nearest to an expectation, and what is said of it.
namespace dmsc::engine {
namespace {

Value json(const char* text) {
  return parse_json(text, "test").value();
}

model::Event event(const char* key, const char* fields, std::size_t number = 0) {
  model::Event out;
  out.key = key;
  out.fields = json(fields);
  out.number = number;
  return out;
}

Wanted wanted(const char* key, const char* matcher) {
  Wanted out;
  out.key = key;
  out.alternatives.push_back({"", "", json(matcher)});
  return out;
}

std::vector<std::string> words(const std::vector<Member>& members) {
  std::vector<std::string> out;
  for (const auto& member : members) out.push_back(member.path + " " + member.value);
  return out;
}

using Words = std::vector<std::string>;

}  // namespace

TEST_CASE("fitting: the first alternative that an event fits", "[expectation]") {
  auto want = wanted("a", R"({"x": 1})");
  want.alternatives[0].reading = "R1";
  want.alternatives.push_back({"AMB-1", "R2", json(R"({"x": {"in": [1, 2]}})")});
  CHECK(fitting(want, event("a", R"({"x": 1})"))->reading == "R1");
  CHECK(fitting(want, event("a", R"({"x": 2})"))->reading == "R2");
  CHECK(fitting(want, event("a", R"({"x": 3})")) == nullptr);
  CHECK(fitting(want, event("b", R"({"x": 1})")) == nullptr);
}

TEST_CASE("nearest: most members that fit, the earliest of equals", "[expectation]") {
  const auto want = wanted("a", R"({"x": 1, "y": {"z": 2, "w": {"range": [1, 9]}}})");
  const std::vector<model::Event> events = {
      event("a", R"({"x": 7})", 0),
      event("a", R"({"x": 1, "y": {"z": 7, "w": 70}})", 1),
      event("b", R"({"x": 1, "y": {"z": 2, "w": 3}})", 2),
      event("a", R"({"x": 7, "y": {"z": 2, "w": 3}})", 3),
      event("a", R"({"x": 8, "y": {"z": 2, "w": 3}})", 4),
  };
  REQUIRE(nearest(want, events, 0) != nullptr);
  CHECK(nearest(want, events, 0)->number == 3);
  CHECK(nearest(want, events, 4)->number == 4);
  CHECK(nearest(want, events, 5) == nullptr);
  CHECK(nearest(wanted("c", "{}"), events, 0) == nullptr);
}

TEST_CASE("nearest: the mode decides before all else", "[expectation]") {
  const auto want = wanted("a", R"({"mode": "local", "x": 1, "y": 2, "z": 3})");
  const std::vector<model::Event> events = {event("a", R"({"mode": "packet", "x": 1, "y": 2, "z": 3})", 0),
                                            event("a", R"({"mode": "local", "x": 7})", 1)};
  CHECK(nearest(want, events, 0)->number == 1);
}

TEST_CASE("nearest: of several readings the best counts", "[expectation]") {
  auto want = wanted("a", R"({"x": 1, "y": 1})");
  want.alternatives.push_back({"AMB-1", "R2", json(R"({"x": 2, "y": 2})")});
  const std::vector<model::Event> events = {event("a", R"({"x": 1, "y": 7})", 0), event("a", R"({"x": 2, "y": 2})", 1)};
  CHECK(nearest(want, events, 0)->number == 1);
}

TEST_CASE("all of another kind: said where there are some and none is of the mode", "[expectation]") {
  const auto want = wanted("a", R"({"mode": "local"})");
  const std::vector<model::Event> events = {event("a", R"({"mode": "packet"})"), event("b", R"({"mode": "x"})"),
                                            event("a", R"({"mode": "packet"})"), event("a", R"({"mode": "server"})"),
                                            event("a", R"({"mode": "local"})")};
  const auto first = [&](std::size_t count) {
    return all_of_another_kind(want, {events.begin(), events.begin() + static_cast<std::ptrdiff_t>(count)}, 0)
        .value_or("-");
  };
  CHECK(first(0) == "-");
  CHECK(first(1) == "none; 1 a with mode packet was seen");
  CHECK(first(3) == "none; 2 a with mode packet were seen");
  CHECK(first(4) == "none; 3 a with mode another than local were seen");
  CHECK(first(5) == "-");
  CHECK_FALSE(all_of_another_kind(wanted("a", R"({"x": 1})"), events, 0));
  CHECK_FALSE(all_of_another_kind(wanted("a", R"({"mode": {"in": ["local"]}})"), events, 0));
}

TEST_CASE("members in question: what the matcher only excludes or bounds comes before what it names", "[expectation]") {
  const auto fields = json(R"({"a": "x", "b": {"c": 5, "d": [1]}, "e": true})");
  CHECK(words(members_in_question(json(R"({"a": "x", "b": {"c": {"not": 4}, "d": [1]}, "f": {"present": false}})"),
                                  fields)) == Words{"b.c 5", "f nothing", "a x", "b.d [1]"});
  CHECK(members_in_question({}, fields).empty());
  CHECK(members_in_question(json(R"({"present": true})"), fields).empty());
  const auto long_text = std::string(100, 'y');
  CHECK(words(members_in_question(json(R"({"a": {"present": true}})"), Value::Map{{"a", long_text}})) ==
        Words{"a " + std::string(80, 'y') + "..."});
}

TEST_CASE("laid over: level by level, a matcher replaces what it stands for", "[expectation]") {
  const auto laid = [](const char* under, const char* over) { return write_json(laid_over(json(under), json(over))); };
  CHECK(laid(R"({"a": 1, "b": {"c": 2}})", R"({"b": {"d": 3}})") == R"({"a":1,"b":{"c":2,"d":3}})");
  CHECK(laid(R"({"a": 1})", R"({"a": 2})") == R"({"a":2})");
  CHECK(laid(R"({"a": {"in": [1, 2]}})", R"({"a": {"range": [5, 6]}})") == R"({"a":{"range":[5,6]}})");
  CHECK(laid(R"({"a": {"b": 1}})", R"({"a": {"present": false}})") == R"({"a":{"present":false}})");
  CHECK(laid(R"({"a": {"present": true}})", R"({"a": {"b": 1}})") == R"({"a":{"b":1}})");
  CHECK(laid("{}", R"({"a": {"b": 1}})") == R"({"a":{"b":1}})");
  CHECK(laid(R"({"a": 1})", "{}") == R"({"a":1})");
}

}  // namespace dmsc::engine

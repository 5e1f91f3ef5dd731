// SPDX-License-Identifier: Apache-2.0
#include "runner/base/value.hpp"

#include <climits>

#include "runner/base/catch.hpp"

using namespace dmsc;

TEST_CASE("a value is of one kind") {
  struct Row {
    Value value;
    int kind;
  };
  const Row rows[] = {
      {Value{}, 0},
      {Value(true), 1},
      {Value(0), 2},
      {Value(std::int64_t{INT64_MIN}), 2},
      {Value(std::size_t{7}), 2},
      {Value("text"), 3},  // and no boolean, which a pointer would become
      {Value(std::string("text")), 3},
      {Value(std::string_view("text")), 3},
      {Value(Value::List{}), 4},
      {Value(Value::Map{}), 5},
  };
  for (const auto& [value, kind] : rows) {
    CAPTURE(kind);
    CHECK(value.is_null() == (kind == 0));
    CHECK(value.is_bool() == (kind == 1));
    CHECK(value.is_int() == (kind == 2));
    CHECK(value.is_string() == (kind == 3));
    CHECK(value.is_list() == (kind == 4));
    CHECK(value.is_map() == (kind == 5));
  }
  CHECK(Value(true).as_bool());
  CHECK(Value(-5).as_int() == -5);
  CHECK(Value("x").as_string() == "x");
  CHECK_THROWS_AS(Value(1).as_string(), std::bad_variant_access);
  CHECK_THROWS_AS(Value("1").as_int(), std::bad_variant_access);
}

TEST_CASE("maps keep the order in which keys were added") {
  Value map;
  map["z"] = 1;
  map["a"] = 2;
  map["z"] = 3;
  REQUIRE(map.as_map().size() == 2);
  CHECK(map.as_map()[0] == Value::Member{"z", 3});
  CHECK(map.as_map()[1] == Value::Member{"a", 2});
  CHECK(map == Value(Value::Map{{"z", 3}, {"a", 2}}));
  CHECK_FALSE(map == Value(Value::Map{{"a", 2}, {"z", 3}}));
}

TEST_CASE("members are found or not") {
  Value map = Value::Map{{"a", Value::Map{{"b", Value::Map{{"c", 1}}}}}, {"n", Value{}}};
  CHECK(map.find("a") != nullptr);
  CHECK(map.find("n")->is_null());
  CHECK(map.find("b") == nullptr);
  CHECK(Value("a").find("a") == nullptr);
  CHECK(Value{}.find("a") == nullptr);
  CHECK(Value(Value::List{}).find("") == nullptr);

  *map.find("n") = 5;
  CHECK(map.find("n")->as_int() == 5);

  CHECK(map.at_path("a.b.c")->as_int() == 1);
  CHECK(map.at_path("a.b")->is_map());
  CHECK(map.at_path("a.b.c.d") == nullptr);
  CHECK(map.at_path("a.x.c") == nullptr);
  CHECK(map.at_path("x") == nullptr);
  CHECK(map.at_path("a..c") == nullptr);
  CHECK(map.at_path("a.") == nullptr);
  CHECK(map.at_path("") == &map);
}

TEST_CASE("a null value becomes a map by asking for a member, others do not") {
  Value value;
  value["a"]["b"] = true;
  CHECK(value.at_path("a.b")->as_bool());
  Value number = 1;
  CHECK_THROWS_AS(number["a"], std::bad_variant_access);
}

TEST_CASE("members of another kind give the fallback") {
  const Value map = Value::Map{{"t", "text"}, {"i", 7}, {"b", true}, {"n", Value{}}};
  CHECK(map.text_or("t", "else") == "text");
  CHECK(map.text_or("i", "else") == "else");
  CHECK(map.text_or("n", "else") == "else");
  CHECK(map.text_or("missing", "else") == "else");
  CHECK(map.int_or("i", 1) == 7);
  CHECK(map.int_or("b", 1) == 1);
  CHECK(map.int_or("t", 1) == 1);
  CHECK(map.bool_or("b", false));
  CHECK_FALSE(map.bool_or("i", false));
  CHECK(map.bool_or("missing", true));
}

TEST_CASE("values of different kinds are not equal") {
  CHECK(Value(1) == Value(std::size_t{1}));
  CHECK_FALSE(Value(1) == Value(true));
  CHECK_FALSE(Value(0) == Value{});
  CHECK_FALSE(Value("") == Value{});
  CHECK_FALSE(Value(Value::List{}) == Value(Value::Map{}));
  CHECK(Value("1") == Value(std::string("1")));
}

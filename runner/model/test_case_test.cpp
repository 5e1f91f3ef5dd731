// SPDX-License-Identifier: Apache-2.0
#include "runner/model/test_case.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::model;
using namespace std::chrono_literals;

TEST_CASE("a duration is a whole number, a blank and a unit", "[test_case]") {
  struct Row {
    const char* json;
    std::optional<std::chrono::milliseconds> duration;
  };
  const auto row = GENERATE(values<Row>({
      {R"("0 s")", 0ms},
      {R"("1 ms")", 1ms},
      {R"("1500 ms")", 1500ms},
      {R"("30 s")", 30s},
      {R"("2 min")", 2min},
      {R"("007 s")", 7s},
      {R"("86400000 ms")", 24h},
      {R"("86400001 ms")", {}},
      {R"("99999999999999999999 s")", {}},
      {R"("-1 s")", {}},
      {R"("+1 s")", {}},
      {R"("1.5 s")", {}},
      {R"("30s")", {}},
      {R"("30  s")", {}},
      {R"(" 30 s")", {}},
      {R"("30 s ")", {}},
      {R"("30 S")", {}},
      {R"("30 h")", {}},
      {R"("30")", {}},
      {R"("s")", {}},
      {R"("")", {}},
      {R"("$pixit.trigger_wait")", {}},
      {R"(30)", {}},
      {R"(null)", {}},
      {R"(["30 s"])", {}},
  }));
  INFO(row.json);
  CHECK(duration_of(parse_json(row.json, "duration").value()) == row.duration);
}

TEST_CASE("names of sides and levels go both ways", "[test_case]") {
  for (const auto dut : {Dut::card, Dut::device}) CHECK(dut_of(name_of(dut)) == dut);
  for (const auto level : {Level::must, Level::should, Level::may, Level::robustness}) {
    CHECK(level_of(name_of(level)) == level);
  }
  CHECK(name_of(Dut::card) == "card");
  CHECK(name_of(Dut::device) == "device");
  CHECK(name_of(Level::robustness) == "robustness");
  CHECK_FALSE(dut_of("Card"));
  CHECK_FALSE(dut_of(""));
  CHECK_FALSE(level_of("MUST"));
}

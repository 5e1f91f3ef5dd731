// SPDX-License-Identifier: Apache-2.0
#include "runner/model/declaration.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::model;
using namespace std::chrono_literals;

namespace {

/// A and B are supported, X and Y are not.
Ics some_ics() {
  Ics ics;
  ics.items = {{"A", true}, {"B", true}, {"X", false}, {"Y", false}};
  return ics;
}

}  // namespace

TEST_CASE("a tree of needs holds or says which items decided", "[declaration]") {
  struct Row {
    const char* tree;
    bool applicable;
    const char* reason;
  };
  const auto row = GENERATE(values<Row>({
      {R"(null)", true, ""},
      {R"("A")", true, ""},
      {R"("X")", false, "ICS X=false"},
      {R"("UNHEARD_OF")", false, "ICS UNHEARD_OF=false"},
      {R"({"all": ["A", "B"]})", true, ""},
      {R"({"all": ["A", "X", "Y"]})", false, "ICS X=false"},
      {R"({"all": []})", true, ""},
      {R"({"any": ["X", "B"]})", true, ""},
      {R"({"any": ["X", "Y"]})", false, "ICS X=false and ICS Y=false"},
      {R"({"any": []})", false, ""},  // no schema lets it through
      {R"({"not": "X"})", true, ""},
      {R"({"not": "A"})", false, "ICS A=true"},
      {R"({"not": {"all": ["A", "X"]}})", true, ""},
      {R"({"not": {"all": ["A", "B"]}})", false, "ICS excludes it"},
      {R"({"not": {"not": "A"}})", true, ""},
      {R"({"not": {"not": "X"}})", false, "ICS excludes it"},
      {R"({"all": ["A", {"any": ["X", {"not": "B"}]}]})", false, "ICS X=false and ICS B=true"},
      {R"({"any": [{"all": ["A", "X"]}, {"not": "Y"}]})", true, ""},
      {R"({"any": [{"all": ["A", "X"]}, {"all": ["Y", "B"]}]})", false, "ICS X=false and ICS Y=false"},
  }));
  INFO(row.tree);
  const auto judged = judge_needs(parse_json(row.tree, "tree").value(), some_ics());
  CHECK(judged.applicable == row.applicable);
  CHECK(judged.reason == row.reason);
}

TEST_CASE("a duration is a whole number, a blank and a unit", "[declaration]") {
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

TEST_CASE("names of sides and levels go both ways", "[declaration]") {
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

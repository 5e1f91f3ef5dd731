// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/applicability.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::engine;

namespace {

/// A and B are supported, X and Y are not.
model::Ics some_ics() {
  model::Ics ics;
  ics.items = {{"A", true}, {"B", true}, {"X", false}, {"Y", false}};
  return ics;
}

/// N is 3, W a word; L is left out.
model::Pixit some_pixit() {
  model::Pixit pixit;
  pixit.values = Value::Map{{"N", 3}, {"W", "select"}};
  return pixit;
}

}  // namespace

TEST_CASE("a tree of needs holds or says which items decided", "[applicability]") {
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
      {R"({"pixit": {"N": {"range": [3, 7]}}})", true, ""},
      {R"({"pixit": {"N": {"range": [4, 7]}}})", false, "PIXIT N=3"},
      {R"({"pixit": {"N": 3, "W": "status"}})", false, "PIXIT W=\"select\""},
      {R"({"pixit": {"L": "x"}})", false, "PIXIT L is left out"},
      {R"({"not": {"pixit": {"L": "x"}}})", true, ""},
  }));
  INFO(row.tree);
  const auto ics = some_ics();
  const auto pixit = some_pixit();
  const auto judged = judge_needs(parse_json(row.tree, "tree").value(), {ics, pixit});
  CHECK(judged.applicable == row.applicable);
  CHECK(judged.reason == row.reason);
}

TEST_CASE("a tree of needs in words", "[applicability]") {
  const auto words = [](const char* tree) { return needs_in_words(parse_json(tree, "tree").value()); };
  CHECK(words("null") == "nothing");
  CHECK(words(R"("A")") == "A");
  CHECK(words(R"({"all": ["A", {"not": "B"}, {"any": ["C", "D"]}]})") == "(A and not B and (C or D))");
  CHECK(words(R"({"pixit": {"channels": {"range": [3, 7]}}})") == "PIXIT channels 3 to 7");
}

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/plan.hpp"

#include <algorithm>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

namespace dmsc::engine {
namespace {

const std::filesystem::path root = DMSC_SOURCE_DIR;

const load::Library& library() {
  static const load::Library loaded = [] {
    // The defects' ids are not what is tried here: take those the cases name.
    std::set<std::string> defects;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "adapters/defects")) {
      const auto document = load_json(entry.path());
      for (const auto& defect : document->find("defects")->as_list()) defects.insert(defect.text_or("id", ""));
    }
    auto open = load::Library::open(root / "testcases", defects);
    open->load_cases();
    return std::move(*open);
  }();
  return loaded;
}

model::Ics ics(const char* name) {
  return library().load_ics(root / "testcases/ics" / name).value();
}

Selection pick(const std::vector<std::string>& chosen, const std::vector<std::string>& skipped, bool traffic = false) {
  Selection out;
  out.patterns.chosen = {chosen.begin(), chosen.end()};
  out.patterns.skipped = {skipped.begin(), skipped.end()};
  out.traffic = traffic;
  return out;
}

Result<std::vector<model::PlannedCase>> plan_of(const Selection& selection, const char* name) {
  const auto statement = ics(name);
  const auto values = library().default_pixit();
  return make_plan(library(), selection, {{statement, values}});
}

std::vector<std::string> ids(const Selection& selection) {
  const auto plan = plan_of(selection, "full.ics.json");
  REQUIRE(plan);
  std::vector<std::string> out;
  for (const auto& planned : *plan) out.push_back(planned.id + (planned.selected ? "" : " skipped"));
  return out;
}

using Ids = std::vector<std::string>;

}  // namespace

TEST_CASE("a matrix expands to all combinations, the last parameter fastest", "[plan]") {
  const auto combinations = expand(Value::Map{{"a", Value::List{1, 2}}, {"b", Value::List{"x", "y"}}});
  REQUIRE(combinations.size() == 4);
  CHECK(write_json(combinations[1]) == R"({"a":1,"b":"y"})");
  CHECK(write_json(combinations[2]) == R"({"a":2,"b":"x"})");
  CHECK(expand({}).size() == 1);
}

TEST_CASE("cases are chosen by id, expanded id, glob, requirement, clause and tag", "[plan]") {
  CHECK(ids(pick({"DM_SC-1.0-con-101"}, {})) == Ids{"DM_SC-1.0-con-101"});
  CHECK(ids(pick({"DM_SC-1.0-con-130.timer"}, {})) == Ids{"DM_SC-1.0-con-130.timer"});
  CHECK(ids(pick({"DM_SC-1.0-con-130"}, {})).size() == 7);
  CHECK(ids(pick({"*-con-10?"}, {})).size() == 9);
  CHECK(ids(pick({"CAT-5"}, {})) == Ids{"DM_SC-1.0-con-118", "DM_SC-1.0-con-119", "DM_SC-1.0-con-717"});
  CHECK(ids(pick({"quiet"}, {})) == Ids{"DM_SC-1.0-con-132"});
  CHECK(ids(pick({"6"}, {})).size() > 10);
  CHECK(ids(pick({"quiet", "CAT-5"}, {})) ==
        Ids{"DM_SC-1.0-con-118", "DM_SC-1.0-con-119", "DM_SC-1.0-con-132", "DM_SC-1.0-con-717"});
  CHECK(ids(pick({"quiet"}, {"*-con-132"})) == Ids{"DM_SC-1.0-con-132 skipped"});
}

TEST_CASE("a pattern that matches nothing is an error with the nearest word", "[plan]") {
  const auto none = plan_of(pick({"no-such-*"}, {}), "full.ics.json");
  REQUIRE_FALSE(none);
  CHECK(none.error().code == Errc::data);
  CHECK(none.error().text() == "\"no-such-*\" matches no case");
  const auto near = plan_of(pick({"DM_SC-1.0-con-1O1"}, {}), "full.ics.json");
  REQUIRE_FALSE(near);
  CHECK(near.error().text() ==
        "\"DM_SC-1.0-con-1O1\" matches no case, did you mean \"DM_SC-1.0-con-101\", \"DM_SC-1.0-con-111\" or "
        "\"DM_SC-1.0-con-121\"");
  const auto skip = plan_of(pick({}, {"DM_SC-1.0-con-1O1"}), "full.ics.json");
  REQUIRE_FALSE(skip);
  CHECK(skip.error().text() == near.error().text());
  Selection listed;
  listed.patterns.chosen = {load::Pattern("typo", "nightly.txt:3")};
  const auto in_file = plan_of(listed, "full.ics.json");
  REQUIRE_FALSE(in_file);
  CHECK(in_file.error().text() == "nightly.txt:3: \"typo\" matches no case");
}

TEST_CASE("what is skipped need not be selected, and is told", "[plan]") {
  const auto selection = pick({"DM_SC-1.0-con-101", "DM_SC-1.0-con-102"}, {"*-con-102", "*-con-103", "*-con-151"});
  const auto plan = plan_of(selection, "full.ics.json");
  REQUIRE(plan);
  CHECK(ids(selection) == Ids{"DM_SC-1.0-con-101", "DM_SC-1.0-con-102 skipped"});
  CHECK(idle_skips(library(), selection.patterns, *plan) == Ids{"*-con-103", "*-con-151"});
}

TEST_CASE("applicability comes from the ICS, with the item that decided", "[plan]") {
  const auto plan = plan_of({}, "timer-only.ics.json");
  REQUIRE(plan);
  std::size_t applicable = 0;
  for (const auto& planned : *plan) {
    applicable += planned.applicable ? 1 : 0;
    if (planned.id == "DM_SC-1.0-con-101") CHECK(planned.reason == "ICS C_WAKE_POWER_ON=false");
    if (planned.id == "DM_SC-1.0-con-130.call") CHECK(planned.reason == "ICS C_WAKE_CALL=false");
    if (planned.id == "DM_SC-1.0-con-130.timer") CHECK(planned.applicable);
  }
  CHECK(applicable >= 40);
  CHECK(applicable < plan->size() / 2);
}

TEST_CASE("cases about all traffic come last, and --traffic selects them whatever the patterns say",
          "[plan][traffic]") {
  const auto all = ids({});
  const auto first = std::find(all.begin(), all.end(), "DM_SC-1.0-con-701");
  REQUIRE(first != all.end());
  CHECK(std::none_of(all.begin(), first, [](const auto& id) { return id.find("con-7") != std::string::npos; }));
  CHECK(std::all_of(first, all.end(), [](const auto& id) { return id.find("con-7") != std::string::npos; }));
  const auto one = ids(pick({"DM_SC-1.0-con-101"}, {}));
  CHECK(one == Ids{"DM_SC-1.0-con-101"});
  const auto with_traffic = ids(pick({"DM_SC-1.0-con-101"}, {}, true));
  CHECK(with_traffic.size() == 1 + static_cast<std::size_t>(all.end() - first));
  CHECK(with_traffic.front() == "DM_SC-1.0-con-101");
  // What is skipped stays skipped.
  CHECK(ids(pick({"DM_SC-1.0-con-101"}, {"DM_SC-1.0-con-701"}, true))[1] == "DM_SC-1.0-con-701 skipped");
}

TEST_CASE("cases that need what the tester lacks say so", "[plan]") {
  Selection selection;
  selection.lacking = {{"C_WAKE_CALL", "the reader cannot do that"}};
  const auto plan = plan_of(selection, "full.ics.json");
  REQUIRE(plan);
  std::size_t lacking = 0;
  for (const auto& planned : *plan) {
    lacking += planned.lacking.empty() ? 0 : 1;
    if (planned.id == "DM_SC-1.0-con-101") CHECK(planned.lacking.empty());
    if (planned.id == "DM_SC-1.0-con-130.call") {
      CHECK(planned.lacking == "the reader cannot do that");
      CHECK(planned.applicable);
    }
  }
  CHECK(lacking > 1);
  CHECK(lacking < plan->size() / 2);
}

}  // namespace dmsc::engine

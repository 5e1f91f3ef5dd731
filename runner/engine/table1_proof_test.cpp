// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/table1_proof.hpp"

#include <set>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/engine/plan.hpp"

namespace dmsc::engine {
namespace {

const std::filesystem::path root = DMSC_SOURCE_DIR;

using Words = std::set<std::string_view>;

/// By the cases; whether there are such is a question of another test.
std::set<std::string> defects_named() {
  std::set<std::string> out;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "testcases")) {
    if (!entry.path().filename().string().starts_with("DM_SC-1.0-con-")) continue;
    const auto document = load_json(entry.path());
    REQUIRE(document);
    for (const auto& id : document->find("refuted_by")->as_list()) out.insert(id.as_string());
  }
  return out;
}

/// What all cases of a side about a cell prove; of those that go through wake-ups, the ones with this.
Words proved(const std::vector<model::PlannedCase>& plan, model::Dut dut, const model::Table1Cell& cell,
             std::string_view wake_up) {
  Words out;
  for (const auto& planned : plan) {
    const auto own = planned.parameters.text_or("wake_up", "");
    if (planned.test->dut != dut || !is_about(planned, cell) || (!wake_up.empty() && own != wake_up)) continue;
    const auto proofs = proofs_of(*planned.test);
    out.insert(proofs.begin(), proofs.end());
  }
  return out;
}

model::TestCase made(model::Dut dut, const std::string& event, Value where) {
  model::TestCase out;
  out.dut = dut;
  model::Step step;
  step.kind = model::StepKind::expect;
  step.what = event;
  step.where = std::move(where);
  out.steps.push_back(std::move(step));
  return out;
}

}  // namespace

TEST_CASE("each cell of table 1 is proved: trigger, notification and session, after each wake-up", "[table1]") {
  auto library = load::Library::open(root / "testcases", defects_named());
  REQUIRE(library);
  library->load_cases();
  REQUIRE(library->quarantined().empty());
  std::vector<model::Ics> statements(2);
  statements[0].dut = model::Dut::card;
  statements[1].dut = model::Dut::device;
  const model::Pixit none;
  const auto plan = make_plan(*library, {}, {{statements[0], none}, {statements[1], none}});
  REQUIRE(plan);
  const Words all = {"trigger", "notification", "session"};
  int cells = 0;
  for (const auto& cell : model::table1()) {
    if (*cell.trigger == '\0') continue;
    ++cells;
    INFO(cell.scenario << ", " << cell.trigger);
    CHECK(proved(*plan, model::Dut::device, cell, "") == all);
    for (const auto wake_up : cell.wake_ups) {
      INFO(wake_up);
      CHECK(proved(*plan, model::Dut::card, cell, wake_up) == all);
    }
  }
  CHECK(cells == 4);
}

TEST_CASE("a step proves what it looks at", "[table1]") {
  const auto proofs = [](const model::TestCase& test) {
    const auto list = proofs_of(test);
    return Words(list.begin(), list.end());
  };
  const auto card = model::Dut::card;
  const auto device = model::Dut::device;
  CHECK(proofs(made(card, "proactive.open_channel", {})) == Words{"trigger"});
  CHECK(proofs(made(card, "dm.notification", {})) == Words{"trigger"});
  CHECK(proofs(made(card, "dm.notification", Value::Map{{"server_id", "a"}, {"digest_valid", true}})) ==
        Words{"trigger", "notification"});
  CHECK(proofs(made(card, "dm.session", Value::Map{{"outcome", "finished"}})) == Words{"session"});
  CHECK(proofs(made(device, "dm.client_message", {})) == Words{"session"});
  CHECK(proofs(made(device, "dm.client_message", Value::Map{{"session_id", "1"}})) == Words{"notification", "session"});
  CHECK(proofs(made(device, "envelope.call_control", {})).empty());
  auto forbids = made(card, "dm.session", Value::Map{{"outcome", "finished"}});
  forbids.steps.front().kind = model::StepKind::forbid;
  CHECK(proofs(forbids).empty());
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "adapters/refcard/reference_card.hpp"
#include "runner/base/catch.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/model/exit_code.hpp"

// Every case is seen to pass on the clean card and to fail on each card that its `refuted_by` names.
namespace dmsc {
namespace {

const std::filesystem::path root = DMSC_SOURCE_DIR;
const refcard::Catalogue catalogue{root / "adapters/refcard/personalities", root / "adapters/defects"};

struct Suite {
  load::Library library;
  model::Ics ics;
  model::Pixit pixit;
};

Suite open_suite(const std::string& personality = refcard::default_personality) {
  const auto defects = refcard::load_defects(catalogue.defects);
  REQUIRE(defects);
  std::set<std::string> ids;
  for (const auto& defect : *defects) ids.insert(defect.id);
  auto library = load::Library::open(root / "testcases", ids);
  REQUIRE(library);
  library->load_cases();
  for (const auto& broken : library->quarantined()) FAIL(broken.error.text());
  const auto ics = library->load_ics(root / "testcases/ics" / (personality + ".ics.json"));
  REQUIRE(ics);
  const auto pixit = library->load_pixit(root / "testcases/ics" / (personality + ".pixit.json"));
  REQUIRE(pixit);
  return {std::move(*library), *ics, *pixit};
}

model::CaseResult run_one(const Suite& suite, const model::PlannedCase& planned, const std::string& defect,
                          const std::string& personality = refcard::default_personality) {
  auto card = refcard::make_card(catalogue, personality, defect);
  REQUIRE(card);
  refcard::InProcessLink link(std::move(*card), "card");
  const std::atomic<int> stop{0};
  std::optional<Error> trouble;
  return engine::CaseRunner(link, suite.library, suite.ics, suite.pixit, stop).run(planned, trouble);
}

std::vector<model::PlannedCase> plan_of(const Suite& suite) {
  auto plan = engine::make_plan(suite.library, model::Dut::card, {}, suite.ics);
  REQUIRE(plan);
  return std::move(*plan);
}

model::RunSummary run_all(const Suite& suite, const std::string& defect,
                          const std::string& personality = refcard::default_personality) {
  auto card = refcard::make_card(catalogue, personality, defect);
  REQUIRE(card);
  refcard::InProcessLink link(std::move(*card), "card");
  const std::atomic<int> stop{0};
  const auto plan = plan_of(suite);
  return engine::run({link, suite.library, suite.ics, suite.pixit, plan, {}, {}, stop, {}});
}

}  // namespace

TEST_CASE("the clean reference card passes every case", "[mutation]") {
  const auto suite = open_suite();
  const auto plan = plan_of(suite);
  REQUIRE(plan.size() >= 25);
  for (const auto& planned : plan) {
    INFO(planned.id);
    REQUIRE(planned.applicable);
    const auto result = run_one(suite, planned, "");
    INFO(result.reason);
    CHECK(model::name_of(result.verdict) == "pass");
  }
}

TEST_CASE("each case fails on each defect that its refuted_by names", "[mutation]") {
  const auto suite = open_suite();
  const auto plan = plan_of(suite);
  std::size_t proofs = 0;
  for (const auto& test : suite.library.cases()) {
    for (const auto& id : test->refuted_by) {
      INFO(test->id << " against " << id);
      bool failed = false;
      std::string seen;
      for (const auto& planned : plan) {
        if (planned.test != test.get()) continue;
        const auto result = run_one(suite, planned, id.substr(id.find(':') + 1));
        failed = failed || result.verdict == model::Verdict::fail;
        seen += planned.id + ": " + std::string(name_of(result.verdict)) + " " + result.reason + "\n";
        if (result.verdict == model::Verdict::fail) CHECK_FALSE(result.findings.empty());
      }
      INFO(seen);
      CHECK(failed);
      ++proofs;
    }
  }
  CHECK(proofs >= suite.library.cases().size());
}

TEST_CASE("each defect of the catalogue makes the whole run fail", "[mutation]") {
  const auto suite = open_suite();
  const auto defects = refcard::load_defects(catalogue.defects);
  REQUIRE(defects);
  REQUIRE(defects->size() >= 20);
  CHECK(run_all(suite, "").exit_code == model::exit_code::proven);
  for (const auto& defect : *defects) {
    if (!defect.id.starts_with("card:")) continue;
    INFO(defect.id);
    CHECK(run_all(suite, defect.name()).exit_code == model::exit_code::failed);
  }
}

TEST_CASE("each defect is named by a case, and each case by a defect", "[mutation]") {
  const auto suite = open_suite();
  auto left = suite.library.vocabulary().defects;
  for (const auto& test : suite.library.cases()) {
    CHECK_FALSE(test->refuted_by.empty());
    for (const auto& id : test->refuted_by) left.erase(id);
  }
  for (const auto& id : left) FAIL_CHECK(id << " is refuted by no case");
}

TEST_CASE("every personality passes with its own ICS and PIXIT", "[mutation]") {
  const auto names = refcard::personality_names(catalogue);
  REQUIRE(names.size() >= 3);
  for (const auto& name : names) {
    INFO(name);
    const auto suite = open_suite(name);
    const auto summary = run_all(suite, "", name);
    INFO(summary.exit_reason);
    CHECK(summary.exit_code == model::exit_code::proven);
  }
}

}  // namespace dmsc

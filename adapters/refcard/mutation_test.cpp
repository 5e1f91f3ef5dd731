// SPDX-License-Identifier: Apache-2.0
#include <map>
#include <set>

#include "adapters/refcard/reference_card.hpp"
#include "runner/base/catch.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/model/exit_code.hpp"

// Every case is seen to pass on the clean card and to fail on each card that its `refuted_by` names.
namespace dmsc {
namespace {

const std::filesystem::path root = DMSC_SOURCE_DIR;
const refcard::Catalogue catalogue{root / "adapters/refcard/personalities", root / "adapters/defects",
                                   root / "fixtures/certs"};

struct Suite {
  std::string personality;
  load::Library library;
  model::Ics ics;
  model::Pixit pixit;
  std::vector<model::PlannedCase> plan;
};

std::set<std::string> defect_ids() {
  const auto defects = refcard::load_defects(catalogue.defects);
  REQUIRE(defects);
  std::set<std::string> ids;
  for (const auto& defect : *defects) ids.insert(defect.id);
  return ids;
}

std::unique_ptr<Suite> open_suite(const std::string& personality = refcard::default_personality) {
  auto library = load::Library::open(root / "testcases", defect_ids());
  REQUIRE(library);
  library->load_cases();
  for (const auto& broken : library->quarantined()) FAIL(broken.error.text());
  const auto ics = library->load_ics(root / "testcases/ics" / (personality + ".ics.json"));
  REQUIRE(ics);
  const auto pixit = library->load_pixit(root / "testcases/ics" / (personality + ".pixit.json"));
  REQUIRE(pixit);
  auto suite = std::make_unique<Suite>(Suite{personality, std::move(*library), *ics, *pixit, {}});
  auto plan = engine::make_plan(suite->library, model::Dut::card, {}, suite->ics);
  REQUIRE(plan);
  suite->plan = std::move(*plan);
  return suite;
}

/// The default personality first.
std::vector<std::unique_ptr<Suite>> open_all() {
  std::vector<std::unique_ptr<Suite>> suites;
  suites.push_back(open_suite());
  for (const auto& name : refcard::personality_names(catalogue)) {
    if (name != refcard::default_personality) suites.push_back(open_suite(name));
  }
  return suites;
}

std::shared_ptr<peer::Uicc> card_of(const Suite& suite, const std::string& defect) {
  auto card = refcard::make_card(catalogue, suite.personality, defect);
  REQUIRE(card);
  return std::move(*card);
}

model::CaseResult run_one(const Suite& suite, const model::PlannedCase& planned, const std::string& defect) {
  const auto card = card_of(suite, defect);
  refcard::InProcessLink link(card, "card");
  refcard::InProcessDialer dialer(card);
  const std::atomic<int> stop{0};
  std::optional<Error> trouble;
  auto account = engine::account_of(suite.pixit);
  return engine::CaseRunner(link, suite.library, suite.ics, suite.pixit, account, &dialer, stop).run(planned, trouble);
}

model::RunSummary run_all(const Suite& suite, const std::string& defect) {
  const auto card = card_of(suite, defect);
  refcard::InProcessLink link(card, "card");
  refcard::InProcessDialer dialer(card);
  const std::atomic<int> stop{0};
  return engine::run({link, suite.library, suite.ics, suite.pixit, suite.plan, {}, {}, stop, {}, &dialer});
}

}  // namespace

TEST_CASE("every case passes on a clean reference card of some personality", "[mutation]") {
  const auto suites = open_all();
  std::set<std::string> left;
  for (const auto& planned : suites.front()->plan) left.insert(planned.id);
  CHECK(left.size() >= 90);
  for (const auto& suite : suites) {
    for (const auto& planned : suite->plan) {
      if (!planned.applicable) continue;
      INFO(suite->personality << ": " << planned.id);
      const auto result = run_one(*suite, planned, "");
      INFO(result.reason);
      CHECK(model::name_of(result.verdict) == "pass");
      left.erase(planned.id);
    }
  }
  for (const auto& id : left) FAIL_CHECK(id << " is applicable to no personality");
}

TEST_CASE("each case fails on each defect that its refuted_by names", "[mutation]") {
  const auto suites = open_all();
  std::size_t proofs = 0;
  for (const auto& test : suites.front()->library.cases()) {
    for (const auto& id : test->refuted_by) {
      INFO(test->id << " against " << id);
      bool failed = false;
      std::string seen;
      for (const auto& suite : suites) {
        for (const auto& planned : suite->plan) {
          if (planned.test->id != test->id || !planned.applicable || failed) continue;
          const auto result = run_one(*suite, planned, id.substr(id.find(':') + 1));
          failed = result.verdict == model::Verdict::fail;
          seen += planned.id + ": " + std::string(name_of(result.verdict)) + " " + result.reason + "\n";
          if (failed) CHECK_FALSE(result.findings.empty());
        }
      }
      INFO(seen);
      CHECK(failed);
      ++proofs;
    }
  }
  CHECK(proofs >= suites.front()->library.cases().size());
}

TEST_CASE("each defect of the catalogue makes the whole run fail", "[mutation]") {
  const auto suite = open_suite();
  CHECK(run_all(*suite, "").exit_code == model::exit_code::proven);
  const auto ids = defect_ids();
  CHECK(ids.size() >= 60);
  for (const auto& id : ids) {
    if (!id.starts_with("card:")) continue;
    INFO(id);
    CHECK(run_all(*suite, id.substr(id.find(':') + 1)).exit_code == model::exit_code::failed);
  }
}

TEST_CASE("each defect is named by a case, and each case by a defect", "[mutation]") {
  const auto suite = open_suite();
  auto left = suite->library.vocabulary().defects;
  for (const auto& test : suite->library.cases()) {
    CHECK_FALSE(test->refuted_by.empty());
    for (const auto& id : test->refuted_by) left.erase(id);
  }
  for (const auto& id : left) FAIL_CHECK(id << " is refuted by no case");
}

TEST_CASE("every personality passes with its own ICS and PIXIT", "[mutation]") {
  const auto suites = open_all();
  REQUIRE(suites.size() >= 4);
  for (const auto& suite : suites) {
    INFO(suite->personality);
    const auto summary = run_all(*suite, "");
    INFO(summary.exit_reason);
    CHECK(summary.exit_code == model::exit_code::proven);
  }
}

}  // namespace dmsc

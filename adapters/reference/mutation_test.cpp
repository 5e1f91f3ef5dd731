// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/refdevice/in_process_device.hpp"
#include "adapters/reference/deviation.hpp"
#include "runner/base/catch.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/model/exit_code.hpp"

// Every case is seen to pass on a clean reference peer and to fail on each broken one that its `refuted_by` names.
namespace dmsc {
namespace {

using model::Dut;

const std::filesystem::path root = DMSC_SOURCE_DIR;
const std::filesystem::path defects_folder = root / "adapters/defects";
const refcard::Catalogue cards{root / "adapters/refcard/personalities", defects_folder, root / "fixtures/certs"};
const refdevice::Catalogue devices{root / "adapters/refdevice/personalities", defects_folder, root / "fixtures/certs"};

struct Suite {
  std::string personality;
  load::Library library;
  model::Ics ics;
  model::Pixit pixit;
  std::vector<model::PlannedCase> plan;
};

/// A reference peer with the roads to it.
struct Peer {
  std::shared_ptr<peer::Uicc> card;
  std::unique_ptr<port::CardLink> link;
  std::unique_ptr<port::StreamDialer> dialer;
  std::unique_ptr<port::DeviceLink> device;
};

std::set<std::string> defect_ids() {
  const auto defects = reference::load_defects(defects_folder);
  REQUIRE(defects);
  std::set<std::string> ids;
  for (const auto& defect : *defects) ids.insert(defect.id);
  return ids;
}

std::unique_ptr<Suite> open_suite(const std::string& personality) {
  auto library = load::Library::open(root / "testcases", defect_ids());
  REQUIRE(library);
  library->load_cases();
  for (const auto& broken : library->quarantined()) FAIL(broken.error.text());
  const auto ics = library->load_ics(root / "testcases/ics" / (personality + ".ics.json"));
  REQUIRE(ics);
  const auto pixit = library->load_pixit(root / "testcases/ics" / (personality + ".pixit.json"));
  REQUIRE(pixit);
  auto suite = std::make_unique<Suite>(Suite{personality, std::move(*library), *ics, *pixit, {}});
  auto plan = engine::make_plan(suite->library, {}, {&suite->ics});
  REQUIRE(plan);
  suite->plan = std::move(*plan);
  return suite;
}

std::string usual(Dut dut) {
  return dut == Dut::card ? refcard::default_personality : refdevice::default_personality;
}

/// The default personality first.
std::vector<std::unique_ptr<Suite>> open_all(Dut dut) {
  std::vector<std::unique_ptr<Suite>> suites;
  suites.push_back(open_suite(usual(dut)));
  const auto names = dut == Dut::card ? refcard::personality_names(cards) : refdevice::personality_names(devices);
  for (const auto& name : names) {
    if (name != usual(dut)) suites.push_back(open_suite(name));
  }
  return suites;
}

Peer peer_of(const Suite& suite, const std::string& defect) {
  Peer peer;
  if (suite.ics.dut == Dut::device) {
    auto device = refdevice::make_device(devices, suite.personality, defect);
    REQUIRE(device);
    peer.device = std::move(*device);
    return peer;
  }
  auto card = refcard::make_card(cards, suite.personality, defect);
  REQUIRE(card);
  peer.card = std::move(*card);
  peer.link = std::make_unique<refcard::InProcessLink>(peer.card, "card");
  peer.dialer = std::make_unique<refcard::InProcessDialer>(peer.card);
  return peer;
}

const std::atomic<int> never{0};

engine::Side side_of(const Suite& suite, const Peer& peer) {
  if (peer.device) {
    return {Dut::device, engine::device_benches(*peer.device, suite.library, suite.ics, suite.pixit), suite.ics,
            suite.pixit};
  }
  return {Dut::card, engine::card_benches(*peer.link, peer.dialer.get(), suite.library, suite.ics, suite.pixit, never),
          suite.ics, suite.pixit};
}

model::CaseResult run_one(const Suite& suite, const model::PlannedCase& planned, const std::string& defect) {
  const auto peer = peer_of(suite, defect);
  std::optional<Error> trouble;
  auto account = engine::account_of(suite.pixit);
  const auto bench = side_of(suite, peer).make_bench(account);
  return engine::CaseRunner(*bench, suite.library, suite.ics, suite.pixit).run(planned, trouble);
}

model::RunSummary run_all(const Suite& suite, const std::string& defect) {
  const auto peer = peer_of(suite, defect);
  return engine::run({{side_of(suite, peer)}, suite.library, suite.plan, {}, {}, never, {}});
}

bool of(Dut dut, const std::string& id) {
  return id.starts_with(std::string(name_of(dut)) + ":");
}

void passes_on_a_clean_peer(Dut dut, std::size_t least) {
  const auto suites = open_all(dut);
  std::set<std::string> left;
  for (const auto& planned : suites.front()->plan) left.insert(planned.id);
  CHECK(left.size() >= least);
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

void fails_on_each_named_defect(Dut dut) {
  const auto suites = open_all(dut);
  std::size_t proofs = 0;
  std::size_t cases = 0;
  for (const auto& test : suites.front()->library.cases()) {
    if (test->dut != dut) continue;
    ++cases;
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
  CHECK(proofs >= cases);
}

/// A defect shows in a run of some personality: the usual one, or one that does what is broken.
void fails_as_a_whole(Dut dut, std::size_t least) {
  const auto suites = open_all(dut);
  std::size_t count = 0;
  for (const auto& id : defect_ids()) {
    if (!of(dut, id)) continue;
    ++count;
    INFO(id);
    CHECK(std::any_of(suites.begin(), suites.end(), [&](const auto& suite) {
      return run_all(*suite, id.substr(id.find(':') + 1)).exit_code == model::exit_code::failed;
    }));
  }
  CHECK(count >= least);
}

}  // namespace

TEST_CASE("every case passes on a clean reference card of some personality", "[mutation]") {
  passes_on_a_clean_peer(Dut::card, 210);
}

TEST_CASE("every case passes on a clean reference device of some personality", "[mutation]") {
  passes_on_a_clean_peer(Dut::device, 160);
}

TEST_CASE("each case fails on each broken card that its refuted_by names", "[mutation]") {
  fails_on_each_named_defect(Dut::card);
}

TEST_CASE("each case fails on each broken device that its refuted_by names", "[mutation]") {
  fails_on_each_named_defect(Dut::device);
}

TEST_CASE("each defect of the card makes the whole run fail", "[mutation]") {
  fails_as_a_whole(Dut::card, 150);
}

TEST_CASE("each defect of the device makes the whole run fail", "[mutation]") {
  fails_as_a_whole(Dut::device, 120);
}

TEST_CASE("each defect is named by a case, and each case by a defect", "[mutation]") {
  const auto suite = open_suite(usual(Dut::card));
  auto left = suite->library.vocabulary().defects;
  for (const auto& test : suite->library.cases()) {
    CHECK_FALSE(test->refuted_by.empty());
    for (const auto& id : test->refuted_by) left.erase(id);
  }
  for (const auto& id : left) FAIL_CHECK(id << " is refuted by no case");
}

TEST_CASE("every personality passes with its own ICS and PIXIT", "[mutation]") {
  for (const auto dut : {Dut::card, Dut::device}) {
    const auto suites = open_all(dut);
    REQUIRE(suites.size() >= 4);
    for (const auto& suite : suites) {
      INFO(suite->personality);
      const auto summary = run_all(*suite, "");
      INFO(summary.exit_reason);
      CHECK(summary.exit_code == model::exit_code::proven);
    }
  }
}

}  // namespace dmsc

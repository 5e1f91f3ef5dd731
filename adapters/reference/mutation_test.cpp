// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/refdevice/in_process_device.hpp"
#include "adapters/reference/deviation.hpp"
#include "runner/base/catch.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/engine/device/device_bench.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/model/exit_code.hpp"

// Every case is seen to pass on a clean reference peer and to come to what it must on each broken one that its
// `refuted_by` names: FAIL, unless the defect's `causes` says otherwise. A case about all traffic is judged over a
// whole run.
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

const std::map<std::string, reference::Deviation>& defects() {
  static const auto all = [] {
    const auto loaded = reference::load_defects(defects_folder);
    REQUIRE(loaded);
    std::map<std::string, reference::Deviation> by_id;
    for (const auto& defect : *loaded) by_id.emplace(defect.id, defect);
    return by_id;
  }();
  return all;
}

std::set<std::string> defect_ids() {
  std::set<std::string> ids;
  for (const auto& [id, defect] : defects()) ids.insert(id);
  return ids;
}

/// What a result can be wanted for: its verdict, and each reading that it took, `AMB-22=R2`.
std::set<std::string> words_of(const model::CaseResult& result) {
  std::set<std::string> out = {std::string(model::name_of(result.verdict))};
  for (const auto& one : result.readings) out.insert(one.ambiguity + "=" + one.reading);
  return out;
}

/// What a case must come to on a defect that it names.
std::string wanted(const std::string& defect, const std::string& test) {
  const auto& causes = defects().at(defect).causes;
  const auto found = causes.find(test);
  return found == causes.end() ? "fail" : found->second;
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
  auto plan = engine::make_plan(suite->library, {}, {{suite->ics, suite->pixit}});
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

using Verdicts = std::map<std::string, std::set<std::string>>;

/// Keeps what each case came to, without regard to its matrix.
class Keeper final : public port::Listener {
 public:
  Result<void> run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& /*plan*/) override {
    return {};
  }
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override {
    const auto seen = words_of(result);
    verdicts[result.planned->test->id].insert(seen.begin(), seen.end());
    const bool about_traffic = !result.planned->test->traffic.empty();
    if (!about_traffic && result.verdict == model::Verdict::fail) failed.insert(result.planned->id);
    const bool good = result.verdict == model::Verdict::pass || result.verdict == model::Verdict::advisory;
    if (good) proven.insert(result.judged.begin(), result.judged.end());
    return {};
  }
  Result<void> run_ended(const model::RunSummary& /*summary*/) override { return {}; }

  Verdicts verdicts;
  std::set<std::string> failed;  ///< expanded cases, those about all traffic left out
  std::set<std::string> proven;  ///< rows of the ledger that a case with a good end held the peer to
};

struct WholeRun {
  model::RunSummary summary;
  Verdicts verdicts;
  std::set<std::string> failed;
  std::set<std::string> proven;
};

WholeRun run_plan(const Suite& suite, const std::vector<model::PlannedCase>& plan, const std::string& defect) {
  const auto peer = peer_of(suite, defect);
  Keeper keeper;
  auto summary = engine::run({{side_of(suite, peer)}, suite.library, plan, {&keeper}, never, {}});
  return {std::move(summary), std::move(keeper.verdicts), std::move(keeper.failed), std::move(keeper.proven)};
}

WholeRun run_all(const Suite& suite, const std::string& defect) {
  return run_plan(suite, suite.plan, defect);
}

bool of(Dut dut, const std::string& id) {
  return id.starts_with(std::string(name_of(dut)) + ":");
}

void passes_on_a_clean_peer(Dut dut, std::size_t least) {
  const auto suites = open_all(dut);
  std::set<std::string> left;
  std::set<std::string> proven;
  for (const auto& planned : suites.front()->plan) left.insert(planned.id);
  CHECK(left.size() >= least);
  for (const auto& suite : suites) {
    for (const auto& planned : suite->plan) {
      if (!planned.applicable || !planned.test->traffic.empty()) continue;
      INFO(suite->personality << ": " << planned.id);
      const auto result = run_one(*suite, planned, "");
      INFO(result.reason);
      CHECK(model::name_of(result.verdict) == "pass");
      left.erase(planned.id);
    }
    const auto whole = run_all(*suite, "");
    INFO(suite->personality << ": " << whole.summary.exit_reason);
    CHECK(whole.summary.exit_code == model::exit_code::proven);
    proven.insert(whole.proven.begin(), whole.proven.end());
    for (const auto& [id, verdicts] : whole.verdicts) {
      if (verdicts.contains("pass")) left.erase(id);
    }
  }
  for (const auto& id : left) FAIL_CHECK(id << " is applicable to no personality");
  for (const auto& row : suites.front()->library.vocabulary().ledger.requirements) {
    if (row.level != "MUST" || row.status != "tested" || !row.asks(dut == Dut::card ? 'C' : 'D')) continue;
    INFO(row.id << " is tested, but no personality proves it");
    CHECK(proven.contains(row.id));
  }
}

void shows_each_named_defect(Dut dut) {
  const auto suites = open_all(dut);
  std::size_t proofs = 0;
  std::size_t cases = 0;
  std::set<std::string> refuted;  // rows of the ledger that a finding on some broken peer cites
  for (const auto& test : suites.front()->library.cases()) {
    if (test->dut != dut) continue;
    if (!test->traffic.empty()) {
      refuted.insert(test->requirements.front());  // shown in a whole run, by the test below
      continue;
    }
    ++cases;
    for (const auto& id : test->refuted_by) {
      const auto want = wanted(id, test->id);
      INFO(test->id << " against " << id << " must be " << want);
      bool shown = false;
      std::string seen;
      for (const auto& suite : suites) {
        for (const auto& planned : suite->plan) {
          if (planned.test->id != test->id || !planned.applicable || shown) continue;
          const auto result = run_one(*suite, planned, defects().at(id).name());
          shown = words_of(result).contains(want);
          seen += planned.id + ": " + std::string(name_of(result.verdict)) + " " + result.reason + "\n";
          if (shown && (want == "fail" || want == "advisory")) CHECK_FALSE(result.findings.empty());
          for (const auto& finding : result.findings) refuted.insert(finding.requirement);
        }
      }
      INFO(seen);
      CHECK(shown);
      ++proofs;
    }
  }
  CHECK(proofs >= cases);
  for (const auto& row : suites.front()->library.vocabulary().ledger.requirements) {
    if (row.level != "MUST" || row.status != "tested" || !row.asks(dut == Dut::card ? 'C' : 'D')) continue;
    INFO(row.id << " is tested, but no broken peer was ever found against it");
    CHECK(refuted.contains(row.id));
  }
}

/// What a defect must come to in a whole run of some personality: the usual one, or one that does what is broken.
struct Toll {
  bool red = false;                                          ///< a case must fail, and with it the run
  std::vector<std::pair<std::string, std::string>> all;      ///< cases that name it, and what they must come to
  std::vector<std::pair<std::string, std::string>> traffic;  ///< those about all traffic, which only a run can show
};

Toll toll_of(const Suite& suite, const std::string& defect) {
  Toll toll;
  for (const auto& test : suite.library.cases()) {
    if (std::find(test->refuted_by.begin(), test->refuted_by.end(), defect) == test->refuted_by.end()) continue;
    const auto want = wanted(defect, test->id);
    toll.red = toll.red || want == "fail";
    toll.all.emplace_back(test->id, want);
    if (!test->traffic.empty()) toll.traffic.emplace_back(test->id, want);
  }
  return toll;
}

bool is_paid(const Toll& toll, const WholeRun& whole) {
  const auto seen = [&](const auto& one) {
    const auto found = whole.verdicts.find(one.first);
    return found != whole.verdicts.end() && found->second.contains(one.second);
  };
  if (toll.red && whole.summary.exit_code != model::exit_code::failed) return false;
  return std::any_of(toll.all.begin(), toll.all.end(), seen) &&
         std::all_of(toll.traffic.begin(), toll.traffic.end(), seen);
}

/// Failures that do not stand under the cause that explains the most.
std::size_t unexplained(const WholeRun& whole) {
  std::size_t most = 0;
  for (const auto& cause : whole.summary.causes) {
    const auto here = std::count_if(cause.ids.begin(), cause.ids.end(),
                                    [&](const std::string& id) { return whole.failed.contains(id); });
    most = std::max(most, static_cast<std::size_t>(here));
  }
  return whole.failed.size() - most;
}

/// The whole plan where the traffic of all of it counts; else the cases that name the defect among every eighth other.
std::vector<model::PlannedCase> plan_for(const Suite& suite, const Toll& toll) {
  if (!toll.traffic.empty()) return suite.plan;
  constexpr std::size_t sample = 8;
  std::vector<model::PlannedCase> plan;
  for (std::size_t at = 0; at < suite.plan.size(); ++at) {
    const auto& planned = suite.plan[at];
    const bool names =
        std::any_of(toll.all.begin(), toll.all.end(), [&](const auto& one) { return one.first == planned.test->id; });
    if (names || at % sample == 0) plan.push_back(planned);
  }
  return plan;
}

void shows_in_a_whole_run(Dut dut, std::size_t least) {
  const auto suites = open_all(dut);
  std::size_t count = 0;
  for (const auto& [id, defect] : defects()) {
    if (!of(dut, id)) continue;
    ++count;
    const auto toll = toll_of(*suites.front(), id);
    INFO(id);
    CHECK(std::any_of(suites.begin(), suites.end(), [&](const auto& suite) {
      const auto whole = run_plan(*suite, plan_for(*suite, toll), defect.name());
      constexpr std::size_t few = 5;  // a breach of a rule over all traffic costs no more, or they have one cause
      if (!toll.traffic.empty() && whole.failed.size() > few) CHECK(unexplained(whole) <= few);
      return is_paid(toll, whole);
    }));
  }
  CHECK(count >= least);
}

/// The expanded cases of one file that some broken peer makes miss while another of the same file does not miss.
std::set<std::string> told_apart(const std::vector<std::unique_ptr<Suite>>& suites, const model::TestCase& test,
                                 const std::vector<std::string>& ids) {
  std::set<std::string> apart;
  for (const auto& suite : suites) {
    for (const auto& defect : test.refuted_by) {
      if (apart.size() == ids.size()) return apart;
      const auto want = wanted(defect, test.id);
      std::set<std::string> missed;
      for (const auto& planned : suite->plan) {
        if (planned.test->id != test.id || !planned.applicable) continue;
        const auto words = words_of(run_one(*suite, planned, defects().at(defect).name()));
        const bool reading = want.find('=') != std::string::npos && words.contains(want);
        if (reading || words.contains("fail") || words.contains("advisory")) missed.insert(planned.id);
      }
      if (missed.size() < ids.size()) apart.insert(missed.begin(), missed.end());
    }
  }
  return apart;
}

/// Expanded cases that have a purpose of their own: those that a defect shows without showing their siblings, those
/// without siblings, and the controls of either.
/// @param idle  takes those that have none
std::size_t count_of_own(Dut dut, std::vector<std::string>& idle) {
  const auto suites = open_all(dut);
  std::map<std::string, std::vector<std::string>> expanded;
  for (const auto& planned : suites.front()->plan) expanded[planned.test->id].push_back(planned.id);
  std::map<std::string, std::set<std::string>> own;
  for (const auto& test : suites.front()->library.cases()) {
    if (test->dut != dut) continue;
    const auto& ids = expanded[test->id];
    const bool alone = ids.size() == 1 || !test->traffic.empty();
    auto& counted = own[test->id];
    counted = alone ? std::set<std::string>(ids.begin(), ids.end()) : told_apart(suites, *test, ids);
    if (!test->control.empty() && !counted.empty()) {
      own[test->control].insert(expanded[test->control].begin(), expanded[test->control].end());
    }
  }
  std::size_t count = 0;
  for (const auto& [id, ids] : expanded) {
    count += own[id].size();
    std::copy_if(ids.begin(), ids.end(), std::back_inserter(idle),
                 [&, &mine = own[id]](const std::string& one) { return !mine.contains(one); });
  }
  return count;
}

}  // namespace

TEST_CASE("600 expanded cases have a purpose of their own", "[mutation]") {
  std::vector<std::string> idle;
  const auto count = count_of_own(Dut::card, idle) + count_of_own(Dut::device, idle);
  for (const auto& id : idle) UNSCOPED_INFO(id << " misses only where all its siblings do");
  INFO(count << " of " << count + idle.size() << " expanded cases have a purpose of their own");
  CHECK(count >= 600);
}

TEST_CASE("every case passes on a clean reference card of some personality", "[mutation]") {
  passes_on_a_clean_peer(Dut::card, 210);
}

TEST_CASE("every case passes on a clean reference device of some personality", "[mutation]") {
  passes_on_a_clean_peer(Dut::device, 160);
}

TEST_CASE("each case shows each broken card that its refuted_by names", "[mutation]") {
  shows_each_named_defect(Dut::card);
}

TEST_CASE("each case shows each broken device that its refuted_by names", "[mutation]") {
  shows_each_named_defect(Dut::device);
}

TEST_CASE("each defect of the card shows in a whole run", "[mutation]") {
  shows_in_a_whole_run(Dut::card, 190);
}

TEST_CASE("each defect of the device shows in a whole run", "[mutation]") {
  shows_in_a_whole_run(Dut::device, 160);
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

TEST_CASE("what a defect causes is about a case that names it", "[mutation]") {
  const auto suite = open_suite(usual(Dut::card));
  std::map<std::string, std::vector<std::string>> named;
  for (const auto& test : suite->library.cases()) named[test->id] = test->refuted_by;
  for (const auto& [id, defect] : defects()) {
    for (const auto& [test, want] : defect.causes) {
      INFO(id << " says of " << test << " that it is " << want);
      CHECK(std::count(named[test].begin(), named[test].end(), id) == 1);
    }
  }
}

}  // namespace dmsc

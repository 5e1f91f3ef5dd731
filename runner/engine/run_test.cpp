// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/run.hpp"

#include <algorithm>
#include <csignal>
#include <deque>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/model/exit_code.hpp"

namespace dmsc::engine {
namespace {

using model::Verdict;
namespace exits = model::exit_code;
using Verdicts = std::vector<std::pair<std::string, Verdict>>;

/// A card that answers by a function; nothing else of a card is in it.
class ScriptedCard final : public port::CardLink {
 public:
  using Script = std::function<Result<Octets>(ByteView)>;
  explicit ScriptedCard(Script script) : script_(std::move(script)) {}
  Result<Octets> power_cycle() override {
    ++power_cycles;
    if (dead_from > 0 && power_cycles >= dead_from) return fail(Errc::unavailable, "no ATR", {}, "script");
    return Octets{0x3B, 0x00};
  }
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds /*deadline*/) override {
    ++commands;
    return script_(command);
  }
  std::string label() const override { return "script"; }
  int power_cycles = 0;
  int dead_from = 0;  ///< the first power-on that brings no answer; 0: none
  int commands = 0;

 private:
  Script script_;
};

class Recorder final : public port::Listener {
 public:
  Result<void> run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& plan) override {
    planned = plan.size();
    return {};
  }
  Result<void> prepared(const model::Preliminary& what) override {
    preliminaries.push_back(what);
    return {};
  }
  void case_started(const model::PlannedCase& /*planned*/) override { ++started; }
  Result<void> case_ended(const model::CaseResult& result) override {
    results.push_back(result);
    verdicts.emplace_back(result.planned->id, result.verdict);
    reasons.push_back(result.reason);
    if (on_case) on_case();
    return {};
  }
  Result<void> run_ended(const model::RunSummary& /*summary*/) override {
    ended = true;
    return {};
  }
  std::vector<model::Preliminary> preliminaries;
  std::size_t planned = 0;
  int started = 0;
  bool ended = false;
  Verdicts verdicts;
  std::vector<std::string> reasons;
  std::vector<model::CaseResult> results;
  std::function<void()> on_case;
};

/// A suite without files: the cases are built here.
struct Suite {
  std::filesystem::path root = DMSC_SOURCE_DIR;
  load::Library library = load::Library::open(root / "testcases", {}).value();
  model::Ics ics;
  model::Pixit pixit;
  std::deque<model::TestCase> cases;
  std::vector<model::PlannedCase> plan;
  std::atomic<int> stop{0};
  Recorder recorder;

  Suite() { pixit.values = Value::Map{{"settle_occasions", 1}}; }

  void add(const std::string& id, std::vector<model::Step> steps, model::Level level = model::Level::must) {
    auto& test = cases.emplace_back();
    test.id = id;
    test.title = "built by the test";
    test.level = level;
    test.requirements = {"DMSC-7-1"};
    test.steps = std::move(steps);
    auto& planned = plan.emplace_back();
    planned.id = id;
    planned.test = &test;
  }

  void add_traffic(const std::string& id, const char* rule) {
    add(id, {});
    cases.back().traffic = rule;
    cases.back().requirements = {model::find_traffic_rule(rule)->requirement};
  }

  std::vector<Side> sides(port::CardLink& link) {
    return {{model::Dut::card, card_benches(link, nullptr, library, ics, pixit, stop), ics, pixit}};
  }

  model::RunSummary go(port::CardLink& link) { return run({sides(link), library, plan, {&recorder}, stop, {}}); }
};

model::Step expect_select(const char* sw) {
  model::Step step;
  step.kind = model::StepKind::expect;
  step.what = "response.select";
  step.where = Value::Map{{"sw", sw}};
  step.window = "5 s";
  return step;
}

model::Step forbid_select(const char* sw) {
  auto step = expect_select(sw);
  step.kind = model::StepKind::forbid;
  return step;
}

/// `21 MUST rows proven`: as many as the ledger has.
std::string rows_of(const model::RunSummary& summary) {
  CHECK(summary.rows > 10);
  return std::to_string(summary.rows) + " MUST rows proven";
}

Result<Octets> ok(ByteView /*command*/) {
  return Octets{0x90, 0x00};
}

}  // namespace

TEST_CASE("verdicts of a run decide its exit code", "[run]") {
  struct Row {
    std::vector<Concluded> cases;
    int code;
    const char* reason;
    std::vector<std::string> unproven;
  };
  constexpr auto must = model::Level::must;
  constexpr auto should = model::Level::should;
  const Row rows[] = {
      {{{"a", Verdict::pass}, {"b", Verdict::advisory}}, exits::proven, "2 cases; 3 of 4 MUST rows proven", {}},
      {{{"a", Verdict::pass}, {"b", Verdict::not_applicable}}, exits::proven, "1 case; 3 of 4 MUST rows proven", {}},
      {{{"a", Verdict::pass}, {"b", Verdict::skipped, must}},
       exits::not_proven,
       "1 skipped; 3 of 4 MUST rows proven",
       {"b"}},
      {{{"a", Verdict::pass}, {"b", Verdict::skipped, should}},
       exits::proven,
       "1 case; 3 of 4 MUST rows proven",
       {"b"}},
      {{{"a", Verdict::pass}, {"b", Verdict::fail, must, "port 1"}},
       exits::failed,
       "1 case, first cause: port 1; 3 of 4 MUST rows proven",
       {}},
      {{{"a", Verdict::inconclusive, must, "refused"}, {"b", Verdict::fail, must, "port 1"}},
       exits::failed,
       "1 case, first cause: port 1; 3 of 4 MUST rows proven",
       {"a"}},
      {{{"a", Verdict::pass}, {"b", Verdict::inconclusive, must, "refused"}},
       exits::not_proven,
       "1 case, first cause: refused; 3 of 4 MUST rows proven",
       {"b"}},
      {{{"a", Verdict::error, must, "gone"}, {"b", Verdict::not_run, must, "stopped"}},
       exits::not_proven,
       "2 cases, first cause: gone; 3 of 4 MUST rows proven",
       {"a", "b"}},
      {{{"a", Verdict::not_applicable}}, exits::no_input, "no case was applicable", {}},
      {{}, exits::no_input, "no case was applicable", {}},
  };
  for (const auto& row : rows) {
    model::RunSummary summary;
    summary.rows = 4;
    summary.rows_proven = 3;
    conclude(row.cases, summary);
    INFO(row.reason);
    CHECK(summary.exit_code == row.code);
    CHECK(summary.exit_reason == row.reason);
    CHECK(summary.unproven_cases == row.unproven);
  }
}

TEST_CASE("256 failures are exit 1, not 0", "[run][D9]") {
  std::vector<Concluded> cases;
  for (int at = 0; at < 256; ++at) cases.push_back({std::to_string(at), Verdict::fail});
  model::RunSummary summary;
  conclude(cases, summary);
  CHECK(summary.exit_code == exits::failed);
}

TEST_CASE("causes: numbers make no new one, failures come first, then the most frequent", "[run]") {
  constexpr auto must = model::Level::must;
  const std::vector<Concluded> cases = {
      {"a", Verdict::inconclusive, must, "status was answered 6D00, step 1"},
      {"b", Verdict::fail, must, "port 384"},
      {"c", Verdict::inconclusive, must, "status was answered 6D00, step 12"},
      {"d", Verdict::fail, must, "no trigger within 5 s"},
      {"e", Verdict::inconclusive, must, "status was answered 6D00, step 2"},
      {"f", Verdict::fail, must, "port 385"},
      {"g", Verdict::pass, must, "port 386"},
      {"h", Verdict::skipped, must, "port 387"},
      {"i", Verdict::not_applicable, must, "port 388"},
  };
  model::RunSummary summary;
  conclude(cases, summary);
  std::vector<std::string> told;
  for (const auto& cause : summary.causes) {
    told.push_back(cause.text);
    for (const auto& id : cause.ids) told.back() += " " + id;
  }
  CHECK(told ==
        std::vector<std::string>{"port 384 b f", "no trigger within 5 s d", "status was answered 6D00, step 1 a c e"});
  CHECK(summary.exit_reason == "3 cases, first cause: port 384; 0 of 0 MUST rows proven");
}

TEST_CASE("causes: where one cause fails some cases and voids others, the failure words it", "[run]") {
  constexpr auto must = model::Level::must;
  model::RunSummary summary;
  conclude({{"a", Verdict::inconclusive, must, "timer 1"}, {"b", Verdict::fail, must, "timer 2"}}, summary);
  REQUIRE(summary.causes.size() == 1);
  CHECK(summary.causes[0].text == "timer 2");
  CHECK(summary.causes[0].ids == std::vector<std::string>{"a", "b"});
}

TEST_CASE("a failing case does not keep the next one from running", "[run][D7]") {
  Suite bench;
  bench.add("a", {expect_select("6A82")});
  bench.add("b", {expect_select("6A82")});
  bench.add("c", {expect_select("9000")});
  ScriptedCard card(ok);
  const auto summary = bench.go(card);
  CHECK(summary.exit_code == exits::failed);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::fail}, {"b", Verdict::fail}, {"c", Verdict::pass}});
  CHECK(bench.recorder.ended);
  CHECK(card.power_cycles == 4);  // one before the first case, to learn how late the card is
  CHECK(bench.recorder.reasons[0] ==
        "step 1 (DM_SC 7 MUST): expected response.select with sw 6A82, got response.select with sw 9000");
}

TEST_CASE("a missed SHOULD is an advisory and exit 0", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("6A82")}, model::Level::should);
  ScriptedCard card(ok);
  CHECK(bench.go(card).exit_code == exits::proven);
  CHECK(bench.recorder.verdicts[0].second == Verdict::advisory);
}

TEST_CASE("a forbidden event fails at once, silence needs occasions", "[run]") {
  Suite bench;
  bench.add("a", {forbid_select("9000")});
  bench.add("b", {forbid_select("6A82")});
  ScriptedCard card(ok);
  bench.go(card);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::fail}, {"b", Verdict::pass}});
  bench.pixit.values["occasion"] = "none";
  bench.recorder.verdicts.clear();
  CHECK(bench.go(card).exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts[0].second == Verdict::inconclusive);
  // Nor may a card fail for not speaking when it was never spoken to.
  Suite unasked;
  unasked.add("a", {expect_select("9000")});
  unasked.pixit.values["occasion"] = "none";
  CHECK(unasked.go(card).exit_code == exits::not_proven);
  CHECK(unasked.recorder.reasons[0] ==
        "step 1: the PIXIT names no harmless command (occasion), so silence proves nothing");
}

TEST_CASE("a lost card ends the run: error, the rest not run, exit 69, all reported", "[run][D6][D15]") {
  for (const auto code : {Errc::unavailable, Errc::timeout}) {
    Suite bench;
    for (const char* id : {"a", "b", "c"}) bench.add(id, {expect_select("9000")});
    ScriptedCard card([&](ByteView command) -> Result<Octets> {
      if (bench.recorder.verdicts.empty()) return ok(command);
      return fail(code, "the card is gone", {}, "script");
    });
    const auto summary = bench.go(card);
    CHECK(summary.exit_code == exits::unavailable);
    const std::string bound = code == Errc::timeout ? " (apdu_deadline of the PIXIT)" : "";
    CHECK(summary.exit_reason == "run ended at b: script: the card is gone" + bound);
    CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"b", Verdict::error}, {"c", Verdict::not_run}});
    CHECK(summary.unproven_cases == std::vector<std::string>{"b", "c"});
  }
}

TEST_CASE("a FAIL recorded before the card was lost is told in the last line", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("6A82")});
  bench.add("b", {expect_select("9000")});
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    if (bench.recorder.verdicts.empty()) return ok(command);
    return fail(Errc::unavailable, "gone");
  });
  const auto summary = bench.go(card);
  CHECK(summary.exit_code == exits::unavailable);
  CHECK(summary.exit_reason ==
        "run ended at b: gone; 1 case, first cause: response.select with sw 9000; 0 of " + rows_of(summary));
}

TEST_CASE("an answer that is no APDU is an error of one case", "[run]") {
  Suite bench;
  for (const char* id : {"a", "b"}) bench.add(id, {expect_select("9000")});
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    if (bench.recorder.verdicts.empty()) return fail(Errc::protocol, "1 octet is no response APDU");
    return ok(command);
  });
  const auto summary = bench.go(card);
  CHECK(summary.exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::error}, {"b", Verdict::pass}});
}

TEST_CASE("a signal lets the reports be completed", "[run]") {
  for (const auto& [number, code] : {std::pair(SIGINT, exits::interrupted), std::pair(SIGTERM, exits::terminated)}) {
    Suite bench;
    for (const char* id : {"a", "b", "c"}) bench.add(id, {expect_select("9000")});
    bench.recorder.on_case = [&, signal = number] { bench.stop = signal; };
    ScriptedCard card(ok);
    const auto summary = bench.go(card);
    CHECK(summary.exit_code == code);
    CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"b", Verdict::not_run}, {"c", Verdict::not_run}});
  }
}

TEST_CASE("a malformed proactive command costs its traffic case and no other", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  bench.add_traffic("z", "command_form");
  int sent_after = 0;  // power-cycles: one command each
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    if (command[1] == 0x12) return *parse_hex("D0098103010200820581829000");  // device identities state 5 octets
    if (std::exchange(sent_after, card.power_cycles) == card.power_cycles) return ok(command);
    return *parse_hex("910B");
  });
  bench.cases[0].steps[0].where = {};  // the first answer is an announcement
  bench.go(card);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"z", Verdict::fail}});
  CHECK(bench.recorder.reasons[1] ==
        "(TS 101 220, 7.1.1 MUST): expected a well-formed proactive command, got more_time: length says 5 octets, 2 "
        "are left at "
        "offset 8 (1 time in 1 case, first in a, exchange 2)");
}

TEST_CASE("a broken case file is an error of that case and of nothing else", "[run][D22]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  bench.add("broken", {});
  bench.plan.back().broken = "broken.json: /x: key is not known";
  bench.add("z", {expect_select("9000")});
  ScriptedCard card(ok);
  const auto summary = bench.go(card);
  CHECK(summary.exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"broken", Verdict::error}, {"z", Verdict::pass}});
  CHECK(bench.recorder.reasons[1] == "broken.json: /x: key is not known");
  CHECK(bench.recorder.results[1].error_type == "harness");
}

namespace {

/// Announces a command to whatever it is told, and sends that for ever.
Result<Octets> endless(ByteView command) {
  if (command[1] != 0x12) return *parse_hex("910B");
  return *parse_hex("D009810301020082028182910B");
}

}  // namespace

TEST_CASE("whoever keeps us busy without end fails its case, and the run goes on", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  bench.add("b", {expect_select("9000")});
  ScriptedCard card(endless);
  const auto summary = bench.go(card);
  CHECK(summary.exit_code == exits::failed);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::fail}, {"b", Verdict::fail}});
  CHECK(bench.recorder.reasons[0] ==
        "step 1 (DM_SC 7 ROBUSTNESS): expected a card that comes to rest, got the card keeps us busy without end: 5000 "
        "exchanges "
        "in one step");
  REQUIRE(bench.recorder.results[0].findings.size() == 1);
  CHECK(bench.recorder.results[0].findings[0].level == "ROBUSTNESS");
  CHECK(card.commands <= 3 * 5100);  // at the first power-on, and in each case
}

TEST_CASE("a card whose answers fill our memory is stopped by their octets", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  ScriptedCard card([](ByteView command) -> Result<Octets> {
    if (command[1] != 0x12) return *parse_hex("910B");
    Octets many(65000, 0x41);
    const Octets head = *parse_hex("D083FFFFFF");
    std::copy(head.begin(), head.end(), many.begin());
    append(many, *parse_hex("910B"));
    return many;
  });
  const auto summary = bench.go(card);
  CHECK(summary.exit_code == exits::failed);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::fail}});
  CHECK(bench.recorder.reasons[0].find("octets in one step") != std::string::npos);
  std::size_t octets = 0;
  for (const auto& exchange : bench.recorder.results[0].exchanges) octets += exchange.response.size();
  CHECK(octets > 1'000'000);
  CHECK(octets < 3'000'000);
}

TEST_CASE("a case that takes all its time proves nothing, and three in a row end the run", "[run]") {
  Suite bench;
  for (const auto* id : {"a", "b", "c", "d"}) bench.add(id, {expect_select("9000")});
  ScriptedCard card(ok);
  RunInput input{bench.sides(card), bench.library, bench.plan, {&bench.recorder}, bench.stop, {}};
  input.time.a_case = std::chrono::milliseconds(0);
  const auto summary = run(input);
  CHECK(summary.exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::inconclusive},
                                            {"b", Verdict::inconclusive},
                                            {"c", Verdict::inconclusive},
                                            {"d", Verdict::not_run}});
  CHECK(bench.recorder.reasons[0] == "step 1: the case took longer than 0 ms (--case-timeout)");
  CHECK(bench.recorder.reasons[3] == "run ended: 3 cases in a row took all the time that a case has");
}

TEST_CASE("a run that takes all its time ends, whole", "[run]") {
  Suite bench;
  for (const auto* id : {"a", "b"}) bench.add(id, {expect_select("9000")});
  ScriptedCard card(ok);
  RunInput input{bench.sides(card), bench.library, bench.plan, {&bench.recorder}, bench.stop, {}};
  input.time.a_run = std::chrono::milliseconds(0);
  const auto summary = run(input);
  CHECK(summary.exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::not_run}, {"b", Verdict::not_run}});
  CHECK(bench.recorder.reasons[0] == "run ended: the run took longer than 0 ms (--run-timeout)");
  CHECK(bench.recorder.ended);
}

namespace {

/// Accounts in memory.
class Accounts final : public port::AccountStore {
 public:
  Result<std::optional<port::Nonces>> open(const port::AccountName& name) override {
    opened = name.holder + " " + name.server_id;
    if (taken) return fail(Errc::busy, "another run has it", {}, "accounts");
    return stored;
  }
  Result<void> keep(const port::AccountName& /*name*/, const port::Nonces& nonces) override {
    if (full) return fail(Errc::io, "disk is full", {}, "accounts");
    stored = nonces;
    return {};
  }
  std::string opened;
  bool taken = false;
  bool full = false;
  std::optional<port::Nonces> stored;
};

}  // namespace

TEST_CASE("what lives on is looked at before its first case, once", "[run]") {
  Suite bench;
  bench.pixit.values["server_id"] = "srv";
  bench.add("a", {expect_select("9000")});
  bench.add("b", {expect_select("9000")});
  ScriptedCard card([](ByteView command) -> Result<Octets> {
    return *parse_hex(command[1] == 0xB0 ? "988812214365870921F39000" : "9000");
  });
  Accounts accounts;
  auto sides = bench.sides(card);
  sides[0].lives_on = true;
  sides[0].accounts = &accounts;
  SECTION("its account is there") {
    const auto summary = run({sides, bench.library, bench.plan, {&bench.recorder}, bench.stop, {}});
    CHECK(accounts.opened == "iccid:8988211234567890123 srv");
    CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"b", Verdict::pass}});
    CHECK(summary.exit_code == exits::proven);
    REQUIRE(bench.recorder.preliminaries.size() == 2);
    CHECK(bench.recorder.preliminaries[0].outcome == "ICCID ending in 0123");
    CHECK(bench.recorder.preliminaries[0].exchanges.size() == 4);
    CHECK(bench.recorder.preliminaries[1].title == "nonces of the PIXIT");
    CHECK(bench.recorder.preliminaries[1].outcome ==
          "nothing confirms them: what they do not explain stays inconclusive");
  }
  SECTION("another run has its account") {
    accounts.taken = true;
    const auto summary = run({sides, bench.library, bench.plan, {&bench.recorder}, bench.stop, {}});
    CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::not_run}, {"b", Verdict::not_run}});
    CHECK(bench.recorder.started == 0);
    CHECK(summary.exit_code == exits::busy);
    CHECK(summary.exit_reason == "run ended before its first case: accounts: another run has it");
  }
}

TEST_CASE("nonces are written when something moved one, and what cannot be written is told", "[run]") {
  Accounts accounts;
  accounts.stored = port::Nonces{{1}, {}, {2}};
  peer::Account account;
  peer::AccountKeeper keeper(accounts, {"iccid:1", "srv"}, account);
  REQUIRE(keeper.open().value());
  CHECK(account.server_nonce == Octets{1});
  CHECK(account.client_nonce == Octets{2});
  accounts.stored.reset();
  keeper.keep();
  CHECK_FALSE(accounts.stored);
  account.last_server_nonce = std::exchange(account.server_nonce, Octets{3});
  keeper.keep();
  CHECK(accounts.stored == port::Nonces{{3}, {1}, {2}});
  CHECK_FALSE(keeper.trouble());
  accounts.full = true;
  account.client_nonce = {4};
  keeper.keep();
  REQUIRE(keeper.trouble());
  CHECK(keeper.trouble()->text() == "accounts: disk is full");
}

TEST_CASE("a card that is no UICC ends the run before its first case", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  ScriptedCard card([](ByteView /*command*/) -> Result<Octets> { return Octets{0x6E, 0x00}; });
  auto sides = bench.sides(card);
  sides[0].lives_on = true;
  const auto summary = run({sides, bench.library, bench.plan, {&bench.recorder}, bench.stop, {}});
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::not_run}});
  CHECK(summary.exit_code == exits::unavailable);
  CHECK(summary.exit_reason ==
        "run ended before its first case: script: the card answers 6E00 to SELECT, READ BINARY and STATUS alike: it is "
        "no UICC");
  CHECK(card.power_cycles == 1);
}

TEST_CASE("a device of which nothing can be written down is not asked anything", "[run]") {
  class Full final : public port::Listener {
   public:
    Result<void> run_started(const model::RunInfo&, const std::vector<model::PlannedCase>&) override {
      return fail(Errc::io, "disk is full", {}, "run.jsonl");
    }
    void case_started(const model::PlannedCase&) override {}
    Result<void> case_ended(const model::CaseResult&) override { return {}; }
    Result<void> run_ended(const model::RunSummary&) override { return {}; }
  };
  Suite bench;
  bench.add("a", {expect_select("9000")});
  ScriptedCard card(ok);
  Full full;
  const auto summary = run({bench.sides(card), bench.library, bench.plan, {&full, &bench.recorder}, bench.stop, {}});
  CHECK(summary.exit_code == exits::io);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::not_run}});
  CHECK(card.commands == 0);
}

TEST_CASE("a report that cannot be written is exit 74 and ends the run, whole", "[run]") {
  class Failing final : public port::Listener {
   public:
    Result<void> run_started(const model::RunInfo&, const std::vector<model::PlannedCase>&) override { return {}; }
    void case_started(const model::PlannedCase&) override {}
    Result<void> case_ended(const model::CaseResult&) override {
      return fail(Errc::io, "disk is full", {}, "junit.xml");
    }
    Result<void> run_ended(const model::RunSummary&) override { return {}; }
  };
  Suite bench;
  bench.add("a", {expect_select("6A82")});
  bench.add("b", {expect_select("9000")});
  ScriptedCard card(ok);
  Failing failing;
  const auto summary = run({bench.sides(card), bench.library, bench.plan, {&failing, &bench.recorder}, bench.stop, {}});
  CHECK(summary.exit_code == exits::io);
  CHECK(summary.exit_reason ==
        "junit.xml: disk is full; 1 case, first cause: response.select with sw 9000; 0 of " + rows_of(summary));
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::fail}, {"b", Verdict::not_run}});
  CHECK(bench.recorder.reasons[1] == "run ended: junit.xml: disk is full");
}

namespace {

/// Announces MORE TIME behind each SELECT with a length one too small, and answers all else by 9000.
Result<Octets> announces_short(ByteView command) {
  if (command[1] == 0x12) return *parse_hex("D0098103010200820281829000");
  return command[1] == 0xA4 ? *parse_hex("910A") : *parse_hex("9000");
}

/// `RULE OCCASIONS; KIND COUNT in CASES, ID EXCHANGE`
std::vector<std::string> words(const model::TrafficTally& tally) {
  std::vector<std::string> out;
  for (const auto& [rule, count] : tally) {
    out.push_back(rule + " " + std::to_string(count.occasions));
    for (const auto& [kind, one] : count.breaches) {
      out.back() += "; " + kind + " " + std::to_string(one.count) + " in " + std::to_string(one.cases) + ", " + one.id +
                    " " + std::to_string(one.exchange);
    }
  }
  return out;
}

model::Step any_select() {
  auto step = expect_select("");
  step.where = {};
  return step;
}

model::TrafficTally tally_of(const std::vector<const char*>& ids) {
  Suite bench;
  for (const auto* id : ids) bench.add(id, {any_select(), any_select()});
  ScriptedCard card(announces_short);
  const auto summary = bench.go(card);
  REQUIRE(summary.traffic.size() == 1);
  CHECK(summary.traffic[0].first == model::Dut::card);
  return summary.traffic[0].second;
}

}  // namespace

TEST_CASE("a traffic case is judged over all cases: how often, where first, once a kind", "[run][traffic]") {
  Suite bench;
  bench.add("b", {any_select()});
  bench.add("a", {any_select()});
  bench.add_traffic("z1", "announced_length");
  bench.add_traffic("z2", "status_class");
  bench.add_traffic("z3", "call_answer");
  ScriptedCard card(announces_short);
  const auto summary = bench.go(card);
  CHECK(bench.recorder.verdicts == Verdicts{{"b", Verdict::pass},
                                            {"a", Verdict::pass},
                                            {"z1", Verdict::fail},
                                            {"z2", Verdict::pass},
                                            {"z3", Verdict::inconclusive}});
  const auto& length = bench.recorder.results[2];
  REQUIRE(length.findings.size() == 1);
  const auto& breach = summary.traffic[0].second.at("announced_length").breaches.at("length");
  CHECK(breach.cases == 2);
  CHECK(breach.id == "a");
  CHECK(
      length.reason ==
      "(TS 102 221, 7.4.2 MUST): expected XX of 91XX is the length of what FETCH brings (00 is 256), got 910A before a "
      "command "
      "of 11 octets (" +
          std::to_string(breach.count) + " times in 2 cases, first in a, exchange " + std::to_string(breach.exchange) +
          ")");
  CHECK(length.cause == "910A before a command of 11 octets");
  CHECK(length.occasions == breach.count);
  CHECK(bench.recorder.results[3].occasions > 0U);
  CHECK(bench.recorder.results[3].steps.back().outcome ==
        std::to_string(*bench.recorder.results[3].occasions) + " responses");
  CHECK(bench.recorder.reasons[4] == "no case of this run saw any answers to call control");
  CHECK(summary.exit_code == exits::failed);
}

TEST_CASE("counts of two halves of a run are those of the whole, in either order", "[run][traffic]") {
  const auto whole = tally_of({"a", "b", "c", "d"});
  auto forth = tally_of({"a", "b"});
  add(forth, tally_of({"c", "d"}));
  auto back = tally_of({"c", "d"});
  add(back, tally_of({"a", "b"}));
  CHECK(words(whole).size() > 3);
  CHECK(words(forth) == words(whole));
  CHECK(words(back) == words(whole));
  CHECK(whole.at("announced_length").breaches.at("length").cases == 4);
}

TEST_CASE("what rules saw whose cases are not selected is noted, and no more", "[run][traffic]") {
  Suite bench;
  std::set<std::string> defects;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(bench.root / "adapters/defects")) {
    const auto document = load_json(entry.path());
    for (const auto& defect : document->find("defects")->as_list()) defects.insert(defect.text_or("id", ""));
  }
  bench.library = load::Library::open(bench.root / "testcases", defects).value();
  bench.library.load_cases();
  const model::TestCase* rule = nullptr;
  for (const auto& test : bench.library.cases()) {
    if (test->traffic == "announced_length") rule = test.get();
  }
  REQUIRE(rule != nullptr);
  bench.add("a", {any_select()});
  ScriptedCard card(announces_short);
  const auto summary = bench.go(card);
  CHECK(summary.exit_code == exits::proven);
  const auto noted = [&](const model::RunSummary& one) {
    const auto words = rule->id +
                       ", not judged in this run: expected XX of 91XX is the length of what FETCH brings (00 is " +
                       "256), got 910A before a command of 11 octets (";
    return std::count_if(one.notes.begin(), one.notes.end(), [&](const auto& note) { return note.starts_with(words); });
  };
  CHECK(noted(summary) == 1);
  CHECK(summary.notes.size() == 2);  // MORE TIME before any profile is the other
  // Selected, it is judged and not noted.
  auto& planned = bench.plan.emplace_back();
  planned.id = rule->id;
  planned.test = rule;
  const auto judged = bench.go(card);
  CHECK(judged.exit_code == exits::failed);
  CHECK(noted(judged) == 0);
  // Skipped, it is noted.
  planned.selected = false;
  CHECK(noted(bench.go(card)) == 1);
}

TEST_CASE("a traffic case of a run that was cut short is not run, but for what it saw", "[run][traffic]") {
  Suite bench;
  for (const char* id : {"a", "b"}) bench.add(id, {any_select()});
  bench.add_traffic("z1", "announced_length");
  bench.add_traffic("z2", "status_class");
  bench.recorder.on_case = [&] { bench.stop = SIGINT; };
  ScriptedCard card(announces_short);
  const auto summary = bench.go(card);
  CHECK(bench.recorder.verdicts ==
        Verdicts{{"a", Verdict::pass}, {"b", Verdict::not_run}, {"z1", Verdict::fail}, {"z2", Verdict::not_run}});
  CHECK(summary.exit_code == exits::interrupted);
}

TEST_CASE("a skipped MUST leaves a run unproven, a skipped SHOULD does not", "[run]") {
  for (const auto level : {model::Level::must, model::Level::should}) {
    Suite bench;
    bench.add("a", {expect_select("9000")});
    bench.add("b", {expect_select("9000")}, level);
    bench.plan[1].selected = false;
    ScriptedCard card(ok);
    const auto summary = bench.go(card);
    CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"b", Verdict::skipped}});
    CHECK(summary.exit_code == (level == model::Level::must ? exits::not_proven : exits::proven));
  }
}

TEST_CASE("what the tester lacks is not run, never not applicable", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  bench.add("b", {expect_select("9000")});
  bench.plan[1].lacking = "no address of the card is given";
  ScriptedCard card(ok);
  const auto summary = bench.go(card);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"b", Verdict::not_run}});
  CHECK(bench.recorder.reasons[1] == "no address of the card is given");
  CHECK(summary.exit_code == exits::not_proven);
  CHECK(summary.unproven_cases == std::vector<std::string>{"b"});
}

TEST_CASE("rows are proven by cases that passed, of the ledger and not of the selection", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  ScriptedCard card(ok);
  const auto passed = bench.go(card);
  CHECK(passed.rows_proven == 1);
  CHECK(passed.rows > 1);
  CHECK(passed.not_verified.size() == passed.rows - 1);
  CHECK(std::find(passed.not_verified.begin(), passed.not_verified.end(), "DMSC-7-1") == passed.not_verified.end());
  CHECK_FALSE(passed.proven);
  bench.cases[0].steps = {expect_select("6A82")};
  const auto failed = bench.go(card);
  CHECK(failed.rows_proven == 0);
  CHECK(std::find(failed.not_verified.begin(), failed.not_verified.end(), "DMSC-7-1") != failed.not_verified.end());
}

TEST_CASE("a robustness case whose peer stays dead after one reconnect fails, and the run is over", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000"), expect_select("9000")}, model::Level::robustness);
  bench.add("b", {expect_select("9000")});
  ScriptedCard* gone = nullptr;
  bool lived = false;
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    // At the first power-on, before any case, the card is well.
    if (gone->power_cycles < 2 || !std::exchange(lived, true)) return ok(command);
    gone->dead_from = 3;
    return fail(Errc::timeout, "the card is mute", {}, "script");
  });
  gone = &card;
  const auto summary = bench.go(card);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::fail}, {"b", Verdict::not_run}});
  const auto& result = bench.recorder.results[0];
  REQUIRE(result.findings.size() == 1);
  CHECK(result.findings[0].expected == "a peer that lives on");
  CHECK(result.findings[0].observed ==
        "script: the card is mute (apdu_deadline of the PIXIT); it did not come back: script: no ATR");
  CHECK(result.findings[0].level == "ROBUSTNESS");
  CHECK(result.findings[0].clause == "DM_SC 7");
  CHECK(result.error_type.empty());
  CHECK(summary.exit_code == exits::unavailable);
}

TEST_CASE("a robustness case that kills its peer twice fails", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000"), expect_select("9000")}, model::Level::robustness);
  ScriptedCard* self = nullptr;
  bool lived = false;
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    if (self->power_cycles < 2 || !std::exchange(lived, true)) return ok(command);
    return fail(Errc::timeout, "the card is mute", {}, "script");
  });
  self = &card;
  bench.go(card);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::fail}});
  REQUIRE(bench.recorder.results[0].findings.size() == 1);
  CHECK(bench.recorder.results[0].findings.back().observed ==
        "script: the card is mute (apdu_deadline of the PIXIT); and once more after it was powered up again");
}

TEST_CASE("a peer that was dead before a robustness case began is no failure of that case", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")}, model::Level::robustness);
  ScriptedCard* self = nullptr;
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    if (self->power_cycles < 2) return ok(command);
    return fail(Errc::protocol, "answer of 1 octet, at least 2 expected", {}, "script");
  });
  self = &card;
  CHECK(bench.go(card).exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::error}});
}

TEST_CASE("a robustness case whose peer lives through the second try has the second result", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000"), expect_select("9000")}, model::Level::robustness);
  bench.add("b", {expect_select("9000")});
  ScriptedCard* self = nullptr;
  int commands = 0;  // since the first power-on
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    if (self->power_cycles < 2 || ++commands != 2) return ok(command);
    return fail(Errc::timeout, "the card is mute", {}, "script");
  });
  self = &card;
  const auto summary = bench.go(card);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"b", Verdict::pass}});
  const auto& steps = bench.recorder.results[0].steps;
  REQUIRE(steps.size() == 3);
  CHECK(steps[0].text == "first try");
  CHECK(steps[0].outcome == "lost: script: the card is mute (apdu_deadline of the PIXIT)");
  CHECK(summary.exit_code == exits::proven);
}

TEST_CASE("a card that is lost in a case about something else is an error, not a failure", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  ScriptedCard* self = nullptr;
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    if (self->power_cycles < 2) return ok(command);
    return fail(Errc::timeout, "the card is mute", {}, "script");
  });
  self = &card;
  CHECK(bench.go(card).exit_code == exits::unavailable);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::error}});
}

}  // namespace dmsc::engine

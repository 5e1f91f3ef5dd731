// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/run.hpp"

#include <csignal>
#include <deque>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
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
    return Octets{0x3B, 0x00};
  }
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds /*deadline*/) override {
    ++commands;
    return script_(command);
  }
  std::string label() const override { return "script"; }
  int power_cycles = 0;
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
  void case_started(const model::PlannedCase& /*planned*/) override { ++started; }
  Result<void> case_ended(const model::CaseResult& result) override {
    verdicts.emplace_back(result.planned->id, result.verdict);
    reasons.push_back(result.reason);
    if (on_case) on_case();
    return {};
  }
  Result<void> run_ended(const model::RunSummary& /*summary*/) override {
    ended = true;
    return {};
  }
  std::size_t planned = 0;
  int started = 0;
  bool ended = false;
  Verdicts verdicts;
  std::vector<std::string> reasons;
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

  Suite() {
    ics.items["C_OCCASION_SELECT"] = true;
    pixit.values = Value::Map{{"settle_occasions", 1}};
  }

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

  std::vector<Side> sides(port::CardLink& link) {
    return {{model::Dut::card, card_benches(link, nullptr, library, ics, pixit, stop), ics, pixit}};
  }

  model::RunSummary go(port::CardLink& link) { return run({sides(link), library, plan, {}, {&recorder}, stop, {}}); }
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

Result<Octets> ok(ByteView /*command*/) {
  return Octets{0x90, 0x00};
}

}  // namespace

TEST_CASE("verdicts of a run decide its exit code", "[run]") {
  struct Row {
    Verdicts verdicts;
    int code;
    const char* reason;
    bool proven;
  };
  const Row rows[] = {
      {{{"a", Verdict::pass}, {"b", Verdict::advisory}}, exits::proven, "2 cases", true},
      {{{"a", Verdict::pass}, {"b", Verdict::not_applicable}}, exits::proven, "2 cases", true},
      {{{"a", Verdict::pass}, {"b", Verdict::skipped}}, exits::proven, "2 cases", false},
      {{{"a", Verdict::pass}, {"b", Verdict::fail}}, exits::failed, "1 failed (first: b)", false},
      {{{"a", Verdict::inconclusive}, {"b", Verdict::fail}},
       exits::failed,
       "1 failed, 1 inconclusive (first: b)",
       false},
      {{{"a", Verdict::pass}, {"b", Verdict::inconclusive}}, exits::not_proven, "1 inconclusive (first: b)", false},
      {{{"a", Verdict::error}, {"b", Verdict::not_run}}, exits::not_proven, "1 error, 1 not_run (first: a)", false},
      {{{"a", Verdict::not_applicable}}, exits::no_input, "no case was applicable", false},
      {{}, exits::no_input, "no case was applicable", false},
  };
  for (const auto& row : rows) {
    model::RunSummary summary;
    conclude(row.verdicts, summary);
    INFO(row.reason);
    CHECK(summary.exit_code == row.code);
    CHECK(summary.exit_reason == row.reason);
    CHECK(summary.proven == row.proven);
  }
}

TEST_CASE("256 failures are exit 1, not 0", "[run][D9]") {
  Verdicts verdicts;
  for (int at = 0; at < 256; ++at) verdicts.emplace_back(std::to_string(at), Verdict::fail);
  model::RunSummary summary;
  conclude(verdicts, summary);
  CHECK(summary.exit_code == exits::failed);
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
  bench.ics.items["C_OCCASION_SELECT"] = false;
  bench.recorder.verdicts.clear();
  CHECK(bench.go(card).exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts[0].second == Verdict::inconclusive);
  // Nor may a card fail for not speaking when it was never spoken to.
  Suite unasked;
  unasked.add("a", {expect_select("9000")});
  unasked.ics.items["C_OCCASION_SELECT"] = false;
  CHECK(unasked.go(card).exit_code == exits::not_proven);
  CHECK(unasked.recorder.reasons[0] == "step 1: the ICS names no harmless occasion, so silence proves nothing");
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
    CHECK(summary.exit_reason == "run ended at b: script: the card is gone");
    CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"b", Verdict::error}, {"c", Verdict::not_run}});
    CHECK(summary.not_verified == std::vector<std::string>{"b", "c"});
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
  CHECK(summary.exit_reason == "run ended at b: gone; 1 failed, 1 error (first: a)");
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

TEST_CASE("a card that announces commands without end is given up", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9999")});
  ScriptedCard card([](ByteView command) -> Result<Octets> {
    if (command[1] == 0x12) return *parse_hex("D0098103010200820281829000");
    return *parse_hex("910B");
  });
  CHECK(bench.go(card).exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts[0].second == Verdict::inconclusive);
  CHECK(card.commands <= 2 * 2100);  // at the first power-on, and in the case
}

TEST_CASE("a malformed proactive command fails any case", "[run]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  int sent_after = 0;  // power-cycles: one command each
  ScriptedCard card([&](ByteView command) -> Result<Octets> {
    if (command[1] == 0x12) return *parse_hex("D0098103010200820581829000");  // device identities state 5 octets
    if (std::exchange(sent_after, card.power_cycles) == card.power_cycles) return ok(command);
    return *parse_hex("910B");
  });
  bench.cases[0].steps[0].where = Value::Map{{"sw", "9000"}};
  bench.go(card);
  CHECK(bench.recorder.verdicts[0].second == Verdict::fail);
  CHECK(bench.recorder.reasons[0].find("(TS 102 223 MUST): expected a well-formed proactive command") !=
        std::string::npos);
}

TEST_CASE("a broken case file is an error of that case and of nothing else", "[run][D22]") {
  Suite bench;
  bench.add("a", {expect_select("9000")});
  ScriptedCard card(ok);
  const auto summary = run({bench.sides(card),
                            bench.library,
                            bench.plan,
                            {{"broken", "broken.json", Error{Errc::data, "key is not known", {}, "broken.json: /x"}}},
                            {&bench.recorder},
                            bench.stop,
                            {}});
  CHECK(summary.exit_code == exits::not_proven);
  CHECK(bench.recorder.verdicts == Verdicts{{"a", Verdict::pass}, {"broken", Verdict::error}});
  CHECK(bench.recorder.reasons[1] == "broken.json: /x: key is not known");
}

TEST_CASE("a report that cannot be written is exit 74 and the run goes on", "[run]") {
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
  const auto summary =
      run({bench.sides(card), bench.library, bench.plan, {}, {&failing, &bench.recorder}, bench.stop, {}});
  CHECK(summary.exit_code == exits::io);
  CHECK(summary.exit_reason == "junit.xml: disk is full; 1 failed (first: a)");
  CHECK(bench.recorder.verdicts.size() == 2);
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/device/device_bench.hpp"

#include <unistd.h>

#include <deque>
#include <filesystem>
#include <fstream>
#include <functional>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/case_runner.hpp"
#include "runner/engine/run.hpp"
#include "runner/load/rules.hpp"
#include "runner/model/exit_code.hpp"

// What becomes of a case when the device, the adapter or the operator does this or that.
namespace dmsc::engine {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;
using model::Verdict;
using Log = std::vector<std::string>;

const fs::path root = DMSC_SOURCE_DIR;

/// A device by script, with virtual time: verbs answer as they are told, and what it does to its card it does at its
/// hour.
class ScriptedDevice final : public port::DeviceLink {
 public:
  using Act = std::function<void(port::SoftCard&)>;

  void insert(port::SoftCard* card) override { card_ = card; }
  void expose(port::StreamService* /*web_server*/) override {}
  Result<void> begin_case(const std::string& id, const std::string& title) override {
    log.push_back("begin " + id + " " + title);
    if (trouble_at_begin) return tl::make_unexpected(*trouble_at_begin);
    return {};
  }
  Result<void> end_case(const std::string& id, std::string_view verdict) override {
    log.push_back("end " + id + " " + std::string(verdict));
    if (trouble_at_end) return tl::make_unexpected(*trouble_at_end);
    return {};
  }
  bool has(std::string_view verb) const override {
    return (starts && verb == "device.powerOn") || verbs.find(verb) != verbs.end();
  }
  Result<Value> call(const std::string& verb, const Value& parameters, std::chrono::milliseconds /*most*/) override {
    const auto found = verbs.find(verb);
    if (starts && verb == "device.powerOn" && found == verbs.end()) return Value(Value::Map{});  // nothing to tell
    log.push_back(verb + " " + write_json(parameters));
    if (found == verbs.end()) return fail(Errc::unsupported, "the adapter does not have it", {}, verb);
    return found->second;
  }
  Result<bool> wait(std::chrono::microseconds most) override {
    if (trouble_at_wait && now_ >= trouble_from) return tl::make_unexpected(*trouble_at_wait);
    const bool acts = card_ != nullptr && !doings_.empty() && doings_.front().first <= now_ + most;
    if (!acts) {
      now_ += most;
      return false;
    }
    const auto doing = doings_.front();
    doings_.pop_front();
    now_ = std::max(now_, doing.first);
    doing.second(*card_);
    return true;
  }
  std::chrono::microseconds now() const override { return now_; }
  std::string label() const override { return "script"; }
  std::string take_log() override { return "{\"what\": \"crossed\"}\n"; }

  /// @param at  on the device's clock, not before what was added last
  void act(std::chrono::microseconds at, Act doing) { doings_.emplace_back(at, std::move(doing)); }
  void command(std::chrono::microseconds at, const std::string& hex) {
    act(at, [octets = *parse_hex(hex)](port::SoftCard& card) { card.command(octets); });
  }

  std::map<std::string, Result<Value>, std::less<>> verbs;
  std::optional<Error> trouble_at_begin;
  std::optional<Error> trouble_at_end;
  std::optional<Error> trouble_at_wait;
  std::chrono::microseconds trouble_from{};
  Log log;
  bool starts = true;  ///< by device.powerOn, as every device should

 private:
  port::SoftCard* card_ = nullptr;
  std::deque<std::pair<std::chrono::microseconds, Act>> doings_;
  std::chrono::microseconds now_ = 7h;  // its clock does not begin with the case
};

constexpr auto hour = 7h;
const Value nothing = Value::Map{};
constexpr const char* status = "80F2000C";
constexpr const char* select_mf = "00A4000C023F00";
constexpr const char* on = R"({"do": "device.power_on"})";
constexpr const char* dial = R"({"do": "device.dial", "with": {"number": "1"}})";
constexpr const char* hang_up = R"({"do": "device.hang_up"})";
constexpr const char* expect_select = R"({"expect": "command.select", "within": "5 s"})";

/// The suite's ledger and schemas, with cases of the test's own.
struct Suite {
  fs::path folder;
  load::Library library;
  model::Ics ics;
  model::Pixit pixit;

  Suite() : folder(make_folder()), library(load::Library::open(folder, {"device:x"}).value()) {
    pixit.values = Value::Map{{"settle_wait", "500 ms"}, {"settle_most", "2 s"}, {"card_atr", "3B00"}};
  }
  ~Suite() { fs::remove_all(folder); }
  Suite(const Suite&) = delete;
  Suite& operator=(const Suite&) = delete;

  static fs::path make_folder() {
    std::string name = (fs::temp_directory_path() / "dmsc-bench-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    for (const auto* part : {"schema", "ics", "profiles", "requirements.json", "VERSION"}) {
      fs::copy(root / "testcases" / part, fs::path(name) / part, fs::copy_options::recursive);
    }
    return name;
  }

  void add(const std::string& id, const std::string& steps, const std::string& more = {}) const {
    std::ofstream(folder / (id + ".json")) << R"({"id": ")" + id + R"(", "title": "made by a test",
      "purpose": "tries out what becomes of it", "dut": "device", "level": "must", "requirements": ["DMSC-7.1-1"],
      "needs": "D_UICC", "refuted_by": ["device:x"], )" +
                                                  more + R"("steps": [)" + steps + "]}";
  }

  /// The cases that were added, one after another.
  std::vector<model::PlannedCase> plan() {
    library.load_cases();
    for (const auto& broken : library.quarantined()) FAIL(broken.error.text());
    std::vector<model::PlannedCase> out;
    for (const auto& test : library.cases()) {
      auto& planned = out.emplace_back();
      planned.id = test->id;
      planned.test = test.get();
    }
    return out;
  }
};

struct Ran {
  model::CaseResult result;
  std::optional<Error> trouble;
  Log outcomes;
  peer::Account account;

  std::string verdict() const { return std::string(name_of(result.verdict)) + " " + result.reason; }
  std::string type() const { return result.error_type; }
};

/// Runs one case; a control that it names is there as well.
Ran run_steps(ScriptedDevice& device, const std::string& steps, const std::string& more = {},
              const std::string& control = {}) {
  Suite suite;
  suite.add("DM_SC-1.0-con-198", steps, more);
  if (!control.empty()) suite.add("DM_SC-1.0-con-199", control);
  const auto plan = suite.plan();
  Ran ran;
  ran.account = account_of(suite.pixit);
  {
    DeviceBench bench(device, suite.library, suite.ics, suite.pixit, ran.account);
    ran.result = CaseRunner(bench, suite.library, suite.ics, suite.pixit).run(plan[0], ran.trouble);
  }
  for (const auto& step : ran.result.steps) ran.outcomes.push_back(step.outcome);
  ran.result.planned = nullptr;
  return ran;
}

std::string join_steps(std::initializer_list<const char*> steps) {
  std::string out;
  for (const auto* step : steps) out += (out.empty() ? "" : ", ") + std::string(step);
  return out;
}

class Recorder final : public port::Listener {
 public:
  Result<void> run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& /*plan*/) override {
    return {};
  }
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override {
    verdicts.push_back(result.planned->id.substr(14) + " " + std::string(name_of(result.verdict)));
    return {};
  }
  Result<void> run_ended(const model::RunSummary& /*summary*/) override { return {}; }
  Log verdicts;
};

/// The same two cases in one run.
model::RunSummary run_two(ScriptedDevice& device, const std::string& steps, Recorder& recorder, bool lives_on = false) {
  Suite suite;
  suite.add("DM_SC-1.0-con-198", steps);
  suite.add("DM_SC-1.0-con-199", steps);
  const auto plan = suite.plan();
  const std::atomic<int> stop{0};
  const std::vector<Side> sides = {{model::Dut::device, device_benches(device, suite.library, suite.ics, suite.pixit),
                                    suite.ics, suite.pixit, lives_on}};
  return run({sides, suite.library, plan, {&recorder}, stop, {}});
}

}  // namespace

TEST_CASE("what the adapter does not have is not run, whatever happened before", "[device_bench]") {
  ScriptedDevice device;
  const auto no = fail(Errc::unsupported, "no telephone is wired up", {}, "device.hangup");
  device.verbs = {{"device.dial", nothing}, {"device.hangup", no}};
  SECTION("before any stimulus") {
    const auto ran = run_steps(device, join_steps({hang_up, expect_select}));
    CHECK(ran.verdict() == "not_run device.hangup: no telephone is wired up");
    CHECK_FALSE(ran.trouble);
    CHECK(device.log.back() == "end DM_SC-1.0-con-198 not_run");
  }
  SECTION("behind one") {
    const auto ran = run_steps(device, join_steps({dial, hang_up, expect_select}));
    CHECK(ran.verdict() == "not_run device.hangup: no telephone is wired up");
    CHECK_FALSE(ran.trouble);
  }
}

TEST_CASE("a case whose stimulus has no verb is not begun", "[device_bench]") {
  ScriptedDevice device;
  SECTION("the case's own") {
    const auto ran = run_steps(device, join_steps({on, dial, expect_select}));
    CHECK(ran.verdict() == "not_run the adapter has no verb device.dial");
  }
  SECTION("its control's alone") {
    const auto ran = run_steps(device, join_steps({on, R"({"forbid": "command.select", "for": "5 s"})"}),
                               R"("control": "DM_SC-1.0-con-199", )", join_steps({on, dial, expect_select}));
    CHECK(ran.verdict() == "not_run the adapter has no verb device.dial");
  }
  CHECK(device.log.empty());
}

TEST_CASE("a refusal and a missing operator prove nothing", "[device_bench]") {
  ScriptedDevice device;
  SECTION("the device refuses") {
    device.verbs = {{"device.dial", fail(Errc::refused, "emergency calls only", {}, "device.dial")}};
    CHECK(run_steps(device, join_steps({dial, expect_select})).verdict() ==
          "inconclusive step 1: device.dial never came about: the device refused: device.dial: emergency calls only");
  }
  SECTION("nobody is there") {
    device.verbs = {{"device.dial", fail(Errc::no_operator, "nobody answers", {}, "device.dial")}};
    CHECK(run_steps(device, join_steps({dial, expect_select})).verdict() ==
          "inconclusive step 1: device.dial never came about: device.dial: nobody answers");
  }
  SECTION("nobody is there to switch it off") {
    device.verbs = {{"device.powerOff", fail(Errc::no_operator, "nobody answers", {}, "device.powerOff")}};
    const auto ran = run_steps(device, join_steps({on, expect_select}));
    CHECK(ran.verdict() == "inconclusive power-on: device.powerOff: nobody answers");
    CHECK_FALSE(ran.trouble);
  }
}

TEST_CASE("a device that is off already may refuse to be switched off", "[device_bench]") {
  ScriptedDevice device;
  device.verbs = {{"device.powerOff", fail(Errc::refused, "it is off", {}, "device.powerOff")}};
  device.command(hour + 1s, select_mf);
  CHECK(run_steps(device, join_steps({on, expect_select})).verdict() == "pass ");
}

TEST_CASE("trouble of the adapter is an error of its own kind, and the run goes on", "[device_bench]") {
  struct Row {
    Errc code;
    const char* what;
  };
  const auto row = GENERATE(values<Row>({{Errc::timeout, "no answer within 60 s"},
                                         {Errc::unavailable, "the device is lost"},
                                         {Errc::protocol, "a line that is no JSON"}}));
  CAPTURE(row.what);
  ScriptedDevice device;
  device.verbs = {{"device.dial", fail(row.code, row.what, {}, "device.dial")}};
  const auto ran = run_steps(device, join_steps({dial, expect_select}));
  CHECK(ran.verdict() == "error step 1: device.dial: " + std::string(row.what));
  CHECK(ran.type() == "adapter");
  REQUIRE(ran.trouble);
  CHECK(ran.trouble->code == row.code);
  CHECK(device.log.back() == "end DM_SC-1.0-con-198 error");

  device.log.clear();
  Recorder recorder;
  const auto summary = run_two(device, join_steps({dial, expect_select}), recorder);
  CHECK(recorder.verdicts == Log{"198 error", "199 error"});
  CHECK(summary.exit_code == model::exit_code::not_proven);
  CHECK(device.log.size() == 6);  // begin, dial and end, twice
}

TEST_CASE("an adapter that cannot even begin a case ends the run", "[device_bench]") {
  ScriptedDevice device;
  device.trouble_at_begin = Error{Errc::unavailable, "the adapter ended", {}, "case.begin"};
  const auto ran = run_steps(device, join_steps({on, expect_select}));
  CHECK(ran.verdict() == "error power-on: case.begin: the adapter ended");
  CHECK(ran.type() == "adapter");
  CHECK(device.log.size() == 1);  // there is nothing to end

  Recorder recorder;
  const auto summary = run_two(device, join_steps({on, expect_select}), recorder);
  CHECK(recorder.verdicts == Log{"198 error", "199 not_run"});
  CHECK(summary.exit_code == model::exit_code::unavailable);
  CHECK(summary.exit_reason == "run ended at DM_SC-1.0-con-198: case.begin: the adapter ended");
}

TEST_CASE("what recover makes of trouble", "[device_bench]") {
  struct Row {
    Errc code;
    bool goes_on;
  };
  const auto row = GENERATE(values<Row>({{Errc::timeout, true},
                                         {Errc::unavailable, true},
                                         {Errc::protocol, true},
                                         {Errc::unsupported, true},
                                         {Errc::interrupted, false},
                                         {Errc::configuration, false}}));
  Suite suite;
  ScriptedDevice device;
  auto account = account_of(suite.pixit);
  DeviceBench bench(device, suite.library, suite.ics, suite.pixit, account);
  const Error trouble{row.code, "trouble", {}, {}};
  CHECK_FALSE(bench.recover(trouble));  // no case has begun
  REQUIRE(bench.begin({}));
  CHECK(bench.recover(trouble).has_value() == row.goes_on);
}

TEST_CASE("a signal is trouble that ends the run", "[device_bench]") {
  ScriptedDevice device;
  device.trouble_at_wait = Error{Errc::interrupted, "stopped by a signal", {}, {}};
  const auto ran = run_steps(device, join_steps({on, expect_select}));
  REQUIRE(ran.trouble);
  CHECK(ran.trouble->code == Errc::interrupted);
  Recorder recorder;
  const auto summary = run_two(device, join_steps({on, expect_select}), recorder);
  CHECK(recorder.verdicts == Log{"198 not_run", "199 not_run"});
  CHECK(summary.exit_code == model::exit_code::interrupted);
}

TEST_CASE("what was found before trouble stays a finding", "[device_bench]") {
  ScriptedDevice device;
  device.trouble_at_wait = Error{Errc::unavailable, "the device is lost", {}, {}};
  device.trouble_from = hour + 2s;
  const auto ran = run_steps(device, join_steps({on, R"({"expect": "command.select", "within": "2 s", "level": "may"})",
                                                 R"({"forbid": "command.select", "for": "5 s"})"}));
  CHECK(ran.verdict() == "error step 3: the device is lost");
  REQUIRE(ran.result.findings.size() == 1);
  CHECK(ran.result.findings[0].verdict == Verdict::advisory);
  CHECK(ran.result.findings[0].observed == "no command.select within 2 s");
}

TEST_CASE("what a device did wrong in the step that broke the link stays known", "[device_bench]") {
  ScriptedDevice device;
  device.command(hour + 1s, "80C2000002 D600");
  device.trouble_at_wait = Error{Errc::unavailable, "the device is lost", {}, {}};
  device.trouble_from = hour + 1s;
  const auto ran = run_steps(device, join_steps({on, expect_select}));
  CHECK(ran.result.verdict == Verdict::error);
  CHECK(ran.result.findings.empty());
  REQUIRE(ran.result.traffic.contains("message_form"));
  const auto& breaches = ran.result.traffic.at("message_form").breaches;
  REQUIRE(breaches.size() == 1);
  CHECK(breaches.begin()->second.finding.requirement == "CAT-4");
  CHECK(breaches.begin()->second.id == "DM_SC-1.0-con-198");
}

TEST_CASE("parameters that cannot be encoded are the case's fault, not the adapter's", "[device_bench]") {
  ScriptedDevice device;
  const auto* step = GENERATE(
      R"({"do": "uicc.proactive", "with": {"command": "poll_interval", "fields": {"duration": {"unit": "weeks"}}}})",
      R"({"do": "uicc.trigger", "with": {"port": 1, "hex": "no octets"}})",
      R"({"do": "uicc.trigger", "with": {"port": 1, "version": 4096}})",
      R"({"do": "uicc.trigger", "with": {"port": 1, "session_number": 65536}})",
      R"({"do": "network.place", "with": {"plmn": "0010"}})");
  CAPTURE(step);
  device.verbs = {{"network.setCell", nothing}};
  const auto ran = run_steps(device, join_steps({step, expect_select}));
  CHECK(ran.result.verdict == Verdict::error);
  CHECK(ran.type() == "harness");
}

TEST_CASE("a device of which nothing ever came fails nothing, and is told", "[device_bench]") {
  ScriptedDevice device;
  Recorder recorder;
  const auto* steps = GENERATE(R"({"expect": "command.select", "within": "5 s"})",
                               R"({"expect": "command.select", "within": "5 s", "level": "may"})");
  CAPTURE(steps);
  SECTION("in no case") {
    device.act(hour + 1s, [](port::SoftCard& card) { card.power_on(); });  // as a reader does by itself
    const auto summary = run_two(device, join_steps({on, steps}), recorder, true);
    CHECK(recorder.verdicts == Log{"198 error", "199 error"});
    CHECK(summary.exit_code == model::exit_code::unavailable);
    CHECK(summary.exit_reason ==
          "nothing ever came from the card slot: is the device switched on, and what connects it to us wired up");
  }
  SECTION("in the first") {
    device.command(hour + 7s, status);
    const auto summary = run_two(device, join_steps({on, steps}), recorder, true);
    CHECK(recorder.verdicts.front() == "198 error");
    CHECK(recorder.verdicts.back() != "199 error");
    CHECK(summary.exit_code != model::exit_code::unavailable);
  }
  SECTION("of one that was never switched on") {
    const auto summary = run_two(device, join_steps({steps}), recorder, true);
    CHECK(recorder.verdicts.front() != "198 error");
    CHECK(summary.exit_code != model::exit_code::unavailable);
  }
}

TEST_CASE("a device that cannot be switched on is not run", "[device_bench]") {
  ScriptedDevice device;
  device.starts = false;
  const auto ran = run_steps(device, join_steps({on, expect_select}));
  CHECK(ran.verdict() == "not_run the adapter has no verb device.powerOn");
  CHECK(device.log.empty());
}

TEST_CASE("the adapter hears of a case once, with its verdict, and its log is kept", "[device_bench]") {
  ScriptedDevice device;
  device.verbs = {{"device.powerOff", nothing}, {"device.powerOn", nothing}};
  device.command(hour + 6s, select_mf);  // within the control's window
  const auto ran = run_steps(device, join_steps({on, R"({"forbid": "command.select", "for": "5 s"})"}),
                             R"("control": "DM_SC-1.0-con-199", )", join_steps({on, expect_select}));
  CHECK(ran.verdict() == "pass ");
  CHECK(ran.result.adapter_log == "{\"what\": \"crossed\"}\n");
  CHECK(device.log == Log{"begin DM_SC-1.0-con-198 made by a test", "device.powerOff {}", "device.powerOn {}",
                          "device.powerOff {}", "device.powerOn {}", "end DM_SC-1.0-con-198 pass"});
  CHECK(ran.outcomes == Log{"done", "held for 5 s", "done", "met by event 0"});
}

TEST_CASE("a control that does not pass makes silence worthless", "[device_bench]") {
  ScriptedDevice device;
  const auto ran = run_steps(device, join_steps({on, R"({"forbid": "command.select", "for": "5 s"})"}),
                             R"("control": "DM_SC-1.0-con-199", )", join_steps({on, expect_select}));
  CHECK(ran.verdict() ==
        "inconclusive control DM_SC-1.0-con-199 did not pass: control DM_SC-1.0-con-199, step 2 (DM_SC 7.1 MUST): "
        "expected command.select, got no command.select within 5 s");
}

TEST_CASE("a control that passed with an advisory has passed", "[device_bench]") {
  ScriptedDevice device;
  const auto* missing = R"({"expect": "command.status", "within": "5 s", "level": "should"})";
  const auto ran = run_steps(device, join_steps({on, R"({"forbid": "command.select", "for": "5 s"})"}),
                             R"("control": "DM_SC-1.0-con-199", )", join_steps({on, missing}));
  CHECK(ran.verdict() == "pass ");
  CHECK(ran.result.findings.empty());
  CHECK(ran.outcomes == Log{"done", "held for 5 s", "done", "not met"});
}

TEST_CASE("the end of a case that goes wrong leaves the verdict as it is", "[device_bench]") {
  ScriptedDevice device;
  device.trouble_at_end = Error{Errc::timeout, "no answer", {}, "case.end"};
  device.command(hour + 1s, select_mf);
  const auto ran = run_steps(device, join_steps({on, expect_select}));
  CHECK(ran.verdict() == "pass ");
  CHECK(ran.outcomes.back() == "case.end: no answer");
  CHECK_FALSE(ran.trouble);
}

TEST_CASE("a device that never rests is given up", "[device_bench]") {
  ScriptedDevice device;
  device.act(hour + 1s, [octets = *parse_hex(status)](port::SoftCard& card) {
    for (std::size_t count = 0; count <= Limits{}.exchanges; ++count) card.command(octets);
  });
  const auto ran = run_steps(device, join_steps({on, expect_select}));
  CHECK(
      ran.verdict() ==
      "fail step 2 (DM_SC 7.1 ROBUSTNESS): expected a device that comes to rest, got the device keeps us busy without "
      "end: 50000 exchanges in one case");
  CHECK_FALSE(ran.trouble);
}

TEST_CASE("a stimulus waits for quiet, and polling is quiet", "[device_bench]") {
  Suite suite;
  ScriptedDevice device;
  auto account = account_of(suite.pixit);
  DeviceBench bench(device, suite.library, suite.ics, suite.pixit, account);
  REQUIRE(bench.begin({}));
  CHECK(bench.settle().value() == false);  // nothing to wait for
  CHECK(bench.now() == 0us);
  REQUIRE(bench.perform("device.power_on", {}));
  const auto settled_at = [&] {
    CHECK(bench.settle().value());
    return bench.now();
  };
  SECTION("nothing happens at all") {
    CHECK(settled_at() == 500ms);
  }
  SECTION("STATUS and its normal answer") {
    for (int count = 1; count < 50; ++count) device.command(hour + count * 100ms, status);
    CHECK(settled_at() == 500ms);
  }
  SECTION("a command is none") {
    device.command(hour + 300ms, select_mf);
    CHECK(settled_at() == 800ms);
  }
  SECTION("nor is STATUS that is answered by an announcement") {
    device.command(hour + 200ms, "8010000005 0100200000");  // POLL INTERVAL alone
    device.command(hour + 400ms, status);
    device.command(hour + 600ms, status);
    CHECK(settled_at() == 1100ms);
  }
  SECTION("it waits no longer than the PIXIT says") {
    for (int count = 1; count < 50; ++count) device.command(hour + count * 100ms, select_mf);
    CHECK(settled_at() == 2s);
  }
}

TEST_CASE("windows are counted in the time of the device", "[device_bench]") {
  ScriptedDevice device;
  SECTION("what comes in a window is taken") {
    device.command(hour + 4900ms, select_mf);
    const auto ran = run_steps(device, join_steps({on, expect_select}));
    CHECK(ran.verdict() == "pass ");
    CHECK(ran.outcomes == Log{"done", "met by event 0"});
    REQUIRE(ran.result.events.size() == 2);
    CHECK(ran.result.events[0].at == 4900ms);
  }
  SECTION("what comes later is not") {
    device.command(hour + 5100ms, select_mf);
    const auto ran = run_steps(device, join_steps({on, expect_select}));
    CHECK(ran.verdict() == "fail step 2 (DM_SC 7.1 MUST): expected command.select, got no command.select within 5 s");
    REQUIRE(ran.result.findings.size() == 1);
    CHECK(ran.result.findings[0].observed == "no command.select within 5 s");
    CHECK(ran.result.exchanges.empty());
    CHECK(device.now() == hour + 5s);
  }
  SECTION("a forbidden event breaks its window at once") {
    device.command(hour + 1s, select_mf);
    const auto ran =
        run_steps(device, join_steps({on, R"({"forbid": "command.select", "for": "5 s"})", expect_select}));
    CHECK(ran.verdict() == "fail step 2 (DM_SC 7.1 MUST): expected no command.select, got command.select");
    CHECK(device.now() == hour + 1s);
  }
  SECTION("a stimulus closes what was before") {
    device.command(hour + 100ms, select_mf);
    const auto ran = run_steps(device, join_steps({on, R"({"do": "device.wait", "with": {"for": "1 s"}})",
                                                   R"({"do": "uicc.drop_client"})", expect_select}));
    CHECK(ran.result.verdict == Verdict::fail);
    CHECK(device.now() == hour + 600ms + 1s + 500ms + 5s);  // quiet, the wait, quiet, the window
  }
}

TEST_CASE("all traffic of a device is judged", "[device_bench]") {
  ScriptedDevice device;
  device.command(hour + 1s, "80C2000002 D600");
  device.command(hour + 1s, select_mf);
  const auto ran = run_steps(device, join_steps({on, expect_select}));
  CHECK(ran.verdict() == "pass ");  // another case judges that
  CHECK(ran.result.findings.empty());
  const auto& form = ran.result.traffic.at("message_form");
  CHECK(form.occasions == 1);
  REQUIRE(form.breaches.size() == 1);
  CHECK(form.breaches.begin()->second.count == 1);
}

TEST_CASE("call control is answered as the case wants it", "[device_bench]") {
  struct Row {
    const char* with;
    const char* answer;
  };
  // Result, length of what follows, and the address worked by hand: tag 86, 5 octets, international, +15550101 with its
  // nibbles swapped. Source: 3GPP TS 31.111, 7.3.1.6; ETSI TS 102 223, 8.1
  const auto row = GENERATE(values<Row>(
      {{R"({"control_result": "allowed"})", "00009000"},
       {R"({"control_result": "not_allowed"})", "01009000"},
       {R"({"control_result": "allowed_with_modifications", "number": "+15550101"})", "02078605915155101 09000"},
       {R"({"control_result": "allowed_with_modifications", "number": "112"})", "0205860381 11F2 9000"},
       {R"({"data": "0100"})", "01009000"}}));
  CAPTURE(row.with);
  ScriptedDevice device;
  std::string seen;
  device.act(hour + 1s, [&](port::SoftCard& card) {
    const auto waiting = *card.command(*parse_hex("80C2000016 D414 82028281 86058151551000 130700F11000010001"));
    REQUIRE(waiting[0] == 0x61);
    seen = to_hex(*card.command(Octets{0x00, 0xC0, 0x00, 0x00, waiting[1]}));
  });
  const auto answer = R"({"answer": "response.envelope.call_control", "with": )" + std::string(row.with) + "}";
  const auto ran =
      run_steps(device, join_steps({answer.c_str(), on, R"({"expect": "envelope.call_control", "within": "5 s"})"}));
  CHECK(ran.verdict() == "pass ");
  CHECK(seen == to_hex(*parse_hex(row.answer)));
}

TEST_CASE("a number that cannot be called instead is the case's fault", "[device_bench]") {
  for (const auto* number : {"", "+", "12a", "1+2"}) {
    ScriptedDevice device;
    const auto answer = R"({"answer": "response.envelope.call_control",
        "with": {"control_result": "allowed_with_modifications", "number": ")" +
                        std::string(number) + R"("}})";
    const auto ran = run_steps(device, join_steps({answer.c_str(), on, expect_select}));
    CHECK(ran.verdict() == "error step 1: \"" + std::string(number) + "\" is no number to call instead");
    CHECK(ran.type() == "harness");
  }
}

TEST_CASE("an answer of the case holds as often as it says", "[device_bench]") {
  ScriptedDevice device;
  Log seen;
  device.act(hour + 1s, [&](port::SoftCard& card) {
    for (int count = 0; count < 3; ++count) seen.push_back(to_hex(*card.command(*parse_hex(status))));
  });
  const auto ran =
      run_steps(device, join_steps({R"({"answer": "response.status", "with": {"sw": "6F00"}, "times": 2})", on,
                                    R"({"expect": "response.status", "where": {"sw": "9000"}, "within": "5 s"})"}));
  CHECK(ran.verdict() == "pass ");
  CHECK(seen == Log{"6F00", "6F00", "9000"});
}

TEST_CASE("the slot is empty before the power-on and behind the case", "[device_bench]") {
  Suite suite;
  ScriptedDevice device;
  bool touched = false;
  device.act(hour, [&](port::SoftCard&) { touched = true; });
  auto account = account_of(suite.pixit);
  {
    DeviceBench bench(device, suite.library, suite.ics, suite.pixit, account);
    REQUIRE(bench.begin({}));
    REQUIRE(device.wait(1s));
    CHECK_FALSE(touched);
    REQUIRE(bench.perform("device.power_on", {}));
    REQUIRE(bench.begin({}));
    REQUIRE(device.wait(1s));
    CHECK_FALSE(touched);
    REQUIRE(bench.perform("device.power_on", {}));
  }
  REQUIRE(device.wait(1s));
  CHECK_FALSE(touched);
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/case_runner.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/load/rules.hpp"
#include "runner/peer/uicc/uicc.hpp"

// The words of the case language, each on a card that makes it matter.
namespace dmsc::engine {
namespace {

using model::Verdict;

const std::filesystem::path root = DMSC_SOURCE_DIR;

/// Our UICC as a link.
class PeerLink final : public port::CardLink {
 public:
  explicit PeerLink(peer::Personality self) : card_(std::move(self)) {}
  Result<Octets> power_cycle() override { return card_.power_on(); }
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds /*deadline*/) override {
    return *card_.command(command);
  }
  std::string label() const override { return "peer"; }

 private:
  peer::Uicc card_;
};

peer::Personality woken_by(std::set<std::string> wake_ups) {
  peer::Personality self;
  self.atr = {0x3B, 0x00};
  self.wake_ups = std::move(wake_ups);
  self.customer_care_number = "15550100";
  self.home_plmn = "00101";
  self.server_id = "srv";
  self.status_count = 1;
  self.timer_seconds = 60;
  return self;
}

constexpr const char* start =
    R"({"do": "terminal.start", "with": {"profile": "class_e_k",
        "registry": [{"port": 32769, "dcs": "gsm7", "application_type": 7, "name": "DM Client"}]}})";

struct Ran {
  model::CaseResult result;
  std::vector<std::string> outcomes;
};

/// Runs steps written as JSON, loaded as a case file would be.
Ran run_steps(const std::string& steps, std::set<std::string> wake_ups, const std::string& more = {},
              const Value& values = Value::Map{}) {
  auto library = load::Library::open(root / "testcases", {"card:x"}).value();
  const auto document = parse_json(R"({"id": "DM_SC-1.0-con-149", "title": "made by a test",
      "purpose": "tries out a word of the case language", "dut": "card", "level": "must",
      "requirements": ["DMSC-7-1"], "needs": "C_OFFLINE", "refuted_by": ["card:x"], )" +
                                       more + R"("steps": [)" + steps + "]}",
                                   "DM_SC-1.0-con-149.json");
  REQUIRE(document);
  const auto meant = load::check_rules(*document, library.vocabulary(), "DM_SC-1.0-con-149.json");
  if (!meant) FAIL(meant.error().text());
  const auto test = load::build_case(*document);
  model::Ics ics;
  ics.items["C_OFFLINE"] = true;
  ics.items["C_OCCASION_SELECT"] = true;
  model::Pixit pixit;
  pixit.values = Value::Map{{"trigger_wait", "5 s"},
                            {"status_count", 1},
                            {"settle_occasions", 2},
                            {"customer_care_number", "+15550100"},
                            {"roaming_plmn", "00201"}};
  for (const auto& [key, value] : values.as_map()) pixit.values[key] = value;
  model::PlannedCase planned;
  planned.id = test.id;
  planned.test = &test;
  PeerLink link(woken_by(std::move(wake_ups)));
  const std::atomic<int> stop{0};
  std::optional<Error> trouble;
  Ran ran;
  auto account = account_of(pixit);
  CardBench bench(link, nullptr, library, ics, pixit, account, stop);
  ran.result = CaseRunner(bench, library, ics, pixit).run(planned, trouble);
  for (const auto& step : ran.result.steps) ran.outcomes.push_back(step.outcome);
  ran.result.planned = nullptr;
  return ran;
}

std::string verdict(const Ran& ran) {
  return std::string(name_of(ran.result.verdict)) + " " + ran.result.reason;
}

}  // namespace

TEST_CASE("a saved value is used by a later step", "[case]") {
  const std::string steps = std::string(start) +
                            R"(, {"expect": "proactive.open_channel", "within": "5 s", "as": "open"},
                               {"expect": "terminal_response.open_channel", "where": {"buffer_size": "$open.buffer_size"}})";
  CHECK(verdict(run_steps(steps, {"power_on"})) == "pass ");
  const std::string missing = std::string(start) +
                              R"(, {"expect": "proactive.open_channel", "within": "5 s", "as": "open"},
                                 {"expect": "proactive.send_data", "where": {"channel_data": "$open.alpha_identifier"}})";
  const auto ran = run_steps(missing, {"power_on"});
  CHECK(verdict(ran) == "error step 3: \"$open.alpha_identifier\" stands for nothing here");
  CHECK(ran.result.error_type == "harness");
}

TEST_CASE("a card is woken by the messages of its PIXIT, or by a push", "[case]") {
  const auto ran = [](const Value& values, const std::string& profile, const std::string& what) {
    const auto steps = R"({"do": "terminal.start", "with": {"profile": ")" + profile + R"("}}, )" + what;
    return verdict(run_steps(steps, {"power_on"}, "", values));
  };
  const std::string wake = R"({"do": "wake_up", "with": {"kind": "sms"}})";
  const std::string foreign = R"({"do": "terminal.sms_download", "with": {"foreign": true}})";
  const auto sent = [](const std::string& hex, const char* object = "sms_tpdu") {
    return R"(, {"expect": "envelope.sms_pp_download", "where": {")" + std::string(object) + R"(": )" + hex + "}}";
  };
  const auto* nothing =
      "inconclusive step 2: %s never came about: the PIXIT names messages that wake the card, and none for this";
  const auto never = [&](const std::string& stimulus) {
    std::string text = nothing;
    return text.replace(text.find("%s"), 2, stimulus);
  };
  const Value own = Value::Map{{"wake_sms", "0401, 04 02"}, {"other_sms", "0403"}};
  CHECK(ran(own, "sms_3gpp", wake + sent("\"0401\"") + sent("\"0402\"")) == "pass ");
  CHECK(ran(own, "sms_3gpp", foreign + sent("\"0403\"")) == "pass ");
  CHECK(ran(own, "sms_3gpp2", wake + sent("\"0401\"")) == never("wake_up"));
  CHECK(ran(Value::Map{{"wake_sms", "0401"}}, "sms_3gpp", foreign + sent("\"0401\"")) ==
        never("terminal.sms_download"));
  CHECK(ran(Value::Map{{"wake_sms_3gpp2", "0001"}}, "sms_3gpp2", wake + sent("\"0001\"", "cdma_sms_tpdu")) == "pass ");
  CHECK(ran(Value::Map{}, "sms_3gpp", wake + sent(R"({"matches": "0B84.*C4AF87"})")) == "pass ");
  CHECK(ran(Value::Map{}, "sms_3gpp", foreign + sent(R"({"matches": "616E6F74686572$"})")) == "pass ");
}

TEST_CASE("answer replaces what the terminal says, and the card copes", "[case]") {
  const std::string steps =
      R"({"answer": "proactive.open_channel", "times": 1,
        "with": {"result": {"general": "bip_error", "additional": "port_not_available"}}}, )" +
      std::string(start) +
      R"(, {"expect": "terminal_response.open_channel", "where": {"result": {"additional": "port_not_available"}}, "within": "5 s"},
        {"forbid": "proactive.send_data", "for": "5 s"},
        {"do": "wake_up", "with": {"kind": "status"}},
        {"expect": "proactive.send_data", "within": "5 s"})";
  const auto ran = run_steps(steps, {"power_on", "status"});
  CHECK(verdict(ran) == "pass ");
  CHECK(ran.outcomes[3] == "held for 5 s (5 occasions of SELECT MF)");
}

TEST_CASE("readings: any of them satisfies the step", "[case]") {
  const std::string steps =
      std::string(start) + R"(, {"expect": "proactive.open_channel", "within": "5 s", "readings": [
      {"id": "R1", "where": {"transport_level": {"protocol": "tcp_local"}}},
      {"id": "R2", "where": {"transport_level": {"protocol": "udp_local"}}}]})";
  CHECK(verdict(run_steps(steps, {"power_on"})) == "pass ");
}

TEST_CASE("weak evidence and lower levels make an advisory", "[case]") {
  const std::string miss = R"("expect": "proactive.refresh", "within": "2 s")";
  const std::string weak = std::string(start) + ", {" + miss + R"(, "weak": "remembered, not read"})";
  CHECK(run_steps(weak, {}).result.verdict == Verdict::advisory);
  const std::string should = std::string(start) + ", {" + miss + R"(, "level": "should"})";
  CHECK(run_steps(should, {}).result.verdict == Verdict::advisory);
  const std::string must = std::string(start) + ", {" + miss + "}";
  CHECK(verdict(run_steps(must, {})) ==
        "fail step 2 (DM_SC 7 MUST): expected proactive.refresh, got no proactive.refresh within 2 s (2 occasions of "
        "SELECT MF)");
}

TEST_CASE("a step whose needs do not hold is passed over and says so", "[case]") {
  const std::string steps =
      std::string(start) + R"(, {"expect": "proactive.refresh", "within": "2 s", "needs": "C_ONLINE"},
                               {"expect": "proactive.open_channel", "within": "5 s"})";
  const auto ran = run_steps(steps, {"power_on"});
  CHECK(verdict(ran) == "pass ");
  CHECK(ran.outcomes[1] == "not applicable: ICS C_ONLINE=false");
}

TEST_CASE("a stimulus that cannot come about is inconclusive", "[case]") {
  const std::string steps = std::string(start) + R"(, {"do": "wake_up", "with": {"kind": "timer"}},
                               {"expect": "proactive.open_channel", "within": "5 s"})";
  CHECK(verdict(run_steps(steps, {"status"})) ==
        "inconclusive step 2: wake_up never came about: the card started no timer");
}

TEST_CASE("a window holds timers and polling, waiting lets them happen", "[case]") {
  // The timer of 60 s would end within the window of 2 minutes if the window did not hold it.
  const std::string held = std::string(start) + R"(, {"forbid": "envelope.timer_expiration", "for": "2 min"},
                              {"expect": "proactive.timer_management"})";
  CHECK(verdict(run_steps(held, {"timer"})) == "pass ");
  const std::string waited = std::string(start) + R"(, {"do": "terminal.wait", "with": {"for": "60 s"}},
                              {"expect": "envelope.timer_expiration"}, {"expect": "proactive.open_channel", "within": "5 s"})";
  CHECK(verdict(run_steps(waited, {"timer"})) == "pass ");
}

TEST_CASE("an expectation looks behind the last stimulus only", "[case]") {
  // The trigger of the power-on is over before STATUS comes; it must not be taken for one that STATUS made.
  const std::string steps =
      std::string(start) + R"(, {"do": "terminal.status"}, {"expect": "proactive.open_channel", "within": "5 s"})";
  CHECK(run_steps(steps, {"power_on"}).result.verdict == Verdict::fail);
  CHECK(run_steps(steps, {"power_on", "status"}).result.verdict == Verdict::pass);
}

TEST_CASE("a finding shows the octets and the one to blame", "[case]") {
  const std::string steps =
      std::string(start) +
      R"(, {"expect": "proactive.open_channel", "where": {"transport_level": {"port": 1}}, "within": "2 s"})";
  const auto ran = run_steps(steps, {"power_on"});
  REQUIRE(ran.result.findings.size() == 1);
  const auto& finding = ran.result.findings[0];
  CHECK(finding.expected == "proactive.open_channel with transport_level (port 1)");
  CHECK(finding.observed == "proactive.open_channel with transport_level.port 32769");
  CHECK(finding.clause == "DM_SC 7");
  CHECK(finding.requirement == "DMSC-7-1");
  // D0 12 | 81 03 01 40 00 | 82 02 81 82 | 39 or B9 02 05 78 | 3C or BC 03 04 80 01
  REQUIRE(finding.offset == 18);
  CHECK(to_hex(ByteView(finding.octets).subspan(18)) == "8001");
}

}  // namespace dmsc::engine

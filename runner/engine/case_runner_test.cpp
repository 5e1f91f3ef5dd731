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

/// What a card answers in place of our UICC, which never hears of the command; nothing: our UICC answers.
using Refusal = std::function<std::optional<Octets>(ByteView command)>;

/// Our UICC as a link.
class PeerLink final : public port::CardLink {
 public:
  explicit PeerLink(peer::Personality self, Refusal refusal) : card_(std::move(self)), refusal_(std::move(refusal)) {}
  Result<Octets> power_cycle() override { return card_.power_on(); }
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds /*deadline*/) override {
    if (refusal_) {
      if (auto refused = refusal_(command)) return *refused;
    }
    return *card_.command(command);
  }
  std::string label() const override { return "peer"; }

 private:
  peer::Uicc card_;
  Refusal refusal_;
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

/// Answers commands with this instruction, and this first octet of data where one is given, by a status word.
Refusal refusing(std::uint8_t ins, Octets answer, std::optional<std::uint8_t> tag = {}) {
  return [=](ByteView command) -> std::optional<Octets> {
    const bool fits = command.size() > 1 && command[1] == ins && (!tag || (command.size() > 5 && command[5] == *tag));
    return fits ? std::optional(answer) : std::nullopt;
  };
}

/// How a run of steps differs from the usual.
struct Setting {
  HeldReadings held = {};
  Refusal refusal = {};
  const char* level = "must";
  const char* requirement = "DMSC-7-1";
  const char* claims = "C_OFFLINE";  ///< an item more of the ICS
  bool confirmed = true;             ///< the nonce of the account
};

struct Ran {
  model::CaseResult result;
  std::vector<std::string> outcomes;
};

/// Runs steps written as JSON, loaded as a case file would be.
Ran run_steps(const std::string& steps, std::set<std::string> wake_ups, const std::string& more = {},
              const Value& values = Value::Map{}, const Setting& setting = {}) {
  auto library = load::Library::open(root / "testcases", {"card:x"}).value();
  const auto document = parse_json(R"({"id": "DM_SC-1.0-con-149", "title": "made by a test",
      "purpose": "tries out a word of the case language", "dut": "card", "level": ")" +
                                       std::string(setting.level) + R"(",
      "requirements": [")" + setting.requirement +
                                       R"("], "needs": "C_OFFLINE", "refuted_by": ["card:x"], )" + more +
                                       R"("steps": [)" + steps + "]}",
                                   "DM_SC-1.0-con-149.json");
  REQUIRE(document);
  const auto meant = load::check_rules(*document, library.vocabulary(), "DM_SC-1.0-con-149.json");
  if (!meant) FAIL(meant.error().text());
  const auto test = load::build_case(*document);
  model::Ics ics;
  ics.items["C_OFFLINE"] = true;
  ics.items[setting.claims] = true;
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
  PeerLink link(woken_by(std::move(wake_ups)), setting.refusal);
  const std::atomic<int> stop{0};
  std::optional<Error> trouble;
  Ran ran;
  auto account = account_of(pixit);
  account.confirmed = setting.confirmed;
  CardBench bench(link, nullptr, library, ics, pixit, account, stop);
  ran.result = CaseRunner(bench, library, ics, pixit, setting.held).run(planned, trouble);
  for (const auto& step : ran.result.steps) ran.outcomes.push_back(step.outcome);
  ran.result.planned = nullptr;
  return ran;
}

std::string verdict(const Ran& ran) {
  return std::string(name_of(ran.result.verdict)) + " " + ran.result.reason;
}

}  // namespace

TEST_CASE("any wake-up is one that every terminal profile allows", "[case]") {
  const std::string steps =
      std::string(start) + R"(, {"do": "wake_up", "with": {"kind": "any"}}, {"expect": "response.status"})";
  const auto woken = [&](const char* item) {
    return verdict(run_steps(steps, {"status"}, "", Value::Map{}, {.claims = item}));
  };
  CHECK(woken("C_WAKE_STATUS") == "pass ");
  for (const auto* item : {"C_WAKE_MENU", "C_WAKE_EVENT"}) {
    CHECK(woken(item) ==
          "inconclusive step 2: wake_up never came about: the ICS claims no wake-up that every terminal allows");
  }
}

TEST_CASE("a saved value is used by a later step", "[case]") {
  const std::string steps = std::string(start) +
                            R"(, {"expect": "proactive.open_channel", "within": "5 s", "as": "open"},
                               {"expect": "terminal_response.open_channel", "where": {"buffer_size": "$open.buffer_size"}})";
  CHECK(verdict(run_steps(steps, {"power_on"})) == "pass ");
  const std::string missing = std::string(start) +
                              R"(, {"expect": "proactive.open_channel", "within": "5 s", "as": "open"},
                                 {"expect": "proactive.send_data", "where": {"channel_data": "$open.alpha_identifier"}})";
  const auto ran = run_steps(missing, {"power_on"});
  CHECK(verdict(ran) == "inconclusive step 3: what was seen has no \"$open.alpha_identifier\"");
}

TEST_CASE("what is right may hang on the ICS, the PIXIT, or a reading", "[case][when]") {
  const auto ran = [](const std::string& condition, const Setting& setting = {}) {
    const auto steps = std::string(start) + R"(, {"expect": "proactive.open_channel", "within": "5 s",
        "readings": [{"of": "AMB-3", "id": "R1", "where": {"transport_level": {"protocol": "udp_local"}}},
                     {"of": "AMB-3", "id": "R2", "where": {"transport_level": {"protocol": "tcp_local"}}}]},
        {"expect": "proactive.send_data", "within": "5 s", "where": {"command_details": {"type": "send_data"}},
         "when": [{"if": )" +
                       condition + R"(, "where": {"command_details": {"type": "display_text"}}}]})";
    return run_steps(steps, {"power_on"}, R"("readings": ["AMB-3"], )", Value::Map{}, setting);
  };
  CHECK(verdict(ran(R"("C_ONLINE")")) == "pass ");
  const auto claimed = ran(R"("C_ONLINE")", {.claims = "C_ONLINE"});
  CHECK(verdict(claimed).find("expected proactive.send_data with command_details (type display_text) where C_ONLINE, "
                              "got proactive.send_data with command_details.type send_data") != std::string::npos);
  CHECK(verdict(ran(R"({"pixit": {"status_count": 2}})")) == "pass ");
  CHECK(ran(R"({"pixit": {"status_count": 1}})").result.verdict == model::Verdict::fail);
  CHECK(verdict(ran(R"({"reading": "AMB-3 R2"})")) == "pass ");
  CHECK(ran(R"({"reading": "AMB-3 R1"})").result.verdict == model::Verdict::fail);
}

TEST_CASE("a breach explains what is missing behind it, and not what the peer itself said wrong", "[case]") {
  const Setting broken{.refusal = refusing(0x12, {0x6F, 0x00})};
  const auto cause = [&](const std::string& step) {
    return run_steps(std::string(start) + ", " + step, {"power_on"}, "", Value::Map{}, broken).result.cause;
  };
  CHECK(cause(R"({"expect": "proactive.open_channel", "within": "5 s"})") == "FETCH answered 6F00");
  CHECK(cause(R"({"expect": "response.fetch", "where": {"sw": "9000"}, "within": "5 s"})") ==
        "response.fetch with sw 6F00");
}

TEST_CASE("the branch that was taken is told", "[case][when]") {
  const auto steps = std::string(start) + R"(, {"expect": "proactive.open_channel", "within": "5 s",
      "when": [{"if": {"not": "C_OFFLINE"}, "where": {"mode": "uicc_server"}},
               {"if": "C_OFFLINE", "where": {"mode": "terminal_server"}}]})";
  const auto ran = run_steps(steps, {"power_on"});
  CHECK(verdict(ran) == "pass ");
  CHECK(ran.outcomes.back().ends_with(", as C_OFFLINE wants it"));
  CHECK(ran.result.steps.back().text.ends_with(
      "; where not C_OFFLINE: mode uicc_server; where C_OFFLINE: mode terminal_server"));
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

constexpr const char* either_transport = R"(, {"expect": "proactive.open_channel", "within": "5 s",
      "where": {"buffer_size": {"present": true}, "transport_level": {"port": 32769}}, "readings": [
      {"of": "AMB-3", "id": "R1", "where": {"transport_level": {"protocol": "tcp_local"}}},
      {"of": "AMB-3", "id": "R2", "where": {"transport_level": {"protocol": "udp_local"}}}]})";
constexpr const char* of_transport = R"("readings": ["AMB-3"], )";

TEST_CASE("readings: any of them satisfies the step, and the one that did is told", "[case]") {
  const auto ran = run_steps(std::string(start) + either_transport, {"power_on"}, of_transport);
  CHECK(verdict(ran) == "pass ");
  CHECK(ran.result.readings == std::vector<model::ReadingTaken>{{"AMB-3", "R2", 2}});
  CHECK(ran.outcomes[1].ends_with(", reading AMB-3 R2"));
  CHECK(ran.outcomes[1].starts_with("met by event "));
}

TEST_CASE("readings: a run that is held to one takes no other", "[case]") {
  const auto steps = std::string(start) + either_transport;
  const auto held = run_steps(steps, {"power_on"}, of_transport, Value::Map{}, {.held = {{"AMB-3", "R1"}}});
  CHECK(
      verdict(held) ==
      "fail step 2 (DM_SC 7 MUST): expected AMB-3 R1: proactive.open_channel with buffer_size present, transport_level "
      "(port 32769, protocol tcp_local), got proactive.open_channel with transport_level.protocol udp_local");
  CHECK(held.result.readings.empty());
  const auto other = run_steps(steps, {"power_on"}, of_transport, Value::Map{}, {.held = {{"AMB-3", "R2"}}});
  CHECK(verdict(other) == "pass ");
  CHECK(other.result.readings == std::vector<model::ReadingTaken>{{"AMB-3", "R2", 2}});
  const auto unrelated = run_steps(steps, {"power_on"}, of_transport, Value::Map{}, {.held = {{"AMB-6", "R1"}}});
  CHECK(verdict(unrelated) == "pass ");
}

TEST_CASE("readings: a miss names every way", "[case]") {
  const auto steps = std::string(start) + R"(, {"expect": "proactive.open_channel", "within": "5 s", "readings": [
      {"of": "AMB-3", "id": "R1", "where": {"buffer_size": 1}}, {"of": "AMB-3", "id": "R2", "where": {"buffer_size": 2}}]})";
  CHECK(verdict(run_steps(steps, {"power_on"}, of_transport)) ==
        "fail step 2 (DM_SC 7 MUST): expected AMB-3 R1: proactive.open_channel with buffer_size 1 or AMB-3 R2: "
        "proactive.open_channel with buffer_size 2, got proactive.open_channel with buffer_size 1400");
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

TEST_CASE("a miss shows what is nearest, and says where all are of another kind", "[case]") {
  const auto miss = [](const std::string& where) {
    return run_steps(
        std::string(start) + R"(, {"expect": "proactive.open_channel", "within": "2 s", "where": )" + where + "}",
        {"power_on"});
  };
  CHECK(verdict(miss(R"({"mode": "terminal_server", "transport_level": {"port": 1}})")) ==
        "fail step 2 (DM_SC 7 MUST): expected proactive.open_channel with mode terminal_server, transport_level (port "
        "1), "
        "got proactive.open_channel with transport_level.port 32769");
  const auto other = miss(R"({"mode": "uicc_server"})");
  CHECK(verdict(other) ==
        "fail step 2 (DM_SC 7 MUST): expected proactive.open_channel with mode uicc_server, got no "
        "proactive.open_channel "
        "within 2 s (2 occasions of SELECT MF), none; 1 proactive.open_channel with mode terminal_server was seen");
  CHECK(other.result.findings[0].octets.empty());  // it proves nothing about the one that is missing
  CHECK_FALSE(other.result.findings[0].offset);
}

TEST_CASE("what a nonce that nothing confirmed leaves undecided is inconclusive, what else is wrong is not", "[case]") {
  const auto steps = [](const std::string& where) {
    return std::string(start) + R"(, {"expect": "dm.notification", "where": )" + where + R"(, "within": "5 s"})";
  };
  const Value other = Value::Map{{"server_id", "srv"}, {"server_nonce", "0909"}, {"server_secret", "another"}};
  Setting unconfirmed;
  unconfirmed.confirmed = false;
  const auto undecided = R"({"digest_valid": true, "server_id": "srv"})";
  const auto ran = run_steps(steps(undecided), {"power_on"}, {}, other, unconfirmed);
  CHECK(verdict(ran) ==
        "inconclusive step 2 (DM_SC 7 MUST): expected dm.notification with digest_valid true, server_id srv, got "
        "dm.notification that no known nonce explains; " +
            std::string(unconfirmed_hint));
  CHECK(ran.result.cause == unconfirmed_hint);
  CHECK(run_steps(steps(undecided), {"power_on"}, {}, other).result.verdict == Verdict::fail);
  const auto wrong =
      run_steps(steps(R"({"digest_valid": true, "server_id": "other"})"), {"power_on"}, {}, other, unconfirmed);
  CHECK(verdict(wrong) ==
        "fail step 2 (DM_SC 7 MUST): expected dm.notification with digest_valid true, server_id other, got "
        "dm.notification with server_id srv");
}

TEST_CASE("an answer to what we asked is the first one, not a later one that fits", "[case]") {
  int count = 0;
  Setting setting;
  setting.refusal = [&](ByteView command) -> std::optional<Octets> {
    if (command[1] == 0x10) count = 0;
    if (command[1] != 0xA4) return {};
    return ++count == 1 ? Octets{0x62, 0x00} : Octets{0x90, 0x00};
  };
  const std::string steps =
      std::string(start) + R"(, {"expect": "response.select", "where": {"sw": "9000"}, "within": "5 s"})";
  CHECK(verdict(run_steps(steps, {}, "", Value::Map{}, setting)) ==
        "fail step 2 (DM_SC 7 MUST): expected response.select with sw 9000, got response.select with sw 6200");
}

TEST_CASE("what a refused stimulus leaves out is inconclusive, and the stimulus is named with its step", "[case]") {
  const std::string steps = std::string(start) + R"(, {"expect": "proactive.refresh", "within": "2 s"})";
  const auto registry = run_steps(steps, {}, "", Value::Map{}, {.refusal = refusing(0xC2, {0x6A, 0x81}, 0xDC)});
  CHECK(verdict(registry) ==
        "inconclusive step 2 (DM_SC 7 MUST): expected proactive.refresh, got no proactive.refresh within 2 s (2 "
        "occasions "
        "of SELECT MF); ENVELOPE (Terminal applications) was answered 6A81, step 1");
  CHECK(registry.result.cause == "ENVELOPE (Terminal applications) was answered 6A81, step 1");
  CHECK(registry.result.findings[0].verdict == Verdict::inconclusive);
  const std::string bare = R"({"do": "terminal.start", "with": {"profile": "class_e_k"}},
      {"expect": "proactive.refresh", "within": "2 s"})";
  const auto profile = run_steps(bare, {}, "", Value::Map{}, {.refusal = refusing(0x10, {0x6F, 0x00})});
  CHECK(profile.result.cause == "TERMINAL PROFILE was answered 6F00, step 1");
  CHECK(profile.result.verdict == Verdict::inconclusive);
  const std::string status =
      std::string(start) + R"(, {"do": "terminal.status"}, {"expect": "proactive.refresh", "within": "2 s"})";
  const auto refused = run_steps(status, {}, "", Value::Map{}, {.refusal = refusing(0xF2, {0x6D, 0x00})});
  CHECK(refused.result.cause == "STATUS was answered 6D00, step 2");
}

TEST_CASE("a stimulus that the case words itself may be refused, and explains nothing", "[case]") {
  const std::string steps = std::string(start) + R"(, {"do": "card.apdu", "with": {"command": "80F20000"}},
      {"expect": "proactive.refresh", "within": "2 s"})";
  CHECK(run_steps(steps, {}, "", Value::Map{}, {.refusal = refusing(0xF2, {0x6D, 0x00})}).result.verdict ==
        Verdict::fail);
}

TEST_CASE("XX profile", "[case]") {
  const std::string steps = std::string(start) + R"(, {"expect": "proactive.refresh", "within": "2 s"})";
  const auto profile = run_steps(steps, {}, "", Value::Map{}, {.refusal = refusing(0x10, {0x6F, 0x00})});
  CHECK(profile.result.cause == "TERMINAL PROFILE was answered 6F00, step 1");
}
TEST_CASE("a warning refuses nothing", "[case]") {
  const std::string steps = std::string(start) + R"(, {"expect": "proactive.refresh", "within": "2 s"})";
  for (const auto& sw : {Octets{0x62, 0x00}, Octets{0x63, 0x10}, Octets{0x93, 0x00}}) {
    const auto ran = run_steps(steps, {}, "", Value::Map{}, {.refusal = refusing(0xC2, sw, 0xDC)});
    CHECK(ran.result.verdict == Verdict::fail);
  }
}

TEST_CASE("occasions that were refused prove nothing, for silence and for what is missing", "[case]") {
  const Setting setting = {.refusal = refusing(0xA4, {0x6A, 0x82})};
  const std::string forbid =
      std::string(start) + R"(, {"forbid": "proactive.refresh", "for": "5 s"}, {"expect": "response.select"})";
  const std::string expect = std::string(start) + R"(, {"expect": "proactive.refresh", "within": "5 s"})";
  for (const auto& steps : {forbid, expect}) {
    const auto ran = run_steps(steps, {}, "", Value::Map{}, setting);
    CHECK(verdict(ran) == "inconclusive step 2: the occasion select was answered 6A82, so silence proves nothing");
    CHECK(ran.result.cause == "the occasion select was answered 6A82, so silence proves nothing");
    CHECK(ran.result.findings.empty());
  }
}

TEST_CASE("a forbidden event is shown by the member in question, its value, octet and offset", "[case]") {
  const std::string steps = std::string(start) + R"(, {"forbid": "proactive.open_channel", "for": "5 s",
      "where": {"mode": "terminal_server", "transport_level": {"port": {"not": 1}}}}, {"expect": "response.select"})";
  const auto ran = run_steps(steps, {"power_on"});
  REQUIRE(ran.result.findings.size() == 1);
  const auto& finding = ran.result.findings[0];
  CHECK(finding.expected ==
        "no proactive.open_channel with mode terminal_server, transport_level (port anything but 1)");
  CHECK(finding.observed == "proactive.open_channel with transport_level.port 32769, mode terminal_server");
  REQUIRE(finding.offset == 18);
  CHECK(to_hex(ByteView(finding.octets).subspan(18)) == "8001");
  CHECK(ran.result.cause == finding.observed);
}

TEST_CASE("a case of which nothing applies is not applicable, and says why", "[case]") {
  const std::string steps =
      std::string(start) + R"(, {"expect": "proactive.refresh", "within": "2 s", "needs": "C_ONLINE"},
                               {"forbid": "proactive.refresh", "for": "2 s", "needs": "C_WAKE_CALL"})";
  CHECK(verdict(run_steps(steps, {"power_on"})) == "not_applicable nothing of it applies: ICS C_ONLINE=false");
}

TEST_CASE("level and clause of a finding come from the row that is cited", "[case]") {
  const auto miss = [](const char* requirement, const char* level) {
    return run_steps(std::string(start) + R"(, {"expect": "proactive.refresh", "within": "2 s"})", {}, "", Value::Map{},
                     {.level = level, .requirement = requirement});
  };
  const auto must = miss("DMSC-7-1", "must").result;
  CHECK(must.verdict == Verdict::fail);
  CHECK(must.findings[0].level == "MUST");
  const auto info = miss("DMSC-6-1", "should").result;
  CHECK(info.verdict == Verdict::advisory);
  CHECK(info.findings[0].level == "INFO");
  CHECK(info.findings[0].clause == "DM_SC 6");
  CHECK(info.findings[0].requirement == "DMSC-6-1");
  const auto should = miss("DMSC-7-1", "should").result;
  CHECK(should.verdict == Verdict::advisory);
  CHECK(should.findings[0].level == "SHOULD");
}

TEST_CASE("a robustness case fails by missing proof of life alone", "[case]") {
  const auto ran = [](const std::string& step) {
    return run_steps(std::string(start) + ", " + step + R"(, {"expect": "response.select"})", {"power_on"}, "",
                     Value::Map{}, {.level = "robustness"})
        .result;
  };
  CHECK(ran(R"({"expect": "proactive.refresh", "within": "2 s"})").verdict == Verdict::advisory);
  CHECK(ran(R"({"forbid": "proactive.open_channel", "for": "2 s"})").verdict == Verdict::advisory);
  const auto dead = ran(R"({"expect": "dm.notification", "where": {"port": 1}, "within": "2 s"})");
  CHECK(dead.verdict == Verdict::fail);
  CHECK(dead.findings[0].level == "ROBUSTNESS");
}

TEST_CASE("what the rules over all traffic saw belongs to the case, and ends it not", "[case]") {
  const std::string steps = std::string(start) + R"(, {"expect": "proactive.open_channel", "within": "5 s"})";
  const auto ran =
      run_steps(steps, {"power_on"}, "", Value::Map{}, {.refusal = [first = true](ByteView command) mutable {
                  // TERMINAL PROFILE brings one octet that nobody asked for
                  const bool profile = std::exchange(first, false) && command[1] == 0x10;
                  return profile ? std::optional(Octets{0x00, 0x90, 0x00}) : std::nullopt;
                }});
  CHECK(ran.result.verdict != Verdict::error);
  const auto clean = run_steps(steps, {"power_on"});
  CHECK(verdict(clean) == "pass ");
  CHECK(clean.result.traffic.at("announced_length").occasions > 0);
  for (const auto& [rule, count] : clean.result.traffic) {
    CAPTURE(rule);
    CHECK(count.breaches.empty());
  }
}

TEST_CASE("a breach that takes away what others need is the cause of what is missing", "[case]") {
  // The card announces a command and does not give it away.
  bool announced = false;
  Setting setting;
  setting.refusal = [&](ByteView command) -> std::optional<Octets> {
    if (command[1] == 0x10) {
      announced = true;
      return Octets{0x91, 0x0B};
    }
    if (command[1] == 0x12 && std::exchange(announced, false)) return Octets{0x6F, 0x00};
    return {};
  };
  const std::string steps = std::string(start) + R"(, {"expect": "proactive.refresh", "within": "2 s"})";
  const auto ran = run_steps(steps, {}, "", Value::Map{}, setting);
  CHECK(ran.result.verdict == Verdict::fail);
  CHECK(ran.result.cause == "FETCH answered 6F00");
  CHECK(ran.result.findings[0].observed.starts_with("no proactive.refresh within 2 s"));
}

}  // namespace dmsc::engine

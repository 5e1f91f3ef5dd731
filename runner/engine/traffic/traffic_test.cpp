// SPDX-License-Identifier: Apache-2.0
#include "runner/base/json.hpp"
#include "runner/engine/traffic/testing/talk.hpp"

// The rows, the checks behind them, and what becomes of what they see.
namespace dmsc::engine::testing {
namespace {

constexpr const char* broken_number = "8103020200 82028281 830100";

std::vector<TrafficCheck> all_checks() {
  std::vector<TrafficCheck> out;
  for (const auto checks :
       {toolkit_checks(), answer_checks(), response_checks(), envelope_checks(), channel_checks(), message_checks()}) {
    out.insert(out.end(), checks.begin(), checks.end());
  }
  return out;
}

}  // namespace

TEST_CASE("every rule has a check, and every check a rule", "[traffic]") {
  std::set<std::string> rules;
  std::set<std::string> checked;
  for (const auto& rule : model::traffic_rules()) {
    CAPTURE(rule.name);
    CHECK(rules.insert(rule.name).second);
    const auto* row = suite().find_requirement(rule.requirement);
    REQUIRE(row != nullptr);
    CHECK(row->on.find(rule.sender == model::Dut::card ? 'C' : 'D') != std::string::npos);
    // What the ledger or memory carries cannot weigh more than it does.
    CHECK((rule.weight == model::Verdict::advisory || (rule.weight == model::Verdict::fail && row->can_fail())));
    CHECK((rule.weight == model::Verdict::advisory || std::string(rule.source).find("memory") == std::string::npos));
    CHECK_FALSE(std::string(rule.occasion).empty());
    CHECK_FALSE(std::string(rule.expected).empty());
  }
  for (const auto& check : all_checks()) {
    CAPTURE(check.rule, check.on);
    CHECK(rules.contains(check.rule));
    checked.insert(check.rule);
  }
  CHECK(checked == rules);
}

TEST_CASE("every rule has its case, and the case is of its side", "[traffic]") {
  const std::filesystem::path root = DMSC_SOURCE_DIR;
  std::set<std::string> defects;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root / "adapters/defects")) {
    const auto document = load_json(entry.path()).value();
    for (const auto& defect : document.find("defects")->as_list()) defects.insert(defect.text_or("id", ""));
  }
  auto library = load::Library::open(root / "testcases", defects).value();
  library.load_cases();
  std::multiset<std::string> rules;
  std::multiset<std::string> judged;
  for (const auto& rule : model::traffic_rules()) rules.insert(rule.name);
  for (const auto& test : library.cases()) {
    if (test->traffic.empty()) continue;
    CAPTURE(test->id);
    const auto* rule = model::find_traffic_rule(test->traffic);
    REQUIRE(rule != nullptr);
    CHECK(test->dut == rule->sender);
    CHECK(test->requirements.front() == rule->requirement);
    judged.insert(test->traffic);
  }
  CHECK(judged == rules);
}

TEST_CASE("a finding is of the ledger's row, with the octets of the message", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(more_time, broken_number);
  const auto& count = talk.look().at("response_details");
  REQUIRE(count.breaches.size() == 1);
  const auto& breach = count.breaches.at("number");
  CHECK(breach.count == 1);
  CHECK(breach.cases == 1);
  CHECK(breach.exchange == 3);  // profile, STATUS, FETCH, TERMINAL RESPONSE
  CHECK(breach.finding.verdict == model::Verdict::fail);
  CHECK(breach.finding.step == 0);
  CHECK(breach.finding.requirement == "CAT-9");
  CHECK(breach.finding.clause == "TS 102 223, 6.8");
  CHECK(breach.finding.level == "MUST");
  CHECK(breach.finding.expected == "the command details of the command that was fetched");
  CHECK(breach.finding.octets == parse_hex(broken_number).value());
}

TEST_CASE("of several breaches of a kind the first is shown", "[traffic]") {
  auto talk = Talk::of_device();
  talk.perform(more_time, broken_number);
  talk.perform(more_time, "8103030200 82028281 830100");
  const auto& breach = talk.look().at("response_details").breaches.at("number");
  CHECK(breach.count == 2);
  CHECK(breach.finding.observed == "more_time with number 2 for 1");
  CHECK(breach.exchange == 3);
}

TEST_CASE("what was looked at is not looked at again, but remembered", "[traffic]") {
  auto talk = Talk::of_device();
  talk.fetch(more_time);
  talk.look();
  talk.respond(more_time_done);
  CHECK(talk.look().at("one_response").breaches.empty());
  talk.respond(more_time_done);
  CHECK(talk.look().at("one_response").breaches.size() == 1);
  CHECK(talk.look().at("one_response").occasions == 2);
}

TEST_CASE("a row that is advisory never weighs more, whatever a check says", "[traffic]") {
  auto talk = Talk::of_card();
  talk.fetch("D009 8103000200 82028182");
  talk.respond("8103000200 82028281 830100", "6F00");
  talk.status("A000");
  for (const auto& [rule, count] : talk.look()) {
    CAPTURE(rule);
    CHECK(model::worst_of(count) != model::Verdict::fail);
  }
  CHECK(model::worst_of(talk.look().at("command_number")) == model::Verdict::advisory);
  CHECK(model::worst_of(talk.look().at("command_form")) == model::Verdict::pass);
}

TEST_CASE("own side: what we did not mean to send wrong is our fault", "[traffic]") {
  SECTION("a terminal response of ours with another number") {
    auto talk = Talk::of_card();
    talk.perform(more_time, broken_number);
    CHECK(talk.own_fault() == "CAT-9: more_time with number 2 for 1");
    CHECK(talk.broken().empty());  // the card's tally is not about us
    CHECK_FALSE(talk.watch.tally().contains("response_details"));
  }
  SECTION("a proactive command of ours beyond the profile") {
    Talk talk(model::Dut::device);
    talk.profile(without_facility(3, 4));
    talk.perform(more_time, more_time_done);
    CHECK(talk.own_fault() == "CAT-2: more_time, which the profile does not claim");
  }
  SECTION("the first fault stays") {
    auto talk = Talk::of_card();
    talk.perform(more_time, broken_number);
    talk.perform(more_time, "8103030200 82028281 830100");
    CHECK(talk.own_fault() == "CAT-9: more_time with number 2 for 1");
  }
  SECTION("what is advisory is none") {
    auto talk = Talk::of_card();
    talk.perform(more_time, "8103010200 82028281 830104");
    CHECK(talk.own_fault().empty());
  }
}

TEST_CASE("own side: what the case words itself is meant", "[traffic]") {
  auto talk = Talk::of_card();
  talk.scripted = [](const model::Event& event) { return event.key == "terminal_response.more_time"; };
  talk.perform(more_time, broken_number);
  CHECK(talk.own_fault().empty());
  talk.perform("D00D 8103010300 82028182 84020114", "8103020300 82028281 830100 84020114");
  CHECK(talk.own_fault() == "CAT-9: poll_interval with number 2 for 1");
}

TEST_CASE("own side: what follows from a peer that breaks rules is not held against us", "[traffic]") {
  auto talk = Talk::of_card();
  talk.fetch(send_now);  // never granted
  talk.respond("8103024301 82028281 83023A03");
  CHECK(talk.breaches("own_channels").size() == 1);
  CHECK(talk.own_fault().empty());
  // An advisory of the peer's silences nothing.
  auto other = Talk::of_card();
  other.perform("D009 8103000200 82028182", broken_number);
  CHECK(other.broken() == Rules{"command_number"});
  CHECK(other.own_fault() == "CAT-9: more_time with number 2 for 0");
}

TEST_CASE("own side: the case's words do not shield the device under test", "[traffic]") {
  auto talk = Talk::of_device();
  talk.scripted = [](const model::Event&) { return true; };
  talk.perform(more_time, broken_number);
  CHECK(talk.broken() == Rules{"response_details"});
}

}  // namespace dmsc::engine::testing

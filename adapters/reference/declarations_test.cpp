// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>
#include <set>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/refdevice/in_process_device.hpp"
#include "adapters/reference/testing/suite_library.hpp"
#include "runner/base/catch.hpp"
#include "runner/engine/device/device_bench.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/model/exit_code.hpp"

// What is declared decides what is run. That each shipped declaration is played to exit 0, and that they prove the
// ledger together, is seen in mutation_test.cpp; what the review refuses, in runner/engine/static_review_test.cpp and
// runner/cli/cli_test.sh.
namespace dmsc {
namespace {

using model::Dut;
using model::Verdict;
using reference::testing::suite_library;
using Ids = std::set<std::string>;

const std::filesystem::path root = DMSC_SOURCE_DIR;
const std::filesystem::path defects_folder = root / "adapters/defects";
const refcard::Catalogue cards{root / "adapters/refcard/personalities", defects_folder, root / "fixtures/certs"};
const refdevice::Catalogue devices{root / "adapters/refdevice/personalities", defects_folder, root / "fixtures/certs"};

/// A personality with what is declared of it.
struct Declaration {
  std::string personality;
  model::Ics ics;
  model::Pixit pixit;
};

/// @param changes  answers that differ from those of the shipped statement
Declaration declaration_of(const std::string& personality, const std::map<std::string, bool>& changes = {}) {
  INFO(personality);
  auto ics = suite_library().load_ics(root / "testcases/ics" / (personality + ".ics.json"));
  REQUIRE(ics);
  for (const auto& [item, value] : changes) ics->items.at(item) = value;
  auto pixit = suite_library().load_pixit(root / "testcases/ics" / (personality + ".pixit.json"), &*ics);
  REQUIRE(pixit);
  return {personality, std::move(*ics), std::move(*pixit)};
}

/// What a run came to, case by case.
class Tally final : public port::Listener {
 public:
  Result<void> run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& /*plan*/) override {
    return {};
  }
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override {
    ids[result.verdict].insert(result.planned->id);
    return {};
  }
  Result<void> run_ended(const model::RunSummary& /*summary*/) override { return {}; }

  std::map<Verdict, Ids> ids;
};

const std::atomic<int> never{0};

/// A device whose adapter lacks a verb.
class Lacking final : public port::DeviceLink {
 public:
  Lacking(port::DeviceLink& whole, std::string verb) : whole_(whole), verb_(std::move(verb)) {}

  void insert(port::SoftCard* card) override { whole_.insert(card); }
  void expose(port::StreamService* web_server) override { whole_.expose(web_server); }
  Result<void> begin_case(const std::string& id, const std::string& title) override {
    return whole_.begin_case(id, title);
  }
  Result<void> end_case(const std::string& id, std::string_view verdict) override {
    return whole_.end_case(id, verdict);
  }
  bool has(std::string_view verb) const override { return verb != verb_ && whole_.has(verb); }
  Result<Value> call(const std::string& verb, const Value& parameters, std::chrono::milliseconds deadline) override {
    if (verb == verb_) return fail(Errc::unsupported, "the adapter does not have it", {}, verb);
    return whole_.call(verb, parameters, deadline);
  }
  Result<bool> wait(std::chrono::microseconds most) override { return whole_.wait(most); }
  std::chrono::microseconds now() const override { return whole_.now(); }
  std::string label() const override { return whole_.label(); }

 private:
  port::DeviceLink& whole_;
  std::string verb_;
};

}  // namespace

TEST_CASE("a card and a device have no personality of one name", "[declarations]") {
  auto names = refcard::personality_names(cards);
  const auto of_devices = refdevice::personality_names(devices);
  names.insert(names.end(), of_devices.begin(), of_devices.end());
  CHECK(Ids(names.begin(), names.end()).size() == names.size());  // their declarations lie in one folder
}

TEST_CASE("a narrow statement rules out no more than it must", "[declarations]") {
  struct Row {
    std::string personality;
    std::map<std::string, bool> changes;
    std::vector<std::string> applies;
    std::vector<std::string> ruled_out;
  };
  const std::vector<Row> rows = {
      {"sms-only",
       {},
       {"138", "214", "221.no_specific_cause", "223.channel_closed", "501.xml.bip", "601.empty"},
       {"101", "136"}},
      {"scws-only", {}, {"128", "132", "134.udp_local", "136", "145", "147", "211", "224", "606"}, {"111", "127"}},
      {"minimal", {}, {"101", "130.power_on", "501.xml.bip", "534"}, {"214", "506.bip"}},
      {"eem-only", {}, {"136", "137", "209", "337.sms_3gpp", "405.tcp_ipv6", "501.xml.tcp", "607"}, {"401", "603.0"}},
      {"wbxml-only", {}, {"501.wbxml.bip", "513.tcp", "531.wbxml.tcp"}, {"501.xml.bip"}},
      {"ipv4-only", {}, {"402.bip_ipv4", "405.tcp_ipv4"}, {"402.bip_ipv6", "405.tcp_ipv6", "417"}},
      {"psk-only", {}, {"501.xml.bip", "526.tcp"}, {"410.bip"}},
      {"full", {{"C_UDP_LOCAL", false}, {"C_TCP_LOCAL", false}}, {"130.timer", "201", "207"}, {"143.udp_local"}},
      {"eem-only-phone",
       {},
       {"361.no_class", "375.3gpp2", "453", "461.tcp_ipv4", "464.expired", "466", "560", "570", "775"},
       {"151", "261.udp_local", "380.3gpp", "451"}},
      {"eem-only-phone", {{"D_SMS_3GPP", false}, {"D_SMS_3GPP2", false}}, {"461.tcp_ipv4", "466", "570"}, {"453"}},
      {"tcp-local", {}, {"153", "154", "261.tcp_local"}, {"453"}},
      {"one-channel", {}, {"153", "176", "181", "261.udp_local", "451", "560"}, {"291", "459"}}};
  for (const auto& row : rows) {
    const auto declared = declaration_of(row.personality, row.changes);
    const auto plan = engine::make_plan(suite_library(), {}, {{declared.ics, declared.pixit}});
    REQUIRE(plan);
    Ids applies;
    for (const auto& planned : *plan) {
      if (planned.applicable) applies.insert(planned.id);
    }
    const auto has = [&](const std::string& number) { return applies.contains("DM_SC-1.0-con-" + number); };
    for (const auto& number : row.applies) {
      INFO(row.personality << ": " << number);
      CHECK(has(number));
    }
    for (const auto& number : row.ruled_out) {
      INFO(row.personality << ": " << number);
      CHECK_FALSE(has(number));
    }
  }
}

TEST_CASE("sessions that an adapter cannot set an account for are not run", "[declarations]") {
  const auto declared = declaration_of("iso-only");
  const auto device = refdevice::make_device(devices, "iso-only", "");
  REQUIRE(device);
  Lacking link(**device, "dm.account.set");
  const Ids sessions = {"DM_SC-1.0-con-261.udp_local", "DM_SC-1.0-con-551", "DM_SC-1.0-con-560"};
  engine::Selection selection;
  selection.patterns.chosen = {"DM_SC-1.0-con-153"};
  selection.patterns.chosen.insert(selection.patterns.chosen.end(), sessions.begin(), sessions.end());
  const auto plan = engine::make_plan(suite_library(), selection, {{declared.ics, declared.pixit}});
  REQUIRE(plan);
  Tally tally;
  const engine::Side side{Dut::device, engine::device_benches(link, suite_library(), declared.ics, declared.pixit),
                          declared.ics, declared.pixit};
  const auto summary = engine::run({{side}, suite_library(), *plan, {&tally}, never, {}});
  CHECK(summary.exit_code == model::exit_code::not_proven);
  CHECK(tally.ids[Verdict::not_run] == sessions);
  CHECK(tally.ids[Verdict::pass] == Ids{"DM_SC-1.0-con-153"});
}

}  // namespace dmsc

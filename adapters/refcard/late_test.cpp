// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <map>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/reference/deviation.hpp"
#include "runner/base/catch.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/model/exit_code.hpp"

// A card that is late is no worse a card: the whole suite on a reference card whose announcements are withheld.
namespace dmsc::refcard {
namespace {

using namespace std::chrono_literals;
using model::Moment;
using model::Verdict;

const std::filesystem::path root = DMSC_SOURCE_DIR;
const Catalogue catalogue{root / "adapters/refcard/personalities", root / "adapters/defects", root / "fixtures/certs"};

constexpr Moment apdu_time = 300us;  // of one command through a reader in software

/// A clock that only a pause and a command move.
class FakeClock final : public port::Clock {
 public:
  Moment now() const override { return now_; }
  void pause(std::chrono::microseconds duration) override {
    ++pauses;
    now_ += duration;
  }
  void pass(Moment duration) { now_ += duration; }
  std::size_t pauses = 0;

 private:
  Moment now_{};
};

/// How late a card announces: an announcement is 9000 until both have passed.
struct Delay {
  std::size_t commands = 0;
  Moment real{};
  bool open_channel_only = false;
};

/// The reference card, each announcement withheld for a while.
class LateLink final : public port::CardLink {
 public:
  /// @param in_real_time  else it has no clock, as a card in process
  LateLink(std::shared_ptr<peer::Uicc> card, Delay delay, bool in_real_time = true)
      : card_(card), inner_(card, "late card"), delay_(delay), in_real_time_(in_real_time) {}

  Result<Octets> power_cycle() override {
    due_.reset();
    return inner_.power_cycle();
  }
  Result<Octets> transmit(ByteView command, std::chrono::milliseconds deadline) override {
    ++commands;
    clock_.pass(apdu_time);
    auto response = inner_.transmit(command, deadline);
    if (!response || response->size() < 2) return response;
    auto* status = response->data() + response->size() - 2;
    if (card_->toolkit().announced() == nullptr) {
      due_.reset();
    } else if (status[0] == 0x91 && withheld()) {
      status[0] = 0x90;
      status[1] = 0x00;
    }
    return response;
  }
  std::string label() const override { return inner_.label(); }
  port::Clock* clock() override { return in_real_time_ ? &clock_ : nullptr; }

  std::size_t commands = 0;
  FakeClock clock_;

 private:
  struct Due {
    std::size_t command = 0;
    Moment at{};
  };
  bool withheld() {
    const auto* waiting = card_->toolkit().announced();
    constexpr std::uint8_t open_channel = 0x40;
    if (delay_.open_channel_only && (waiting == nullptr || waiting->size() < 6 || !opens(*waiting, open_channel))) {
      return false;
    }
    if (!due_) due_ = Due{commands + delay_.commands, clock_.now() + delay_.real};
    return commands < due_->command || clock_.now() < due_->at;
  }
  /// Type of command in the command details: D0 LL 81 03 number type qualifier.
  static bool opens(const Octets& command, std::uint8_t type) {
    const std::size_t at = command[1] == 0x81 ? 6 : 5;
    return command.size() > at && command[at] == type;
  }

  std::shared_ptr<peer::Uicc> card_;
  InProcessLink inner_;
  Delay delay_;
  bool in_real_time_;
  std::optional<Due> due_;
};

class Recorder final : public port::Listener {
 public:
  Result<void> run_started(const model::RunInfo&, const std::vector<model::PlannedCase>&) override { return {}; }
  void case_started(const model::PlannedCase&) override {}
  Result<void> case_ended(const model::CaseResult& result) override {
    verdicts[result.planned->id] = result.verdict;
    const bool fine = result.verdict == Verdict::pass || result.verdict == Verdict::not_applicable;
    if (!fine) trouble += result.planned->id + ": " + std::string(name_of(result.verdict)) + " " + result.reason + "\n";
    return {};
  }
  Result<void> run_ended(const model::RunSummary&) override { return {}; }

  std::map<std::string, Verdict> verdicts;
  std::string trouble;
};

struct Ran {
  model::RunSummary summary;
  Recorder recorder;
  std::size_t commands = 0;
  std::size_t pauses = 0;
  Moment real{};
};

std::set<std::string> defect_ids() {
  const auto defects = reference::load_defects(catalogue.defects);
  REQUIRE(defects);
  std::set<std::string> ids;
  for (const auto& defect : *defects) ids.insert(defect.id);
  return ids;
}

/// What every run shares: reading the cases takes longer than running them.
struct Suite {
  load::Library library;
  model::Ics ics;
  model::Pixit pixit;
};

const Suite& suite() {
  static const Suite opened = [] {
    auto library = load::Library::open(root / "testcases", defect_ids()).value();
    library.load_cases();
    const auto ics = library.load_ics(root / "testcases/ics/full.ics.json").value();
    const auto pixit = library.load_pixit(root / "testcases/ics/full.pixit.json").value();
    return Suite{std::move(library), ics, pixit};
  }();
  return opened;
}

Ran run_suite(Delay delay, const std::string& defect = {}, const std::vector<std::string>& patterns = {},
              bool in_real_time = true) {
  const auto& [library, ics, pixit] = suite();
  engine::Selection selection;
  selection.patterns.chosen = {patterns.begin(), patterns.end()};
  const auto plan = engine::make_plan(library, selection, {{ics, pixit}});
  REQUIRE(plan);
  std::shared_ptr<peer::Uicc> card = make_card(catalogue, "full", defect).value();
  LateLink link(card, delay, in_real_time);
  InProcessDialer dialer(card);
  const std::atomic<int> never{0};
  Ran ran;
  ran.summary =
      engine::run({{{model::Dut::card, engine::card_benches(link, &dialer, library, ics, pixit, never), ics, pixit}},
                   library,
                   *plan,
                   {&ran.recorder},
                   never,
                   {}});
  ran.commands = link.commands;
  ran.pauses = link.clock_.pauses;
  ran.real = link.clock_.now();
  return ran;
}

/// Cases that name the defect.
std::vector<std::string> cases_against(const std::string& defect) {
  std::vector<std::string> out;
  for (const auto& test : suite().library.cases()) {
    const auto& against = test->refuted_by;
    const bool named = std::find(against.begin(), against.end(), "card:" + defect) != against.end();
    if (named) out.push_back(test->id + "*");
  }
  REQUIRE_FALSE(out.empty());
  return out;
}

/// FAIL, unless the defect says what else a case comes to.
std::string wanted(const std::string& defect, const std::string& planned) {
  static const auto defects = reference::load_defects(catalogue.defects).value();
  const auto found =
      std::find_if(defects.begin(), defects.end(), [&](const auto& one) { return one.id == "card:" + defect; });
  REQUIRE(found != defects.end());
  const auto cause = found->causes.find(planned.substr(0, std::string("DM_SC-1.0-con-101").size()));
  return cause == found->causes.end() ? "fail" : cause->second;
}

void passes(const Ran& ran) {
  INFO(ran.recorder.trouble);
  CHECK(ran.summary.exit_code == model::exit_code::proven);
  CHECK(ran.recorder.trouble.empty());
}

}  // namespace

TEST_CASE("a card that is not late costs no pause, and is told to be at once", "[late]") {
  const auto real = run_suite({});
  passes(real);
  CHECK(real.pauses == 0);
  CHECK(in_words(*real.summary.lateness) == "the card announces its commands at once");
  const auto in_process = run_suite({}, {}, {}, false);
  CHECK(in_process.commands == real.commands);
}

TEST_CASE("a card that works in real time before it announces passes the whole suite", "[late]") {
  for (const auto real : {200'000us, 1'000'000us, 5'000'000us}) {
    CAPTURE(real.count());
    const auto ran = run_suite({0, real});
    passes(ran);
    CHECK(ran.summary.lateness->real >= real);
    CHECK(ran.summary.lateness->real <= real + real / 4 + 20ms);
  }
}

TEST_CASE("a card that announces some commands later passes the whole suite", "[late]") {
  for (const bool in_real_time : {false, true}) {
    for (const std::size_t commands : {1, 3, 10}) {
      CAPTURE(commands, in_real_time);
      const auto ran = run_suite({commands, {}}, {}, {}, in_real_time);
      passes(ran);
      CHECK(ran.summary.lateness->commands >= commands);
    }
  }
}

TEST_CASE("a card that is late with OPEN CHANNEL alone passes the whole suite", "[late]") {
  for (const Delay delay : {Delay{10, {}, true}, Delay{0, 5s, true}}) {
    CAPTURE(delay.commands);
    passes(run_suite(delay));
  }
}

TEST_CASE("a late card with a defect fails as it must", "[late]") {
  for (const auto* defect :
       {"wrong-port", "any-timer", "one-trigger", "leaves-channel-open", "no-timer", "late-trigger"}) {
    for (const Delay delay : {Delay{3, {}}, Delay{0, 5s}}) {
      CAPTURE(defect, delay.commands);
      const auto ran = run_suite(delay, defect, cases_against(defect));
      INFO(ran.recorder.trouble);
      CHECK(std::any_of(ran.recorder.verdicts.begin(), ran.recorder.verdicts.end(),
                        [&](const auto& one) { return name_of(one.second) == wanted(defect, one.first); }));
    }
  }
}

TEST_CASE("a card that never comes costs less and less patience, and the message says both times", "[late]") {
  const auto ran = run_suite({}, "no-open-channel");
  CHECK(ran.summary.exit_code == model::exit_code::failed);
  CHECK(ran.real < 600s);
  const auto one = run_suite({}, "no-open-channel", {"DM_SC-1.0-con-101"});
  CHECK(one.recorder.trouble.find(
            "within 30 s of the terminal's clock (30 occasions of SELECT MF, 8.0 s of real time)") !=
        std::string::npos);
  INFO(one.recorder.trouble);
  const auto in_process = run_suite({}, "no-open-channel", {"DM_SC-1.0-con-101"}, false);
  CHECK(in_process.recorder.trouble.find("within 30 s (30 occasions of SELECT MF)") != std::string::npos);
}

}  // namespace dmsc::refcard

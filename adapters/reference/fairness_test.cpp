// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/refdevice/in_process_device.hpp"
#include "adapters/reference/deviation.hpp"
#include "adapters/reference/testing/suite_library.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/text.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/device/device_bench.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/model/exit_code.hpp"

// No innocent peer fails: every applicable case is run on each legal variant of the reference peers.
namespace dmsc {
namespace {

using model::Dut;
using model::Verdict;

const std::filesystem::path root = DMSC_SOURCE_DIR;
const std::filesystem::path defects_folder = root / "adapters/defects";
const std::filesystem::path variants_folder = root / "adapters/variants";
const refcard::Catalogue cards{root / "adapters/refcard/personalities", defects_folder, root / "fixtures/certs",
                               variants_folder};
const refdevice::Catalogue devices{root / "adapters/refdevice/personalities", defects_folder, root / "fixtures/certs",
                                   variants_folder};

const std::vector<reference::Deviation>& variants() {
  static const auto all = [] {
    auto loaded = reference::load_variants(variants_folder);
    if (!loaded) FAIL(loaded.error().text());
    return *loaded;
  }();
  return all;
}

std::string personality_of(const reference::Deviation& variant) {
  if (!variant.of.empty()) return variant.of;
  return variant.of_card() ? refcard::default_personality : refdevice::default_personality;
}

/// The suite as it is set up for one variant.
struct Suite {
  const load::Library& library;
  model::Ics ics;
  model::Pixit pixit;
  std::vector<model::PlannedCase> plan;
};

std::unique_ptr<Suite> suite_for(const reference::Deviation& variant) {
  const auto* library = &reference::testing::suite_library();
  const auto name = personality_of(variant);
  auto ics = library->load_ics(root / "testcases/ics" / (name + ".ics.json"));
  REQUIRE(ics);
  auto pixit = library->load_pixit(root / "testcases/ics" / (name + ".pixit.json"));
  REQUIRE(pixit);
  if (variant.ics.is_map()) {
    for (const auto& [item, value] : variant.ics.as_map()) ics->items.at(item) = value.as_bool();
  }
  if (variant.pixit.is_map()) {
    for (const auto& [item, value] : variant.pixit.as_map()) pixit->values[item] = value;
  }
  auto suite = std::make_unique<Suite>(Suite{*library, std::move(*ics), std::move(*pixit), {}});
  auto plan = engine::make_plan(suite->library, {}, {{suite->ics, suite->pixit}});
  REQUIRE(plan);
  suite->plan = std::move(*plan);
  return suite;
}

/// Keeps what did not pass, with its reason.
class Offenders final : public port::Listener {
 public:
  Result<void> run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& /*plan*/) override {
    return {};
  }
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override {
    static const std::set<Verdict> fair = {Verdict::pass, Verdict::advisory, Verdict::not_applicable, Verdict::skipped};
    if (!fair.contains(result.verdict)) {
      lines_.push_back(result.planned->id + ": " + std::string(name_of(result.verdict)) + ": " + result.reason);
    }
    return {};
  }
  Result<void> run_ended(const model::RunSummary& /*summary*/) override { return {}; }

  std::string text() const { return join(lines_, "\n  "); }

 private:
  std::vector<std::string> lines_;
};

const std::atomic<int> never{0};

/// One run of the whole plan on a fresh peer.
void runs_fairly(const reference::Deviation& variant) {
  const auto suite = suite_for(variant);
  const auto name = personality_of(variant);
  Offenders offenders;
  std::shared_ptr<peer::Uicc> card;
  std::unique_ptr<refcard::InProcessLink> link;
  std::unique_ptr<refcard::InProcessDialer> dialer;
  std::unique_ptr<refdevice::InProcessDevice> device;
  engine::BenchMaker benches;
  if (variant.of_card()) {
    auto made = refcard::make_card(cards, name, "", variant.name());
    if (!made) FAIL(variant.id << ": " << made.error().text());
    card = std::move(*made);
    link = std::make_unique<refcard::InProcessLink>(card, "card");
    dialer = std::make_unique<refcard::InProcessDialer>(card);
    benches = engine::card_benches(*link, dialer.get(), suite->library, suite->ics, suite->pixit, never);
  } else {
    auto made = refdevice::make_device(devices, name, "", variant.name());
    if (!made) FAIL(variant.id << ": " << made.error().text());
    device = std::move(*made);
    benches = engine::device_benches(*device, suite->library, suite->ics, suite->pixit);
  }
  const auto dut = variant.of_card() ? Dut::card : Dut::device;
  const engine::Side side{dut, std::move(benches), suite->ics, suite->pixit};
  const auto summary = engine::run({{side}, suite->library, suite->plan, {&offenders}, never, {}});
  INFO(variant.id << ", " << summary.exit_reason << "\n  " << offenders.text());
  CHECK(summary.exit_code == model::exit_code::proven);
}

void all_run_fairly(bool of_card) {
  for (const auto& variant : variants()) {
    if (variant.of_card() == of_card) runs_fairly(variant);
  }
}

}  // namespace

TEST_CASE("no case fails a legal variant of the card", "[fairness][card]") {
  all_run_fairly(true);
}

TEST_CASE("no case fails a legal variant of the device", "[fairness][device]") {
  all_run_fairly(false);
}

TEST_CASE("there are forty variants of each, and each is one of its own", "[fairness]") {
  std::set<std::string> ids;
  std::size_t of_cards = 0;
  for (const auto& variant : variants()) {
    INFO(variant.id);
    CHECK(ids.insert(variant.id).second);
    CHECK_FALSE(variant.clause.empty());
    const bool changes = variant.tamper || !variant.switched_off.empty() || !variant.personality.is_null();
    CHECK(changes);
    of_cards += variant.of_card() ? 1 : 0;
  }
  CHECK(of_cards >= 40);
  CHECK(ids.size() - of_cards >= 40);
}

}  // namespace dmsc

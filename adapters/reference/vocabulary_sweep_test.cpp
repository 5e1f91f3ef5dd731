// SPDX-License-Identifier: Apache-2.0
#include <cstdlib>
#include <fstream>
#include <map>
#include <set>

#include "adapters/refcard/reference_card.hpp"
#include "adapters/refdevice/in_process_device.hpp"
#include "adapters/reference/deviation.hpp"
#include "adapters/reference/testing/suite_library.hpp"
#include "runner/base/catch.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/spec.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/device/device_bench.hpp"
#include "runner/engine/plan.hpp"
#include "runner/engine/run.hpp"
#include "runner/model/vocabulary.hpp"

// The vocabulary held against what runs produce: whatever comes lies within it, and whatever is in it comes, or stands
// in unseen_words.txt with its reason. DMSC_SWEEP=all tries each defect and variant with the whole suite.
namespace dmsc {
namespace {

using model::Dut;

const std::filesystem::path root = DMSC_SOURCE_DIR;
const std::filesystem::path defects_folder = root / "adapters/defects";
const std::filesystem::path variants_folder = root / "adapters/variants";
const refcard::Catalogue cards{root / "adapters/refcard/personalities", defects_folder, root / "fixtures/certs",
                               variants_folder};
const refdevice::Catalogue devices{root / "adapters/refdevice/personalities", defects_folder, root / "fixtures/certs",
                                   variants_folder};
const std::atomic<int> never{0};

/// `event`, `event member`, `event member word`; in the vocabulary, or seen.
using Words = std::set<std::string>;

class Sweep final : public port::Listener {
 public:
  Result<void> run_started(const model::RunInfo& /*info*/, const std::vector<model::PlannedCase>& /*plan*/) override {
    return {};
  }
  void case_started(const model::PlannedCase& /*planned*/) override {}
  Result<void> case_ended(const model::CaseResult& result) override {
    for (const auto& event : result.events) see(event, result.planned->id);
    return {};
  }
  Result<void> run_ended(const model::RunSummary& /*summary*/) override { return {}; }

  std::size_t events = 0;
  Words seen;
  std::map<std::string, std::string> strangers;  ///< what is not in the vocabulary, with a case that produced it

 private:
  void see(const model::Event& event, const std::string& id) {
    ++events;
    const auto* shape = model::find_event(event.key);
    if (shape == nullptr) {
      strangers.emplace(event.key, id);
      return;
    }
    seen.insert(shape->key);
    if (!event.fields.is_map()) return;
    for (const auto& [key, value] : event.fields.as_map()) {
      // An object that has no place in the message is there all the same, and no case can ask for it.
      const bool misplaced = event.decoded != nullptr && codec::find_object(key) != nullptr;
      const auto* member = model::member_of(*shape, key);
      if (member == nullptr && misplaced) continue;
      see_member(shape->key + " " + key, member, value, id);
    }
  }

  void see_member(const std::string& path, const model::Member* member, const Value& value, const std::string& id) {
    if (member == nullptr) {
      strangers.emplace(path, id);
      return;
    }
    seen.insert(path);
    if (value.is_list()) {
      for (const auto& item : value.as_list()) see_member(path, member, item, id);
      return;
    }
    if (value.is_map()) {
      for (const auto& [key, below] : value.as_map()) {
        see_member(path + "." + key, model::member_of(*member, key), below, id);
      }
      return;
    }
    if (!is_of_kind(value, *member)) strangers.emplace(path + " " + text_of(value), id);
    if (value.is_string() && !member->words.empty()) seen.insert(path + " " + value.as_string());
  }

  static std::string text_of(const Value& value) {
    return value.is_string() ? value.as_string() : value.is_int() ? std::to_string(value.as_int()) : "?";
  }

  static bool is_of_kind(const Value& value, const model::Member& member) {
    using model::MemberKind;
    if (value.is_string() && !member.words.empty()) {
      return std::ranges::find(member.words, value.as_string()) != member.words.end();
    }
    switch (member.kind) {
      case MemberKind::any:
        return true;
      case MemberKind::number:
        return value.is_int();
      case MemberKind::flag:
        return value.is_bool();
      case MemberKind::words:
        return value.is_int() && member.open;
      case MemberKind::map:
        return false;
      default:
        return value.is_string();
    }
  }
};

void add_declared(const std::string& path, const model::Member& member, Words& declared) {
  declared.insert(path);
  for (const auto& word : member.words) declared.insert(path + " " + word);
  for (const auto& below : member.members) add_declared(path + "." + below.key, below, declared);
}

Words declared_words() {
  Words declared;
  for (const auto& key : model::event_keys()) {
    const auto& shape = *model::find_event(key);
    declared.insert(key);
    for (const auto& member : shape.members) add_declared(key + " " + member.key, member, declared);
  }
  return declared;
}

struct Excuse {
  std::string pattern;  ///< a word as declared, with `*` for anything; what stands below it is excused with it
  std::string reason;
  bool used = false;
};

/// Lines of a pattern, two blanks or more, and a reason.
std::vector<Excuse> read_excuses() {
  std::ifstream file(root / "adapters/reference/unseen_words.txt");
  REQUIRE(file);
  std::vector<Excuse> out;
  for (std::string line; std::getline(file, line);) {
    if (line.empty() || line.front() == '#') continue;
    const auto gap = line.find("  ");
    INFO(line);
    REQUIRE(gap != std::string::npos);
    out.push_back({line.substr(0, gap), line.substr(line.find_first_not_of(' ', gap))});
  }
  return out;
}

bool covers(std::string_view pattern, std::string_view word) {
  return glob_match(pattern, word) || glob_match(std::string(pattern) + " *", word) ||
         glob_match(std::string(pattern) + ".*", word);
}

/// What is different about a peer; empty where nothing is.
struct Change {
  std::string defect;
  std::string variant;
};

/// Plays the suite against one peer; of the plan every `pace`th case.
void play(Dut dut, const std::string& personality, const Change& change, std::size_t pace, Sweep& sweep) {
  const auto& library = reference::testing::suite_library();
  const auto ics = library.load_ics(root / "testcases/ics" / (personality + ".ics.json"));
  const auto pixit = library.load_pixit(root / "testcases/ics" / (personality + ".pixit.json"));
  REQUIRE(ics);
  REQUIRE(pixit);
  const auto whole = engine::make_plan(library, {}, {{*ics, *pixit}});
  REQUIRE(whole);
  std::vector<model::PlannedCase> plan;
  for (std::size_t at = 0; at < whole->size(); at += pace) plan.push_back((*whole)[at]);
  INFO(personality << " " << change.defect << change.variant);
  if (dut == Dut::card) {
    auto card = refcard::make_card(cards, personality, change.defect, change.variant);
    REQUIRE(card);
    const std::shared_ptr<peer::Uicc> shared = std::move(*card);
    refcard::InProcessLink link(shared, "card");
    refcard::InProcessDialer dialer(shared);
    const engine::Side side{dut, engine::card_benches(link, &dialer, library, *ics, *pixit, never), *ics, *pixit};
    engine::run({{side}, library, plan, {&sweep}, never, {}});
  } else {
    const auto device = refdevice::make_device(devices, personality, change.defect, change.variant);
    REQUIRE(device);
    const engine::Side side{dut, engine::device_benches(**device, library, *ics, *pixit), *ics, *pixit};
    engine::run({{side}, library, plan, {&sweep}, never, {}});
  }
}

std::string usual(Dut dut) {
  return dut == Dut::card ? refcard::default_personality : refdevice::default_personality;
}

void sweep_all(bool all, Sweep& sweep) {
  for (const auto dut : {Dut::card, Dut::device}) {
    const auto names = dut == Dut::card ? refcard::personality_names(cards) : refdevice::personality_names(devices);
    for (const auto& name : names) play(dut, name, {}, 1, sweep);
  }
  const std::size_t every = all ? 1 : 16;
  const std::size_t pace = all ? 1 : 5;
  const auto try_each = [&](const Result<std::vector<reference::Deviation>>& changes, bool defects) {
    REQUIRE(changes);
    for (std::size_t at = 0; at < changes->size(); at += every) {
      const auto& one = (*changes)[at];
      const auto dut = one.of_card() ? Dut::card : Dut::device;
      const auto change = defects ? Change{one.name(), ""} : Change{"", one.name()};
      play(dut, one.of.empty() ? usual(dut) : one.of, change, pace, sweep);
    }
  };
  try_each(reference::load_defects(defects_folder), true);
  try_each(reference::load_variants(variants_folder), false);
}

}  // namespace

TEST_CASE("what runs produce and what cases can say are the same", "[sweep]") {
  const auto* wish = std::getenv("DMSC_SWEEP");
  const bool all = wish != nullptr && std::string_view(wish) == "all";
  Sweep sweep;
  sweep_all(all, sweep);
  CHECK(sweep.events > 100000);
  for (const auto& [word, id] : sweep.strangers) FAIL_CHECK(word << " is not in the vocabulary, seen in " << id);
  if (all) return;  // the list below is that of the sample
  auto excuses = read_excuses();
  std::size_t open = 0;
  for (const auto& word : declared_words()) {
    if (sweep.seen.contains(word)) continue;
    bool excused = false;
    for (auto& excuse : excuses) {
      if (!covers(excuse.pattern, word)) continue;
      excused = excuse.used = true;
    }
    if (excused) continue;
    ++open;
    if (std::getenv("DMSC_SWEEP_LIST") != nullptr) std::puts(word.c_str());
  }
  CHECK(open == 0);
  for (const auto& excuse : excuses) {
    INFO("\"" << excuse.pattern << "\" excuses nothing any more");
    CHECK(excuse.used);
  }
}

}  // namespace dmsc

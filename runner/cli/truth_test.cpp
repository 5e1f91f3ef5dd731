// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <set>

#include "adapters/refdevice/in_process_device.hpp"
#include "adapters/reference/deviation.hpp"
#include "runner/base/catch.hpp"
#include "runner/cli/card_uri.hpp"
#include "runner/cli/device_uri.hpp"
#include "runner/cli/stop_signal.hpp"
#include "runner/engine/account.hpp"
#include "runner/engine/card/card_bench.hpp"
#include "runner/engine/device/device_bench.hpp"
#include "runner/engine/run.hpp"
#include "runner/engine/truth_watch.hpp"

// The references beside their own statements, and beside statements with one answer changed.
namespace dmsc::cli {
namespace {

using engine::Evidence;
using model::Dut;

const Installation& installation() {
  static const Installation here = [] {
    ::setenv("DMSC_DATA", DMSC_SOURCE_DIR, 1);
    return Installation::find().value();
  }();
  return here;
}

const load::Library& library() {
  static const auto opened = installation().open_library().value();
  return opened;
}

/// A peer of a personality with what is declared of it.
struct Peer {
  std::string label;
  model::Ics ics;
  model::Pixit pixit;
  Evidence evidence;
};

/// @param variant  null: the personality as it is
Peer meet(Dut dut, const std::string& personality, const reference::Deviation* variant = nullptr) {
  const auto folder = installation().testcases() / "ics";
  const auto query = variant == nullptr ? std::string{} : "?variant=" + variant->name();
  Peer peer;
  peer.label = std::string(name_of(dut)) + ":" + personality + query;
  INFO(peer.label);
  peer.ics = library().load_ics(folder / (personality + ".ics.json")).value();
  peer.pixit = library().load_pixit(folder / (personality + ".pixit.json"), &peer.ics).value();
  if (variant != nullptr && variant->ics.is_map()) {
    for (const auto& [item, value] : variant->ics.as_map()) peer.ics.items.at(item) = value.as_bool();
  }
  if (variant != nullptr && variant->pixit.is_map()) {
    for (const auto& [item, value] : variant->pixit.as_map()) peer.pixit.values[item] = value;
  }
  auto account = engine::account_of(peer.pixit);
  const auto quiet = [](const std::string&) {};
  if (dut == Dut::card) {
    const auto roads = open_card(parse_card_uri("ref:" + personality + query).value(), installation()).value();
    const auto bench =
        engine::card_benches(*roads.link, roads.dialer.get(), library(), peer.ics, peer.pixit, stop_signal())(account);
    peer.evidence = engine::watch_card(*bench, library(), quiet).value();
    return peer;
  }
  const auto road = open_device(parse_device_uri("ref:" + personality + query).value(), {}, installation()).value();
  const auto bench = engine::device_benches(*road.link, library(), peer.ics, peer.pixit)(account);
  peer.evidence = engine::watch_device(*bench, {peer.ics, peer.pixit}, road.link->transport(), quiet).value();
  return peer;
}

/// Personalities that have a statement of their own.
const std::vector<Peer>& peers() {
  static const auto all = [] {
    std::vector<Peer> out;
    for (const auto& name : refcard::personality_names(installation().card_catalogue()))
      out.push_back(meet(Dut::card, name));
    for (const auto& name : refdevice::personality_names(installation().device_catalogue())) {
      out.push_back(meet(Dut::device, name));
    }
    return out;
  }();
  return all;
}

std::vector<std::string> told(const engine::Truth& truth, bool certain_alone = false) {
  std::vector<std::string> out;
  for (const auto& one : truth.contradictions) {
    if (one.certain || !certain_alone)
      out.push_back(std::string(one.rule->item) + ": " + one.declared + ", " + one.rule->source + ": " +
                    one.seen.words + " @ " + one.seen.where);
  }
  return out;
}

std::string lines(const std::vector<std::string>& all) {
  std::string out;
  for (const auto& one : all) out += "\n  " + one;
  return out;
}

}  // namespace

TEST_CASE("no shipped personality contradicts its own statement", "[truth]") {
  REQUIRE(peers().size() >= 10);
  for (const auto& peer : peers()) {
    const auto truth = engine::hold_against({peer.ics, peer.pixit}, peer.evidence);
    INFO(peer.label << lines(told(truth)));
    CHECK(truth.contradictions.empty());
    CHECK((truth.held > 15 || peer.evidence.scenes.empty()));
  }
}

TEST_CASE("no legal variant of the references contradicts its statement", "[truth]") {
  const auto variants = reference::load_variants(installation().card_catalogue().variants).value();
  REQUIRE(variants.size() > 100);
  for (const auto& variant : variants) {
    const auto usual = variant.of_card() ? refcard::default_personality : refdevice::default_personality;
    const auto peer =
        meet(variant.of_card() ? Dut::card : Dut::device, variant.of.empty() ? usual : variant.of, &variant);
    const auto truth = engine::hold_against({peer.ics, peer.pixit}, peer.evidence);
    INFO(peer.label << lines(told(truth)));
    CHECK(told(truth, true).empty());
  }
}

TEST_CASE("a wrong answer is told of its item, and of no other", "[truth]") {
  std::set<std::string> told_of;
  for (const auto& peer : peers()) {
    for (const auto& [item, said] : peer.ics.items) {
      auto ics = peer.ics;
      ics.items[item] = !said;
      for (const auto& one : engine::hold_against({ics, peer.pixit}, peer.evidence).contradictions) {
        CAPTURE(peer.label, item);
        CHECK(one.rule->item == item);
        CHECK(one.declared == (said ? "the ICS says no" : "the ICS says yes"));
        CHECK_FALSE(one.seen.words.empty());
        CHECK_FALSE(one.seen.where.empty());
        told_of.insert(item);
      }
    }
  }
  for (const auto& rule : engine::truth_rules()) {
    // no reference has an ATR or an adapter that tells of its interfaces; their rules have tests of their own
    static const std::set<std::string> elsewhere = {"C_ICCD", "D_ISO", "D_ICCD", "D_EEM", "channels"};
    CAPTURE(rule.item);
    CHECK(told_of.contains(rule.item) != elsewhere.contains(rule.item));
  }
}

}  // namespace dmsc::cli

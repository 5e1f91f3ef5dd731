// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/static_review.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

using namespace dmsc;
using namespace dmsc::engine;
namespace fs = std::filesystem;

namespace {

const fs::path folder = fs::path(DMSC_SOURCE_DIR) / "testcases";

const load::Library& library() {
  static const auto opened = load::Library::open(folder, {}).value();
  return opened;
}

model::Ics ics(const std::string& personality, const std::map<std::string, bool>& changes = {}) {
  auto out = library().load_ics(folder / "ics" / (personality + ".ics.json")).value();
  for (const auto& [item, value] : changes) out.items.at(item) = value;
  return out;
}

/// `ITEM: observed` of each row that fails.
std::vector<std::string> failures(const model::Ics& statement) {
  std::vector<std::string> out;
  for (const auto& row : review(library().vocabulary().ics.items, statement)) {
    if (row.verdict == model::Verdict::fail) out.push_back(row.item->id + ": " + row.observed);
  }
  return out;
}

std::vector<std::string> against(const model::Ics& statement) {
  return contradictions(library().vocabulary().ics.consistency, statement);
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("every shipped personality passes the review", "[review]") {
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(folder / "ics")) {
    const auto name = entry.path().filename().string();
    if (!name.ends_with(".ics.json")) continue;
    INFO(name);
    const auto statement = library().load_ics(entry.path()).value();
    CHECK(failures(statement) == Lines{});
    CHECK(against(statement) == Lines{});
    ++count;
  }
  CHECK(count >= 10);
}

TEST_CASE("a mandatory no fails its row, by name", "[review]") {
  CHECK(failures(ics("handset", {{"D_OFFLINE", false}})) == Lines{"D_OFFLINE: the ICS says no to D_OFFLINE"});
  CHECK(failures(ics("handset", {{"D_BIP", false}})) == Lines{"D_BIP: the ICS says no to D_BIP"});
  CHECK(failures(ics("handset", {{"D_BIP", false}, {"D_ISO", false}, {"D_ICCD", true}})) ==
        Lines{"D_BIP: the ICS says no to D_BIP"});
  CHECK(failures(ics("handset", {{"D_UDP_LOCAL", false}, {"D_TCP_LOCAL", false}})) ==
        Lines{"D_UDP_LOCAL: the ICS says no to D_UDP_LOCAL, D_TCP_LOCAL"});
  CHECK(failures(ics("handset", {{"D_XML", false}})) == Lines{"D_XML: the ICS says no to D_XML, D_WBXML"});
  CHECK(failures(ics("full", {{"C_OFFLINE", false}, {"C_ONLINE", false}})) ==
        Lines{"C_OFFLINE: the ICS says no to C_OFFLINE, C_ONLINE"});
  CHECK(failures(ics("full", {{"C_BIP", false}})) == Lines{"C_BIP: the ICS says no to C_BIP"});
  CHECK(failures(ics("full", {{"C_SMS_3GPP", false}, {"C_SMS_3GPP2", false}})) ==
        Lines{"C_SMS_3GPP: the ICS says no to C_SMS_3GPP, C_SMS_3GPP2"});
}

TEST_CASE("one of a group is enough, and a condition that does not hold asks for nothing", "[review]") {
  CHECK(failures(ics("handset", {{"D_UDP_LOCAL", false}})) == Lines{});
  CHECK(failures(ics("full", {{"C_XML", false}})) == Lines{});
  CHECK(failures(ics("full", {{"C_OFFLINE", false}, {"C_BIP", false}, {"C_SCWS_BIP", false}})) == Lines{});
  const std::map<std::string, bool> eem = {{"D_UICC", false}, {"D_ISO", false}, {"D_BIP", false}, {"D_OFFLINE", false}};
  CHECK(failures(ics("handset", eem)) == Lines{});
  CHECK(against(ics("handset", eem)) == Lines{});
  const auto without = ics("handset", eem);
  const auto rows = review(library().vocabulary().ics.items, without);
  const auto bip = std::find_if(rows.begin(), rows.end(), [](const auto& row) { return row.item->id == "D_BIP"; });
  REQUIRE(bip != rows.end());
  CHECK(bip->verdict == model::Verdict::not_applicable);
  CHECK(bip->reason == "ICS D_ISO=false and ICS D_ICCD=false");
}

TEST_CASE("what contradicts itself is named", "[review]") {
  CHECK(against(ics("handset", {{"D_UICC", false}})) ==
        Lines{"ISO/IEC 7816 is an interface that carries APDUs (ICS D_ISO=true and ICS D_UICC=false)"});
  auto asleep = ics("full");
  for (auto& [item, value] : asleep.items) {
    if (item.starts_with("C_WAKE_")) value = false;
  }
  REQUIRE(against(asleep).size() == 1);
  CHECK(
      against(asleep)[0].starts_with("a card that nothing wakes can trigger nothing (ICS C_WAKE_POWER_ON=false and "));
}

// SPDX-License-Identifier: Apache-2.0
#include "runner/load/ledger.hpp"

#include <fstream>

#include "runner/base/catch.hpp"
#include "runner/load/library.hpp"

using namespace dmsc;
using namespace dmsc::load;
namespace fs = std::filesystem;

namespace {

using Problems = std::vector<std::string>;

model::Requirement row(const std::string& id, const std::string& on) {
  model::Requirement out;
  out.id = id;
  out.level = "MUST";
  out.on = on;
  return out;
}

std::unique_ptr<model::TestCase> test_case(model::Dut dut, std::vector<std::string> requirements) {
  auto out = std::make_unique<model::TestCase>();
  out->dut = dut;
  out->requirements = std::move(requirements);
  return out;
}

}  // namespace

TEST_CASE("only a MUST with more than memory behind it can fail", "[ledger]") {
  auto must = row("A-1", "C");
  CHECK(must.can_fail());
  for (const auto* confidence : {"norm", "vectors", "independent", "single"}) {
    must.confidence = confidence;
    CHECK(must.can_fail());
  }
  must.confidence = "memory";
  CHECK_FALSE(must.can_fail());
  for (const auto* level : {"SHOULD", "MAY", "info", "robustness", "inferred"}) {
    auto other = row("A-1", "C");
    other.level = level;
    INFO(level);
    CHECK_FALSE(other.can_fail());
  }
}

TEST_CASE("a finding asks for what the weaker of case and row asks for", "[ledger]") {
  CHECK(model::weaker("MUST", "must") == "MUST");
  CHECK(model::weaker("MUST", "should") == "should");
  CHECK(model::weaker("SHOULD", "must") == "SHOULD");
  CHECK(model::weaker("MAY", "should") == "MAY");
  CHECK(model::weaker("info", "may") == "info");
  CHECK(model::weaker("inferred", "must") == "inferred");
}

TEST_CASE("a row is there once, names ambiguities that there are, and says why it is not tested", "[ledger]") {
  Ledger ledger;
  ledger.requirements = {row("A-1", "C"), row("A-1", "C"), row("A-2", "D")};
  ledger.requirements[1].readings = {"AMB-2"};
  ledger.requirements[2].status = "untestable";
  ledger.ambiguities = {{"AMB-1", "a", {}}, {"AMB-1", "b", {}}};
  CHECK(check_rows(ledger) == Problems{"ambiguity AMB-1 is there twice", "row A-1 is there twice",
                                       "row A-1 names AMB-2, which is no ambiguity",
                                       "row A-2 is not tested (untestable) and gives no reason"});
  ledger.requirements = {ledger.requirements[2]};
  ledger.requirements[0].why = "no peer of this kind";
  ledger.ambiguities.clear();
  CHECK(check_rows(ledger).empty());
}

TEST_CASE("a tested row has on each side a case that judges it", "[ledger]") {
  Ledger ledger;
  ledger.requirements = {row("A-1", "CD")};
  std::vector<std::unique_ptr<model::TestCase>> cases;
  CHECK(check_coverage(ledger, cases) == Problems{"row A-1 is tested, but no case of a card cites it",
                                                  "row A-1 is tested, but no case of a device cites it"});
  cases.push_back(test_case(model::Dut::card, {"A-1"}));
  cases.push_back(test_case(model::Dut::device, {"A-2", "A-1"}));
  CHECK(check_coverage(ledger, cases) == Problems{"row A-1 is tested, but no case of a card judges it",
                                                  "row A-1 is tested, but no case of a device judges it"});
  // What is done judges nothing; what is expected judges the first row, or the one that it names.
  cases[0]->steps.emplace_back().kind = model::StepKind::act;
  cases[1]->steps.emplace_back().kind = model::StepKind::expect;
  CHECK(check_coverage(ledger, cases).size() == 2);
  cases[0]->steps.emplace_back().kind = model::StepKind::forbid;
  cases[1]->steps.back().requirement = "A-1";
  CHECK(check_coverage(ledger, cases).empty());
  // A case about all traffic judges its first row and no other.
  cases[1] = test_case(model::Dut::device, {"A-1", "A-2"});
  cases[1]->traffic = "some_rule";
  CHECK(check_coverage(ledger, cases).empty());
  cases[1]->requirements = {"A-2", "A-1"};
  CHECK(check_coverage(ledger, cases) == Problems{"row A-1 is tested, but no case of a device judges it"});
  // Nobody can be held to what only tells something.
  ledger.requirements[0].level = "info";
  CHECK(check_coverage(ledger, cases).empty());
  ledger.requirements[0].status = "precondition";
  cases.clear();
  CHECK(check_coverage(ledger, cases).empty());
}

TEST_CASE("each reading of an ambiguity is told by a step, or the ledger says how it shows", "[ledger]") {
  Ledger ledger;
  ledger.ambiguities = {{"AMB-1", "a", {{"R1", "x"}, {"R2", "y"}}}};
  std::vector<std::unique_ptr<model::TestCase>> cases;
  cases.push_back(test_case(model::Dut::card, {"A-1"}));
  cases.back()->readings = {"AMB-1"};
  const auto told = [&](const char* reading) {
    cases.back()->steps.emplace_back().readings =
        Value::List{Value::Map{{"of", "AMB-1"}, {"id", reading}}, Value::Map{{"of", "AMB-2"}, {"id", "R2"}}};
  };
  told("R1");
  CHECK(check_coverage(ledger, cases) == Problems{"no step tells AMB-1 R2, and no word how it shows"});
  ledger.ambiguities[0].how = "the ICS says which";
  CHECK(check_coverage(ledger, cases).empty());
  ledger.ambiguities[0].how.clear();
  told("R2");
  CHECK(check_coverage(ledger, cases).empty());
}

TEST_CASE("an edition is what it was frozen as", "[ledger]") {
  const auto file = fs::path(DMSC_BUILD_DIR) / "ledger-editions.json";
  std::ofstream(file) << R"({"S/1": "sha256:00"})";
  Ledger ledger;
  ledger.edition = {"S/1", "sha256:00"};
  CHECK(check_edition(ledger, file).empty());
  ledger.edition.digest = "sha256:11";
  CHECK(check_edition(ledger, file) ==
        Problems{"the ledger is not what edition S/1 was frozen as: sha256:11, frozen sha256:00"});
  ledger.edition.name = "S/2";
  CHECK(check_edition(ledger, file) ==
        Problems{"the ledger is not what edition S/2 was frozen as: sha256:11, frozen never"});
}

TEST_CASE("the digest of an edition is that of its contents, not of its layout", "[ledger]") {
  const auto file = fs::path(DMSC_BUILD_DIR) / "ledger-layout.json";
  const auto digest = [&](const char* text) {
    std::ofstream(file) << text;
    return load_ledger(file).value().edition.digest;
  };
  const auto first = digest(R"({"edition": "S/1", "requirements": [], "ambiguities": []})");
  CHECK(first == digest("{\"edition\":\"S/1\",\n\"requirements\":[],\"ambiguities\":[]}"));
  CHECK(first != digest(R"({"edition": "S/1", "requirements": [{}], "ambiguities": []})"));
  CHECK(first.size() == std::string("sha256:").size() + 64);
}

TEST_CASE("the ledger of the suite is in order", "[ledger]") {
  std::set<std::string> defects;  // which they are is a question of another test
  auto library = Library::open(fs::path(DMSC_SOURCE_DIR) / "testcases", defects).value();
  const auto problems = check_rows(library.vocabulary().ledger);
  CHECK(problems == Problems{});
  CHECK(library.vocabulary().ledger.edition.name == "DM_SC-1.0/1");
}

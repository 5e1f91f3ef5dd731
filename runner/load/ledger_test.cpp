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

std::unique_ptr<model::TestCase> test_case(model::Dut dut, const std::string& requirement,
                                           std::vector<std::string> refuted_by) {
  auto out = std::make_unique<model::TestCase>();
  out->dut = dut;
  out->requirements = {requirement};
  out->refuted_by = std::move(refuted_by);
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

TEST_CASE("a tested row has on each side a case that some defect refutes", "[ledger]") {
  Ledger ledger;
  ledger.requirements = {row("A-1", "CD")};
  std::vector<std::unique_ptr<model::TestCase>> cases;
  CHECK(check_coverage(ledger, cases) == Problems{"row A-1 is tested, but no case of a card cites it",
                                                  "row A-1 is tested, but no case of a device cites it"});
  cases.push_back(test_case(model::Dut::card, "A-1", {"card:x"}));
  cases.push_back(test_case(model::Dut::device, "A-1", {}));
  CHECK(check_coverage(ledger, cases) ==
        Problems{"row A-1 is tested, but no defect refutes a case of a device that cites it"});
  cases.push_back(test_case(model::Dut::device, "A-2", {"device:x"}));
  cases.back()->steps.emplace_back().requirement = "A-1";
  CHECK(check_coverage(ledger, cases).empty());
  ledger.requirements[0].status = "precondition";
  cases.clear();
  CHECK(check_coverage(ledger, cases).empty());
}

TEST_CASE("an ambiguity is allowed for by a case, or says why not", "[ledger]") {
  Ledger ledger;
  ledger.ambiguities = {{"AMB-1", "a", {}}};
  std::vector<std::unique_ptr<model::TestCase>> cases;
  CHECK(check_coverage(ledger, cases) == Problems{"AMB-1 is allowed for by no case and gives no reason"});
  ledger.ambiguities[0].why = "nothing shows it";
  CHECK(check_coverage(ledger, cases).empty());
  ledger.ambiguities[0].why.clear();
  cases.push_back(test_case(model::Dut::card, "A-1", {}));
  cases.back()->readings = {"AMB-1"};
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

// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/load/library.hpp"
#include "runner/load/rules.hpp"

using namespace dmsc;
using dmsc::load::Library;
namespace fs = std::filesystem;

namespace {

const fs::path source = DMSC_SOURCE_DIR;
const fs::path invalid = source / "fixtures" / "invalid";
constexpr const char* manifest = "expected.json";
constexpr const char* id = "DM_SC-1.0-con-101";

Library open_suite() {
  return Library::open(source / "testcases", {"card:no-open-channel", "device:mute"}).value();
}

/// The whole message, with the folder in front of the file left out and with U+FFFD for an octet that is no UTF-8, as
/// JSON can hold it; empty where the file is taken.
template <class T>
std::string refusal(const Result<T>& loaded, const fs::path& folder) {
  if (loaded) return {};
  const auto text = parse_json(write_json(loaded.error().text()), "message").value().as_string();
  const auto prefix = folder.string() + "/";
  return text.starts_with(prefix) ? text.substr(prefix.size()) : text;
}

std::string refusal_of(const Library& library, const std::string& file) {
  if (file.starts_with("ics-")) return refusal(library.load_ics(invalid / file), invalid);
  if (file.starts_with("pixit-")) return refusal(library.load_pixit(invalid / file), invalid);
  return refusal(library.load_case(invalid / file), invalid);
}

/// A folder that goes with the test.
struct Folder {
  Folder() {
    std::string name = (fs::temp_directory_path() / "dmsc-load-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
  }
  ~Folder() { fs::remove_all(path); }
  fs::path path;
};

/// A case that is in order, for tests that break it.
Value good_case() {
  return parse_json(
             R"({"id": "DM_SC-1.0-con-101", "title": "The card opens a channel", "purpose": "As little as a case needs.",
    "dut": "card", "level": "must", "requirements": ["DMSC-7-1"], "needs": "C_OFFLINE",
    "steps": [{"do": "terminal.start", "with": {"profile": "class_e_k"}}, {"expect": "proactive.open_channel", "within": "30 s"}],
    "refuted_by": ["card:no-open-channel"]})",
             "good case")
      .value();
}

/// What comes out when `document` is loaded from a file of the right name.
std::string verdict_on(const Value& document) {
  static const Library library = open_suite();
  const Folder folder;
  const auto file = folder.path / (std::string(id) + ".json");
  std::ofstream(file) << write_json(document);
  return refusal(library.load_case(file), folder.path);
}

Value& step(Value& document, std::size_t at) {
  return document["steps"].as_list()[at];
}

}  // namespace

TEST_CASE("each wrong file is refused with the message of the list", "[invalid]") {
  const auto library = open_suite();
  const auto expected = load_json(invalid / manifest).value();
  for (const auto& [file, message] : expected.as_map()) {
    INFO(file);
    CHECK(refusal_of(library, file) == message.as_string());
  }
}

TEST_CASE("the list and the folder name the same files", "[invalid]") {
  std::set<std::string> listed;
  std::size_t ics = 0;
  std::size_t pixit = 0;
  const auto expected = load_json(invalid / manifest).value();
  for (const auto& [file, message] : expected.as_map()) {
    listed.insert(file);
    if (file.starts_with("ics-")) ++ics;
    if (file.starts_with("pixit-")) ++pixit;
  }
  std::set<std::string> there;
  for (const auto& entry : fs::recursive_directory_iterator(invalid)) {
    const auto name = fs::relative(entry.path(), invalid).generic_string();
    if (entry.is_regular_file() && name != manifest) there.insert(name);
  }
  CHECK(listed == there);
  CHECK(listed.size() >= 45);
  CHECK(listed.size() - ics - pixit >= 32);
  CHECK(ics >= 7);
  CHECK(pixit >= 7);
}

TEST_CASE("the case that the tests break is in order", "[invalid]") {
  CHECK(verdict_on(good_case()) == "");
}

TEST_CASE("a step that can fail cites a MUST row with more than memory behind it", "[invalid]") {
  load::Vocabulary words = open_suite().vocabulary();
  words.ledger.requirements.push_back({"CAT-M", "TS 102 223", "MUST", "C", "remembered only", "memory"});
  words.ledger.requirements.push_back({"CAT-I", "TS 102 223", "info", "C", "tells something"});
  const std::string place = std::string(id) + ".json";
  const auto message = [&](const Value& document) {
    const auto result = load::check_rules(document, words, place);
    return result ? std::string{} : result.error().text();
  };
  const std::string memory = ": \"CAT-M\" rests on memory alone, so the level cannot be must";
  auto document = good_case();
  document["requirements"].as_list()[0] = "CAT-M";
  CHECK(message(document) == place + ": /steps/1" + memory);
  document["requirements"].as_list()[0] = "CAT-I";
  CHECK(message(document) == place + ": /steps/1: \"CAT-I\" is info, so the level cannot be must");
  step(document, 1)["weak"] = "one source";
  CHECK(message(document).empty());
  step(document, 1)["requirement"] = "CAT-M";
  CHECK(message(document).empty());
  auto graver = good_case();
  graver["level"] = "should";
  step(graver, 1)["requirement"] = "CAT-M";
  CHECK(message(graver).empty());
  step(graver, 1)["level"] = "must";
  CHECK(message(graver) == place + ": /steps/1/requirement" + memory);
  graver["level"] = "robustness";
  step(graver, 1)["level"] = "robustness";
  CHECK(message(graver).empty());
}

TEST_CASE("a hostile file gives an error and never a crash", "[invalid]") {
  const std::string place = "DM_SC-1.0-con-101.json: ";
  const std::string huge(std::size_t{1} << 20, 'a');
  const std::string cut = "\"" + huge.substr(0, 60) + "...\"";
  auto document = good_case();

  SECTION("title of a megabyte") {
    document["title"] = huge;
    CHECK(verdict_on(document) == place + "/title: has 1048576 characters, more than 100");
  }
  SECTION("id of a megabyte, which a regular expression would look at") {
    document["id"] = huge;
    CHECK(verdict_on(document) == place + "/id: " + cut + " does not match ^DM_SC-1\\.0-con-[1-7][0-9][0-9]$");
  }
  SECTION("tag of a megabyte that the pattern would take") {
    document["tags"] = Value::List{huge};
    CHECK(verdict_on(document) == place + "/tags/0: has 1048576 characters, more than 40");
  }
  SECTION("requirement of a megabyte, with no search for a near one") {
    document["requirements"] = Value::List{huge};
    CHECK(verdict_on(document) == place + "/requirements/0: " + cut + " is no requirement of the ledger");
  }
  SECTION("key of a megabyte") {
    document[huge] = 1;
    CHECK(verdict_on(document) == place + "/" + huge.substr(0, 60) + "...: key is not known");
  }
  SECTION("regular expression of a megabyte") {
    step(document, 1)["where"]["network_access_name"]["matches"] = std::string(huge.size(), '(');
    CHECK(verdict_on(document) == place + "/steps/1/where/network_access_name/matches: \"" + std::string(60, '(') +
                                      "...\" is no regular expression: missing )");
  }
  SECTION("regular expression that looks ahead or back") {
    auto& matches = step(document, 1)["where"]["network_access_name"]["matches"];
    const auto at = place + "/steps/1/where/network_access_name/matches: ";
    matches = "inter(?=net)";
    CHECK(verdict_on(document) == at + "\"inter(?=net)\" is no regular expression: invalid perl operator: (?=");
    matches = "(a)\\1";
    CHECK(verdict_on(document) == at + "\"(a)\\1\" is no regular expression: invalid escape sequence: \\1");
  }
  SECTION("list of 100000 items") {
    document["requirements"] = Value::List(100000, Value("DMSC-7-1"));
    CHECK(verdict_on(document) == place + "/requirements: has 100000 items, more than 1000");
  }
  SECTION("matrix whose size would wrap around to nothing") {
    for (int at = 0; at < 64; ++at) document["for_each"]["p" + std::to_string(at)] = Value::List{1, 2};
    CHECK(verdict_on(document) == place + "/for_each: makes more than 100 cases");
  }
  SECTION("escape sequences and a cut in the middle of a character") {
    document["level"] = std::string(59, 'x') + "\xC3\xA4";
    CHECK(verdict_on(document) ==
          place + "/level: \"" + std::string(59, 'x') + "...\" is none of must, should, may, robustness");
    document["level"] = "\x1B[31mmust";
    CHECK(verdict_on(document) == place + "/level: \"\\x1B[31mmust\" is none of must, should, may, robustness");
  }
  SECTION("null and numbers where nothing of the kind can stand") {
    for (const char* key :
         {"id", "title", "dut", "level", "requirements", "needs", "steps", "refuted_by", "for_each"}) {
      auto broken = good_case();
      broken[key] = Value{};
      INFO(key);
      CHECK(verdict_on(broken).starts_with(place + "/" + key + ": null is n"));  // not of type, or none of
    }
  }
}

TEST_CASE("a missing file is no broken file", "[invalid]") {
  const auto library = open_suite();
  const auto missing = library.load_case(invalid / "none.json");
  CHECK(missing.error().code == Errc::no_input);
  CHECK(refusal(missing, invalid) == "none.json: cannot be read: No such file or directory");
}

TEST_CASE("a file among the suite's own that breaks a rule has code data", "[invalid]") {
  const auto library = open_suite();
  CHECK(library.load_case(invalid / "case-unknown-key" / (std::string(id) + ".json")).error().code == Errc::data);
  CHECK(library.load_ics(invalid / "ics-unknown-item.json").error().code == Errc::data);
  CHECK(library.load_pixit(invalid / "pixit-unknown-value.json").error().code == Errc::data);
}

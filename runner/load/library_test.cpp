// SPDX-License-Identifier: Apache-2.0
#include "runner/load/library.hpp"

#include <unistd.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <sstream>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

using namespace dmsc;
using dmsc::load::Library;
namespace fs = std::filesystem;

namespace {

const fs::path source = DMSC_SOURCE_DIR;

/// Ids of the catalogue, straight from its files: this library knows no reference card.
std::set<std::string> catalogue() {
  std::set<std::string> ids;
  for (const auto& entry : fs::directory_iterator(source / "adapters" / "defects")) {
    const auto document = load_json(entry.path()).value();
    for (const auto& defect : document.find("defects")->as_list()) ids.insert(defect.text_or("id", ""));
  }
  return ids;
}

/// A copy of the suite that goes with the test.
struct Copy {
  Copy() {
    std::string name = (fs::temp_directory_path() / "dmsc-suite-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    path = name;
    fs::copy(source / "testcases", path, fs::copy_options::recursive);
  }
  ~Copy() { fs::remove_all(path); }

  Library open() const {
    auto library = Library::open(path, catalogue()).value();
    library.load_cases();
    return library;
  }
  /// Leaves nothing but what cases are made of.
  void drop_cases() const {
    for (const auto* folder : {"wakeup", "offline", "online", "appaddr", "session", "robustness", "traffic"})
      fs::remove_all(path / folder);
  }

  fs::path file_of(const std::string& id, const std::string& folder = "wakeup") const {
    return path / folder / (id + ".json");
  }
  fs::path path;
};

std::string content(const fs::path& file) {
  std::ostringstream text;
  text << std::ifstream(file, std::ios::binary).rdbuf();
  return text.str();
}

void write(const fs::path& file, const std::string& text) {
  fs::create_directories(file.parent_path());
  std::ofstream(file, std::ios::binary) << text;
}

/// A case of its own, so that the tests of relations do not lean on the suite's.
void write_case(const fs::path& folder, const std::string& id, const std::string& side, const std::string& control) {
  const bool card = side == "card";
  Value document = Value::Map{{"id", id},
                              {"title", "A case for the relations"},
                              {"purpose", "It stands beside others."},
                              {"dut", side},
                              {"level", "must"},
                              {"requirements", Value::List{"DMSC-7-1"}},
                              {"needs", "C_OFFLINE"}};
  if (!card) {
    document["requirements"] = Value::List{"DMSC-7.1-1"};
    document["needs"] = Value::Map{{"all", Value::List{}}};
  }
  if (!control.empty()) document["control"] = control;
  document["steps"] = Value::List{Value::Map{{"expect", "proactive.open_channel"}, {"within", "30 s"}}};
  document["refuted_by"] = Value::List{card ? "card:no-open-channel" : "device:mute"};
  write(folder / (id + ".json"), write_json(document));
}

std::vector<std::string> errors(const Library& library, const fs::path& folder) {
  std::vector<std::string> out;
  for (const auto& broken : library.quarantined()) {
    auto text = broken.error.text();
    for (auto at = text.find(folder.string() + "/"); at != std::string::npos; at = text.find(folder.string() + "/")) {
      text.erase(at, folder.string().size() + 1);
    }
    out.push_back(text);
  }
  return out;
}

std::vector<std::string> ids(const Library& library) {
  std::vector<std::string> out;
  for (const auto& test : library.cases()) out.push_back(test->id);
  return out;
}

/// Ids in the first column of the tables of requirements.md.
std::vector<std::string> rows_of_document(const fs::path& file) {
  std::vector<std::string> out;
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with("| ")) continue;
    const auto cell = line.substr(2, line.find(" |", 2) - 2);
    const bool is_id = cell.find('-') != std::string::npos && cell.find(' ') == std::string::npos &&
                       std::isdigit(static_cast<unsigned char>(cell.back())) != 0 && !cell.starts_with("AMB-");
    if (is_id) out.push_back(cell);
  }
  return out;
}

}  // namespace

TEST_CASE("the suite loads with nothing set aside", "[library]") {
  auto library = Library::open(source / "testcases", catalogue()).value();
  library.load_cases();
  CHECK(errors(library, source) == std::vector<std::string>{});
  CHECK(library.cases().size() >= 28);
  const auto order = ids(library);
  CHECK(std::is_sorted(order.begin(), order.end()));
  CHECK(library.version() == split(content(source / "testcases" / "VERSION"), '\n').front());
  const auto* test = library.find("DM_SC-1.0-con-104");
  REQUIRE(test != nullptr);
  CHECK(test->control == "DM_SC-1.0-con-101");
  CHECK(test->level == model::Level::must);
  REQUIRE(test->steps.size() == 2);
  CHECK(test->steps[1].kind == model::StepKind::forbid);
  CHECK(test->steps[1].what == "proactive.open_channel");
  CHECK(test->steps[1].window == Value("$pixit.quiet_wait"));
  CHECK(library.find("DM_SC-1.0-con-100") == nullptr);
  CHECK(library.find_requirement("DMSC-7-1")->clause == "DM_SC 7");
  CHECK(library.find_requirement("DMSC-7-9") == nullptr);
}

TEST_CASE("D22: a broken file is set aside and the others load", "[library]") {
  const Copy suite;
  const auto before = ids(suite.open());
  write(suite.file_of("DM_SC-1.0-con-101", "new"), "{");
  write(suite.file_of("DM_SC-1.0-con-149"), "[]");
  const auto library = suite.open();
  CHECK(ids(library) == before);
  CHECK(
      errors(library, suite.path) ==
      std::vector<std::string>{"new/DM_SC-1.0-con-101.json: at line 1, column 2: syntax error while parsing object key "
                               "- unexpected end of input; expected string literal",
                               "wakeup/DM_SC-1.0-con-149.json: /: a list is not of type object"});
  REQUIRE(library.quarantined().size() == 2);
  CHECK(library.quarantined()[1].id == "DM_SC-1.0-con-149");
  CHECK(library.quarantined()[1].file == suite.file_of("DM_SC-1.0-con-149").string());
  CHECK(library.quarantined()[1].error.code == Errc::data);
}

TEST_CASE("controls that cannot bracket a case set it aside", "[library]") {
  const Copy suite;
  suite.drop_cases();
  const auto folder = suite.path / "new";
  write_case(folder, "DM_SC-1.0-con-101", "card", "");
  write_case(folder, "DM_SC-1.0-con-102", "card", "DM_SC-1.0-con-101");
  write_case(folder, "DM_SC-1.0-con-103", "card", "DM_SC-1.0-con-110");
  write_case(folder, "DM_SC-1.0-con-104", "card", "DM_SC-1.0-con-104");
  write_case(folder, "DM_SC-1.0-con-105", "card", "DM_SC-1.0-con-102");
  auto library = Library::open(suite.path, catalogue()).value();
  library.load_cases();
  CHECK(ids(library) == std::vector<std::string>{"DM_SC-1.0-con-101", "DM_SC-1.0-con-102"});
  CHECK(errors(library, suite.path) ==
        std::vector<std::string>{
            "new/DM_SC-1.0-con-103.json: /control: \"DM_SC-1.0-con-110\" is no usable case, did you mean "
            "\"DM_SC-1.0-con-101\", \"DM_SC-1.0-con-102\" or \"DM_SC-1.0-con-103\"",
            "new/DM_SC-1.0-con-104.json: /control: a case cannot be its own control",
            "new/DM_SC-1.0-con-105.json: /control: \"DM_SC-1.0-con-102\" has a control itself"});
}

TEST_CASE("a control is for the same side", "[library]") {
  const Copy suite;
  suite.drop_cases();
  const auto folder = suite.path / "new";
  write_case(folder, "DM_SC-1.0-con-101", "card", "DM_SC-1.0-con-151");
  write_case(folder, "DM_SC-1.0-con-151", "device", "");
  auto device = load_json(folder / "DM_SC-1.0-con-151.json").value();
  device["needs"] = "D_BIP";
  write(folder / "DM_SC-1.0-con-151.json", write_json(device));
  auto defects = catalogue();
  defects.insert("device:mute");
  auto library = Library::open(suite.path, defects).value();
  library.load_cases();
  CHECK(ids(library) == std::vector<std::string>{"DM_SC-1.0-con-151"});
  CHECK(errors(library, suite.path) ==
        std::vector<std::string>{"new/DM_SC-1.0-con-101.json: /control: \"DM_SC-1.0-con-151\" is not for a card"});
  device["needs"] = "C_BIP";
  write(folder / "DM_SC-1.0-con-151.json", write_json(device));
  CHECK(library.load_case(folder / "DM_SC-1.0-con-151.json").error().message == "\"C_BIP\" is asked of the card");
}

TEST_CASE("a case about all traffic has no steps and brackets nothing", "[library]") {
  const Copy suite;
  write_case(suite.path / "new", "DM_SC-1.0-con-149", "card", "DM_SC-1.0-con-701");
  const auto library = suite.open();
  const auto* traffic = library.find("DM_SC-1.0-con-701");
  REQUIRE(traffic != nullptr);
  CHECK(traffic->traffic == "announced_length");
  CHECK(traffic->steps.empty());
  CHECK(errors(library, suite.path) ==
        std::vector<std::string>{"new/DM_SC-1.0-con-149.json: /control: \"DM_SC-1.0-con-701\" is about all traffic and "
                                 "cannot be run as a control"});
}

TEST_CASE("two files cannot have one id", "[library]") {
  const Copy suite;
  suite.drop_cases();
  write_case(suite.path / "a", "DM_SC-1.0-con-101", "card", "");
  write_case(suite.path / "b", "DM_SC-1.0-con-101", "card", "");
  write_case(suite.path / "b", "DM_SC-1.0-con-102", "card", "");
  const auto library = suite.open();
  CHECK(ids(library) == std::vector<std::string>{"DM_SC-1.0-con-102"});
  CHECK(errors(library, suite.path) == std::vector<std::string>{"b/DM_SC-1.0-con-101.json: /id: \"DM_SC-1.0-con-101\" "
                                                                "is the id of a/DM_SC-1.0-con-101.json too"});
}

TEST_CASE("an ICS leaves nothing open", "[library]") {
  const Copy suite;
  const auto library = suite.open();
  const auto file = suite.path / "my.ics.json";
  write(file, R"({"title": "mine", "dut": "card", "items": {"C_BIP": true, "C_ISO": false}})");
  const auto ics = library.load_ics(file).value();
  CHECK(ics.title == "mine");
  CHECK(ics.file == file.string());
  CHECK(ics.dut == model::Dut::card);
  const auto& known = library.vocabulary().ics.items;
  const auto asked =
      std::count_if(known.begin(), known.end(), [](const auto& item) { return item.dut == model::Dut::card; });
  CHECK(ics.items.size() == static_cast<std::size_t>(asked));
  for (const auto& [id, value] : ics.items) {
    INFO(id);
    CHECK(value == (id == "C_BIP"));
  }
}

TEST_CASE("a PIXIT is filled with the defaults of its items", "[library]") {
  const Copy suite;
  const auto library = suite.open();
  write(suite.path / "my.pixit.json",
        R"({"title": "mine", "values": {"server_id": "com.example", "quiet_wait": "2 min"}})");
  const auto pixit = library.load_pixit(suite.path / "my.pixit.json").value();
  CHECK(pixit.title == "mine");
  CHECK(pixit.values.text_or("server_id", "") == "com.example");
  CHECK(pixit.values.text_or("quiet_wait", "") == "2 min");
  CHECK(pixit.values.find("customer_care_number") == nullptr);
  for (const auto& item : library.vocabulary().pixit_items) {
    if (item.fallback.is_null() || item.id == "quiet_wait") continue;
    INFO(item.id);
    REQUIRE(pixit.values.find(item.id) != nullptr);
    CHECK(*pixit.values.find(item.id) == item.fallback);
  }
}

TEST_CASE("a PIXIT takes digits from its numbers", "[library]") {
  const Copy suite;
  const auto library = suite.open();
  const auto values = [&](const std::string& json) {
    write(suite.path / "my.pixit.json", R"({"title": "mine", "values": {)" + json + "}}");
    return library.load_pixit(suite.path / "my.pixit.json").value().values;
  };
  CHECK(values(R"("own_number": "+447700900123")").text_or("own_digits", "") == "447700900123");
  CHECK(values(R"("own_number": "07700900123")").text_or("own_digits", "") == "07700900123");
  CHECK(values(R"("own_number": "+1", "own_digits": "01")").text_or("own_digits", "") == "01");
  CHECK(values("").find("own_digits") == nullptr);
  CHECK(values("").text_or("service_centre_digits", "") == "15550166");
  CHECK(values(R"("service_centre": "+33")").text_or("service_centre_digits", "") == "33");
}

TEST_CASE("the installed declarations are in order", "[library]") {
  const auto library = Library::open(source / "testcases", {}).value();
  std::size_t count = 0;
  for (const auto& entry : fs::directory_iterator(source / "testcases" / "ics")) {
    const auto name = entry.path().filename().string();
    INFO(name);
    if (name.ends_with(".ics.json")) CHECK(library.load_ics(entry.path()));
    if (name.ends_with(".pixit.json")) CHECK(library.load_pixit(entry.path()));
    count += name.ends_with(".ics.json") || name.ends_with(".pixit.json") ? 1 : 0;
  }
  CHECK(count >= 2);
}

TEST_CASE("the digest stands for names and octets of the suite", "[library]") {
  const Copy suite;
  const auto digest = suite.open().digest();
  CHECK(digest.size() == std::string("sha256:").size() + 64);
  CHECK(digest.starts_with("sha256:"));
  CHECK(digest.find_first_not_of("0123456789abcdef", 7) == std::string::npos);
  CHECK(digest == Library::open(source / "testcases", {}).value().digest());  // wherever it lies
  write(suite.path / "notes.txt", "no part of the suite");
  fs::last_write_time(suite.file_of("DM_SC-1.0-con-101"), fs::file_time_type::clock::now());
  CHECK(suite.open().digest() == digest);

  const auto file = suite.file_of("DM_SC-1.0-con-101");
  const auto text = content(file);
  write(file, text + " ");
  CHECK(suite.open().digest() != digest);
  write(file, text);
  CHECK(suite.open().digest() == digest);
  fs::rename(file, suite.file_of("DM_SC-1.0-con-1010"));  // the same order of files, the same octets
  CHECK(suite.open().digest() != digest);
}

TEST_CASE("the files of a known suite are taken as they are, and an edit of one is seen", "[library]") {
  const Copy suite;
  const auto load = [&](const std::string& known) {
    auto library = Library::open(suite.path, catalogue()).value();
    library.load_cases(known);
    return library;
  };
  const auto all = suite.open();
  const auto known = all.digest();
  const auto taken = load(known);
  CHECK(taken.quarantined().empty());
  REQUIRE(taken.cases().size() == all.cases().size());
  CHECK(taken.cases().front()->title == all.cases().front()->title);

  const auto file = suite.file_of("DM_SC-1.0-con-101");
  auto text = content(file);
  text.insert(text.find('{') + 1, "\"sides\": 1, ");
  std::ofstream(file) << text;
  const auto edited = load(known);
  REQUIRE_FALSE(edited.quarantined().empty());  // those that it is the control of come behind it
  CHECK(edited.quarantined().front().id == "DM_SC-1.0-con-101");
  CHECK(edited.quarantined().front().error.message == "key is not known");
  CHECK(load(edited.digest()).quarantined().empty());  // whoever says that this suite is in order is believed
}

TEST_CASE("a folder that is no suite is named", "[library]") {
  const Copy suite;
  const auto open = [&](const fs::path& folder) {
    const auto library = Library::open(folder, {});
    REQUIRE_FALSE(library);
    auto text = library.error().text();
    if (text.starts_with(suite.path.string())) text.erase(0, suite.path.string().size());
    return std::pair(library.error().code, text);
  };
  CHECK(open(suite.path / "none") == std::pair(Errc::configuration, std::string("/none: is no folder of test cases")));
  fs::remove(suite.path / "VERSION");
  CHECK(open(suite.path) == std::pair(Errc::configuration, std::string("/VERSION: states no version of the suite")));
  write(suite.path / "profiles" / "odd.json", R"({"title": "odd"})");
  CHECK(open(suite.path) ==
        std::pair(Errc::data, std::string("/profiles/odd.json: /facilities: \"facilities\" is missing")));
  write(suite.path / "ics" / "items.json", R"({"title": "x", "items": 1, "consistency": [], "retired": []})");
  CHECK(open(suite.path) == std::pair(Errc::data, std::string("/ics/items.json: /items: 1 is not of type array")));
  write(suite.path / "requirements.json", R"({"requirements": []})");
  CHECK(open(suite.path) == std::pair(Errc::data, std::string("/requirements.json: /: \"ambiguities\" is no list")));
  fs::remove(suite.path / "requirements.json");
  CHECK(open(suite.path) ==
        std::pair(Errc::no_input, std::string("/requirements.json: cannot be read: No such file or directory")));
  fs::remove_all(suite.path / "schema");
  CHECK(open(suite.path) == std::pair(Errc::configuration, std::string("/schema: holds no schema")));
}

TEST_CASE("the ledger holds each requirement once and loses none", "[library]") {
  const auto library = Library::open(source / "testcases", {}).value();
  std::map<std::string, int> times;
  for (const auto& row : library.vocabulary().ledger.requirements) {
    INFO(row.id);
    ++times[row.id];
    CHECK_FALSE(row.clause.empty());
    CHECK_FALSE(row.level.empty());
    CHECK_FALSE(row.statement.empty());
    CHECK(row.on.find_first_not_of("CD-") == std::string::npos);
  }
  for (const auto& [id, count] : times) {
    INFO(id);
    CHECK(count == 1);
  }
  CHECK(times.size() >= 41 + 27);
  const auto document = source.parent_path() / "shared" / "spec" / "requirements.md";
  if (!fs::exists(document)) return;
  const auto rows = rows_of_document(document);
  CHECK(std::count_if(rows.begin(), rows.end(), [](const auto& id) { return id.starts_with("DMSC-"); }) == 41);
  CHECK(std::count_if(rows.begin(), rows.end(), [](const auto& id) { return !id.starts_with("DMSC-"); }) == 27);
  for (const auto& id : rows) {
    INFO(id);
    CHECK(times.contains(id));
  }
}

// SPDX-License-Identifier: Apache-2.0
#include <fstream>

#include "runner/base/catch.hpp"
#include "runner/base/text.hpp"
#include "runner/load/find_row.hpp"
#include "runner/load/library.hpp"

using namespace dmsc;
using namespace dmsc::load;
namespace fs = std::filesystem;

namespace {

const fs::path source = DMSC_SOURCE_DIR;

const Library& library() {
  static const auto opened = Library::open(source / "testcases", {}).value();
  return opened;
}

/// Of this process, as tests run side by side; gone when it ends.
const fs::path& own_folder() {
  struct Folder {
    std::string path = fs::temp_directory_path() / "declarations-XXXXXX";
    fs::path made = mkdtemp(path.data());
    ~Folder() { fs::remove_all(made); }
  };
  static const Folder folder;
  return folder.made;
}

fs::path written(const char* name, const std::string& text) {
  const auto file = own_folder() / name;
  std::ofstream(file) << text;
  return file;
}

/// Code and lines of a refusal, the file left out; empty: it was taken.
std::vector<std::string> refusal(const std::string& values, const model::Ics* ics = nullptr) {
  const auto file = written("declarations.pixit.json", R"({"title": "mine", "values": {)" + values + "}}");
  const auto pixit = library().load_pixit(file, ics);
  if (pixit) return {};
  std::vector<std::string> lines = {pixit.error().code == Errc::configuration ? "78" : "other"};
  for (auto line : split(pixit.error().text(), '\n')) {
    const auto at = line.find(file.string() + ": ");
    lines.push_back(at == std::string::npos ? line : line.substr(at + file.string().size() + 2));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("a value that is not as its item asks is refused with an example", "[declarations]") {
  struct Row {
    const char* values;
    const char* sentence;
  };
  const auto row = GENERATE(values<Row>({
      {R"("ui_mode": "foo")",
       R"(/values/ui_mode: "foo" is none of not_specified, background, informative, user_interaction, for example "background")"},
      {R"("initiator": "srv")", R"(/values/initiator: "srv" is none of client, server, for example "server")"},
      {R"("tls_profile": "TLS")", R"(/values/tls_profile: "TLS" is none of modern, legacy_2009, for example "modern")"},
      {R"("tls_credential": "none")",
       R"(/values/tls_credential: "none" is none of certificate, psk, for example "certificate")"},
      {R"("customer_care_number": "call me")",
       R"(/values/customer_care_number: "call me" is not as it must be: digits, * and #, + in front when international, for example "+15550100")"},
      {R"("customer_care_number": "+1-555-0100")",
       R"(/values/customer_care_number: "+1-555-0100" is not as it must be: digits, * and #, + in front when international, for example "+15550100")"},
      {R"("own_number": "+1 555 0177")",
       R"(/values/own_number: "+1 555 0177" is not as it must be: digits, * and #, + in front when international, for example "+15550177")"},
      {R"("home_plmn": "001 01")",
       R"(/values/home_plmn: "001 01" is not as it must be: MCC and MNC, 5 or 6 digits, for example "00101")"},
      {R"("home_plmn": "1")",
       R"(/values/home_plmn: "1" is not as it must be: MCC and MNC, 5 or 6 digits, for example "00101")"},
      {R"("status_count": 0)", "/values/status_count: 0 is outside 1 to 1000, for example 1"},
      {R"("imsi": "1")", R"(/values/imsi: "1" is not as it must be: 6 to 15 digits, for example "001010123456789")"},
      {R"("mnc_digits": 9)", "/values/mnc_digits: 9 is outside 2 to 3, for example 2"},
      {R"("card_atr": "3B")",
       R"(/values/card_atr: "3B" is no answer to reset, for example "3B9F96801FC78031E073FE211367444D5F534331309F")"},
      {R"("psk_key": "00")",
       R"(/values/psk_key: has 1 octets, not 8 to 64, for example "000102030405060708090A0B0C0D0E0F")"},
      {R"("scws_subject": "localuicc")",
       R"(/values/scws_subject: "localuicc" is not as it must be: attributes and values of RFC 4514, for example "CN=localuicc")"},
      {R"("scws_event_path": "wake")",
       R"(/values/scws_event_path: "wake" is not as it must be: absolute path, for example "/dmsc/wake")"},
      {R"("scws_ca": "nowhere.pem")", "/nowhere.pem: cannot be read: No such file or directory"},
      {R"("scws_ca": "declarations.pixit.json")", "/declarations.pixit.json is no PEM file"},
  }));
  INFO(row.values);
  const auto lines = refusal(row.values);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0] == "78");
  const std::string sentence = row.sentence;
  CHECK(lines[1].substr(lines[1].size() - std::min(lines[1].size(), sentence.size())) == sentence);
}

TEST_CASE("all that is missing or ill-formed is told at once", "[declarations]") {
  const auto ics = library().load_ics(source / "testcases/ics/call-only.ics.json").value();
  CHECK(
      refusal(R"("mnc_digits": 9, "home_plmn": "1")", &ics) ==
      Lines{"78", "/values/mnc_digits: 9 is outside 2 to 3, for example 2",
            R"(/values/home_plmn: "1" is not as it must be: MCC and MNC, 5 or 6 digits, for example "00101")",
            "/values/server_id: is missing, every card needs it: ServerID of the DM_SC Server, as the DM account names "
            R"(it, for example "com.example.dmsc")",
            "/values/server_secret: is missing, every card needs it: AAuthSecret of the server (SRVCRED), for example "
            R"("secret")",
            "/values/customer_care_number: is missing, C_WAKE_CALL needs it: Number whose dialling wakes the card, + "
            R"(in front when international, for example "+15550100")"});
  CHECK(refusal(R"("server_id": "a", "server_secret": "b", "customer_care_number": "1")", &ics).empty());
}

TEST_CASE("a template runs from any folder: its files are the suite's", "[declarations]") {
  std::ifstream shipped(source / "testcases/ics/full.pixit.json");
  const std::string text((std::istreambuf_iterator<char>(shipped)), {});
  const auto copy = written("copied.pixit.json", text);
  const auto pixit = library().load_pixit(copy);
  REQUIRE(pixit);
  CHECK(pixit->values.text_or("scws_ca", "").starts_with("-----BEGIN CERTIFICATE-----"));
  CHECK(refusal(R"("scws_ca": "suite:nowhere.pem")")
            .at(1)
            .ends_with("/nowhere.pem: cannot be read: No such file or directory"));
}

TEST_CASE("every shipped pair of statement and values is whole", "[declarations]") {
  std::size_t pairs = 0;
  for (const auto& entry : fs::directory_iterator(source / "testcases" / "ics")) {
    auto name = entry.path().string();
    const auto at = name.find(".ics.json");
    if (at == std::string::npos) continue;
    INFO(name);
    const auto ics = library().load_ics(name);
    REQUIRE(ics);
    CHECK(ics->notes.empty());
    const auto pixit = library().load_pixit(name.replace(at, 9, ".pixit.json"), &*ics);
    CHECK((pixit ? std::string{} : pixit.error().text()).empty());
    ++pairs;
  }
  CHECK(pairs >= 10);
}

TEST_CASE("an answer to a retired item is a note and not an error", "[declarations]") {
  const auto file = written("retired.ics.json",
                            R"({"title": "old", "dut": "card", "items": {"C_OCCASION_STATUS": true, "C_BIP": true}})");
  const auto ics = library().load_ics(file).value();
  CHECK(ics.notes == Lines{"ICS C_OCCASION_STATUS is not asked any more: the harmless command is a value of the PIXIT, "
                           "occasion"});
  CHECK_FALSE(ics.items.contains("C_OCCASION_STATUS"));
  CHECK(ics.items.at("C_BIP"));
}

TEST_CASE("each item and value says what it is, and each default and example fits", "[declarations]") {
  const auto& words = library().vocabulary();
  for (const auto& item : words.ics.items) {
    INFO(item.id);
    CHECK_FALSE(item.text.empty());
    CHECK(item.scr.starts_with(item.dut == model::Dut::card ? "DM_SC-UICC-C-" : "DM_SC-TERM-C-"));
    CHECK(item.scr.ends_with("-" + item.status));
    CHECK((item.status == "O" || find_row(words.ledger.requirements, item.requirement) != nullptr));
    CHECK(item.condition.is_null() == item.then.empty());
  }
  for (const auto& item : words.pixit_items) {
    INFO(item.id);
    if (!item.fallback.is_null() && item.kind != "file") CHECK(misfit(item, item.fallback).empty());
    if (!item.example.is_null() && item.kind != "file") CHECK(misfit(item, item.example).empty());
    CHECK((!item.fallback.is_null() || !item.example.is_null() || item.kind == "messages"));
  }
}

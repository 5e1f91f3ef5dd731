// SPDX-License-Identifier: Apache-2.0
#include "runner/cli/interview.hpp"

#include <algorithm>
#include <map>
#include <sstream>

#include "runner/base/catch.hpp"
#include "runner/base/text.hpp"
#include "runner/engine/static_review.hpp"

// What is asked in which order, what an answer comes to, and where an interview ends without one.
namespace dmsc::cli {
namespace {

namespace fs = std::filesystem;
using Answers = std::map<std::string, std::vector<std::string>>;

const load::Library& suite() {
  static const auto library = load::Library::open(fs::path(DMSC_SOURCE_DIR) / "testcases", {}).value();
  return library;
}

/// A person who answers by the name in front of the colon, an empty line where nothing is laid down. Questions and
/// answers take turns on two strings, so the streams are one buffer that looks at what was asked last.
class Person : public std::streambuf {
 public:
  explicit Person(Answers answers) : answers_(std::move(answers)) {}
  std::string heard;

 protected:
  int_type overflow(int_type c) override {
    heard += traits_type::to_char_type(c);
    return c;
  }
  int_type underflow() override {
    const auto from = heard.rfind('\n') + 1;
    const auto asked = heard.substr(from, heard.find_first_of(" :", from) - from);
    auto& lines = answers_[asked];
    line_ = (lines.empty() ? std::string{} : lines.front()) + "\n";
    if (!lines.empty()) lines.erase(lines.begin());
    heard += "\n";
    setg(line_.data(), line_.data(), line_.data() + line_.size());
    return traits_type::to_int_type(line_.front());
  }

 private:
  Answers answers_;
  std::string line_;
};

struct Talk {
  Result<Interviewed> result;
  std::string heard;
  std::size_t times(const std::string& id) const {
    std::size_t count = 0;
    for (const auto& line : split(heard, '\n')) count += line.starts_with(id + ": ") || line.starts_with(id + " [");
    return count;
  }
};

Talk talk(model::Dut dut, Answers answers) {
  Person person(std::move(answers));
  std::istream in(&person);
  std::ostream out(&person);
  auto result = interview(suite(), dut, "x", "x.pixit.json", in, out);
  return {std::move(result), person.heard};
}

const std::string localuicc = std::string("suite:fixtures/certs/localuicc.pem");

Answers of_a_device() {
  return {{"D_UICC", {"yes"}},
          {"D_ISO", {"yes"}},
          {"D_TIMER", {"y"}},
          {"server_id", {"com.example.dmsc"}},
          {"server_secret", {"secret"}},
          {"client_name", {"client"}},
          {"client_secret", {"secret"}},
          {"card_certificate", {localuicc}},
          {"card_key", {"suite:fixtures/certs/localuicc.key.pem"}}};
}

Answers with(Answers answers, const Answers& others) {
  for (const auto& [id, lines] : others) answers[id] = lines;
  return answers;
}

bool claimed(const Talk& talk, const char* item) {
  return model::claims(talk.result->statement, item);
}

}  // namespace

TEST_CASE("an interview with a device whose defaults are taken passes the review", "[interview]") {
  const auto said = talk(model::Dut::device, of_a_device());
  REQUIRE(said.result);
  for (const auto* item : {"D_UICC", "D_ISO", "D_TIMER"}) CHECK(claimed(said, item));
  // mandatory under the condition, and the last of a group: their default is yes
  for (const auto* item : {"D_BIP", "D_OFFLINE", "D_TCP_LOCAL", "D_WBXML"}) CHECK(claimed(said, item));
  for (const auto* item : {"D_UDP_LOCAL", "D_XML", "D_EEM"}) CHECK_FALSE(claimed(said, item));
  for (const auto& row : engine::review(suite().vocabulary().ics.items, said.result->statement)) {
    CHECK(row.verdict != model::Verdict::fail);
  }
  CHECK(engine::contradictions(suite().vocabulary().ics.consistency, said.result->statement).empty());
  CHECK(said.heard.find("breaks a condition") == std::string::npos);
  CHECK(said.result->ics.text_or("dut", "") == "device");
  CHECK(said.result->pixit.find("values")->text_or("card_certificate", "") == localuicc);
}

TEST_CASE("every item is asked once, with its text, clause, status and default", "[interview]") {
  const auto said = talk(model::Dut::device, of_a_device());
  REQUIRE(said.result);
  for (const auto& item : suite().vocabulary().ics.items) {
    if (item.dut != model::Dut::device) continue;
    CAPTURE(item.id);
    CHECK(said.times(item.id) == 2);  // the question and the prompt
    CHECK(said.heard.find(item.id + ": " + item.text) != std::string::npos);
  }
  CHECK(said.heard.find("\nD_BIP: The device carries BIP (class e) for the card\n"
                        "  DM_SC 7.1; status C.1: M where (D_ISO or D_ICCD), else O\n"
                        "D_BIP [yes]: \n") != std::string::npos);
  CHECK(said.heard.find("\nD_EEM [no]: \n") != std::string::npos);
  // what only some answers need is not asked, and what is asked has format, need and example
  CHECK(said.times("customer_care_number") == 0);
  CHECK(said.heard.find("\n  text, 1 to 255 octets of text; needed by every device; for example \"com.example.dmsc\"\n"
                        "server_id: \n") != std::string::npos);
}

TEST_CASE("a group that a condition makes is asked where the condition holds alone", "[interview]") {
  const auto said = talk(model::Dut::card, {{"C_WAKE_STATUS", {"yes"}},
                                            {"C_TLS_PSK", {"yes"}},
                                            {"server_id", {"com.example"}},
                                            {"server_secret", {"secret"}},
                                            {"own_number", {"+15550177"}}});
  REQUIRE(said.result);
  for (const auto* item : {"C_TLS_CERTIFICATE", "C_TLS_MODERN", "C_XML"}) CHECK(said.times(item) == 0);
  // on-line alone, as the defaults say: the bearer is asked, and BIP as what it is elsewhere, optional
  CHECK(said.times("C_SMS_3GPP") == 2);
  CHECK(claimed(said, "C_SMS_3GPP2"));
  CHECK(said.heard.find("\nC_BIP [no]: \n") != std::string::npos);
  CHECK(said.result->ics.find("items")->find("C_TLS_PSK") == nullptr);

  const auto over_bip = talk(model::Dut::card, {{"C_WAKE_STATUS", {"yes"}},
                                                {"C_OFFLINE", {"yes"}},
                                                {"C_SCWS_BIP", {"yes"}},
                                                {"C_TLS_CERTIFICATE", {"yes"}},
                                                {"server_id", {"com.example"}},
                                                {"server_secret", {"secret"}},
                                                {"scws_ca", {"suite:fixtures/certs/ca.pem"}},
                                                {"scws_subject", {"CN=localuicc"}}});
  REQUIRE(over_bip.result);
  CHECK(over_bip.times("C_TLS_PSK") == 2);
  CHECK(over_bip.times("C_SMS_3GPP") == 0);
  CHECK(claimed(over_bip, "C_BIP"));
  CHECK(over_bip.times("scws_ca") == 2);
}

TEST_CASE("an item waits for those that its condition names", "[interview]") {
  const auto said = talk(model::Dut::device, of_a_device());
  CHECK(said.heard.find("\nD_USER_SESSION: ") < said.heard.find("\nD_XML: "));
  CHECK(said.heard.find("\nD_ISO: ") < said.heard.find("\nD_BIP: "));
}

TEST_CASE("an ill-formed answer is told why and asked again", "[interview]") {
  const auto said =
      talk(model::Dut::device, with(of_a_device(), {{"D_EEM", {"perhaps", "no"}},
                                                    {"D_CALL_CONTROL", {"yes"}},
                                                    {"customer_care_number", {"call me", "", " +15550100 "}},
                                                    {"card_key", {"nowhere.pem", localuicc}}}));
  REQUIRE(said.result);
  CHECK(said.heard.find("\n  \"perhaps\" is neither yes nor no\nD_EEM [no]: \n") != std::string::npos);
  CHECK(said.heard.find("\n  \"call me\" is not as it must be: digits, * and #, + in front when international\n") !=
        std::string::npos);
  CHECK(said.heard.find("\n  is empty\n") != std::string::npos);
  CHECK(said.heard.find("\n  nowhere.pem: cannot be read: No such file or directory\n") != std::string::npos);
  CHECK(said.result->pixit.find("values")->text_or("customer_care_number", "") == "+15550100");
}

TEST_CASE("a number is written as one", "[interview]") {
  const auto said = talk(model::Dut::card, {{"C_OFFLINE", {"yes"}},
                                            {"C_WAKE_MENU", {"yes"}},
                                            {"server_id", {"12"}},
                                            {"server_secret", {"secret"}},
                                            {"wake_menu_item", {"0", "one", "7"}}});
  REQUIRE(said.result);
  CHECK(said.result->pixit.find("values")->int_or("wake_menu_item", 0) == 7);
  CHECK(said.result->pixit.find("values")->text_or("server_id", "") == "12");
  CHECK(said.heard.find("\n  0 is outside 1 to 255\n") != std::string::npos);
  CHECK(said.heard.find("\n  \"one\" is no number\n") != std::string::npos);
}

TEST_CASE("a condition that the answers break is told at once, once, and kept", "[interview]") {
  const auto said =
      talk(model::Dut::device, with(of_a_device(), {{"D_UICC", {"no"}}, {"D_BIP", {"no"}}, {"D_UDP_LOCAL", {"no"}}}));
  REQUIRE(said.result);
  CHECK_FALSE(claimed(said, "D_BIP"));
  const std::string against =
      "\n  the statement breaks a condition: contradicts itself: ISO/IEC 7816 is an interface "
      "that carries APDUs (ICS D_ISO=true and ICS D_UICC=false)\n";
  CHECK(said.heard.find(against) < said.heard.find("\nD_ICCD: "));
  CHECK(said.heard.find("D_ISO [no]: \n  the statement breaks") != std::string::npos);
  CHECK(said.heard.find("D_BIP [yes]: \n  the statement breaks a condition: D_BIP supported (C.1: (D_ISO or D_ICCD)), "
                        "got: the ICS says no to D_BIP\n") != std::string::npos);
  CHECK(said.heard.find("the ICS says no to D_BIP") == said.heard.rfind("the ICS says no to D_BIP"));
}

TEST_CASE("answers that end, or never fit, are an error that says where", "[interview]") {
  std::istringstream in("yes\nyes\n");
  std::ostringstream out;
  const auto ended = interview(suite(), model::Dut::device, "x", "x.pixit.json", in, out);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().code == Errc::data);
  CHECK(ended.error().text() == "the answers end before D_ICCD is answered");

  std::istringstream nonsense("a\nb\nc\nd\ne\nf\n");
  const auto none = interview(suite(), model::Dut::device, "x", "x.pixit.json", nonsense, out);
  REQUIRE_FALSE(none);
  CHECK(none.error().text() == "no answer for D_UICC in 5 tries");
}

TEST_CASE("an answer without an end is an error, and no more of it is read", "[interview]") {
  std::ostringstream out;
  std::istringstream endless(std::string(longest_answer + 1000, 'y'));
  const auto ended = interview(suite(), model::Dut::device, "x", "x.pixit.json", endless, out);
  REQUIRE_FALSE(ended);
  CHECK(ended.error().text() == "the answer for D_UICC has more than 65536 octets");
  CHECK(endless.tellg() == std::streamoff(longest_answer + 1));
  std::istringstream unended("yes");
  const auto next = interview(suite(), model::Dut::device, "x", "x.pixit.json", unended, out);
  REQUIRE_FALSE(next);
  CHECK(next.error().text() == "the answers end before D_ISO is answered");
}

}  // namespace dmsc::cli

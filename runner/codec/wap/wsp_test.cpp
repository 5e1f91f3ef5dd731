// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wap/wsp.hpp"

#include <algorithm>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/wap/wdp.hpp"
#include "runner/codec/wap/wsp_headers.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string text_of(const Result<Octets>& octets) {
  return octets ? to_hex(*octets) : octets.error().text();
}

constexpr const char* application = "x-wap-application-id";

Value header(const char* name, Value value, const char* form) {
  return Value::Map{{"header", name}, {"value", std::move(value)}, {"form", form}};
}

}  // namespace

TEST_CASE("the push of the specification's example is the usual one", "[wsp]") {
  // OMA DM Notification 1.2.1, informative annex: 01 06 03 C4 AF 87, then the notification
  CHECK(text_of(encode_wsp(Value::Map{{"body", "AABB"}})) == "010603C4AF87AABB");
  const auto push = decode_wsp(hex("010603C4AF87AABB"), true);
  CHECK(push.clean());
  CHECK(write_json(wsp_facts(push)) ==
        R"({"transaction_id":1,"pdu_type":"push","headers_length":3,"headers":[{"header":"x-wap-application-id",)"
        R"("value":"x-wap-application:syncml.dm","form":"short"}],"body":"AABB",)"
        R"("content_type":"application/vnd.syncml.notification","content_type_form":"short",)"
        R"("application_id":"x-wap-application:syncml.dm","application_id_form":"short",)"
        R"("application_id_name_form":"short","application_id_place":2})");
}

TEST_CASE("a header whose name is written out says so, and goes out again that way", "[wsp]") {
  // "X-Wap-Application-Id" and 87; by hand from WAP-230-WSP, 8.4.2.6
  const std::string octets =
      "010617C4"
      "582D5761702D4170706C69636174696F6E2D496400"
      "87"
      "AABB";
  const auto push = decode_wsp(hex(octets), true);
  const auto facts = wsp_facts(push);
  CHECK(facts.text_or("application_id", "") == "x-wap-application:syncml.dm");
  CHECK(facts.text_or("application_id_form", "") == "short");
  CHECK(facts.text_or("application_id_name_form", "") == "text");
  CHECK(text_of(encode_wsp(push.value())) == octets);
}

TEST_CASE("the content type in every form", "[wsp]") {
  const std::pair<const char*, const char*> rows[] = {
      // by hand from WAP-230-WSP, 8.4.2.24
      {"C4", "short"},
      {"01C4", "long"},
      {"020144", "long"},  // a long integer in the value
      {"1F01C4", "long"},  // its length quoted
      {"246170706C69636174696F6E2F766E642E73796E636D6C2E6E6F74696669636174696F6E00", "long"},
      {"6170706C69636174696F6E2F766E642E73796E636D6C2E6E6F74696669636174696F6E00", "text"},
  };
  for (const auto& [octets, form] : rows) {
    CAPTURE(octets);
    auto pdu = hex("0106");
    auto value = hex(octets);
    if (value[0] == 0x24) value.insert(value.begin(), 0x1F);  // 36 octets need the quote
    if (value.size() > 2 && value[0] == 0x1F && value[1] == 0x24)
      value[1] = static_cast<std::uint8_t>(value.size() - 2);
    append(value, hex("AF87"));
    pdu.push_back(static_cast<std::uint8_t>(value.size()));
    append(pdu, value);
    const auto facts = wsp_facts(decode_wsp(pdu, true));
    CHECK(facts.text_or("content_type", "") == "application/vnd.syncml.notification");
    CHECK(facts.text_or("content_type_form", "") == form);
    CHECK(facts.text_or("application_id", "") == "x-wap-application:syncml.dm");
  }
}

TEST_CASE("the application id in every form", "[wsp]") {
  const std::pair<const char*, const char*> rows[] = {
      {"87", "short"}, {"0107", "long"}, {"782D7761702D6170706C69636174696F6E3A73796E636D6C2E646D00", "text"}};
  for (const auto& [octets, form] : rows) {
    CAPTURE(octets);
    auto headers = hex("C4AF");
    append(headers, hex(octets));
    auto pdu = hex("0106");
    pdu.push_back(static_cast<std::uint8_t>(headers.size()));
    append(pdu, headers);
    const auto push = decode_wsp(pdu, true);
    const auto facts = wsp_facts(push);
    CHECK(facts.text_or("application_id", "") == "x-wap-application:syncml.dm");
    CHECK(facts.text_or("application_id_form", "") == form);
    CHECK(text_of(encode_wsp(push.value())) == to_hex(pdu));
  }
}

TEST_CASE("headers by number, by name and of another code page", "[wsp]") {
  const auto push = decode_wsp(hex("01060F"
                                   "C4"
                                   "B481"
                                   "AF87"
                                   "582D4100"
                                   "4200"
                                   "7F02"
                                   "AF87"),
                               true);
  CHECK_FALSE(push.error);
  const auto* headers = push.find("headers");
  REQUIRE(headers != nullptr);
  REQUIRE(headers->as_list().size() == 4);
  CHECK(headers->as_list()[0].text_or("header", "") == "push-flag");
  CHECK(headers->as_list()[2].text_or("header", "") == "X-A");
  CHECK(headers->as_list()[2].text_or("value", "") == "B");
  CHECK(headers->as_list()[3].int_or("header", 0) == 0x2F);  // of page 2: not the application id
  CHECK(headers->as_list()[3].text_or("shift", "") == "7F02");
  CHECK(wsp_facts(push).int_or("application_id_place", 0) == 3);
  CHECK(text_of(encode_wsp(push.value())) == "01060FC4B481AF87582D410042007F02AF87");
}

TEST_CASE("well-known headers have their names and values", "[wsp]") {
  struct Row {
    const char* octets;  ///< of the header
    const char* member;
    const char* note;
  };
  const Row rows[] = {
      // by hand from WAP-230-WSP, table 39 and 8.4.2
      {"8DDC", R"({"header":"content-length","value":92,"form":"short"})", "short form"},
      {"8D0128", R"({"header":"content-length","value":40,"form":"long"})", "long form"},
      {"8D0180", R"({"header":"content-length","value":128,"form":"long"})", "long form"},
      {"8D020400", R"({"header":"content-length","value":1024,"form":"long"})", "long form"},
      {"8D020028", R"({"header":"content-length","value":40,"form":"long","raw":"8D020028"})", "long form"},
      {"920443 1D 33 0B", R"({"header":"date","value":1125987083,"form":"long"})",
       "long form, 2005-09-06 06:11:23 UTC"},
      {"94043B9ACA00", R"({"header":"expires","value":1000000000,"form":"long"})",
       "long form, 2001-09-09 01:46:40 UTC"},
      {"9D0100", R"({"header":"last-modified","value":0,"form":"long"})", "long form, 1970-01-01 00:00:00 UTC"},
      {"8502012C", R"({"header":"age","value":300,"form":"long"})", "long form"},
      {"850501000000FF", R"({"header":"age","value":4294967551,"form":"long"})", "long form"},
      {"85080000000000000001", R"({"header":"age","value":"0000000000000001","form":"octets"})", "octets form"},
      {"C394", R"({"header":"encoding-version","value":"1.4","form":"short"})", "short form"},
      {"C39F", R"({"header":"encoding-version","value":"1","form":"short"})", "short form"},
      {"C3028194", R"({"header":"encoding-version","value":"8194","form":"octets"})", "octets form"},
      {"A441 00", R"({"header":"referer","value":"A","form":"text"})", "text form"},
      {"A942 00", R"({"header":"user-agent","value":"B","form":"text"})", "text form"},
      {"A9FF", R"({"header":"user-agent","value":127,"form":"short"})", "short form"},
      {"81EA", R"({"header":"accept-charset","value":"utf-8","form":"short"})", "short form"},
      {"BBEA", R"({"header":"accept-charset","code":59,"value":"utf-8","form":"short"})", "short form"},
      {"8880", R"({"header":"cache-control","code":8,"value":"no-cache","form":"short"})", "short form"},
      {"C780", R"({"header":"cache-control","value":"no-cache","form":"short"})", "short form"},
      {"B487", R"({"header":"push-flag","value":7,"form":"short"})", "short form"},
      {"B380", R"({"header":"bearer-indication","value":0,"form":"short"})", "short form"},
      {"CB81", R"({"header":75,"value":1,"form":"short"})", "short form"},
      {"A941FF4200", R"({"header":"user-agent","value":"A.B","form":"text","raw":"A941FF4200"})", "text form"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    std::string plain(row.octets);
    std::erase(plain, ' ');
    auto pdu = hex("0106");
    const auto header = hex(plain);
    pdu.push_back(static_cast<std::uint8_t>(header.size() + 1));
    pdu.push_back(0xC4);
    append(pdu, header);
    const auto push = decode_wsp(pdu, true);
    CHECK(push.clean());
    const auto* headers = push.find("headers");
    REQUIRE(headers->as_list().size() == 1);
    CHECK(write_json(headers->as_list()[0]) == row.member);
    const auto& node = std::ranges::find(push.fields, "headers", &Node::key)->fields.at(0);
    CHECK(node.note == row.note);
    CHECK(text_of(encode_wsp(push.value())) == to_hex(pdu));
  }
  const auto unknown = decode_wsp(hex("010603C4CB81"), true);
  CHECK(std::ranges::find(unknown.fields, "headers", &Node::key)->fields.at(0).name == "header 75");
}

TEST_CASE("what cannot be read of the headers is kept, and goes out again", "[wsp]") {
  for (const auto* octets : {"010604C48D0301", "010603C4AF41", "010602C401", "010604C4AF877F", "010605C4AF870102"}) {
    CAPTURE(octets);
    const auto push = decode_wsp(hex(octets), true);
    CHECK_FALSE(push.error);
    CHECK(text_of(encode_wsp(push.value())) == octets);
  }
}

TEST_CASE("every well-known header is found by its number and its name", "[wsp]") {
  int assigned = 0;
  for (int code = 0; code <= 0x7F; ++code) {
    const auto* row = find_wsp_header(static_cast<std::uint8_t>(code));
    if (row == nullptr) continue;
    ++assigned;
    CHECK(row->code == code);
    CHECK(find_wsp_header(std::string_view(row->key)) != nullptr);
  }
  CHECK(assigned == 0x4B);  // 00 to 4A without a gap
  CHECK(static_cast<std::size_t>(assigned) == wsp_headers().size());
}

TEST_CASE("errors and oddities of a push", "[wsp]") {
  const auto error = [](const char* octets) {
    const auto push = decode_wsp(hex(octets));
    if (push.error) return push.error->text();
    const auto all = push.all_anomalies();
    return all.empty() ? std::string("none") : all[0].text + " at " + std::to_string(all[0].offset);
  };
  CHECK(error("") == "a push has at least 3 octets at offset 0");
  CHECK(error("0104") == "PDU type 04 is no push at offset 2");
  CHECK(error("0106") == "the length of the headers ends early at offset 2");
  CHECK(error("0106FFFFFFFFFF7F") == "the length of the headers ends early at offset 7");
  CHECK(error("010605C4AF87") == "headers of 5 octets, 3 are left at offset 2");
  CHECK(error("010600") == "the content type ends early at 3");
  CHECK(error("010602C4AF") == "the value of a header ends early at 4");
  CHECK(error("010603C4AF4142") == "the value of a header ends early at 5");
  CHECK(error("010604C48D0301") == "the value of a header ends early at 5");  // its length says 3 octets
  CHECK(error("010603C4AF8700") == "a notification has at least 24 octets at 7");
}

TEST_CASE("what is no push is refused by name", "[wsp]") {
  CHECK(text_of(encode_wsp(Value::Map{{"colour", 1}})) == "colour: is no member of a push");
  CHECK(text_of(encode_wsp(Value::Map{{"transaction_id", 256}})) == "transaction_id: is outside 0 to 255");
  CHECK(text_of(encode_wsp(Value::Map{{"body", "x"}})) == "body: is not hexadecimal");
  CHECK(text_of(encode_wsp(Value::Map{{"headers", Value::List{header(application, 0x9065, "short")}}})) ==
        "headers: is above 127 and has no short form");
  CHECK(text_of(encode_wsp(Value::Map{{"headers", Value::List{header(application, 7, "tall")}}})) ==
        "headers: \"tall\" is no form");
  CHECK(text_of(encode_wsp(Value::Map{{"headers", Value::List{header(application, 0x9065, "long")}}})) ==
        "010605C4AF029065");
  CHECK(text_of(encode_wsp(Value::Map{{"headers_length", 200}, {"headers", Value::List{}}})) == "01068148C4");
}

TEST_CASE("the adaptation header of 3GPP2", "[wdp]") {
  // dm.md 2.6: type, total, segment, then source port and destination port in segment 0 alone
  const auto first =
      read_wdp(hex("000200"
                   "C0020B84"
                   "010603C4AF87"));
  REQUIRE(first);
  CHECK(first->total == 2);
  CHECK(first->source_port == 0xC002);
  CHECK(first->destination_port == 2948);
  CHECK_FALSE(first->duplicated_ports);
  const auto second =
      read_wdp(hex("000201"
                   "AABB"));
  REQUIRE(second);
  CHECK(second->segment == 1);
  CHECK(to_hex(second->data) == "AABB");
  CHECK(read_wdp(hex("0000")).error().text() == "an adaptation header has at least 3 octets at offset 2");
  CHECK(read_wdp(hex("000202")).error().text() == "segment 2 of 2 at offset 1");
  CHECK(read_wdp(hex("000000")).error().text() == "segment 0 of 0 at offset 1");
  CHECK(read_wdp(hex("000100C002")).error().text() == "the ports end early at offset 5");
}

TEST_CASE("ports that stand twice are named and passed over", "[wdp]") {
  const auto octets =
      hex("000100"
          "C0020B84"
          "C0020B84"
          "010603C4AF87");
  const auto twice = read_wdp(octets);
  REQUIRE(twice);
  CHECK(twice->duplicated_ports);
  CHECK(to_hex(twice->data) == "010603C4AF87");
  CHECK(to_hex(write_wdp(*twice)) == to_hex(octets));
  const auto decoded = decode_wdp(octets);
  CHECK(decoded.all_anomalies().at(0).text == "the ports stand there twice");
  CHECK(decoded.all_anomalies().at(0).offset == 7);
  // the same four octets in front of something else are data
  CHECK_FALSE(read_wdp(hex("000100"
                           "C0020B84"
                           "C0020B84"
                           "0106024241"))
                  ->duplicated_ports);
}

TEST_CASE("any octets give a push or an error", "[wsp]") {
  std::uint32_t state = 99;
  const auto random = [&] { return state = state * 1664525U + 1013904223U; };
  for (int round = 0; round < 5000; ++round) {
    Octets octets = {1, 6};
    for (std::uint32_t left = random() >> 25; left > 0; --left)
      octets.push_back(static_cast<std::uint8_t>(random() >> 24));
    const auto push = decode_wsp(octets);
    (void)wsp_facts(push);
    (void)to_text(push);
    if (const auto wdp = read_wdp(octets)) CHECK(to_hex(write_wdp(*wdp)) == to_hex(octets));
  }
}

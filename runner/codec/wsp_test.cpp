// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wsp.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/wdp.hpp"

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
  CHECK(wsp_facts(push).int_or("application_id_place", 0) == 3);
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
  CHECK(error("010605C4AF87") == "headers of 5 octets, 3 are left at offset 3");
  CHECK(error("010600") == "the content type ends early at 3");
  CHECK(error("010602C4AF") == "the value of a header ends early at 4");
  CHECK(error("010603C4AF4142") == "the value of a header ends early at 4");
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

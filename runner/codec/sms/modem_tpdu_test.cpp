// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/modem_tpdu.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/decode.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

Value value_of(const char* kind, std::string_view octets) {
  const auto decoded = decode(*input_kind(kind), hex(octets));
  CHECK_FALSE(decoded.error);
  return decoded.value();
}

std::string odd(const Decoded& decoded) {
  std::string out = decoded.error ? decoded.error->text() + "; " : "";
  for (const auto& anomaly : decoded.all_anomalies()) {
    out += anomaly.text + " at " + std::to_string(anomaly.offset) + "; ";
  }
  return out;
}

}  // namespace

TEST_CASE("short messages as modems print them, the service centre in front", "[sms]") {
  // public reports: DarkHobbit/doublecontact 49, pmarti/python-messaging 24; the other lengths by hand
  const std::string deliver = "040B919730214365F700006280214103002105E8329BFD06";
  const std::string submit = "11000B919730214365F70000A705E8329BFD06";
  struct Row {
    const char* centre;
    const char* value;
  };
  const Row rows[] = {
      {"07919730214365F8",
       R"({"type_of_number":"international","numbering_plan":"isdn_telephony","number":"79031234568"})"},
      {"00", R"({})"},
      {"0191", R"({"type_of_number":"international","numbering_plan":"isdn_telephony"})"},
      {"029121", R"({"type_of_number":"international","numbering_plan":"isdn_telephony","number":"12"})"},
      {"03812143", R"({"type_of_number":"unknown","numbering_plan":"isdn_telephony","number":"1234"})"},
      {"049121436F", R"({"type_of_number":"international","numbering_plan":"isdn_telephony","number":"1234?6",)"
                     R"("raw":"049121436F"})"},
      {"0591214365F7", R"({"type_of_number":"international","numbering_plan":"isdn_telephony","number":"1234567"})"},
      {"06912143658709",
       R"({"type_of_number":"international","numbering_plan":"isdn_telephony","number":"1234567890"})"},
      {"0891214365870921F3",
       R"({"type_of_number":"international","numbering_plan":"isdn_telephony","number":"1234567890123"})"},
      {"099121436587092143F5",
       R"({"type_of_number":"international","numbering_plan":"isdn_telephony","number":"123456789012345"})"},
      {"0A9121436587092143658F",
       R"({"type_of_number":"international","numbering_plan":"isdn_telephony","number":"1234567890123456?8",)"
       R"("raw":"0A9121436587092143658F"})"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.centre);
    for (const auto& [kind, tpdu] : {std::pair("sms-deliver", deliver), std::pair("sms-submit", submit)}) {
      CAPTURE(kind);
      const auto octets = row.centre + tpdu;
      const auto value = value_of(kind, octets);
      REQUIRE(value.find("service_centre") != nullptr);
      CHECK(write_json(*value.find("service_centre")) == row.value);
      CHECK(value.text_or("text", "") == "hello");
      const auto back = encode_modem_tpdu(*find_tpdu(std::string_view(kind).substr(4)), value);
      CHECK((back ? to_hex(*back) : back.error().text()) == octets);
    }
  }
}

TEST_CASE("a TPDU alone is read as one, whatever it begins with", "[sms]") {
  const auto value = value_of("sms-deliver", "040B919730214365F700006280214103002105E8329BFD06");
  CHECK(value.find("service_centre") == nullptr);
  CHECK(value.text_or("text", "") == "hello");
  // a length of the user data that lies is not taken for a service centre
  const auto lies = decode(InputKind::sms_submit, hex("0100028121000408AABBCC"));
  CHECK(lies.find("service_centre") == nullptr);
  CHECK(odd(lies) == "says 8 octets, 3 are there at 7; ");
  const auto other = decode(InputKind::sms_submit, hex("0402812100002111211000000000"));
  REQUIRE(other.error);
  CHECK(odd(decode(InputKind::sms_deliver, {})) == "a TPDU has at least one octet at offset 0; ");
}

TEST_CASE("places behind a service centre are those of the whole", "[sms]") {
  const auto fill = decode(InputKind::sms_deliver, hex("00"
                                                       "04059121430500006280214103002105E8329BFD06"));
  CHECK(fill.find("originator")->text_or("number", "") == "12345");
  CHECK(odd(fill) == "fill behind the last digit is 0, not F at 6; ");
  const auto centre = decode(InputKind::sms_deliver, hex("0391F143"
                                                         "040B919730214365F700006280214103002105E8329BFD06"));
  CHECK(odd(centre) == "F stands among the digits at 2; ");
}

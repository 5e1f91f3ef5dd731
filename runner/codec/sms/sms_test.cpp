// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/sms.hpp"

#include <algorithm>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/codec/decode.hpp"
#include "runner/codec/sms/user_data.hpp"
#include "runner/codec/wire/sms_coding.hpp"
#include "runner/codec/wire/text.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

Result<Octets> submit(const Value& members) {
  return encode_tpdu(*find_tpdu("submit"), members);
}

Value address(const char* number, const char* type = "international") {
  return Value::Map{{"type_of_number", type}, {"number", number}};
}

std::string text_of(const Result<Octets>& octets) {
  return octets ? to_hex(*octets) : octets.error().text();
}

}  // namespace

TEST_CASE("each TPDU row reads its sample and writes it again", "[sms]") {
  std::size_t walked = 0;
  for (const auto& row : tpdus()) {
    CAPTURE(row.key, row.sample);
    const auto octets = hex(row.sample);
    const auto decoded = decode_tpdu(octets, row.way);
    CHECK_FALSE(decoded.error);
    CHECK(decoded.all_anomalies().empty());
    CHECK(decoded.key == row.key);
    CHECK(text_of(encode_tpdu(row, decoded.value())) == to_hex(octets));
    CHECK(find_tpdu(row.key) == &row);
    for (const auto* word : {row.name, row.clause, row.origin}) CHECK_FALSE(std::string_view(word).empty());
    ++walked;
  }
  CHECK(walked == 6);
  CHECK(find_tpdu("no_such") == nullptr);
}

TEST_CASE("each header element reads its sample and writes it again", "[sms]") {
  for (const auto& row : header_elements()) {
    CAPTURE(row.key);
    const auto octets = hex(row.sample);
    CHECK(octets[0] == row.id);
    const auto decoded = decode_header(octets, 0);
    REQUIRE(decoded.elements.size() == 1);
    CHECK(decoded.elements[0].text_or("element", "") == row.key);
    CHECK(decoded.nodes[0].anomalies.empty());
    auto back = encode_header(decoded.elements);
    REQUIRE(back);
    CHECK(to_hex(ByteView(*back).subspan(1)) == to_hex(octets));
  }
  const auto unknown = decode_header(hex("6F02AABB0003420201"), 10);
  REQUIRE(unknown.elements.size() == 2);
  CHECK(write_json(unknown.elements[0]) == R"({"element":111,"data":"AABB"})");
  CHECK(unknown.nodes[1].offset == 14);
}

TEST_CASE("what is wrong with a header is an anomaly with its place", "[sms]") {
  const auto cut = decode_header(hex("0504"), 7);
  REQUIRE(cut.nodes.size() == 1);
  REQUIRE(cut.nodes[0].anomalies.size() == 1);
  CHECK(cut.nodes[0].anomalies[0].text == "element 05 ends early");
  CHECK(cut.nodes[0].anomalies[0].offset == 8);  // the length octet
  const auto odd = decode_header(hex("00024202"), 0);
  CHECK(odd.nodes[0].anomalies.at(0).text == "length 2 is not 3");
  CHECK(odd.nodes[0].anomalies.at(0).offset == 1);
  CHECK(odd.elements[0].text_or("data", "") == "4202");
}

TEST_CASE("a concatenation that makes no sense is as if it were not there", "[sms]") {
  for (const auto* element : {"0003420001", "0003420200", "0003420203"}) {
    CAPTURE(element);
    CHECK_FALSE(summary_of(decode_header(hex(element), 0).elements).reference);
  }
  const auto summary = summary_of(decode_header(hex("08041234030205040B84C002"), 0).elements);
  CHECK(summary.reference == 0x1234);
  CHECK(summary.wide_reference);
  CHECK(summary.total == 3);
  CHECK(summary.sequence == 2);
  CHECK(summary.destination_port == 2948);
  CHECK(summary.source_port == 0xC002);
}

TEST_CASE("coding schemes by group", "[sms]") {
  // 3GPP TS 23.038, 4, read off the table by hand
  struct Row {
    int dcs;
    const char* words;
  };
  const Row rows[] = {
      {0x00, "GSM 7-bit default alphabet"},
      {0x04, "8-bit data"},
      {0x08, "UCS2"},
      {0x0C, "reserved alphabet"},
      {0x15, "8-bit data, class 1"},
      {0x16, "8-bit data, class 2"},
      {0x20, "GSM 7-bit default alphabet, compressed"},
      {0x44, "8-bit data, marked for automatic deletion"},
      {0x51, "GSM 7-bit default alphabet, class 1, marked for automatic deletion"},
      {0x80, "GSM 7-bit default alphabet, reserved coding group"},
      {0xBF, "GSM 7-bit default alphabet, reserved coding group"},
      {0xC8, "GSM 7-bit default alphabet, message waiting, to be discarded"},
      {0xD0, "GSM 7-bit default alphabet, message waiting, to be stored"},
      {0xE1, "UCS2, message waiting, to be stored"},
      {0xF0, "GSM 7-bit default alphabet, class 0"},
      {0xF5, "8-bit data, class 1"},
      {0xF6, "8-bit data, class 2"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.dcs);
    CHECK(describe(sms_coding(std::uint8_t(row.dcs))) == row.words);
  }
}

TEST_CASE("septets pack and unpack behind any number of fill bits", "[sms]") {
  // "hellohello" of 3GPP TS 23.038, as everybody packs it
  CHECK(to_hex(pack_septets(encode_gsm_octets("hellohello").value(), 0)) == "E8329BFD4697D9EC37");
  for (unsigned fill = 0; fill < 7; ++fill) {
    for (std::size_t count = 0; count <= 17; ++count) {
      Octets septets;
      for (std::size_t at = 0; at < count; ++at) septets.push_back(static_cast<std::uint8_t>((at * 37 + 11) & 0x7F));
      const auto packed = pack_septets(septets, fill);
      CAPTURE(fill, count, to_hex(packed));
      CHECK(packed.size() == (count == 0 ? 0 : (fill + count * 7 + 7) / 8));
      CHECK(to_hex(unpack_septets(packed, fill, count)) == to_hex(septets));
    }
  }
  CHECK(unpack_septets(hex("FF"), 0, 5).size() == 1);
  CHECK(unpack_septets({}, 3, 5).empty());
}

TEST_CASE("addresses of every type", "[sms]") {
  struct Row {
    const char* octets;
    const char* type;
    const char* number;
  };
  // by hand from 3GPP TS 23.040, 9.1.2.5
  const Row rows[] = {
      {"0B916407281553F8", "international", "46708251358"},
      {"048110 32", "unknown", "0123"},
      {"03A121F3", "national", "123"},
      {"02B121", "network_specific", "12"},
      {"02C121", "subscriber", "12"},
      {"02E121", "abbreviated", "12"},
      {"04D04121", "alphanumeric", "AB"},
      {"0081", "unknown", ""},
      {"05 81 BA1CF2", "unknown", "*#a12"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    auto octets = hex("0100");
    append(octets, hex(row.octets));
    append(octets, hex("000000"));
    const auto decoded = decode_tpdu(octets, SmsWay::from_terminal);
    CHECK_FALSE(decoded.error);
    const auto* destination = decoded.find("destination");
    REQUIRE(destination != nullptr);
    CHECK(destination->text_or("type_of_number", "") == row.type);
    CHECK(destination->text_or("number", "") == row.number);
    CHECK(text_of(submit(decoded.value())) == to_hex(octets));
  }
}

TEST_CASE("validity periods of every format", "[sms]") {
  const auto with = [](const char* format, Value period) {
    return submit(Value::Map{{"message_reference", 0},
                             {"destination", address("12", "unknown")},
                             {"dcs", 0},
                             {"validity_period_format", format},
                             {"validity_period", std::move(period)}});
  };
  CHECK(text_of(with("relative", 167)) ==
        "1100028121"
        "0000A700");
  CHECK(text_of(with("absolute", Value::Map{{"year", 26}, {"month", 11}, {"day", 25}, {"zone", -8}})) ==
        "1900028121"
        "0000"
        "62115200000088"
        "00");
  CHECK(text_of(with("enhanced", "41020000000000")) ==
        "0900028121"
        "0000"
        "41020000000000"
        "00");
  CHECK(text_of(with("relative", 256)) == "validity_period: is no number from 0 to 255");
  CHECK(text_of(with("enhanced", "41")) == "validity_period: is not 7 octets");
  const std::pair<const char*, const char*> notes[] = {
      {"00", "5 minutes"}, {"8F", "720 minutes"}, {"A7", "1440 minutes"}, {"A8", "2 days"}, {"FF", "63 weeks"}};
  for (const auto& [octet, note] : notes) {
    const auto decoded = decode_tpdu(hex(std::string("1100028121") + "0000" + octet + "00"), SmsWay::from_terminal);
    for (const auto& node : decoded.fields) {
      if (node.key == "validity_period") CHECK(node.note == note);
    }
  }
}

TEST_CASE("a time that is none keeps its octets", "[sms]") {
  const auto octets = hex("040281210000FF1121100000080100");
  const auto decoded = decode_tpdu(octets, SmsWay::to_terminal);
  const auto* stamp = decoded.find("timestamp");
  REQUIRE(stamp != nullptr);
  CHECK(stamp->text_or("raw", "") == "FF112110000008");
  CHECK(decoded.all_anomalies().at(0).text == "is no time: a digit is above 9");
}

TEST_CASE("digits of an address are those that its length counts", "[sms]") {
  struct Row {
    const char* octets;  ///< length, type, digits
    const char* number;
    const char* odd;
  };
  const Row rows[] = {
      // 3GPP TS 23.040, 9.1.2.5: an odd number of digits is filled with 1111
      {"05912143F5", "12345", ""},
      {"0591214305", "12345", "fill behind the last digit is 0, not F at 5; "},
      {"0591214395", "12345", "fill behind the last digit is 9, not F at 5; "},
      {"05912143A5", "12345", "fill behind the last digit is A, not F at 5; "},
      {"06912143F5", "12345", "length says 6 digits, 5 are there at 1; "},
      {"0691F14365", "1?3456", "F stands among the digits at 3; "},
      {"05811F43F5", "?1345", "F stands among the digits at 3; "},
      {"0181F1", "1", ""},
      {"0181FF", "", "length says 1 digits, 0 are there at 1; "},
      {"0091", "", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    for (const bool deliver : {true, false}) {
      auto octets = hex(deliver ? "04" : "01");
      if (!deliver) octets.push_back(0x00);
      append(octets, hex(row.octets));
      append(octets, hex(deliver ? "0004"
                                   "21112110000000"
                                   "01AA"
                                 : "0004"
                                   "01AA"));
      const auto decoded = decode_tpdu(octets, deliver ? SmsWay::to_terminal : SmsWay::from_terminal);
      REQUIRE_FALSE(decoded.error);
      CHECK(decoded.find(deliver ? "originator" : "destination")->text_or("number", "") == row.number);
      std::string odd;
      for (const auto& anomaly : decoded.all_anomalies()) {
        odd += anomaly.text + " at " + std::to_string(anomaly.offset - (deliver ? 0 : 1)) + "; ";
      }
      CHECK(odd == row.odd);
      CHECK(text_of(encode_tpdu(*find_tpdu(decoded.key), decoded.value())) == to_hex(octets));
    }
  }
}

TEST_CASE("a time zone of minus zero is one, and said to be", "[sms]") {
  const auto octets = hex("0402812100002111211000000800");
  const auto decoded = decode_tpdu(octets, SmsWay::to_terminal);
  const auto* stamp = decoded.find("timestamp");
  REQUIRE(stamp != nullptr);
  CHECK(stamp->int_or("zone", 99) == 0);
  CHECK(stamp->text_or("raw", "") == "21112110000008");
  REQUIRE(decoded.all_anomalies().size() == 1);
  CHECK(decoded.all_anomalies()[0].text == "time zone is minus zero");
  CHECK(decoded.all_anomalies()[0].offset == 12);
  CHECK(text_of(encode_tpdu(*find_tpdu("deliver"), decoded.value())) == to_hex(octets));
  // minus a quarter of an hour is none
  CHECK(decode_tpdu(hex("0402812100002111211000001800"), SmsWay::to_terminal).clean());
}

TEST_CASE("the length of command data is judged against what is there", "[sms]") {
  const auto cut = decode_tpdu(hex("020700022A04811032"), SmsWay::from_terminal);
  REQUIRE(cut.error);
  CHECK(cut.error->text() == "field \"command_length\" needs 8 bits, 0 are left at offset 9");
  const auto lies = decode_tpdu(hex("020700022A0481103205AABB"), SmsWay::from_terminal);
  REQUIRE(lies.all_anomalies().size() == 1);
  CHECK(lies.all_anomalies()[0].text == "says 5 octets, 2 are there");
  CHECK(lies.all_anomalies()[0].offset == 9);
  CHECK(text_of(encode_tpdu(*find_tpdu("command"), lies.value())) == "020700022A0481103205AABB");
}

TEST_CASE("a header that is announced and not there is no member", "[sms]") {
  const auto decoded = decode_tpdu(hex("41000281210004 00"), SmsWay::from_terminal);
  CHECK(decoded.find("header") == nullptr);
  REQUIRE(decoded.all_anomalies().size() == 1);
  CHECK(decoded.all_anomalies()[0].text == "the user data header is missing");
  CHECK(decoded.all_anomalies()[0].offset == 7);
}

TEST_CASE("an escape that opens nothing keeps its character", "[sms]") {
  // septets 61 1B 47: the extension table has no 47, TS 23.038, 6.2.1.1
  const auto decoded = decode_tpdu(hex("01000B915155210300F0000003E1CD11"), SmsWay::from_terminal);
  const auto* text = decoded.find("text");
  REQUIRE(text != nullptr);
  CHECK(text->text_or("text", "") == "aG");
  REQUIRE(decoded.all_anomalies().size() == 1);
  CHECK(decoded.all_anomalies()[0].text ==
        "escape before 47, which the extension table lacks: the main table's character is shown");
  CHECK(decoded.all_anomalies()[0].offset == 13);
  CHECK(text_of(encode_tpdu(*find_tpdu("submit"), decoded.value())) == "01000B915155210300F0000003E1CD11");
}

TEST_CASE("the length of the user data is judged against what is there", "[sms]") {
  const auto first = [](const char* text) {
    const auto decoded = decode_tpdu(hex(text), SmsWay::from_terminal);
    REQUIRE_FALSE(decoded.error);
    const auto all = decoded.all_anomalies();
    return all.empty() ? std::string() : all[0].text + " at " + std::to_string(all[0].offset);
  };
  CHECK(first("0100028121000403AABBCC").empty());
  CHECK(first("0100028121000402AABBCC") == "says 2 octets, 3 are there at 7");
  CHECK(first("0100028121000408AABBCC") == "says 8 octets, 3 are there at 7");
  CHECK(first("4100028121000403050405") == "the user data header ends early at 8");
}

TEST_CASE("a push is seen through all its layers, with places in the TPDU", "[sms]") {
  // the wrapping of dm.md 3.1 around a notification captured in the field (shared vectors, sprint-NIDC)
  const auto octets =
      hex("41000481103200042B0605040B84C002010603C4AF87109E2E4D1EE2B383A6E183BA4BE2CA1402E800000066E906737072696E74");
  const auto decoded = decode_tpdu(octets, SmsWay::from_terminal);
  CHECK(decoded.clean());
  const auto& data = decoded.fields.back();
  REQUIRE(data.key == "data");
  const auto& body = data.fields.back();
  REQUIRE(body.key == "body");
  CHECK(body.offset == 22);
  const auto id =
      std::find_if(body.fields.begin(), body.fields.end(), [](const Node& node) { return node.key == "server_id"; });
  REQUIRE(id != body.fields.end());
  CHECK(id->value == Value("sprint"));
  CHECK(id->offset == octets.size() - 6);
}

TEST_CASE("errors of a TPDU name their place", "[sms]") {
  const auto error = [](const char* text, SmsWay way = SmsWay::from_terminal) {
    const auto decoded = decode_tpdu(hex(text), way);
    return decoded.error ? decoded.error->text() : std::string("none");
  };
  CHECK(error("") == "a TPDU has at least one octet at offset 0");
  CHECK(error("03") == "message type 3 is reserved at offset 0");
  CHECK(error("01") == "field \"message_reference\" needs 8 bits, 0 are left at offset 1");
  CHECK(error("0100048110") == "address \"destination\" ends early at offset 2");
  CHECK(error("0100048110320004") == "the length of the user data is missing at offset 8");
  CHECK(error("0402812100002111", SmsWay::to_terminal) == "time stamp \"timestamp\" ends early at offset 6");
  const auto other = decode(InputKind::sms_deliver, hex("05028121000021112110000000 00"));
  REQUIRE(other.error);
}

TEST_CASE("what cannot be written is refused by name", "[sms]") {
  Value members = Value::Map{{"message_reference", 0}, {"destination", address("12")}, {"dcs", 4}, {"data", "AA"}};
  CHECK(submit(members).has_value());
  const auto wrong = [&](const char* key, Value value) {
    auto other = members;
    other[key] = std::move(value);
    return text_of(submit(other));
  };
  CHECK(wrong("dcs", 256) == "dcs: is no number from 0 to 255");
  CHECK(wrong("message_reference", 256) == "message_reference: 256 does not fit in 8 bits");
  CHECK(wrong("destination", address("12x")) == "destination: character is not one of 0-9 * # a b c at offset 2");
  CHECK(wrong("data", "AAB") == "data: odd number of hexadecimal digits at offset 3");
  CHECK(wrong("text", "x") == "text: cannot be written in this coding scheme");
  CHECK(wrong("user_data_length", 300) == "user_data_length: is outside 0 to 255");
  CHECK(wrong("originator", address("12")) == "originator: is no member");
  CHECK(wrong("header", Value::List{Value::Map{{"element", "ports_15"}}}) ==
        "header.element: \"ports_15\" is not known, did you mean \"ports_16\"");
}

TEST_CASE("any octets give a TPDU or an error, and what is read is written again", "[sms]") {
  std::uint32_t state = 12345;
  const auto random = [&] { return state = state * 1664525U + 1013904223U; };
  for (int round = 0; round < 4000; ++round) {
    Octets octets;
    const auto size = random() >> 24;
    for (std::uint32_t at = 0; at < size; ++at) octets.push_back(static_cast<std::uint8_t>(random() >> 24));
    for (const auto way : {SmsWay::from_terminal, SmsWay::to_terminal}) {
      const auto decoded = decode_tpdu(octets, way);
      if (decoded.error) continue;
      const auto back = encode_tpdu(*find_tpdu(decoded.key), decoded.value());
      CAPTURE(to_hex(octets), write_json(decoded.value()));
      REQUIRE(back);
      REQUIRE(to_hex(*back) == to_hex(octets));
    }
  }
}

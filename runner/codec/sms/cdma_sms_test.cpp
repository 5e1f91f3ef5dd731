// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/cdma_sms.hpp"

#include <algorithm>
#include <map>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string text_of(const Result<Octets>& octets) {
  return octets ? to_hex(*octets) : octets.error().text();
}

void check_rows(std::span<const CdmaParameter> rows, bool bearer) {
  for (const auto& row : rows) {
    CAPTURE(row.key, row.sample);
    for (const auto* word : {row.key, row.name, row.origin}) CHECK_FALSE(std::string_view(word).empty());
    auto octets = hex(row.sample);
    REQUIRE(octets.size() >= 2);
    CHECK(octets[0] == row.id);
    CHECK(octets[1] == octets.size() - 2);
    if (!bearer) octets.insert(octets.begin(), 0x00);
    const auto decoded = bearer ? decode_bearer_data(octets) : decode_cdma_sms(octets);
    CHECK_FALSE(decoded.error);
    CHECK(decoded.fields.back().key == row.key);
    CHECK(decoded.all_anomalies().empty());
    CHECK(decoded.fields.back().value.find("raw") == nullptr);
    CHECK(text_of(bearer ? encode_bearer_data(decoded.value()) : encode_cdma_sms(decoded.value())) == to_hex(octets));
  }
}

}  // namespace

TEST_CASE("each CDMA parameter reads its sample and writes it again", "[cdma]") {
  check_rows(transport_parameters(), false);
  check_rows(bearer_parameters(), true);
}

TEST_CASE("a push in a CDMA message is seen through all its layers", "[cdma]") {
  // the wrapping of dm.md 3.5, read by tshark as teleservice 4100, deliver, id 4660, 43 octets
  const auto octets =
      hex("0000021004020702A848D159E24008340003112340012D015800080600105C2008301E257C3884F17268F7159C1D370C1DD25F1650A0"
          "17400"
          "000033748339B83934B73A0");
  const auto decoded = decode_cdma_sms(octets);
  CHECK(decoded.clean());
  CHECK(*decoded.find("teleservice") == Value("wap"));
  CHECK(decoded.find("originating_address")->text_or("number", "") == "0123456789");
  const auto* bearer = decoded.find("bearer_data");
  REQUIRE(bearer != nullptr);
  CHECK(bearer->at_path("message_identifier.message_id")->as_int() == 4660);
  CHECK(bearer->at_path("user_data.fields")->as_int() == 43);
  CHECK(to_text(decoded).find("server identifier: sprint") != std::string::npos);
  CHECK(text_of(encode_cdma_sms(decoded.value())) == to_hex(octets));
}

TEST_CASE("texts of every encoding go both ways", "[cdma]") {
  const std::pair<const char*, const char*> rows[] = {
      {"ascii_7", "Test 123"}, {"ia5", "Test 123"}, {"unicode", "Tëst €"}, {"latin", "Tëst"}, {"gsm7", "T€st {1}"}};
  for (const auto& [encoding, text] : rows) {
    CAPTURE(encoding);
    const Value members = Value::Map{
        {"message_identifier", Value::Map{{"message_type", "submit"}, {"message_id", 1}, {"header_indicator", false}}},
        {"user_data", Value::Map{{"encoding", encoding}, {"text", text}}}};
    const auto octets = encode_bearer_data(members);
    REQUIRE(octets);
    const auto decoded = decode_bearer_data(*octets);
    CHECK(decoded.clean());
    CHECK(decoded.find("user_data")->text_or("text", "") == text);
    CHECK(text_of(encode_bearer_data(decoded.value())) == to_hex(*octets));
  }
}

TEST_CASE("a user data header in front of every encoding", "[cdma]") {
  const Value header =
      Value::List{Value::Map{{"element", "concatenation_8"}, {"reference", 5}, {"total", 2}, {"sequence", 1}}};
  for (const auto* encoding : {"octet", "ascii_7", "gsm7", "latin", "unicode"}) {
    CAPTURE(encoding);
    Value data = Value::Map{{"encoding", encoding}, {"header", header}};
    if (std::string_view(encoding) == "octet") {
      data["data"] = "AABBCC";
    } else {
      data["text"] = "Hello";
    }
    const Value members = Value::Map{
        {"message_identifier", Value::Map{{"message_type", "deliver"}, {"message_id", 7}, {"header_indicator", true}}},
        {"user_data", data}};
    const auto octets = encode_bearer_data(members);
    REQUIRE(octets);
    const auto decoded = decode_bearer_data(*octets);
    CAPTURE(to_hex(*octets), write_json(decoded.value()));
    CHECK(decoded.clean());
    const auto* seen = decoded.find("user_data");
    CHECK(write_json(*seen->find("header")) == write_json(header));
    if (const auto* text = seen->find("text")) CHECK(*text == Value("Hello"));
  }
}

TEST_CASE("errors of a CDMA message name their place", "[cdma]") {
  const auto first = [](const char* octets) {
    const auto decoded = decode_cdma_sms(hex(octets));
    if (decoded.error) return decoded.error->text();
    const auto all = decoded.all_anomalies();
    return all.empty() ? std::string("none") : all[0].text + " at " + std::to_string(all[0].offset);
  };
  CHECK(first("") == "a message has at least one octet at offset 0");
  CHECK(first("05") == "message type 5 is reserved at 0");
  CHECK(first("0000021004"
              "0205") == "parameter 02 ends early at offset 6");
  CHECK(first("000001"
              "10") == "field \"\" needs 16 bits, 8 are left at 3");
  CHECK(first("0002010A") == "the number ends early at 3");
  CHECK(first("000807"
              "0003112340"
              "0105") == "parameter 01 ends early at 9");
  CHECK(first("000808"
              "0003112340"
              "010100") == "field \"fields\" needs 8 bits, 3 are left at 10");
}

TEST_CASE("octets of a CDMA message that its fields do not account for are an anomaly with their place", "[cdma]") {
  struct Row {
    const char* octets;  // bearer data, by hand from C.S0015, 4.5
    const char* anomaly;
  };
  const auto row = GENERATE(values<Row>({
      {"0003 200010 0104 00100D10", ""},
      {"0003 200010 0106 00100D10 FFFF", "2 octets more than the fields need at offset 11"},
      {"0003 200010 0105 0008 0D1010", "octets that the fields do not account for at offset 9"},
      {"0004 200010FF", "1 octets more than the fields need at offset 5"},
      {"0003 200010 0003 200010", "parameter 00 comes twice at offset 5"},
      {"0003 200010 0104 00100D10 0104 00100D10", "parameter 01 comes twice at offset 11"},
  }));
  CAPTURE(row.octets);
  const auto bearer = decode_bearer_data(hex(row.octets));
  CHECK_FALSE(bearer.error);
  const auto anomalies = bearer.all_anomalies();
  std::string first;
  if (!anomalies.empty()) first = anomalies[0].text + " at offset " + std::to_string(anomalies[0].offset);
  CHECK(first == row.anomaly);
}

TEST_CASE("the message identifier tells of a header wherever it stands", "[cdma]") {
  // By hand: octets, 8 fields, a header of one element 05 with 2948 and 49154, one octet AA; then the identifier.
  const auto user_data = "010A00403028205C26001550";
  const auto identifier = "0003 200018";
  for (const auto& octets : {std::string(user_data) + identifier, identifier + std::string(user_data)}) {
    CAPTURE(octets);
    const auto bearer = decode_bearer_data(hex(octets));
    const auto value = bearer.value();
    const auto* header = value.at_path("user_data.header");
    REQUIRE(header != nullptr);
    CHECK(write_json(*header) == R"([{"element":"ports_16","destination_port":2948,"source_port":49154}])");
    CHECK(value.at_path("user_data.data")->as_string() == "AA");
  }
}

TEST_CASE("a CDMA message that cannot be written is refused by name", "[cdma]") {
  CHECK(text_of(encode_cdma_sms(Value::Map{{"colour", "AA"}})) == "colour: is no parameter");
  CHECK(text_of(encode_cdma_sms(Value::Map{{"teleservice", "fax"}})).starts_with("teleservice: "));
  CHECK(text_of(encode_cdma_sms(Value::Map{
            {"destination_address", Value::Map{{"digit_mode", false}, {"number_mode", false}, {"number", "12x"}}}})) ==
        "destination_address.number: character is not one of 0-9 * # at offset 2");
  CHECK(text_of(encode_bearer_data(Value::Map{{"user_data", Value::Map{{"encoding", "ascii_7"}, {"text", "ë"}}}})) ==
        "user_data.text: character is not ASCII");
  CHECK(text_of(encode_bearer_data(Value::Map{{"user_data", Value::Map{{"encoding", "octet"}, {"text", "x"}}}})) ==
        "user_data.text: cannot be written in this encoding");
}

TEST_CASE("any octets give a CDMA message or an error, and what is read is written again", "[cdma]") {
  std::uint32_t state = 4242;
  const auto random = [&] { return state = state * 1664525U + 1013904223U; };
  int read = 0;
  for (int round = 0; round < 20000; ++round) {
    // chains of parameters, so that more than headers is reached
    Octets octets = {0x00};
    for (int parameters = 1 + static_cast<int>(random() >> 30); parameters > 0; --parameters) {
      Octets value;
      for (std::uint32_t left = random() >> 27; left > 0; --left)
        value.push_back(static_cast<std::uint8_t>(random() >> 24));
      octets.push_back(static_cast<std::uint8_t>(random() >> 28));
      octets.push_back(static_cast<std::uint8_t>(value.size()));
      append(octets, value);
    }
    const auto decoded = decode_cdma_sms(octets);
    (void)to_text(decoded);
    const auto bearer = decode_bearer_data(ByteView(octets).subspan(1));
    if (decoded.error || bearer.error) continue;
    CAPTURE(to_hex(octets), write_json(decoded.value()), write_json(bearer.value()));
    std::map<std::string, int> keys;
    for (const auto& node : bearer.fields) ++keys[node.key];
    // a map does not keep the order of a parameter that comes twice with another in between
    if (std::any_of(keys.begin(), keys.end(), [](const auto& key) { return key.second > 1; })) continue;
    REQUIRE(text_of(encode_bearer_data(bearer.value())) == to_hex(ByteView(octets).subspan(1)));
    ++read;
  }
  CHECK(read > 5000);
}

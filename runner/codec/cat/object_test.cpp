// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/object.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string hex_of(const Result<Octets>& octets) {
  return octets ? to_hex(*octets) : octets.error().text();
}

/// The one object that `text` holds, with the error it drew.
Node object_in(std::string_view text, std::optional<Error>* error = nullptr) {
  auto read = decode_objects(hex(text), 0);
  REQUIRE(read.nodes.size() == 1);
  if (error != nullptr) *error = read.error;
  if (error == nullptr) CHECK_FALSE(read.error);
  return std::move(read.nodes[0]);
}

std::string encoded(std::string_view key, const char* json, bool comprehension = true) {
  const auto* row = find_object(key);
  REQUIRE(row != nullptr);
  return hex_of(encode_object(*row, parse_json(json, "test").value(), comprehension));
}

std::string anomalies_of(const Node& node) {
  std::string out;
  for (const auto& anomaly : node.anomalies) out += anomaly.text + " at " + std::to_string(anomaly.offset) + "; ";
  return out;
}

void check_row(const ObjectSpec& row) {
  const auto sample = hex(row.sample);
  Cursor cursor(sample);
  const auto tlv = read_tlv(cursor, TlvForm::comprehension);
  REQUIRE(tlv);
  std::optional<Error> error;
  const auto node = decode_object(*tlv, error);
  CHECK_FALSE(error);
  CHECK(anomalies_of(node).empty());
  CHECK(node.key == row.key);
  CHECK(node.name == row.name);
  CHECK(node.clause == row.clause);
  CHECK(node.offset == 0);
  CHECK(node.octets == sample);
  CHECK(hex_of(encode_node(node)) == to_hex(sample));
  CHECK(hex_of(encode_object(row, node.value, tlv->comprehension)) == to_hex(sample));
  for (const auto& field : node.fields) {
    CHECK(same(field.octets, ByteView(sample).subspan(field.offset, field.octets.size())));
  }

  const auto cut = decode_objects(ByteView(sample).first(sample.size() - 1), 100);
  REQUIRE(cut.error);
  CHECK(cut.error->code == Errc::truncated);
  CHECK(cut.cut);
  if (tlv->value.empty()) {
    CHECK(cut.error->offset == 101);  // the length is not there
    CHECK(cut.nodes.empty());
    return;
  }
  CHECK(cut.error->offset == 100 + tlv->length_offset);
  REQUIRE(cut.nodes.size() == 1);
  CHECK(cut.nodes[0].key == row.key);
  CHECK(same(cut.nodes[0].octets, ByteView(sample).first(sample.size() - 1)));
  CHECK(hex_of(encode_node(cut.nodes[0])) == to_hex(ByteView(sample).first(sample.size() - 1)));
}

}  // namespace

TEST_CASE("each object row reads its sample and writes it again") {
  std::size_t walked = 0;
  for (const auto& row : objects()) {
    CAPTURE(row.key, row.sample, row.origin);
    check_row(row);
    ++walked;
  }
  REQUIRE(walked == objects().size());
  REQUIRE(walked > 100);
}

TEST_CASE("values of objects, worked by hand") {
  struct Row {
    const char* octets;
    const char* value;
  };
  const Row rows[] = {
      {"8103014001", R"({"number":1,"type":"open_channel","qualifier":1})"},
      {"81030150FF", R"({"number":1,"type":80,"qualifier":255})"},
      {"02028199", R"({"source":"uicc","destination":153})"},
      {"83023A10", R"({"general":"bip_error","additional":"port_not_available"})"},
      {"83023A7F", R"({"general":"bip_error","additional":127})"},
      {"83040001AABB", R"({"general":"performed","additional":1,"more":"AABB"})"},
      {"060891103254769801F2",
       R"({"no_extension":true,"type_of_number":"international","numbering_plan":"isdn_telephony","digits":"0123456789102"})"},
      {"0604910F2143",
       R"({"no_extension":true,"type_of_number":"international","numbering_plan":"isdn_telephony","digits":{"text":"?01234","raw":"0F2143"}})"},
      {"8500", R"("")"},
      {"8504414243FF", R"({"text":"ABC","raw":"414243FF"})"},
      {"850780041F04400438", R"("При")"},
      {"850680041F044004", R"({"text":"Пр\uFFFD","raw":"80041F044004"})"},
      {"8D00", R"({})"},
      {"8D0104", R"({"dcs":"gsm7"})"},
      {"8D0900C42668C84E97DD74", R"({"dcs":"gsm7_packed","text":"DM Client"})"},
      {"8D03204142", R"({"dcs":32,"text":{"text":"4142","raw":"4142"}})"},
      {"8D0508041F0440", R"({"dcs":"ucs2","text":"Пр"})"},
      {"9900", R"([])"},
      {"9903090AFE", R"(["data_available","channel_status",254])"},
      {"1B0101", R"("limited_service")"},
      {"1B0133", R"(51)"},
      {"A4010A", R"(10)"},
      {"A503325401", R"({"hours":23,"minutes":45,"seconds":10})"},
      {"A503A25401", R"({"hours":{"raw":"A2"},"minutes":45,"seconds":10})"},
      {"B8028105", R"({"state":"established","reserved":0,"channel":1,"information":"link_dropped"})"},
      {"B8024100", R"({"state":"listen","reserved":0,"channel":1,"information":"no_information"})"},
      {"3E00", R"({})"},
      {"3E052101020304", R"({"type":"ipv4","address":"01020304"})"},
      {"BC0106", R"({"protocol":"direct"})"},
      {"BC03058001", R"({"protocol":"tcp_local","port":32769})"},
      {"39020578", R"(1400)"},
      {"470A06546573744770027273", R"("TestGp.rs")"},
      {"4700", R"("")"},
      {"4704025C2E41", R"({"text":"\\..A","raw":"025C2E41"})"},
      {"1307130062FFFE0001", R"({"plmn":"310260","lac":65534,"cell":1})"},
      {"130900F110000100010001", R"({"plmn":"00101","lac":1,"cell":1,"extended_cell":1})"},
      {"1500", R"("")"},
      {"7000", R"("")"},
      {"3100", R"("")"},
      {"3103680A70", R"({"text":"h.p","raw":"680A70"})"},
      {"AC00", R"("")"},
      {"AC0221F3", R"("123")"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto node = object_in(row.octets);
    CHECK(write_json(node.value) == write_json(parse_json(row.value, "test").value()));
    CHECK(hex_of(encode_node(node)) == row.octets);
  }
}

TEST_CASE("registry application data stands port, coding scheme, type, name on the wire") {
  // cat.md 2.2; the name in the GSM default alphabet, one character an octet
  const auto node = object_in("710D80010407444D20436C69656E74");
  CHECK(write_json(node.value) == R"({"port":32769,"dcs":"gsm7","application_type":7,"name":"DM Client"})");
  CHECK(encoded("registry_application_data",
                R"({"port": 32769, "dcs": "gsm7", "application_type": 7, "name": "DM Client"})",
                false) == "710D80010407444D20436C69656E74");

  // the negative: type before coding scheme, as a list of meanings has them, reads as type 04 and scheme 07
  const auto swapped = object_in("710D80010704444D20436C69656E74");
  CHECK(write_json(swapped.value) == R"({"port":32769,"dcs":"gsm7_07","application_type":4,"name":"DM Client"})");

  // the order holds for the members too: whatever order they come in, the wire order is the row's
  CHECK(encoded("registry_application_data",
                R"({"name": "DM Client", "application_type": 7, "dcs": "gsm7", "port": 32769})",
                false) == "710D80010407444D20436C69656E74");
}

TEST_CASE("the name of a registered application needs at least one character") {
  std::optional<Error> error;
  const auto node = object_in("710480010407", &error);
  CHECK(anomalies_of(node) == "length 4 is outside 5 to 65535 at 1; ");
  CHECK_FALSE(error);
  CHECK(write_json(node.value) == R"({"port":32769,"dcs":"gsm7","application_type":7,"name":""})");
}

TEST_CASE("an object that no row knows keeps its octets") {
  struct Row {
    const char* octets;
    const char* key;
    const char* value;
    bool three_octet;
  };
  const Row rows[] = {
      {"3D03010203", "unknown_3D", R"("010203")", false},
      {"BD00", "unknown_3D", R"("")", false},
      {"7F12340155", "unknown_1234", R"("55")", true},
      {"7F9234025566", "unknown_1234", R"("5566")", true},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto node = object_in(row.octets);
    CHECK(node.key == row.key);
    CHECK(node.name == "Unknown object");
    CHECK(write_json(node.value) == row.value);
    CHECK(node.three_octet == row.three_octet);
    CHECK(hex_of(encode_node(node)) == row.octets);
  }
}

TEST_CASE("a tag written in three octets names the same object") {
  // ETSI TS 101 220, 7.1.1.2: the same value in the two formats is the same object
  const auto node = object_in("7F80240101");
  CHECK(node.key == "timer_identifier");
  CHECK(node.three_octet);
  CHECK(node.comprehension);
  CHECK(hex_of(encode_node(node)) == "7F80240101");
}

TEST_CASE("a value too short for its row stays as octets, with an anomaly and an error") {
  struct Row {
    const char* octets;
    const char* value;
    const char* anomalies;
    const char* error;
  };
  const Row rows[] = {
      {"81020140", R"({"raw":"0140"})",
       "length 2 is outside 3 to 3 at 1; field \"qualifier\" needs 1 octets, 0 are left at 4; ",
       "command_details: field \"qualifier\" needs 1 octets, 0 are left at offset 4"},
      {"BC020310", R"({"raw":"0310"})", "field \"port\" needs 2 octets, 1 are left at 3; ",
       "transport_level: field \"port\" needs 2 octets, 1 are left at offset 3"},
      {"82048182FFFF", R"({"raw":"8182FFFF"})",
       "length 4 is outside 2 to 2 at 1; 2 octets follow the last field at 4; ",
       "device_identities: 2 octets follow the last field at offset 4"},
      {"A400", R"({"raw":""})", "length 0 is outside 1 to 1 at 1; the value needs 1 octets, 0 are left at 2; ",
       "timer_identifier: the value needs 1 octets, 0 are left at offset 2"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    std::optional<Error> error;
    const auto node = object_in(row.octets, &error);
    CHECK(write_json(node.value) == row.value);
    CHECK(anomalies_of(node) == row.anomalies);
    REQUIRE(error);
    CHECK(error->text() == row.error);
    CHECK(hex_of(encode_node(node)) == row.octets);
  }
}

TEST_CASE("a message of more objects than any has is not read to its end", "[object]") {
  Octets many;
  for (std::size_t at = 0; at <= most_objects; ++at) many.insert(many.end(), {0x41, 0x00});
  const auto read = decode_objects(many, 5);
  CHECK(read.nodes.size() == most_objects);
  REQUIRE(read.error);
  CHECK(read.error->text() == "more than 1000 objects at offset 2005");
  CHECK(read.cut);
  many.resize(2 * most_objects);
  CHECK_FALSE(decode_objects(many, 5).cut);
}

TEST_CASE("reading goes on behind an object that does not fit, and stops at octets that are none") {
  const auto good = decode_objects(hex("81020140 82028182 A40101"), 2);
  REQUIRE(good.nodes.size() == 3);
  CHECK(good.nodes[2].offset == 10);
  REQUIRE(good.error);
  CHECK(good.error->offset == 6);

  const auto bad = decode_objects(hex("82028182 00 A40101"), 2);
  CHECK(bad.nodes.size() == 1);
  REQUIRE(bad.error);
  CHECK(bad.error->text() == "tag 00 is reserved at offset 6");
}

TEST_CASE("a single field stands for its object, label included") {
  const auto node = object_in("9B0101");
  CHECK(node.fields.empty());
  CHECK(node.note == "limited service");
}

TEST_CASE("an encoder lies when told to") {
  CHECK(encoded("timer_identifier", R"({"raw": "010203"})") == "A403010203");
  CHECK(encoded("timer_identifier", R"({"raw": ""})", false) == "2400");
  CHECK(encoded("timer_identifier", R"({"raw": "01", "length": 127})") == "A47F01");
  CHECK(encoded("transport_level", R"({"protocol": "tcp_local", "port": 32769, "length": 2})") == "BC02058001");
  CHECK(encoded("other_address", R"({"length": 5})") == "BE05");
  CHECK(encoded("last_envelope", R"({"length": 1})", false) == "7001");
  CHECK(encoded("last_envelope", R"({"raw": "00"})", false) == "700100");
  CHECK(encoded("registry_application_data", R"({"port": 1, "dcs": 4, "application_type": 7, "name": {"raw": ""}})",
                false) == "710400010407");
  CHECK(encoded("channel_data", R"({"raw": "AA", "length": 0})") == "B600AA");
}

TEST_CASE("what cannot be encoded is refused with the whole reason") {
  struct Row {
    const char* key;
    const char* value;
    Errc code;
    const char* text;
  };
  const Row rows[] = {
      {"timer_identifier", R"({"raw": "01", "length": 128})", Errc::range,
       "timer_identifier: \"length\" is outside 0 to 127"},
      {"timer_identifier", R"({"raw": "01", "length": -1})", Errc::range,
       "timer_identifier: \"length\" is outside 0 to 127"},
      {"timer_identifier", R"({"raw": "01", "length": "1"})", Errc::malformed,
       "timer_identifier: \"length\" is not a number"},
      {"timer_identifier", R"({"raw": 1})", Errc::malformed, "timer_identifier: \"raw\" is not a string"},
      {"timer_identifier", R"({"raw": "0G"})", Errc::malformed,
       "timer_identifier: not a hexadecimal digit at offset 1"},
      {"timer_identifier", R"("1")", Errc::malformed, "timer_identifier: is not a number"},
      {"timer_identifier", "256", Errc::range, "timer_identifier: 256 is outside 0 to 255"},
      {"timer_identifier", "null", Errc::malformed, "timer_identifier: is missing"},
      {"channel_data", "7", Errc::malformed, "channel_data: is not hexadecimal"},
      {"channel_data", "[]", Errc::malformed, "channel_data: is not hexadecimal"},
      {"channel_data", R"({"octets": "00"})", Errc::malformed, "channel_data: is not hexadecimal"},
      {"channel_data", R"("ABC")", Errc::malformed, "channel_data: odd number of hexadecimal digits at offset 3"},
      {"last_envelope", "true", Errc::malformed, "last_envelope: is not hexadecimal"},
      {"transport_level", R"({"port": 1})", Errc::malformed, "transport_level.protocol: is missing"},
      {"transport_level", R"({"protocol": "tcp_locl"})", Errc::unknown,
       "transport_level.protocol: \"tcp_locl\" is not known, did you mean \"tcp_local\""},
      {"transport_level", R"({"protocol": 5, "port": 65536})", Errc::range,
       "transport_level.port: 65536 is outside 0 to 65535"},
      {"transport_level", R"({"protocol": 5, "prt": 1})", Errc::unknown,
       "transport_level: \"prt\" is no member, did you mean \"port\""},
      {"transport_level", R"("tcp_local")", Errc::malformed, "transport_level: is not a map"},
      {"card_reader_status", R"("powered")", Errc::malformed, "card_reader_status: is not a map"},
      {"channel_status", R"({"chanel": 1, "information": 0})", Errc::unknown,
       "channel_status: \"chanel\" is no member, did you mean \"channel\""},
      {"channel_status", R"({"channel": 8, "information": 0})", Errc::range,
       "channel_status.channel: 8 does not fit in 3 bits"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.key, row.value);
    const auto* spec = find_object(std::string_view(row.key));
    REQUIRE(spec != nullptr);
    const auto octets = encode_object(*spec, parse_json(row.value, "test").value(), true);
    REQUIRE_FALSE(octets);
    CHECK(octets.error().text() == row.text);
    CHECK(octets.error().code == row.code);
  }
}

TEST_CASE("nothing is a value where an object may be empty") {
  for (const auto* nothing : {"null", "{}"}) {
    CAPTURE(nothing);
    CHECK(encoded("other_address", nothing) == "BE00");
    CHECK(encoded("last_envelope", nothing) == "F000");
    CHECK(encoded("channel_data", nothing) == "B600");
    CHECK(encoded("alpha_identifier", nothing) == "8500");
    CHECK(encoded("event_list", nothing) == "9900");
  }
  CHECK(encoded("alpha_identifier", R"("")") == "8500");
  CHECK(encoded("url", R"("")", false) == "3100");
  CHECK(encoded("dtmf_string", R"("")") == "AC00");
  CHECK(encoded("network_access_name", R"("")", false) == "4700");
  CHECK(encoded("event_list", "[]", false) == "1900");
}

TEST_CASE("long values take the length forms they need") {
  for (const std::size_t size : {0x7F, 0x80, 0xFF, 0x100}) {
    CAPTURE(size);
    const auto data = to_hex(Octets(size, 0x5A));
    const auto* row = find_object(std::string_view("channel_data"));
    const auto octets = encode_object(*row, Value(data), true);
    REQUIRE(octets);
    const auto back = decode_objects(*octets, 0);
    REQUIRE(back.nodes.size() == 1);
    CHECK_FALSE(back.error);
    CHECK(anomalies_of(back.nodes[0]).empty());
    CHECK(back.nodes[0].value == Value(data));
  }
}

TEST_CASE("a length longer than needed is an anomaly, and is written short again") {
  const auto node = object_in("A4810101");
  CHECK(anomalies_of(node) == "length 1 is written in 2 octets, fewer would do at 1; ");
  CHECK(hex_of(encode_node(node)) == "A40101");
}

TEST_CASE("a node that is no data object cannot be written") {
  Node header;
  header.key = "cla";
  CHECK(encode_node(header).error().text() == "cla: is no data object");
}

TEST_CASE("location information by its length") {
  const std::pair<const char*, const char*> rows[] = {
      // dm.md and cat.md 3.9; the values of a public report (field.json, D6)
      {"130F0136011234000 10ABC0A1B2C0D4E5F",
       R"({"mcc":"0136","imsi_11_12":"01","sid":4660,"nid":1,"base_id":2748,"latitude":"0A1B2C","longitude":"0D4E5F"})"},
      {"130500F1100001", R"({"plmn":"00101","lac":1})"},
      {"130B00F1100012340123456780", R"({"plmn":"00101","tac":4660,"nr_cell":"0123456780"})"},
      {"130C0136011234000 10ABC0A1B2C", R"({"octets":"01360112340001 0ABC0A1B2C"})"},
  };
  for (const auto& [octets, value] : rows) {
    CAPTURE(octets);
    std::string plain(octets);
    std::erase(plain, ' ');
    std::string wanted(value);
    std::erase(wanted, ' ');
    const auto node = object_in(plain);
    CHECK(write_json(node.value) == wanted);
    CHECK(anomalies_of(node).empty());
    CHECK(hex_of(encode_node(node)) == plain);
    CHECK(hex_of(encode_object(*find_object(std::string_view("location_information")), node.value, false)) == plain);
  }
  CHECK(encoded("location_information", R"({"plmn": "00101", "sid": 1})") ==
        "location_information: \"sid\" is no member");
}

TEST_CASE("the files of a refresh are paths") {
  const auto node = object_in("920B023F002FE23F007F206F07");
  CHECK(write_json(node.value) == R"({"number_of_files":2,"files":["3F002FE2","3F007F206F07"]})");
  CHECK(anomalies_of(node).empty());
  REQUIRE(node.fields.size() == 2);
  REQUIRE(node.fields[1].fields.size() == 2);
  CHECK(node.fields[1].fields[1].offset == 7);
  CHECK(hex_of(encode_node(node)) == "920B023F002FE23F007F206F07");
  CHECK(encoded("file_list", R"({"number_of_files": 1, "files": "3F007FFF6F78"})") == "9207013F007FFF6F78");
  CHECK(encoded("file_list", R"({"number_of_files": 1, "files": [1]})") ==
        "file_list.files: is neither hexadecimal nor a list of it");
  const auto lies = object_in("9205023F002FE2");
  REQUIRE(lies.fields[0].anomalies.size() == 1);
  CHECK(lies.fields[0].anomalies[0].text == "says 2 files, 1 paths are there");
  CHECK(lies.fields[0].anomalies[0].offset == 2);
  CHECK(write_json(object_in("920101").value) == R"({"number_of_files":1})");
}

TEST_CASE("a USSD string in the coding of cell broadcast") {
  const std::pair<const char*, const char*> rows[] = {
      {"8A060FAA180C3602", R"({"dcs":15,"string":"*100#"})"},  // 3GPP TS 31.124, SEND USSD, shortened
      {"8A0548 0041 0042", R"({"dcs":72,"string":"AB"})"},     // UCS2
      {"8A0344 AA18", R"({"dcs":68,"string":"AA18"})"},        // 8-bit data
      {"8A0711 6576 0041 0042", R"({"dcs":17,"string":{"text":"AB","raw":"657600410042"}})"},  // a language in front
      {"8A0360 AA18", R"({"dcs":96,"string":"AA18"})"},                                        // compressed
      {"8A010F", R"({"dcs":15})"},
  };
  for (const auto& [octets, value] : rows) {
    CAPTURE(octets);
    std::string plain(octets);
    std::erase(plain, ' ');
    const auto node = object_in(plain);
    CHECK(write_json(node.value) == value);
    CHECK(hex_of(encode_node(node)) == plain);
  }
}

TEST_CASE("F among digits and labels that do not fit are seen") {
  const std::tuple<const char*, const char*, const char*> rows[] = {
      {"86038121F3",
       R"({"no_extension":true,"type_of_number":"unknown","numbering_plan":"isdn_telephony","digits":"123"})", ""},
      {"860481F1F2F3",
       R"({"no_extension":true,"type_of_number":"unknown","numbering_plan":"isdn_telephony","digits":)"
       R"({"text":"1?2?3","raw":"F1F2F3"}})",
       "F stands among the digits at 3; F stands among the digits at 4; "},
      {"860481 21FF FF",
       R"({"no_extension":true,"type_of_number":"unknown","numbering_plan":"isdn_telephony","digits":)"
       R"({"text":"12","raw":"21FFFF"}})",
       "an octet of fill follows the digits at 4; "},
      {"AC021F32", R"({"text":"?123","raw":"1F32"})", "F stands among the digits at 2; "},
      {"470909696E7465726E6574", R"({"text":"internet","raw":"09696E7465726E6574"})",
       "label says 9 octets, 8 are left at 2; "},
      {"470908696E7465726E657400", R"({"text":"internet.","raw":"08696E7465726E657400"})",
       "label of no octets at 11; "},
  };
  for (const auto& [octets, value, anomalies] : rows) {
    CAPTURE(octets);
    std::string plain(octets);
    std::erase(plain, ' ');
    if (plain.starts_with("470908")) plain.replace(2, 2, "0A");
    const auto node = object_in(plain);
    CHECK(write_json(node.value) == value);
    std::string seen = anomalies_of(node);
    for (const auto& field : node.fields) seen += anomalies_of(field);
    CHECK(seen == anomalies);
    CHECK(hex_of(encode_node(node)) == plain);
  }
}

TEST_CASE("an object that says it is longer than what is left is shown as far as it goes") {
  const auto cut = decode_objects(hex("82028182 BC093503"), 0);
  REQUIRE(cut.nodes.size() == 2);
  const auto& node = cut.nodes[1];
  CHECK(node.key == "transport_level");
  CHECK(write_json(node.value) == R"({"raw":"3503"})");
  REQUIRE(node.anomalies.size() == 1);
  CHECK(node.anomalies[0].text == "length says 9 octets, 2 are left");
  CHECK(node.anomalies[0].offset == 5);
  CHECK(hex_of(encode_node(node)) == "BC093503");
  CHECK(cut.error->offset == 5);
  const auto unknown = decode_objects(hex("3D050102"), 0);
  REQUIRE(unknown.nodes.size() == 1);
  CHECK(hex_of(encode_node(unknown.nodes[0])) == "3D050102");
}

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/message.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

Octets command(std::string_view objects) {
  return write_ber(0xD0, hex(objects));
}

std::string hex_of(const Result<Octets>& octets) {
  return octets ? to_hex(*octets) : octets.error().text();
}

Value json(const char* text) {
  return parse_json(text, "test").value();
}

std::string error_of(const Decoded& decoded) {
  return decoded.error ? decoded.error->text() : std::string{};
}

std::string anomalies_of(const Decoded& decoded) {
  std::string out;
  for (const auto& anomaly : decoded.all_anomalies()) {
    out += anomaly.text + " at " + std::to_string(anomaly.offset) + "; ";
  }
  return out;
}

std::string keys_of(const Decoded& decoded) {
  std::string out;
  for (const auto& node : decoded.fields) out += (out.empty() ? "" : " ") + node.key;
  return out;
}

constexpr const char* kind_name(MessageKind kind) {
  switch (kind) {
    case MessageKind::proactive:
      return "proactive";
    case MessageKind::terminal_response:
      return "terminal-response";
    case MessageKind::envelope:
      break;
  }
  return "envelope";
}

Decoded decode_as(MessageKind kind, ByteView octets) {
  switch (kind) {
    case MessageKind::proactive:
      return decode_proactive(octets);
    case MessageKind::terminal_response:
      return decode_terminal_response(octets);
    case MessageKind::envelope:
      break;
  }
  return decode_envelope(octets);
}

std::string encoded(MessageKind kind, const char* key, const char* variant, const char* members) {
  const auto* row = find_message(kind, key, variant);
  REQUIRE(row != nullptr);
  return hex_of(encode_message(*row, json(members)));
}

std::string response(const char* key, const char* members) {
  return encoded(MessageKind::terminal_response, key, "", members);
}

void check_row(const MessageSpec& row) {
  const auto sample = hex(row.sample);
  const auto decoded = decode_as(row.kind, sample);
  CHECK(error_of(decoded).empty());
  CHECK(anomalies_of(decoded).empty());
  CHECK(decoded.clean());
  CHECK(decoded.kind == kind_name(row.kind));
  CHECK(decoded.key == row.key);
  CHECK(decoded.variant == row.variant);
  CHECK(decoded.name == row.name);
  CHECK(decoded.clause == row.clause);
  CHECK(hex_of(encode_decoded(decoded)) == to_hex(sample));

  auto members = decoded.value();
  for (const auto& node : decoded.fields) members["comprehension"][node.key] = node.comprehension;
  CHECK(hex_of(encode_message(row, members)) == to_hex(sample));

  for (std::size_t size = 0; size < sample.size(); ++size) {
    const auto part = ByteView(sample).first(size);
    const auto cut = decode_as(row.kind, part);
    CAPTURE(size);
    if (!cut.error) {  // a bare list of objects that ends behind one of them is only poorer
      CHECK(row.kind == MessageKind::terminal_response);
      CHECK(hex_of(encode_decoded(cut)) == to_hex(part));
      continue;
    }
    REQUIRE(cut.error->offset);
    CHECK(*cut.error->offset <= size);
    REQUIRE(cut.fields.size() <= decoded.fields.size());
    for (std::size_t at = 0; at < cut.fields.size(); ++at) {
      const auto& whole = decoded.fields[at].octets;
      const auto& seen = cut.fields[at].octets;
      CHECK(same(seen, ByteView(whole).first(std::min(seen.size(), whole.size()))));
      if (at + 1 < cut.fields.size()) CHECK(seen.size() == whole.size());  // only the last one is cut off
    }
    for (const auto& anomaly : cut.all_anomalies()) CHECK_FALSE(anomaly.text.starts_with("object "));
  }
  const auto cut = decode_as(row.kind, ByteView(sample).first(sample.size() - 1));
  REQUIRE(cut.error);
  CHECK(cut.error->code == Errc::truncated);
  const auto& last = decoded.fields.back();
  const bool has_value = last.octets.size() > 2;
  // The length that says more than there is: of the message, or of its last object, whose tag has one octet.
  const auto length_at = row.kind == MessageKind::terminal_response ? last.offset + 1 : std::size_t{1};
  CHECK(cut.error->offset == length_at);
  CHECK(cut.key == row.key);
  CHECK(cut.fields.size() == decoded.fields.size() - (has_value ? 0 : 1));
}

void check_table(MessageKind kind, std::size_t least) {
  std::size_t walked = 0;
  for (const auto& row : messages(kind)) {
    CAPTURE(row.key, row.variant, row.sample, row.origin);
    check_row(row);
    CHECK(find_message(kind, row.key, row.variant) == &row);
    ++walked;
  }
  REQUIRE(walked == messages(kind).size());
  REQUIRE(walked >= least);
}

}  // namespace

TEST_CASE("each proactive command reads its sample and writes it again") {
  check_table(MessageKind::proactive, 37);
}

TEST_CASE("each terminal response reads its sample and writes it again") {
  check_table(MessageKind::terminal_response, 35);
}

TEST_CASE("each envelope reads its sample and writes it again") {
  check_table(MessageKind::envelope, 40);
}

TEST_CASE("messages are found by kind, key and variant") {
  CHECK(find_message(MessageKind::proactive, "open_channel")->variant == std::string_view("packet"));
  CHECK(find_message(MessageKind::proactive, "open_channel", "uicc_server")->variant ==
        std::string_view("uicc_server"));
  CHECK(find_message(MessageKind::envelope, "sms_pp_download")->variant == std::string_view(""));
  CHECK(find_message(MessageKind::envelope, "sms_pp_download", "cdma")->variant == std::string_view("cdma"));
  CHECK(find_message(MessageKind::envelope, "open_channel") == nullptr);
}

TEST_CASE("the layouts of OPEN CHANNEL are told apart") {
  // cat.md 4.2: no bearer description and protocol 03 is UICC server mode, 04 to 06 terminal server mode
  struct Row {
    const char* octets;
    const char* mode;
    const char* name;
  };
  const Row rows[] = {
      {"8103014001 82028182 35020300 39020578 3C030203E8 3E00", "packet", "OPEN CHANNEL"},
      {"8103014001 82028182 35020300", "packet", "OPEN CHANNEL"},
      {"8103014001 82028182 B9020578 BC03021014", "packet", "OPEN CHANNEL"},
      {"8103014000 82028182 B9020578 BC03031014", "uicc_server", "OPEN CHANNEL (UICC server mode)"},
      {"8103014000 82028182 B9020578 BC03041014", "terminal_server", "OPEN CHANNEL (terminal server mode)"},
      {"8103014000 82028182 B9020578 BC03051014", "terminal_server", "OPEN CHANNEL (terminal server mode)"},
      {"8103014000 82028182 B9020578 BC0106", "terminal_server", "OPEN CHANNEL (terminal server mode)"},
      {"8103014000 82028182 B9020578 BC03071014", "packet", "OPEN CHANNEL"},
      {"8103014000 82028182 B9020578", "packet", "OPEN CHANNEL"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto decoded = decode_proactive(command(row.octets));
    CHECK(decoded.key == "open_channel");
    CHECK(decoded.variant == row.mode);
    CHECK(decoded.name == row.name);
    CHECK(decoded.value().text_or("mode", "") == row.mode);
  }
}

TEST_CASE("local and destination address of OPEN CHANNEL are told apart by their place") {
  // 3GPP TS 31.124, OPEN CHANNEL, with a local address put in by hand
  const auto octets = command("8103014001 82028182 35020300 39020578 3E00 3C030203E8 3E052101020304");
  const auto decoded = decode_proactive(octets);
  CHECK(error_of(decoded).empty());
  CHECK(keys_of(decoded) ==
        "command_details device_identities bearer_description buffer_size local_address transport_level "
        "data_destination_address");
  const auto value = decoded.value();
  CHECK(write_json(*value.find("local_address")) == "{}");
  CHECK(write_json(*value.find("data_destination_address")) == R"({"type":"ipv4","address":"01020304"})");
  CHECK(hex_of(encode_decoded(decoded)) == to_hex(octets));

  const auto one = decode_proactive(command("8103014001 82028182 35020300 39020578 3C030203E8 3E052101020304"));
  CHECK(keys_of(one) ==
        "command_details device_identities bearer_description buffer_size transport_level data_destination_address");

  const auto local = decode_proactive(command("8103014001 82028182 35020300 39020578 3E052101020304 3C030203E8"));
  CHECK(keys_of(local) ==
        "command_details device_identities bearer_description buffer_size local_address transport_level");
}

TEST_CASE("login and password of OPEN CHANNEL stand in order") {
  const auto* row = find_message(MessageKind::proactive, "open_channel", "packet");
  const auto value = decode_proactive(hex(row->sample)).value();
  CHECK(value.at_path("user_login.text")->as_string() == "UserLog");
  CHECK(value.at_path("user_password.text")->as_string() == "UserPwd");
  CHECK(value.at_path("transport_level.port")->as_int() == 44444);
}

TEST_CASE("objects that repeat become lists, one alone too") {
  // ETSI TS 102 268, api_2_prh_gcst: two channel status objects in one response
  const auto two = decode_terminal_response(hex("8103014400 82028281 830100 B8028100 B8024200"));
  CHECK(error_of(two).empty());
  CHECK(write_json(*two.value().find("channel_status")) ==
        R"([{"state":"established","reserved":0,"channel":1,"information":"no_information"},)"
        R"({"state":"listen","reserved":0,"channel":2,"information":"no_information"}])");
  const auto one = decode_terminal_response(hex("8103014400 82028281 830100 B8020000"));
  CHECK(one.value().find("channel_status")->as_list().size() == 1);
  const auto none = decode_terminal_response(hex("8103014400 82028281 830100"));
  CHECK(none.value().find("channel_status") == nullptr);

  const auto registry =
      decode_envelope(hex("DC1F 82028281 710D 8001 04 07 444D20436C69656E74 7108 8002 04 01 57656220 7000"));
  CHECK(error_of(registry).empty());
  CHECK(write_json(*registry.value().find("registry_application_data")) ==
        R"([{"port":32769,"dcs":"gsm7","application_type":7,"name":"DM Client"},)"
        R"({"port":32770,"dcs":"gsm7","application_type":1,"name":"Web "}])");
  CHECK(registry.value().find("last_envelope")->is_string());
}

TEST_CASE("objects that come twice where the layout has one are not lost") {
  // ETSI TS 102 268, api_2_prh_cchd: a response to RECEIVE DATA with two channel data objects
  const auto octets = hex("8103014200 82028281 830100 B6020102 B60103 B70100");
  const auto decoded = decode_terminal_response(octets);
  CHECK(error_of(decoded).empty());
  CHECK(write_json(*decoded.value().find("channel_data")) == R"(["0102","03"])");
  CHECK(hex_of(encode_decoded(decoded)) == to_hex(octets));
  CHECK(hex_of(encode_message(*find_message(MessageKind::terminal_response, "receive_data"), decoded.value())) ==
        to_hex(octets));

  const auto lists = decode_proactive(command("8103010500 82028182 99010A 990105"));
  CHECK(write_json(*lists.value().find("event_list")) == R"([["channel_status"],["idle_screen"]])");
  CHECK(hex_of(encode_message(*find_message(MessageKind::proactive, "set_up_event_list"), lists.value())) ==
        "D00F81030105008202818299010A990105");
}

TEST_CASE("an event download names one event") {
  struct Row {
    const char* octets;
    const char* key;
    const char* error;
  };
  const Row rows[] = {
      {"D607 990104 82028281", "user_activity", ""},
      {"D607 190104 02028281", "user_activity", ""},
      {"D604 82028281", "unknown_envelope_D6", "an event download names one event at offset 0"},
      {"D608 99020405 82028281", "unknown_envelope_D6", "an event download names one event at offset 0"},
      {"D606 9900 82028281", "unknown_envelope_D6", "an event download names one event at offset 0"},
      {"D607 9901EE 82028281", "unknown_event_EE", ""},
      {"D607 82028281 990104", "user_activity", ""},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto octets = hex(row.octets);
    const auto decoded = decode_envelope(octets);
    CHECK(decoded.key == row.key);
    CHECK(error_of(decoded) == row.error);
    CHECK(hex_of(encode_decoded(decoded)) == to_hex(octets));
  }
}

TEST_CASE("messages that cannot be read in full keep what can") {
  struct Row {
    MessageKind kind;
    const char* octets;
    const char* key;
    const char* error;
    const char* fields;
  };
  constexpr auto proactive = MessageKind::proactive;
  constexpr auto envelope = MessageKind::envelope;
  constexpr auto terminal_response = MessageKind::terminal_response;
  const Row rows[] = {
      {proactive, "", "unknown_command", "tag is missing at offset 0", ""},
      {proactive, "D0", "unknown_command", "length is missing at offset 1", ""},
      {proactive, "D000", "unknown_command", "command details are missing at offset 0", ""},
      {proactive, "D009 8103014400 82028182 90", "get_channel_status", "1 octets follow the message at offset 11",
       "command_details device_identities"},
      {proactive, "D009 8103014400 820281", "get_channel_status", "length says 9 octets, 8 are left at offset 1",
       "command_details device_identities"},
      {proactive, "D00B 8103014400 82028182", "get_channel_status", "length says 11 octets, 9 are left at offset 1",
       "command_details device_identities"},
      {proactive, "D18109 8103014400 82028182", "get_channel_status", "tag D1 is not D0, proactive command at offset 0",
       "command_details device_identities"},
      {proactive, "D0820100 8103014400 82028182", "get_channel_status",
       "length says 256 octets, 9 are left at offset 1", "command_details device_identities"},
      {proactive, "D083000100 8103014400 82028182", "get_channel_status",
       "length says 256 octets, 9 are left at offset 1", "command_details device_identities"},
      {proactive, "D009 8103015000 82028182", "unknown_command_50", "", "command_details device_identities"},
      {proactive, "D004 82028182", "unknown_command", "command details are missing at offset 0", "device_identities"},
      {proactive, "D008 81020140 82028182", "unknown_command",
       "command_details: field \"qualifier\" needs 1 octets, 0 are left at offset 6",
       "command_details device_identities"},
      {proactive, "D00A 8103014400 82028182 00", "get_channel_status", "tag 00 is reserved at offset 11",
       "command_details device_identities"},
      {proactive, "5F2100", "unknown_command", "tag 5F21 is not D0, proactive command at offset 0", ""},
      {envelope, "", "unknown_envelope", "tag is missing at offset 0", ""},
      {envelope, "D7", "timer_expiration", "length is missing at offset 1", ""},
      {envelope, "D70C 82028281 A40102", "timer_expiration", "length says 12 octets, 7 are left at offset 1",
       "device_identities timer_identifier"},
      {envelope, "0107 82028381 FF0101", "unknown_envelope_01", "tag FF is reserved at offset 6", "device_identities"},
      {envelope, "D804 82028281", "unknown_envelope_D8", "", "device_identities"},
      {terminal_response, "", "unknown_command", "command details are missing at offset 0", ""},
      {terminal_response, "8103014400 82028281 8301", "get_channel_status",
       "length says 1 octets, 0 are left at offset 10", "command_details device_identities result"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto decoded = decode_as(row.kind, hex(row.octets));
    CHECK(decoded.kind == kind_name(row.kind));
    CHECK(decoded.key == row.key);
    CHECK(error_of(decoded) == row.error);
    CHECK(keys_of(decoded) == row.fields);
  }
}

TEST_CASE("missing objects are anomalies, not errors") {
  const auto decoded = decode_proactive(hex("D009 8103014300 82028121"));
  CHECK(error_of(decoded).empty());
  CHECK_FALSE(decoded.clean());
  CHECK(anomalies_of(decoded) == "object \"channel_data\" is missing at 0; ");
}

TEST_CASE("a length longer than needed is an anomaly of the message") {
  const auto decoded = decode_proactive(hex("D08109 8103014400 82028182"));
  CHECK(error_of(decoded).empty());
  CHECK(anomalies_of(decoded) == "length 9 is written in 2 octets, fewer would do at 1; ");
  CHECK(hex_of(encode_decoded(decoded)) == "D009810301440082028182");
}

TEST_CASE("the qualifier says what it means") {
  struct Row {
    const char* octets;
    const char* note;
  };
  const Row rows[] = {
      {"D009 8103012101 82028102", "high priority, clear message after a delay"},
      {"D009 8103012180 82028102", "normal priority, wait for user to clear message"},
      {"D009 8103012702 82028182", "get current value"},
      {"D009 8103012703 82028182", "action 3"},
      {"D009 8103014007 82028182", "immediate link establishment, automatic reconnection, background"},
      {"D009 8103014101 82028121", "UICC server mode: back to listening"},
      {"D009 8103014100 82028121", ""},
      {"D009 8103010155 82028182", "mode 85"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto decoded = decode_proactive(hex(row.octets));
    REQUIRE(decoded.fields.size() == 2);
    REQUIRE(decoded.fields[0].fields.size() == 3);
    CHECK(decoded.fields[0].fields[2].note == row.note);
  }
}

TEST_CASE("what a message leaves out comes from its row") {
  CHECK(encoded(MessageKind::proactive, "more_time", "", "{}") == "D009810301020082028182");
  CHECK(hex_of(encode_message(*find_message(MessageKind::proactive, "more_time"), Value{})) ==
        "D009810301020082028182");
  CHECK(encoded(MessageKind::proactive, "more_time", "", R"({"command_details": {"number": 254, "qualifier": 1}})") ==
        "D0098103FE020182028182");
  CHECK(encoded(MessageKind::proactive, "more_time", "", R"({"command_details": {"type": "refresh"}})") ==
        "D009810301010082028182");
  CHECK(encoded(MessageKind::proactive, "send_data", "", R"({"channel_data": "AA"})") ==
        "D00C810301430082028121B601AA");
  CHECK(response("more_time", R"({"result": {"general": 0}})") == "810301020082028281830100");
  CHECK(response("open_channel", R"({"device_identities": {"source": "terminal", "destination": "uicc"},
                                     "result": {"general": "bip_error", "additional": "port_not_available"}})") ==
        "81030140008202828183023A10");
  CHECK(encoded(MessageKind::envelope, "user_activity", "", "{}") == "D60799010482028281");
  CHECK(encoded(MessageKind::envelope, "timer_expiration", "",
                R"({"timer_identifier": 1, "timer_value": {"hours": 0, "minutes": 1, "seconds": 30}})") ==
        "D70C82028281A40101A503001003");
}

TEST_CASE("an encoder of messages lies when told to") {
  const auto proactive = [](const char* key, const char* variant, const char* members) {
    return encoded(MessageKind::proactive, key, variant, members);
  };
  // null leaves an object out, required ones too
  CHECK(proactive("more_time", "", R"({"command_details": null})") == "D00482028182");
  CHECK(proactive("more_time", "", R"({"device_identities": null})") == "D0058103010200");
  CHECK(proactive("send_data", "", R"({"channel_data": null})") == "D009810301430082028121");
  // octets behind all objects, inside the message
  CHECK(proactive("more_time", "", R"({"append": "B6 01 AA"})") == "D00C810301020082028182B601AA");
  CHECK(proactive("more_time", "", R"({"append": "80"})") == "D00A81030102008202818280");
  // the comprehension bit
  CHECK(proactive("more_time", "", R"({"comprehension": {"command_details": false}})") == "D009010301020082028182");
  CHECK(proactive("send_data", "", R"({"channel_data": "AA", "comprehension": {"channel_data": false}})") ==
        "D00C8103014300820281213601AA");
  // objects of other messages, in the order given, with or without the bit
  CHECK(proactive("more_time", "", R"({"timer_identifier": 1, "last_envelope": {}})") ==
        "D00E810301020082028182A40101F000");
  CHECK(proactive("more_time", "", R"({"last_envelope": null, "timer_identifier": 1,
                                      "comprehension": {"timer_identifier": false}})") ==
        "D00C810301020082028182240101");
  // an object more than once
  CHECK(proactive("more_time", "", R"({"device_identities": [{"source": 129, "destination": 130},
                                                             {"source": 129, "destination": 131}]})") ==
        "D00D81030102008202818282028183");
  CHECK(proactive("more_time", "", R"({"timer_identifier": [1, 2]})") == "D00F810301020082028182A40101A40102");
  CHECK(proactive("set_up_event_list", "", R"({"event_list": []})") == "D00B8103010500820281829900");
  CHECK(proactive("more_time", "", R"({"command_details": {"raw": "0102"}})") == "D0088102010282028182");
  CHECK(proactive("open_channel", "terminal_server",
                  R"({"mode": "terminal_server", "buffer_size": 512,
                      "transport_level": {"protocol": "tcp_local", "port": 36865, "length": 2}})") ==
        "D012810301400082028182B9020200BC02059001");
}

TEST_CASE("messages that cannot be written are refused with the whole reason") {
  struct Row {
    MessageKind kind;
    const char* key;
    const char* variant;
    const char* members;
    Errc code;
    const char* text;
  };
  constexpr auto proactive = MessageKind::proactive;
  const Row rows[] = {
      {proactive, "send_data", "", "{}", Errc::malformed, "channel_data: is missing"},
      {MessageKind::terminal_response, "more_time", "", "{}", Errc::malformed, "result: is missing"},
      {proactive, "send_data", "", R"({"channel_data": "0"})", Errc::malformed,
       "channel_data: odd number of hexadecimal digits at offset 1"},
      {proactive, "more_time", "", R"({"chanel_data": "00"})", Errc::unknown,
       "chanel_data: is no object of this message"},
      {proactive, "more_time", "", R"({"append": "0"})", Errc::malformed,
       "append: odd number of hexadecimal digits at offset 1"},
      {proactive, "more_time", "", R"({"append": 0})", Errc::malformed, "append: is not hexadecimal"},
      {proactive, "more_time", "", R"({"comprehension": true})", Errc::malformed, "comprehension: is not a map"},
      {proactive, "more_time", "", R"({"comprehension": {"command_details": 1}})", Errc::malformed,
       "comprehension.command_details: is not a boolean"},
      {proactive, "more_time", "", R"({"comprehension": {"details": true}})", Errc::unknown,
       "comprehension.details: is no object of this message"},
      {proactive, "more_time", "", R"({"command_details": {"number": 256}})", Errc::range,
       "command_details.number: 256 is outside 0 to 255"},
      {proactive, "more_time", "", R"({"command_details": 1})", Errc::malformed, "command_details: is not a map"},
      {proactive, "more_time", "", R"({"command_details": {"nummer": 1}})", Errc::unknown,
       "command_details: \"nummer\" is no member, did you mean \"number\""},
      {proactive, "open_channel", "packet",
       R"({"bearer_description": {"type": 3}, "buffer_size": 1, "local_address": {"type": "ipv5", "address": ""}})",
       Errc::unknown, "local_address.type: \"ipv5\" is not known, did you mean \"ipv4\" or \"ipv6\""},
      {proactive, "select_item", "", R"({"item": [{"identifier": 1}, {"identifier": 256}]})", Errc::range,
       "item.identifier: 256 is outside 0 to 255"},
      {proactive, "more_time", "", "[]", Errc::malformed, "a message is a map of objects"},
      {proactive, "more_time", "", R"("raw")", Errc::malformed, "a message is a map of objects"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.key, row.members);
    const auto octets = encode_message(*find_message(row.kind, row.key, row.variant), json(row.members));
    REQUIRE_FALSE(octets);
    CHECK(octets.error().text() == row.text);
    CHECK(octets.error().code == row.code);
  }
}

TEST_CASE("bare objects are read without a message") {
  const auto octets = hex("82028281 710D80010407444D20436C69656E74 3D0155");
  const auto decoded = decode_tlvs(octets);
  CHECK(decoded.kind == "tlv");
  CHECK(decoded.clean());
  CHECK(keys_of(decoded) == "device_identities registry_application_data unknown_3D");
  CHECK(hex_of(encode_decoded(decoded)) == to_hex(octets));
  CHECK(error_of(decode_tlvs(hex("82028281 71"))) == "length is missing at offset 5");
}

TEST_CASE("what holds no data objects cannot be written again") {
  Decoded decoded;
  decoded.kind = "apdu";
  decoded.fields.emplace_back().key = "cla";
  CHECK(encode_decoded(decoded).error().text() == "cla: is no data object");
}

TEST_CASE("what may be written in several ways is written as the hints say", "[message]") {
  const auto write = [](const char* key, const std::string& members) {
    const auto variant = std::string_view(key) == "open_channel" ? "terminal_server" : "";
    return hex_of(encode_message(*find_message(MessageKind::proactive, key, variant), json(members.c_str())));
  };
  // ISO/IEC 7816-4, 5.2.2.2: 81 and one octet stand for 0 to 255
  CHECK(write("more_time", R"({"wire": {"long_ber": true}})") == "D08109810301020082028182");
  CHECK(write("more_time", R"({"wire": {"long_lengths": true}})") == "D00B818103010200828102" + std::string("8182"));
  CHECK(write("open_channel", R"({"buffer_size": 1400, "transport_level": {"protocol": "udp_local", "port": 32769},
                                  "wire": {"order": ["transport_level", "device_identities"]}})") ==
        "D012BC03048001820281828103014000B9020578");
  CHECK(write("send_data", R"({"channel_data": "AA", "alpha_identifier": "x", "append": "7000",
                               "wire": {"order": ["channel_data"]}})") == "D011810301430082028121B601AA8501787000");
  const std::string data(std::size_t{2} * 130, 'A');
  CHECK(
      write("send_data", R"({"channel_data": ")" + data + R"(", "wire": {"long_lengths": true, "long_ber": true}})") ==
      "D0819081810301430082810281" + std::string("21B68182") + data);
  CHECK(write("more_time", R"({"wire": true})") == "wire: is not a map");
  CHECK(write("more_time", R"({"wire": {"order": ["details"]}})") == "wire.order: names no object");
  CHECK(write("more_time", R"({"wire": {"order": true}})") == "wire.order: is not a list");
  CHECK(write("more_time", R"({"wire": {"long": true}})") == "wire.long: is no hint");
  CHECK(write("more_time", R"({"wire": {"long_ber": 1}})") == "wire.long_ber: is not a boolean");
}

TEST_CASE("objects that want to be understood and have no place", "[message]") {
  const auto strangers = [](const char* octets) {
    std::string keys;
    const auto message = decode_proactive(hex(octets));
    for (const auto* node : misplaced_objects(message)) keys += node->key + " ";
    return keys;
  };
  CHECK(strangers("D009810301020082028182").empty());
  CHECK(strangers("D00C810301020082028182EE0101") == "mms_content_identifier ");
  CHECK(strangers("D00C8103010200820281826E0101").empty());  // the bit is clear
  CHECK(strangers("D00C810301020082028182DF0101") == "unknown_5F ");
  CHECK(strangers("D00C810301020082028182B60101") == "channel_data ");
  CHECK(strangers("D00C810301430082028121B60101").empty());
  CHECK(strangers("D009810301780082028182").empty());  // no row, so no place for anything
}

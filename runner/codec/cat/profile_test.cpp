// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/profile.hpp"

#include <algorithm>

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

std::string value_of(std::string_view profile) {
  return write_json(decode_profile(hex(profile)).value());
}

Result<Octets> encoded(const char* json) {
  return encode_profile(parse_json(json, "test").value());
}

std::string hex_of(const Result<Octets>& octets) {
  return octets ? to_hex(*octets) : octets.error().text();
}

void check_row(const ProfileBit& row, std::uint32_t number) {
  CAPTURE(number);
  Octets profile(row.byte);
  profile[row.byte - 1] = static_cast<std::uint8_t>(number << (row.bit - 1));

  const auto decoded = decode_profile(profile);
  CHECK(decoded.clean());
  Value expected = Value::Map{{"octets", std::int64_t{row.byte}}};
  if (number != 0) expected[row.key] = row.width == 1 ? Value(true) : Value(std::int64_t{number});
  CHECK(write_json(decoded.value()) == write_json(expected));
  CHECK(hex_of(encode_profile(decoded.value())) == to_hex(profile));
  CHECK(profile_value(profile, row) == number);
  CHECK(profile_has(profile, row.key) == (number != 0));
  CHECK(find_profile_bit(row.key) == &row);
}

}  // namespace

TEST_CASE("each facility alone reads as its key alone and is written again") {
  std::size_t walked = 0;
  for (const auto& row : profile_bits()) {
    CAPTURE(row.key, int(row.byte), int(row.bit), int(row.width));
    const std::uint32_t most = (1U << row.width) - 1;
    for (std::uint32_t number = 0; number <= most; ++number) check_row(row, number);
    ++walked;
  }
  REQUIRE(walked == profile_bits().size());
  REQUIRE(walked > 150);
}

TEST_CASE("the rows of a profile stand in the order of their bits") {
  const auto place = [](const ProfileBit& row) { return row.byte * 8 + row.bit; };
  CHECK(std::ranges::adjacent_find(profile_bits(), std::ranges::greater_equal{}, place) == profile_bits().end());
}

TEST_CASE("facilities where the documents put them") {
  struct Row {
    const char* key;
    int byte, bit;
  };
  // cat.md 5, the rows a DM_SC verdict rests on
  const Row rows[] = {
      {"profile_download", 1, 1},
      {"sms_pp_download", 1, 2},
      {"timer_expiration", 1, 6},
      {"call_control", 2, 2},
      {"poll_interval", 3, 6},
      {"send_short_message", 4, 2},
      {"set_up_event_list", 5, 1},
      {"event_location_status", 5, 5},
      {"event_data_available", 6, 3},
      {"timer_management", 8, 1},
      {"open_channel", 12, 1},
      {"get_channel_status", 12, 5},
      {"tcp_remote", 17, 1},
      {"udp_remote", 17, 2},
      {"tcp_uicc_server", 17, 3},
      {"tcp_local", 17, 4},
      {"udp_local", 17, 5},
      {"bearer_usb", 18, 3},
      {"terminal_applications", 30, 3},
  };
  for (const auto& row : rows) {
    CAPTURE(row.key);
    const auto* bit = find_profile_bit(row.key);
    REQUIRE(bit != nullptr);
    CHECK(bit->byte == row.byte);
    CHECK(bit->bit == row.bit);
    CHECK(bit->width == 1);
    CHECK(bit->assertable);
  }
  CHECK(find_profile_bit("no_such_facility") == nullptr);
}

TEST_CASE("profiles of the official card tests") {
  struct Row {
    const char* profile;
    const char* set;
  };
  // ETSI TS 102 268: the values its tests send, the bits counted out by hand
  const Row rows[] = {
      {"2901000001",  // cre_apt_etex
       "profile_download menu_selection timer_expiration command_result set_up_event_list"},
      {"0903010001",  // cre_apt_eccn
       "profile_download menu_selection command_result call_control display_text set_up_event_list"},
      {"0901610001",  // cre_apt_estc
       "profile_download menu_selection command_result display_text poll_interval polling_off set_up_event_list"},
      {"290160",  // cre_pcs_spco
       "profile_download menu_selection timer_expiration command_result poll_interval polling_off"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.profile);
    const auto octets = hex(row.profile);
    Value expected = Value::Map{{"octets", octets.size()}};
    for (const auto& key : split(row.set, ' ')) expected[key] = true;
    CHECK(write_json(decode_profile(octets).value()) == write_json(expected));
  }
}

TEST_CASE("a profile of the reach the DM_SC classes need") {
  // cat.md 5, constructed example
  const auto profile = hex("330E6002110C00030000001F600000001C 000000000000000000000000 04");
  REQUIRE(profile.size() == 30);
  for (const auto* key : {"profile_download", "timer_expiration", "call_control", "poll_interval", "open_channel",
                          "get_channel_status", "tcp_uicc_server", "tcp_local", "udp_local", "terminal_applications"}) {
    CAPTURE(key);
    CHECK(profile_has(profile, key));
  }
  CHECK_FALSE(profile_has(profile, "tcp_remote"));
  CHECK_FALSE(profile_has(profile, "no_such_facility"));
  CHECK(profile_value(profile, *find_profile_bit("number_of_channels")) == 3);
  CHECK(hex_of(encode_profile(decode_profile(profile).value())) == to_hex(profile));
}

TEST_CASE("the number of channels stands in three bits") {
  // ETSI TS 102 268, cre_pcs_pcco: E3 gives 7 channels, cre_apt_edcs: 40 gives 2
  const auto* row = find_profile_bit("number_of_channels");
  const std::string before(24, '0');
  CHECK(profile_value(hex(before + "E3"), *row) == 7);
  CHECK(profile_value(hex(before + "40"), *row) == 2);
  CHECK(hex_of(encoded(R"({"number_of_channels": 7, "bearer_csd": true, "bearer_gprs": true})")) == before + "E3");
  CHECK(hex_of(encoded(R"({"number_of_channels": 2})")) == before + "40");
  CHECK(hex_of(encoded(R"({"number_of_channels": 0})")) == before + "00");
}

TEST_CASE("bits without a row survive") {
  CHECK(value_of("000000000000E0") == R"({"octets":7,"bit_7_6":true,"bit_7_7":true,"bit_7_8":true})");
  CHECK(hex_of(encoded(R"({"octets":7,"bit_7_6":true,"bit_7_7":true,"bit_7_8":true})")) == "000000000000E0");
  CHECK(hex_of(encoded(R"({"bit_255_8": true})")).size() == 510);
  for (const int size : {1, 13, 20, 30, 36, 40, 255}) {
    CAPTURE(size);
    const Octets all(static_cast<std::size_t>(size), 0xFF);
    CHECK(hex_of(encode_profile(decode_profile(all).value())) == to_hex(all));
  }
}

TEST_CASE("a short profile reads as zeros behind its end") {
  const auto profile = hex("01");
  CHECK(profile_has(profile, "profile_download"));
  CHECK_FALSE(profile_has(profile, "terminal_applications"));
  CHECK(profile_value(profile, *find_profile_bit("number_of_channels")) == 0);
  CHECK_FALSE(profile_has({}, "profile_download"));
}

TEST_CASE("an empty profile is an error, not a value") {
  const auto decoded = decode_profile({});
  REQUIRE(decoded.error);
  CHECK(decoded.error->text() == "a profile has at least one octet at offset 0");
  CHECK(write_json(decoded.value()) == R"({"octets":0})");
}

TEST_CASE("a profile is as long as its facilities need and no shorter than told") {
  CHECK(hex_of(encoded("{}")) == "00");
  CHECK(hex_of(encoded(R"({"octets": 3})")) == "000000");
  CHECK(hex_of(encoded(R"({"octets": 1, "more_time": true})")) == "000008");
  CHECK(hex_of(encoded(R"({"terminal_applications": true})")).size() == 60);
  CHECK(hex_of(encoded(R"({"terminal_applications": false})")).size() == 60);
}

TEST_CASE("what a profile cannot hold is refused with the whole reason") {
  struct Row {
    const char* facilities;
    Errc code;
    const char* text;
  };
  const Row rows[] = {
      {R"({"open_chanel": true})", Errc::unknown,
       "open_chanel: \"open_chanel\" is no facility of a terminal profile, did you mean \"open_channel\""},
      {R"({"qqqqqqqqqqqqqqqqqqqqqqqq": true})", Errc::unknown,
       "qqqqqqqqqqqqqqqqqqqqqqqq: \"qqqqqqqqqqqqqqqqqqqqqqqq\" is no facility of a terminal profile"},
      {R"({"bit_1_9": true})", Errc::unknown, "bit_1_9: \"bit_1_9\" is no facility of a terminal profile"},
      {R"({"bit_0_1": true})", Errc::unknown, "bit_0_1: \"bit_0_1\" is no facility of a terminal profile"},
      {R"({"bit_256_1": true})", Errc::unknown, "bit_256_1: \"bit_256_1\" is no facility of a terminal profile"},
      {R"({"bit__1": true})", Errc::unknown, "bit__1: \"bit__1\" is no facility of a terminal profile"},
      {R"({"number_of_channels": 8})", Errc::range, "number_of_channels: 8 is outside 0 to 7"},
      {R"({"number_of_channels": -1})", Errc::range, "number_of_channels: -1 is outside 0 to 7"},
      {R"({"open_channel": 2})", Errc::range, "open_channel: 2 is outside 0 to 1"},
      {R"({"bit_7_6": 2})", Errc::range, "bit_7_6: 2 is outside 0 to 1"},
      {R"({"open_channel": "yes"})", Errc::malformed, "open_channel: is neither a flag nor a number"},
      {R"({"open_channel": null})", Errc::malformed, "open_channel: is neither a flag nor a number"},
      {R"({"octets": 0})", Errc::range, "octets: 0 is outside 1 to 255"},
      {R"({"octets": 256})", Errc::range, "octets: 256 is outside 1 to 255"},
      {R"({"octets": "20"})", Errc::malformed, "octets: is not a number"},
      {"[]", Errc::malformed, "a profile is a map of facilities"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.facilities);
    const auto octets = encoded(row.facilities);
    REQUIRE_FALSE(octets);
    CHECK(octets.error().text() == row.text);
    CHECK(octets.error().code == row.code);
  }
}

TEST_CASE("a profile shows each bit at its octet") {
  const auto decoded = decode_profile(hex("0100000000000000000000004A"));
  CHECK(decoded.name == "TERMINAL PROFILE, 13 octets");
  REQUIRE(decoded.fields.size() == 5);
  CHECK(decoded.fields[1].name == "1.1 profile download");
  CHECK(decoded.fields[1].offset == 0);
  CHECK(decoded.fields[2].name == "13.2 bearer GPRS (class e)");
  CHECK(decoded.fields[3].name == "13.4 bearer IrDA (class e)");
  CHECK(decoded.fields[4].name == "13.6 number of channels (class e)");
  CHECK(decoded.fields[4].offset == 12);
  CHECK(decoded.fields[4].value == Value(2));
}

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/apdu.hpp"

#include <set>

#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets hex(std::string_view text) {
  return parse_hex(text).value();
}

/// Header, data and Le as ISO/IEC 7816-4, 5.1 lays them out.
struct Case {
  const char* name;
  std::string octets;
  std::size_t data;
  std::optional<std::uint32_t> le;
  bool extended;
};

std::string data_of(std::size_t size) {
  return to_hex(Octets(size, 0xD5));
}

}  // namespace

TEST_CASE("a command APDU of each case goes both ways") {
  const Case cases[] = {
      {"1", "80140000", 0, {}, false},
      {"2S", "80120000 0B", 0, 0x0B, false},
      {"2S, 256", "80120000 00", 0, 0x100, false},
      {"3S, 1", "80C20000 01" + data_of(1), 1, {}, false},
      {"3S, 255", "80C20000 FF" + data_of(255), 255, {}, false},
      {"4S", "00A40004 02" + data_of(2) + "20", 2, 0x20, false},
      {"4S, 256", "00A40004 02" + data_of(2) + "00", 2, 0x100, false},
      {"2E, 1", "00B00000 000001", 0, 1, true},
      {"2E, 256", "00B00000 000100", 0, 0x100, true},
      {"2E, 65535", "00B00000 00FFFF", 0, 0xFFFF, true},
      {"2E, 65536", "00B00000 000000", 0, 0x10000, true},
      {"3E, 1", "80C20000 000001" + data_of(1), 1, {}, true},
      {"3E, 256", "80C20000 000100" + data_of(256), 256, {}, true},
      {"3E, 65535", "80C20000 00FFFF" + data_of(65535), 65535, {}, true},
      {"4E, 1", "80C20000 000001" + data_of(1) + "0001", 1, 1, true},
      {"4E, 65536", "80C20000 000100" + data_of(256) + "0000", 256, 0x10000, true},
  };
  for (const auto& row : cases) {
    CAPTURE(row.name);
    const auto octets = hex(row.octets);
    const auto command = read_command(octets);
    REQUIRE(command);
    CHECK(command->cla == octets[0]);
    CHECK(command->ins == octets[1]);
    CHECK(command->p1 == octets[2]);
    CHECK(command->p2 == octets[3]);
    CHECK(command->data == Octets(row.data, 0xD5));
    CHECK(command->le == row.le);
    CHECK(command->extended == row.extended);
    CHECK(write_command(*command) == octets);
  }
}

TEST_CASE("the shortest form that holds data and Le is written") {
  CHECK(to_hex(write_command({0x80, 0x12, 0, 0, {}, 256, false})) == "8012000000");
  CHECK(to_hex(write_command({0x80, 0x12, 0, 0, {}, 257, false})) == "80120000000101");
  CHECK(to_hex(write_command({0x80, 0xC2, 0, 0, {0xAA}, 257, false})) == "80C20000000001AA0101");
  CHECK(write_command({0x80, 0xC2, 0, 0, Octets(256), {}, false}).size() == 4 + 3 + 256);
  CHECK(to_hex(write_command({0x80, 0x14, 0, 0, {}, {}, true})) == "80140000");
}

TEST_CASE("octets that are no command APDU are refused with their place") {
  struct Row {
    std::string octets;
    Errc code;
    const char* text;
  };
  const Row rows[] = {
      {"", Errc::truncated, "a command APDU has at least 4 octets at offset 0"},
      {"801400", Errc::truncated, "a command APDU has at least 4 octets at offset 3"},
      {"80140000 0011", Errc::malformed, "Lc is 00 and an octet follows at offset 5"},
      {"80140000 0211", Errc::truncated, "Lc says 2 octets, 1 are left at offset 4"},
      {"80140000 FF" + data_of(254), Errc::truncated, "Lc says 255 octets, 254 are left at offset 4"},
      {"80140000 01 D5 00 00", Errc::malformed, "octets follow Le at offset 7"},
      {"80140000 000000 11", Errc::malformed, "extended Lc is 0000 and octets follow at offset 7"},
      {"80140000 000003 D5D5", Errc::truncated, "Lc says 3 octets, 2 are left at offset 5"},
      {"80140000 000001 D5 00", Errc::malformed, "octets behind the data are no extended Le at offset 8"},
      {"80140000 000001 D5 000000", Errc::malformed, "octets behind the data are no extended Le at offset 10"},
  };
  for (const auto& row : rows) {
    CAPTURE(row.octets);
    const auto command = read_command(hex(row.octets));
    REQUIRE_FALSE(command);
    CHECK(command.error().text() == row.text);
    CHECK(command.error().code == row.code);
  }
}

TEST_CASE("a response is data and status word") {
  const auto response = read_response(hex("D009 910B"));
  REQUIRE(response);
  CHECK(to_hex(response->data) == "D009");
  CHECK(response->status == StatusWord{0x910B});
  CHECK(read_response(hex("9000"))->data.empty());
  CHECK(read_response(hex("90")).error().text() == "a response APDU has at least 2 octets at offset 1");
  CHECK(read_response({}).error().code == Errc::truncated);
}

TEST_CASE("a status word says what it asks for") {
  struct Row {
    std::uint16_t value;
    bool ok, proactive, more_data, wrong_length;
    const char* key;
  };
  // cat.md 1.2
  const Row rows[] = {
      {0x9000, true, false, false, false, "ok"},
      {0x9001, false, false, false, false, nullptr},
      {0x9100, true, true, false, false, "proactive_command_pending"},
      {0x910B, true, true, false, false, "proactive_command_pending"},
      {0x9201, false, false, false, false, "ok_with_retries"},
      {0x9300, false, false, false, false, "toolkit_busy"},
      {0x9301, false, false, false, false, nullptr},
      {0x6114, false, false, true, false, "more_data"},
      {0x6C14, false, false, false, true, "wrong_length_repeat"},
      {0x6200, false, false, false, false, "warning_no_information"},
      {0x62F1, false, false, false, false, "warning_unchanged"},
      {0x63C3, false, false, false, false, "warning_counter"},
      {0x63F1, false, false, false, false, "warning_more_data_expected"},
      {0x6300, false, false, false, false, "warning_changed"},
      {0x6581, false, false, false, false, "error_memory"},
      {0x6580, false, false, false, false, "error_changed"},
      {0x6985, false, false, false, false, "conditions_of_use"},
      {0x6989, false, false, false, false, "not_allowed"},
      {0x6A82, false, false, false, false, "file_not_found"},
      {0x6A89, false, false, false, false, "wrong_parameters"},
      {0x6D00, false, false, false, false, "ins_not_supported"},
      {0x6F00, false, false, false, false, "technical_problem"},
      {0x9E10, false, false, false, false, "sim_data_download_error"},
      {0x9F10, false, false, false, false, "sim_response_ready"},
      {0x0000, false, false, false, false, nullptr},
      {0xFFFF, false, false, false, false, nullptr},
  };
  for (const auto& row : rows) {
    const StatusWord status{row.value};
    CAPTURE(status.hex());
    CHECK(status.ok() == row.ok);
    CHECK(status.proactive() == row.proactive);
    CHECK(status.more_data() == row.more_data);
    CHECK(status.wrong_length() == row.wrong_length);
    const auto* named = find_status(status);
    CHECK((named == nullptr ? "" : std::string(named->key)) == (row.key == nullptr ? "" : std::string(row.key)));
  }
  CHECK(StatusWord{0x910B}.hex() == "910B");
  CHECK(StatusWord{0x0001}.hex() == "0001");
}

TEST_CASE("no row of the status words is shadowed") {
  std::set<const StatusRow*> reached;
  for (std::uint32_t value = 0; value <= 0xFFFF; ++value) {
    if (const auto* row = find_status({static_cast<std::uint16_t>(value)})) reached.insert(row);
  }
  std::set<std::string_view> keys;
  for (const auto& row : status_rows()) {
    CAPTURE(row.key);
    CHECK(reached.contains(&row));
    CHECK((row.bits & ~row.mask) == 0);
    CHECK(keys.insert(row.key).second);
    CHECK_FALSE(std::string_view(row.name).empty());
  }
  CHECK(reached.size() == status_rows().size());
}

TEST_CASE("instructions are named once each") {
  std::set<std::string_view> keys;
  for (const auto& name : instruction_names()) {
    CHECK(keys.insert(name.key).second);
    CHECK(find_name(instruction_names(), name.code) == &name);
  }
  // cat.md 1.1
  const std::pair<std::uint32_t, const char*> rows[] = {
      {0xA4, "select"},
      {0xF2, "status"},
      {0x10, "terminal_profile"},
      {0xC2, "envelope"},
      {0x12, "fetch"},
      {0x14, "terminal_response"},
      {0x70, "manage_channel"},
      {0xAA, "terminal_capability"},
      {0xC0, "get_response"},
  };
  for (const auto& [code, key] : rows) CHECK(find_name(instruction_names(), code)->key == std::string_view(key));
}

// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/pcap_reader.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::replay;
using codec::GsmtapSim;
namespace fs = std::filesystem;

namespace {

/// A file that goes with the test.
struct File {
  explicit File(ByteView content) {
    std::string name = (fs::temp_directory_path() / "dmsc-replay-XXXXXX").string();
    const int fd = mkstemp(name.data());
    REQUIRE(fd >= 0);
    close(fd);
    path = name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
  ~File() { fs::remove(path); }
  std::string path;
};

Octets octets(std::string_view text) {
  return parse_hex(text).value();
}

// Captures by hand, most significant octet first. A frame of IPv4 up to SW1 SW2 is in codec/gsmtap_test.cpp.
constexpr std::string_view pcap_start = "A1B2C3D4 0002 0004 00000000 00000000 00040000";
constexpr std::string_view status_packet =
    "45000033 00004000 40113CB8 7F000001 7F000001 12791279 001F0000 02040400 00000000 00000000 00000000 80F20000009000";
constexpr std::string_view atr_packet =
    "4500002E 00004000 40110000 7F000001 7F000001 12791279 001A0000 02040400 00000000 00000000 01000000 3B00";
constexpr std::string_view dns_packet = "4500001C 00004000 40110000 7F000001 7F000001 00350035 00080000";

std::string record(std::string_view seconds, std::string_view packet) {
  const auto length = hex_number(octets(packet).size(), 8);
  return std::string(seconds) + "000003E8" + length + length + std::string(packet);
}

File capture(std::string_view link_type, const std::string& records) {
  return File(octets(std::string(pcap_start) + std::string(link_type) + records));
}

}  // namespace

TEST_CASE("SIM frames come in order, others are counted", "[replay]") {
  const auto link_type = GENERATE(as<std::string_view>{}, "00000065", "000000E4");
  const auto file =
      capture(link_type, record("00000001", atr_packet) + record("00000002", dns_packet) +
                             record("00000003", status_packet) + record("00000004", status_packet.substr(0, 80)));
  auto reader = PcapReader::open(file.path).value();
  const auto first = reader.next().value().value();
  REQUIRE(first.sub_type == GsmtapSim::atr);
  REQUIRE(first.payload == octets("3B00"));
  REQUIRE(first.time_us == 1'001'000);
  const auto second = reader.next().value().value();
  REQUIRE(second.sub_type == GsmtapSim::apdu);
  REQUIRE(second.payload == octets("80F20000009000"));
  REQUIRE_FALSE(reader.next().value());
  REQUIRE(reader.skipped() == 1);
  REQUIRE(reader.damaged() == 1);
}

TEST_CASE("pcapng is read as well", "[replay]") {
  // Section header, interface of type 228, one enhanced packet of 51 octets and one of padding, stamp 2 us.
  const File file(
      octets("0A0D0D0A 0000001C 1A2B3C4D 0001 0000 FFFFFFFFFFFFFFFF 0000001C"
             "00000001 00000014 00E4 0000 00040000 00000014"
             "00000006 00000054 00000000 00000000 00000002 00000033 00000033" +
             std::string(status_packet) + "00 00000054"));
  auto reader = PcapReader::open(file.path).value();
  const auto frame = reader.next().value().value();
  REQUIRE(frame.time_us == 2);
  REQUIRE(frame.payload == octets("80F20000009000"));
  REQUIRE_FALSE(reader.next().value());
}

TEST_CASE("files that are no captures are named", "[replay]") {
  SECTION("missing") {
    const auto failed = PcapReader::open("/nowhere/run.pcap");
    REQUIRE(failed.error().code == Errc::no_input);
    REQUIRE(failed.error().text() == "/nowhere/run.pcap: No such file or directory");
  }
  SECTION("text") {
    const File file(octets("41424344 45464748"));
    const auto failed = PcapReader::open(file.path);
    REQUIRE(failed.error().code == Errc::data);
    REQUIRE(failed.error().place == file.path);
  }
  SECTION("a link type without IP") {
    const auto file = capture("000000D9", "");
    const auto failed = PcapReader::open(file.path);
    REQUIRE(failed.error().code == Errc::data);
    REQUIRE(failed.error().text() ==
            file.path + ": link type 217 carries no GSMTAP that can be read; 1, 101, 113, 228 or 276 expected");
  }
  SECTION("cut short behind a good frame") {
    const auto file = capture("000000E4", record("00000001", status_packet) + "00000002");
    auto reader = PcapReader::open(file.path).value();
    REQUIRE(reader.next().value());
    const auto failed = reader.next();
    REQUIRE(failed.error().code == Errc::data);
    REQUIRE(failed.error().place == file.path);
  }
}

TEST_CASE("an APDU payload is split by the direction of its INS", "[replay]") {
  struct Row {
    std::string_view what, payload, command_data, response_data;
    int status_word;
    bool known;
  };
  const auto row =
      GENERATE(Row{"SELECT", "00A40004023F00612F", "3F00", "", 0x612F, true},
               Row{"SELECT over a link that fetches by itself", "00A40004023F006F009000", "3F00", "6F00", 0x9000, true},
               Row{"TERMINAL PROFILE refused at its header", "801000001C6F00", "", "", 0x6F00, true},
               Row{"FETCH", "8012000003D001009000", "", "D00100", 0x9000, true},
               Row{"FETCH with the wrong length", "80120000006C13", "", "", 0x6C13, true},
               Row{"GET RESPONSE", "00C000000201029000", "", "0102", 0x9000, true},
               Row{"STATUS", "80F2000002AABB9110", "", "AABB", 0x9110, true},
               Row{"GET STATUS", "80F24000024F009000", "4F00", "", 0x9000, true},
               Row{"RETRIEVE DATA, first block", "80CB0080018062F1", "80", "", 0x62F1, true},
               Row{"RETRIEVE DATA, next block", "80CB000001809000", "", "80", 0x9000, true},
               Row{"VERIFY without data", "002000010063C3", "", "", 0x63C3, true},
               Row{"INS in no table, no data", "00FE0000006D00", "", "", 0x6D00, true},
               Row{"INS in no table", "00FE000001AA9000", "AA", "", 0x9000, false});
  INFO(row.what);
  const Octets payload = octets(row.payload);
  const auto split = split_apdu_payload(payload).value();
  REQUIRE(same(split.header, ByteView(payload).first(5)));
  REQUIRE(same(split.command_data, octets(row.command_data)));
  REQUIRE(same(split.response_data, octets(row.response_data)));
  REQUIRE(split.status_word == row.status_word);
  REQUIRE(split.direction_known == row.known);
}

TEST_CASE("an APDU payload without a status word is refused", "[replay]") {
  REQUIRE(split_apdu_payload(octets("00A400000090")).error().text() ==
          "an APDU frame of 6 octets, at least 7 expected at offset 6");
}

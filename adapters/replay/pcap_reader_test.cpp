// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/pcap_reader.hpp"

#include "adapters/replay/testing/capture_maker.hpp"

using namespace dmsc;
using namespace dmsc::replay;
using namespace dmsc::replay::testing;
using codec::GsmtapSim;

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

TEST_CASE("interfaces of a pcapng file may differ", "[replay]") {
  // Link types 150 and 228, the latter with a snapshot length of its own, described before or behind the first packet.
  const auto other = enhanced_packet("00000000", "01020304");
  const auto ours = enhanced_packet("00000001", status_packet);
  const auto order = GENERATE_COPY(as<std::string>{}, interface("0096") + interface("00E4", "00000060") + other + ours,
                                   interface("0096") + other + interface("00E4", "00000060") + ours,
                                   interface("0096") + interface("00E4", "00000060") + ours + other);
  const File file(octets(section() + order));
  auto reader = PcapReader::open(file.path).value();
  const auto frame = reader.next().value().value();
  REQUIRE(frame.time_us == 2);
  REQUIRE(frame.payload == octets("80F20000009000"));
  REQUIRE_FALSE(reader.next().value());
  REQUIRE(reader.passed_over().words() == "1 of link type 150");
}

TEST_CASE("a packet of an interface that nobody described is counted", "[replay]") {
  const File file(octets(section() + interface("00E4") + enhanced_packet("00000001", status_packet)));
  auto reader = PcapReader::open(file.path).value();
  REQUIRE_FALSE(reader.next().value());
  REQUIRE(reader.damaged() == 1);
  REQUIRE(reader.passed_over().words() == "1 of an interface that is not described");
}

TEST_CASE("files that are no captures are named", "[replay]") {
  SECTION("missing") {
    const auto failed = PcapReader::open("/nowhere/run.pcap");
    REQUIRE(failed.error().code == Errc::no_input);
    REQUIRE(failed.error().text() == "/nowhere/run.pcap: cannot be read: No such file or directory");
  }
  SECTION("text") {
    const File file(octets("41424344 45464748"));
    const auto failed = PcapReader::open(file.path);
    REQUIRE(failed.error().text() == file.path + ": is no capture file: it begins neither as pcap nor as pcapng");
  }
  SECTION("a link type without IP") {
    const auto file = capture("000000D9", "");
    const auto failed = PcapReader::open(file.path);
    REQUIRE(failed.error().code == Errc::data);
    REQUIRE(failed.error().text() == file.path +
                                         ": link type 217 carries no GSMTAP that can be read; "
                                         "0, 1, 12, 14, 101, 108, 113, 228, 229, 252 or 276 expected");
  }
  SECTION("a packet of an impossible length behind a good one") {
    const auto file = capture("000000E4", record("00000001", status_packet) + "00000002 00000000 FFFFFFFF 00000001 00");
    auto reader = PcapReader::open(file.path).value();
    REQUIRE(reader.next().value());
    REQUIRE(reader.next().error().text() ==
            file.path + ": packet 2 says that it has 4294967295 octets; nothing behind it can be read");
  }
}

// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/packet_file.hpp"

#include "adapters/replay/testing/capture_maker.hpp"

using namespace dmsc;
using namespace dmsc::replay;
using namespace dmsc::replay::testing;

namespace {

std::unique_ptr<PacketFile> opened(const File& file) {
  return open_packet_file(OctetSource::open(file.path).value()).value();
}

/// The packets of a file, and how it ended.
struct Read {
  std::vector<std::int64_t> times_ns;
  std::vector<std::string> packets;
  std::string end;
};

Read read_all(ByteView content) {
  const File file(content);
  auto packets = opened(file);
  Read out;
  for (;;) {
    const auto packet = packets->next();
    if (!packet) {
      out.end = packet.error().message;
      return out;
    }
    if (!*packet) {
      out.end = packets->cut();
      return out;
    }
    out.times_ns.push_back((*packet)->time_ns);
    out.packets.push_back(to_hex((*packet)->octets));
    CHECK((*packet)->number == out.packets.size());
  }
}

Octets cut(std::string_view hex, std::size_t by) {
  auto content = octets(hex);
  content.resize(content.size() - by);
  return content;
}

}  // namespace

TEST_CASE("pcap is read in either order of octets and in either unit of time", "[replay]") {
  struct Row {
    std::string_view what, content;
    std::int64_t time_ns;
  };
  const auto row =
      GENERATE(Row{"microseconds",
                   "A1B2C3D4 00020004 00000000 00000000 00000060 00000001 00000001 00000002 00000002 00000009 AABB",
                   1'000'002'000},
               Row{"little end first",
                   "D4C3B2A1 02000400 00000000 00000000 60000000 01000000 01000000 02000000 02000000 09000000 AABB",
                   1'000'002'000},
               Row{"nanoseconds",
                   "A1B23C4D 00020004 00000000 00000000 00000060 00000001 00000001 00000002 00000002 00000009 AABB",
                   1'000'000'002},
               Row{"nanoseconds, little end first",
                   "4D3CB2A1 02000400 00000000 00000000 60000000 01000000 01000000 02000000 02000000 09000000 AABB",
                   1'000'000'002},
               Row{"longer packet headers",
                   "A1B2CD34 00020004 00000000 00000000 00000060 00000001 00000001 00000002 00000002 00000009 "
                   "0000000100000000 AABB",
                   1'000'002'000});
  INFO(row.what);
  const auto read = read_all(octets(row.content));
  REQUIRE(read.packets == std::vector<std::string>{"AABB"});
  REQUIRE(read.times_ns == std::vector{row.time_ns});
  REQUIRE(read.end.empty());
}

TEST_CASE("a capture that is cut off gives all packets before the cut and says where it is", "[replay]") {
  const auto pcap = std::string(pcap_start) + "00000001" + record("00000001", "AABB") + record("00000002", "CCDDEE");
  const auto pcapng =
      section() + interface("0001") + enhanced_packet("00000000", "AABB") + enhanced_packet("00000000", "CCDD");
  struct Row {
    std::string_view what;
    Octets content;
    std::size_t packets;
    std::string_view end;
  };
  const auto row = GENERATE_COPY(
      Row{"whole", cut(pcap, 0), 2, ""},
      Row{"in a packet", cut(pcap, 1), 1, "cut off within packet 2, 1 octet is missing; 1 whole packet before"},
      Row{"in a header", cut(pcap, 5), 1,
          "cut off within the header of packet 2, 2 octets are missing; 1 whole packet before"},
      Row{"in the first", cut(pcap, 20), 0, "cut off within packet 1, 1 octet is missing; 0 whole packets before"},
      Row{"pcapng, whole", cut(pcapng, 0), 2, ""},
      Row{"pcapng, in a packet", cut(pcapng, 10), 1,
          "cut off within packet 2, 10 octets are missing; 1 whole packet before"},
      Row{"pcapng, in a head", cut(pcapng, 30), 1,
          "cut off within block 4, 6 octets are missing; 1 whole packet before"});
  INFO(row.what);
  const auto read = read_all(row.content);
  REQUIRE(read.packets.size() == row.packets);
  REQUIRE(read.end == row.end);
}

TEST_CASE("each section and each interface of pcapng has its own order and unit", "[replay]") {
  // if_tsresol 9 (nanoseconds), if_tsresol 0x80 + 10 (1/1024 s), if_tsoffset of 5 s; then a section with the other
  // order.
  const auto big =
      section() + interface("0001", "00000000", "0009 0001 09000000 000E 0008 0000000000000005 0000 0000") +
      interface("0001", "00000000", "0009 0001 8A000000") + block("0000000B", "00") +
      enhanced_packet("00000000", "AABB", "0000000000000007") + enhanced_packet("00000001", "CC", "0000000000000600");
  const std::string little =
      "0A0D0D0A 1C000000 4D3C2B1A 0100 0000 FFFFFFFFFFFFFFFF 1C000000"
      "01000000 14000000 0100 0000 02000000 14000000"
      "03000000 14000000 05000000 DDEE0000 14000000";  // a simple packet, cut by the snapshot length of 2
  const auto read = read_all(octets(big + little));
  REQUIRE(read.packets == std::vector<std::string>{"AABB", "CC", "DDEE"});
  REQUIRE(read.times_ns == std::vector<std::int64_t>{5'000'000'007, 1'500'000'000, 0});
  REQUIRE(read.end.empty());
}

TEST_CASE("damaged blocks end the reading, packets before are good", "[replay]") {
  struct Row {
    std::string_view what;
    std::string more;
    std::string_view end;
  };
  const auto row = GENERATE(Row{"lengths", "00000006 00000010 00000000 00000014",
                                "block 4 has two lengths that contradict each other; nothing behind it can be read"},
                            Row{"no multiple of 4", "00000006 0000000D 00000000 00000000",
                                "block 4 says that it has 13 octets; nothing behind it can be read"},
                            Row{"too short", "00000006 00000008 00000008 00000000",
                                "block 4 says that it has 8 octets; nothing behind it can be read"},
                            Row{"no magic", "0A0D0D0A 0000001C 00000000 00000000",
                                "block 4 begins a section and has no byte-order magic; nothing behind it can be read"},
                            Row{"no interface", "00000001 00000010 00000000 00000010",
                                "block 4 describes no interface; nothing behind it can be read"},
                            Row{"endless", "00000BAD FFFFFFFC 00000000 00000000",
                                "cut off within block 4, 4294967276 octets are missing; 1 whole packet before"});
  INFO(row.what);
  const auto read = read_all(octets(section() + interface("0001") + enhanced_packet("00000000", "AABB") + row.more));
  REQUIRE(read.packets == std::vector<std::string>{"AABB"});
  REQUIRE(read.end == row.end);
}

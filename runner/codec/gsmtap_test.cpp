// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/gsmtap.hpp"

#include "runner/base/catch.hpp"

using namespace dmsc;
using namespace dmsc::codec;

namespace {

Octets octets(std::string_view text) {
  return parse_hex(text).value();
}

// STATUS and 9000 as a frame, written out by hand. IPv4: total length 0x33 = 20 + 8 + 16 + 7; checksum: the words
// 4500 0033 0000 4000 4011 7F00 0001 7F00 0001 add up to 0x1C346, folded C347, inverted 3CB8.
constexpr std::string_view ethernet = "000000000000 000000000000 0800";
constexpr std::string_view ip_on =
    "45000033 00004000 40113CB8 7F000001 7F000001"
    "12791279 001F0000"
    "02040400 00000000 00000000 00000000"
    "80F2000000 9000";

Octets patched(std::size_t at, std::uint8_t octet) {
  Octets frame = octets(std::string(ethernet) + std::string(ip_on));
  frame[at] = octet;
  return frame;
}

}  // namespace

TEST_CASE("a frame is written as SIMtrace2 does it", "[gsmtap]") {
  REQUIRE(gsmtap_frame(GsmtapSim::apdu, octets("80F20000009000")) ==
          octets(std::string(ethernet) + std::string(ip_on)));
  const auto atr = gsmtap_frame(GsmtapSim::atr, octets("3B00")).value();
  REQUIRE(atr[14 + 20 + 8 + 12] == 0x01);
}

TEST_CASE("a payload longer than IPv4 can carry is refused", "[gsmtap]") {
  REQUIRE(gsmtap_frame(GsmtapSim::apdu, Octets(65491)));
  REQUIRE(gsmtap_frame(GsmtapSim::apdu, Octets(65492)).error().message ==
          "payload of 65492 octets, a frame carries at most 65491");
}

TEST_CASE("frames of every link type give the same payload", "[gsmtap]") {
  struct Row {
    LinkType type;
    std::string_view link_layer;
  };
  const auto row = GENERATE(Row{LinkType::ethernet, ethernet}, Row{LinkType::raw_ip, ""}, Row{LinkType::ipv4, ""},
                            Row{LinkType::linux_sll, "0000 0304 0006 000000000000 0000 0800"},
                            Row{LinkType::linux_sll2, "0800 0000 00000001 0304 00 06 0000000000000000"});
  const Octets frame = octets(std::string(row.link_layer) + std::string(ip_on));
  const auto read = read_gsmtap(frame, row.type);
  REQUIRE(read);
  REQUIRE(read->sub_type == GsmtapSim::apdu);
  REQUIRE(same(read->payload, octets("80F20000009000")));
}

TEST_CASE("padding behind the packet is no payload, IPv4 options are skipped", "[gsmtap]") {
  const auto padded = octets(std::string(ip_on) + "000000");
  REQUIRE(same(read_gsmtap(padded, LinkType::ipv4)->payload, octets("80F20000009000")));
  const auto with_options = octets(
      "4600002F 00000000 40110000 7F000001 7F000001 01010101"
      "C0001279 00170000 02040400 00000000 00000000 01000000");
  // 0x2F = 24 + 8 + 15: one octet short of a GSMTAP header.
  REQUIRE(read_gsmtap(with_options, LinkType::raw_ip).error().text() == "GSMTAP header cut short at offset 47");
}

TEST_CASE("frames that are something else say where", "[gsmtap]") {
  struct Row {
    std::size_t at;
    std::uint8_t octet;
    Errc code;
    std::string_view text;
  };
  const auto row = GENERATE(
      Row{12, 0x86, Errc::unknown, "not IPv4 at offset 12"}, Row{14, 0x65, Errc::unknown, "not IPv4 at offset 14"},
      Row{14, 0x44, Errc::malformed, "IPv4 lengths contradict each other at offset 14"},
      Row{17, 0x13, Errc::malformed, "IPv4 lengths contradict each other at offset 14"},
      Row{17, 0x34, Errc::truncated, "IPv4 packet cut short at offset 65"},
      Row{20, 0x20, Errc::unknown, "a fragment at offset 20"}, Row{23, 0x06, Errc::unknown, "not UDP at offset 23"},
      Row{37, 0x7A, Errc::unknown, "not for port 4729 at offset 36"},
      Row{39, 0x07, Errc::malformed, "UDP length below 8 at offset 38"},
      Row{39, 0x20, Errc::truncated, "UDP datagram cut short at offset 65"},
      Row{39, 0x17, Errc::truncated, "GSMTAP header cut short at offset 57"},
      Row{42, 0x01, Errc::unknown, "not GSMTAP version 2 at offset 42"},
      Row{43, 0x03, Errc::malformed, "GSMTAP header length below 16 at offset 43"},
      Row{43, 0x06, Errc::truncated, "GSMTAP header cut short at offset 65"},
      Row{44, 0x01, Errc::unknown, "not GSMTAP type SIM at offset 44"});
  const auto read = read_gsmtap(patched(row.at, row.octet), LinkType::ethernet);
  REQUIRE(read.error().text() == row.text);
  REQUIRE(read.error().code == row.code);
}

TEST_CASE("a frame cut anywhere is refused, never read beyond its end", "[gsmtap]") {
  const Octets frame = patched(0, 0);
  for (std::size_t length = 0; length < frame.size(); ++length) {
    const Octets cut(frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(length));
    REQUIRE_FALSE(read_gsmtap(cut, LinkType::ethernet));
  }
}

TEST_CASE("an APDU frame holds one TPDU exchange", "[gsmtap]") {
  struct Row {
    std::string_view what, command, response, payload;
  };
  const auto row = GENERATE(Row{"four octets", "00A4000C", "9000", "00A4000C00 9000"},
                            Row{"data out", "8012000003", "D001009000", "8012000003 D00100 9000"},
                            Row{"data in", "80C200000101", "9110", "80C2000001 01 9110"},
                            Row{"data in and Le", "00A40004023F0000", "6F009000", "00A4000402 3F00 6F00 9000"},
                            Row{"extended Lc", "80E200000000021122", "9000", "80E2000000 00021122 9000"},
                            Row{"longer than Lc says", "80C2000001010203", "6700", "80C2000001 010203 6700"},
                            Row{"no response", "80F2000000", "", "80F2000000"});
  INFO(row.what);
  REQUIRE(apdu_payload(octets(row.command), octets(row.response)) == octets(row.payload));
}

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/gsmtap.hpp"

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
                            Row{LinkType::linux_sll2, "0800 0000 00000001 0304 00 06 0000000000000000"},
                            Row{LinkType::null, "02000000"}, Row{LinkType::null, "00000002"},
                            Row{LinkType::loop, "00000002"}, Row{LinkType::raw_ip_12, ""}, Row{LinkType::raw_ip_14, ""},
                            Row{LinkType::ethernet, "000000000000 000000000000 8100 0005 0800"},
                            Row{LinkType::ethernet, "000000000000 000000000000 88A8 0005 8100 0006 0800"},
                            Row{LinkType::linux_sll, "0000 0304 0006 000000000000 0000 8100 0005 0800"},
                            Row{LinkType::ipv4, "45000047 00004000 40040000 7F000001 7F000001"},
                            Row{LinkType::upper_pdu, "000C 0004 69700000 0019 0004 00000007 0000 0000"});
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
  const auto row =
      GENERATE(Row{12, 0x86, Errc::unknown, "not IP at offset 12"}, Row{14, 0x55, Errc::unknown, "not IP at offset 14"},
               Row{14, 0x44, Errc::malformed, "IPv4 lengths contradict each other at offset 14"},
               Row{17, 0x13, Errc::malformed, "IPv4 lengths contradict each other at offset 14"},
               Row{17, 0x34, Errc::truncated, "IPv4 packet cut short at offset 65"},
               Row{20, 0x20, Errc::unknown, "a fragment of an IP packet at offset 20"},
               Row{23, 0x06, Errc::unknown, "not UDP at offset 23"},
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

TEST_CASE("GSMTAP is where either port is 4729", "[gsmtap]") {
  auto frame = patched(37, 0x7A);
  REQUIRE(read_gsmtap(frame, LinkType::ethernet));
  frame[35] = 0x7A;
  REQUIRE(read_gsmtap(frame, LinkType::ethernet).error().text() == "not for port 4729 at offset 36");
}

TEST_CASE("IPv6 is read with its extension headers", "[gsmtap]") {
  constexpr std::string_view addresses = "00000000000000000000000000000001 00000000000000000000000000000001";
  constexpr std::string_view udp_on = "12791279 001F0000 02040400 00000000 00000000 00000000 80F20000009000";
  const auto packet = [&](std::string_view length_and_next, std::string_view extensions) {
    return octets("60000000" + std::string(length_and_next) + "40" + std::string(addresses) + std::string(extensions) +
                  std::string(udp_on));
  };
  struct Row {
    std::string_view what, length_and_next, extensions, error;
  };
  const auto row = GENERATE(
      Row{"none", "001F11", "", ""},
      Row{"hop by hop, destination options", "002F00", "3C00010400000000 1100010400000000", ""},
      Row{"routing of 16 octets", "002F2B", "1101000000000000 0000000000000000", ""},
      Row{"authentication of 12 octets", "002B33", "11010000 00000001 00000001", ""},
      Row{"a fragment that is the whole", "00272C", "1100000000000001", ""},
      Row{"a jumbogram", "000000", "1100C20400000000", ""},
      Row{"a first fragment", "00272C", "1100000100000001", "a fragment of an IP packet at offset 42"},
      Row{"a later fragment", "00272C", "1100000800000001", "a fragment of an IP packet at offset 42"},
      Row{"not UDP", "001F06", "", "not UDP at offset 6"},
      Row{"not UDP behind an extension", "002700", "0600010400000000", "not UDP at offset 40"},
      Row{"cut short", "00FF11", "", "IPv6 packet cut short at offset 71"},
      Row{"an extension beyond the end", "001F00", "11FF0104", "IPv6 extension header cut short at offset 71"});
  INFO(row.what);
  const auto frame = packet(row.length_and_next, row.extensions);
  const auto read = read_gsmtap(frame, LinkType::ipv6);
  REQUIRE((read ? "" : read.error().text()) == row.error);
  if (read) REQUIRE(same(read->payload, octets("80F20000009000")));
}

TEST_CASE("exported PDUs name what they are", "[gsmtap]") {
  struct Row {
    std::string_view name, frame;
    GsmtapSim sub_type;
    Half half;
    std::string_view payload;
  };
  const auto row = GENERATE(
      Row{"gsm_sim", "000C 0008 67736D5F73696D00 0000 0000 80F20000009000", GsmtapSim::apdu, Half::both,
          "80F20000009000"},
      Row{"gsm_sim.command", "000C 0010 67736D5F73696D2E636F6D6D616E6400 00000000 80F2000000", GsmtapSim::apdu,
          Half::command, "80F2000000"},
      Row{"gsm_sim.response", "000C 0010 67736D5F73696D2E726573706F6E7365 00000000 9000", GsmtapSim::apdu,
          Half::response, "9000"},
      Row{"iso7816.atr", "000C 000C 69736F373831362E61747200 00000000 3B00", GsmtapSim::atr, Half::both, "3B00"},
      Row{"gsmtap", "000C 0008 67736D7461700000 00000000 02040400 00000000 00000000 07000000 9000",
          GsmtapSim::tpdu_status, Half::both, "9000"});
  INFO(row.name);
  const auto frame = octets(row.frame);
  const auto read = read_gsmtap(frame, LinkType::upper_pdu);
  REQUIRE(read);
  REQUIRE(read->sub_type == row.sub_type);
  REQUIRE(read->half == row.half);
  REQUIRE(same(read->payload, octets(row.payload)));
  REQUIRE(read_gsmtap(octets("000C 0004 6E667300 00000000"), LinkType::upper_pdu).error().text() ==
          "a PDU of another dissector at offset 0");
  REQUIRE(read_gsmtap(octets("00000000"), LinkType::upper_pdu).error().text() ==
          "a PDU without the name of a dissector at offset 0");
  REQUIRE(read_gsmtap(octets("000C 00FF 6E66"), LinkType::upper_pdu).error().text() ==
          "PDU tags cut short at offset 6");
}

TEST_CASE("tunnels end somewhere", "[gsmtap]") {
  std::string frame;
  for (int depth = 0; depth < 6; ++depth) frame += "45000000 00004000 40040000 7F000001 7F000001";
  REQUIRE(read_gsmtap(octets(frame), LinkType::ipv4).error().text() == "more than 4 tunnels at offset 100");
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

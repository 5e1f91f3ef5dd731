// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/recording.hpp"

#include <array>
#include <random>

#include "adapters/replay/testing/capture_maker.hpp"

using namespace dmsc;
using namespace dmsc::replay;
using namespace dmsc::replay::testing;

namespace {

std::string word(Role role) {
  switch (role) {
    case Role::exchange:
      return "exchange";
    case Role::unended:
      return "unended";
    case Role::command:
      return "command";
    case Role::response:
      return "response";
    case Role::atr:
      return "atr";
    case Role::pps:
      return "pps";
    case Role::octets:
      return "octets";
  }
  return "?";
}

/// Messages as `NUMBER ROLE COMMAND>RESPONSE`, errors as they are, one behind the other.
std::string told(Recording& recording) {
  std::string out;
  for (;;) {
    const auto message = recording.next();
    if (!out.empty() && (!message || *message)) out += "; ";
    if (!message) {
      out += message.error().text();
      if (message.error().code != Errc::malformed) return out;
      continue;
    }
    if (!*message) break;
    const auto& [role, mark, command, response] = **message;
    out += std::to_string(mark.number) + " " + word(role) + " " + to_hex(command) +
           (response.empty() ? "" : ">" + to_hex(response));
  }
  if (recording.passed_over().total() > 0) out += " | " + recording.passed_over().words();
  return out;
}

std::string told_of(std::string_view text) {
  return told(*record_text(text));
}

std::string told_of_frames(const std::vector<std::pair<int, std::string_view>>& frames) {
  std::string records;
  for (const auto& [sub_type, payload] : frames) records += record("00000001", sim_packet(sub_type, payload));
  const auto file = capture("000000E4", records);
  return told(*open_recording(file.path).value());
}

}  // namespace

TEST_CASE("the frames of a capture become exchanges", "[replay]") {
  struct Row {
    std::string_view what;
    std::vector<std::pair<int, std::string_view>> frames;
    std::string_view told;
  };
  const auto row = GENERATE(
      Row{"whole",
          {{0, "801200000102 9000"}, {0, "80F2000C009000"}},
          "1 exchange 8012000001>029000; 2 exchange 80F2000C00>9000"},
      Row{"header, data called the command's whatever their way, status word",
          {{4, "8012000002"}, {5, "D000"}, {7, "9000"}, {4, "8010000001"}, {5, "FF"}, {7, "9112"}},
          "1 exchange 8012000002>D0009000; 4 exchange 8010000001FF>9112"},
      Row{"data called the card's",
          {{4, "8012000002"}, {6, "D000"}, {7, "9000"}, {4, "8010000001"}, {6, "FF"}, {7, "9112"}},
          "1 exchange 8012000002>D0009000; 4 exchange 8010000001FF>9112"},
      Row{"data of both",
          {{4, "00A4000402"}, {5, "3F00"}, {6, "6F00"}, {7, "9000"}},
          "1 exchange 00A40004023F00>6F009000"},
      Row{"an unknown instruction", {{4, "80FE000001"}, {6, "AA"}, {7, "9000"}}, "1 exchange 80FE000001>AA9000"},
      Row{"reset and parameters",
          {{1, "3B00"}, {2, "FF109679"}, {3, "FF109679"}},
          "1 atr 3B00; 2 pps FF109679; 3 pps FF109679"},
      Row{"no status word",
          {{4, "8012000002"}, {5, "D000"}, {4, "80F2000000"}},
          "1 unended 8012000002>D000; 3 command 80F2000000"},
      Row{"pieces that belong to nothing",
          {{6, "D000"}, {7, "9000"}, {4, "80F2"}, {16, "00"}},
          "2 response >9000 | 1 data without the header of their command, 1 headers that have not 5 octets, "
          "1 of GSMTAP SIM sub-type 16"},
      Row{"a command alone",
          {{0, "80F2000C00"}, {0, "00A4000C9000"}},
          "1 command 80F2000C00; 2 exchange 00A4000C>9000"},
      Row{"fewer than a header", {{0, "80F2"}}, " | 1 APDUs of fewer than 4 octets"});
  INFO(row.what);
  REQUIRE(told_of_frames(row.frames) == row.told);
}

TEST_CASE("the halves of Wireshark's exported PDUs are joined", "[replay]") {
  // "gsm_sim.command" and "gsm_sim.response", each filled up to a multiple of four.
  const auto half = [](std::string_view name, std::string_view octets) {
    return "000C" + hex_number(name.size() / 2, 4) + std::string(name) + "00000000" + std::string(octets);
  };
  const auto file = capture("000000FC", record("00000001", half("67736D5F73696D2E636F6D6D616E6400", "8012000002")) +
                                            record("00000001", half("67736D5F73696D2E726573706F6E7365", "D0009000")));
  REQUIRE(told(*open_recording(file.path).value()) == "1 exchange 8012000002>D0009000");
}

TEST_CASE("a damaged capture tells what came before the damage", "[replay]") {
  const auto file =
      capture("000000E4", record("00000001", sim_packet(4, "8012000002")) + record("00000001", sim_packet(5, "D000")) +
                              "00000001 00000000 FFFFFFFF 00000001");
  REQUIRE(told(*open_recording(file.path).value()) ==
          "1 unended 8012000002>D000; " + file.path +
              ": packet 3 says that it has 4294967295 octets; nothing behind it can be read");
}

TEST_CASE("what is neither a capture nor a text is named", "[replay]") {
  const File file(octets("7F454C46 02010100 00000000"));
  REQUIRE(open_recording(file.path).error().text() == file.path + ": is neither a capture nor a text");
}

TEST_CASE("texts of programs become exchanges", "[replay]") {
  struct Row {
    std::string_view what, text, told;
  };
  const auto row = GENERATE(
      Row{"simtrace2-sniff",
          "Entering main loop\nATR: 3b 9f\nPPS: ff 10 96 79 \nTPDU: 80 f2 00 0c 00 90 00\nTPDU: 80 12 00 00 02 d0 00 "
          "90 00 \n",
          "2 atr 3B9F; 3 pps FF109679; 4 exchange 80F2000C00>9000; 5 exchange 8012000002>D0009000 | 1 without octets"},
      Row{"pcscd", "00000162 APDU: 80 F2 00 0C 00 \n00000301 SW: 90 00 \n", "1 exchange 80F2000C00>9000"},
      Row{"pcscd behind the head of a journal",
          "Mar 05 21:43:45 host pcscd[22]: 00000588 APDU: 80 12 00 00 02\nMar 05 21:43:45 host pcscd[22]: 00008810 SW: "
          "D0 00 90 00\n",
          "1 exchange 8012000002>D0009000"},
      Row{"scriptor", "> RESET\n< OK: 3B 9F \n> 80 F2 00 0C 00\n< 90 00 : Normal processing.\n",
          "2 atr 3B9F; 3 exchange 80F2000C00>9000 | 1 without octets"},
      Row{"scriptor, an answer of several lines",
          "> 00 B0 00 00 10\n< 00 01 02 03 04 05 06 07 08 09 0A 0B 0C 0D 0E 0F \n90 00 : Normal processing.\n",
          "1 exchange 00B0000010>000102030405060708090A0B0C0D0E0F9000"},
      Row{"pySim", "-> 00a4000402 3f00\n<- 9000: 621e\n-> 80f2000c00 \n<- 910b: \n-- RESET\n",
          "1 exchange 00A40004023F00>621E9000; 3 exchange 80F2000C00>910B | 1 without octets"},
      Row{"AT+CSIM", "AT+CSIM=10,\"80F2000C00\"\r\n+CSIM: 4,\"9000\"\r\nOK\r\n",
          "1 exchange 80F2000C00>9000 | 1 without octets"},
      Row{"one line", "80F2000C00 -> 9000\nC-APDU: 80F2000C00 R-APDU: 9110\n",
          "1 exchange 80F2000C00>9000; 2 exchange 80F2000C00>9110"},
      Row{"GlobalPlatformPro", "A>> T=0 (4+0000) 80F2000C00\nA<< (0000+2) (32ms) 9000\n", "1 exchange 80F2000C00>9000"},
      Row{"a label on a line of its own",
          "Outgoing APDU (5 bytes):\n80 F2 00 0C 00 .....\nIncoming APDU (2 bytes):\n90 00 ..\n",
          "1 exchange 80F2000C00>9000"},
      Row{"no answer", "APDU: 80 F2 00 0C 00\nAPDU: 80 12 00 00 02\nSW: 6F 00\n",
          "1 command 80F2000C00; 2 exchange 8012000002>6F00"},
      Row{"quoted by a mail", "> D009810301030082028182\n> 80F2000C00\n",
          "1 octets D009810301030082028182; 2 command 80F2000C00"},
      Row{"xxd", "00000000: d009 8103 0103 0082 0281 82              ...........\n", "1 octets D009810301030082028182"},
      Row{"hexdump -C",
          "00000000  00 01 02 03 04 05 06 07  08 09 0a 0b 0c 0d 0e 0f  |................|\n00000010  aa bb "
          "|..|\n00000012\n",
          "1 octets 000102030405060708090A0B0C0D0E0FAABB"},
      Row{"one message a line", "# remark\n\nD009810301030082028182\n9000 // end\n; remark\n",
          "3 octets D009810301030082028182; 4 octets 9000"},
      Row{"the head of some log", "2026-11-29 12:34:56.789 [info] D009810301030082028182\n",
          "1 octets D009810301030082028182"},
      Row{"a broken line", "TPDU: 80 f2 00 0c 00 90 0\nTPDU: 80 f2 00 0c 00 90 00\n",
          "line 1: odd number of hexadecimal digits at offset 25; 2 exchange 80F2000C00>9000"},
      Row{"a broken line among octets", "D0 09 8g 03 01 03 00 82 02 81 82\n9000\n",
          "line 1: not a hexadecimal digit at offset 6; 2 octets 9000"},
      Row{"no octets at all", "no octets\n", "line 1: not a hexadecimal digit at offset 0"},
      Row{"numbers of other things", "command 1024 failed\nTPDU: 80 f2 00 0c 00 90 00\n",
          "2 exchange 80F2000C00>9000 | 1 without octets"});
  INFO(row.what);
  REQUIRE(told_of(row.text) == row.told);
}

TEST_CASE("a text is read in any coding", "[replay]") {
  const auto hex = GENERATE(as<std::string_view>{},
                            "EFBBBF 3930 3030 0D0A",                 // UTF-8 with its mark
                            "FFFE 3900 3000 3000 3000 0D00 0A00",    // UTF-16, little end first
                            "FEFF 0039 0030 0030 0030 000A",         // UTF-16, big end first
                            "3900 3000 3000 3000",                   // without mark and end of line
                            "3930 C2A0 3030 0A", "3930 A0 3030 0A",  // a no-break space, of UTF-8 and of Latin-1
                            "E2809C 3930 E280AF 3030 E2809D 0A");    // typographic quotes, a narrow space
  const File file(octets(hex));
  REQUIRE(told(*open_recording(file.path).value()) == "1 octets 9000");
}

TEST_CASE("a line beyond its bound is named and the next is read", "[replay]") {
  const auto text = std::string((std::size_t{1} << 20) + 1, '0') + "\n9000\n";
  REQUIRE(told_of(text) == "line 1: line is longer than 1 MiB; 2 octets 9000");
}

TEST_CASE("whatever a file holds, it is read to an end", "[replay]") {
  // The capture and the text of the tests above with octets changed, left out and put twice; the seed is fixed.
  std::mt19937 random(20261129);
  const auto pcap = octets(std::string(pcap_start) + "000000E4" + record("00000001", sim_packet(4, "8012000002")) +
                           record("00000001", sim_packet(5, "D000")) + record("00000001", sim_packet(7, "9000")));
  const auto pcapng = octets(section() + interface("00E4", "00000060", "0009 0001 09000000") +
                             enhanced_packet("00000000", status_packet) + enhanced_packet("00000000", atr_packet));
  constexpr std::string_view log = "TPDU: 80 f2 00 0c 00 90 00\n> 80F2000C00\n< 90 00 : ok\n00000000: d009 8103  ..\n";
  const auto text = Octets(log.begin(), log.end());
  for (int round = 0; round < 600; ++round) {
    auto content = std::array{pcap, pcapng, text}[static_cast<std::size_t>(round) % 3];
    for (auto changes = random() % 8; changes > 0 && !content.empty(); --changes) {
      const auto at = content.begin() + static_cast<std::ptrdiff_t>(random() % content.size());
      switch (random() % 4) {
        case 0:
          *at = static_cast<std::uint8_t>(random());
          break;
        case 1:
          content.erase(at);
          break;
        case 2:
          content.insert(at, *at);
          break;
        default:
          content.resize(content.size() - random() % content.size() / 4);
      }
    }
    const File file(content);
    const auto recording = open_recording(file.path);
    if (recording) (void)told(**recording);
  }
  SUCCEED();
}

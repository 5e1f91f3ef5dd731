// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "runner/base/catch.hpp"
#include "runner/base/octets.hpp"

namespace dmsc::replay::testing {

inline Octets octets(std::string_view text) {
  return parse_hex(text).value();
}

/// A file that goes with the test.
struct File {
  explicit File(ByteView content) {
    std::string name = (std::filesystem::temp_directory_path() / "dmsc-replay-XXXXXX").string();
    const int fd = mkstemp(name.data());
    REQUIRE(fd >= 0);
    close(fd);
    path = name;
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(content.size()));
  }
  explicit File(std::string_view text)
      : File(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size())) {}
  ~File() { std::filesystem::remove(path); }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  std::string path;
};

// Captures by hand, most significant octet first. A frame of IPv4 up to SW1 SW2 is in codec/gsmtap_test.cpp.
constexpr std::string_view pcap_start = "A1B2C3D4 0002 0004 00000000 00000000 00040000";
constexpr std::string_view status_packet =
    "45000033 00004000 40113CB8 7F000001 7F000001 12791279 001F0000 02040400 00000000 00000000 00000000 80F20000009000";
constexpr std::string_view atr_packet =
    "4500002E 00004000 40110000 7F000001 7F000001 12791279 001A0000 02040400 00000000 00000000 01000000 3B00";
constexpr std::string_view dns_packet = "4500001C 00004000 40110000 7F000001 7F000001 00350035 00080000";

/// An IPv4 packet with a GSMTAP SIM frame of any sub-type.
inline std::string sim_packet(int sub_type, std::string_view payload) {
  const auto size = octets(payload).size();
  return "4500" + hex_number(20 + 8 + 16 + size, 4) + "00004000 40110000 7F000001 7F000001 12791279" +
         hex_number(8 + 16 + size, 4) + "0000 02040400 00000000 00000000" +
         hex_number(static_cast<unsigned>(sub_type), 2) + "000000" + std::string(payload);
}

inline std::string record(std::string_view seconds, std::string_view packet) {
  const auto length = hex_number(octets(packet).size(), 8);
  return std::string(seconds) + "000003E8" + length + length + std::string(packet);
}

inline File capture(std::string_view link_type, const std::string& records) {
  return File(octets(std::string(pcap_start) + std::string(link_type) + records));
}

/// A block of pcapng with its two lengths.
inline std::string block(std::string_view type, const std::string& body) {
  auto filled = to_hex(octets(body));
  while (filled.size() % 8 != 0) filled += "00";
  const auto length = hex_number(filled.size() / 2 + 12, 8);
  return std::string(type) + length + filled + length;
}
inline std::string section() {
  return block("0A0D0D0A", "1A2B3C4D 0001 0000 FFFFFFFFFFFFFFFF");
}
inline std::string interface(std::string_view link_type, std::string_view snap_length = "00040000",
                             std::string_view options = "") {
  return block("00000001", std::string(link_type) + "0000" + std::string(snap_length) + std::string(options));
}
inline std::string enhanced_packet(std::string_view which, std::string_view packet,
                                   std::string_view time = "0000000000000002") {
  const auto length = hex_number(octets(packet).size(), 8);
  return block("00000006", std::string(which) + std::string(time) + length + length + std::string(packet));
}

}  // namespace dmsc::replay::testing

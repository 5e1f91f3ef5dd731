// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <pcap/pcap.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "runner/codec/gsmtap.hpp"

namespace dmsc::replay {

struct SimFrame {
  std::int64_t time_us = 0;  ///< microseconds since 1970-01-01 UTC, as the capture says
  codec::GsmtapSim sub_type{};
  Octets payload;
};

/// Reads the GSMTAP SIM frames of a capture file, pcap or pcapng, in the order of the file.
class PcapReader {
 public:
  /// @return  Errc::no_input when the file cannot be opened, Errc::data when it is no capture or of a link type that
  ///          carries no IP
  static Result<PcapReader> open(const std::string& path);

  /// The next frame, or nothing at the end of the file.
  /// @return  Errc::data when the file is damaged from here on; frames before are good
  Result<std::optional<SimFrame>> next();

  std::size_t skipped() const { return skipped_; }  ///< frames so far that are not GSMTAP SIM
  std::size_t damaged() const { return damaged_; }  ///< frames so far that were cut short or contradict themselves

 private:
  struct EndCapture {
    void operator()(pcap_t* capture) const { pcap_close(capture); }
  };

  PcapReader() = default;

  std::string path_;
  std::unique_ptr<pcap_t, EndCapture> capture_;
  codec::LinkType link_type_{};
  std::size_t skipped_ = 0;
  std::size_t damaged_ = 0;
};

/// One TPDU exchange taken apart. The views point into the payload.
struct SplitApdu {
  std::array<std::uint8_t, 5> header{};  ///< CLA INS P1 P2 P3
  ByteView command_data;
  ByteView response_data;
  std::uint16_t status_word = 0;
  bool direction_known = true;  ///< false: INS is in no table, and the data between were taken for command data
};

/// Splits the payload of an APDU frame; the direction of its data follows from INS, as the payload does not tell it.
/// @param payload  CLA INS P1 P2 P3, command data, response data, SW1 SW2; 7 octets or more
/// @return  Errc::truncated for fewer
/// Source: ETSI TS 102 221, table 10.5, 7.3.1.1 and 11.3.1; GlobalPlatform Card Specification 2.3, chapter 11
Result<SplitApdu> split_apdu_payload(ByteView payload);

}  // namespace dmsc::replay

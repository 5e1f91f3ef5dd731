// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/replay/packet_file.hpp"
#include "adapters/replay/recording.hpp"
#include "runner/codec/card/gsmtap.hpp"

namespace dmsc::replay {

struct SimFrame {
  std::size_t number = 0;    ///< of the packet in the file, from 1
  std::int64_t time_us = 0;  ///< microseconds since 1970-01-01 UTC, as the capture says
  std::int64_t time_ns = 0;  ///< the same in nanoseconds
  codec::GsmtapSim sub_type{};
  codec::Half half{};
  Octets payload;
};

/// Reads the GSMTAP SIM frames of a capture file, pcap or pcapng, in the order of the file.
class PcapReader {
 public:
  /// @return  Errc::no_input when the file cannot be read, Errc::data when it is no capture or all of it is of a link
  ///          type that carries no IP
  static Result<PcapReader> open(const std::string& path, const SourceLimits& limits = {});
  static Result<PcapReader> of(OctetSource source);

  /// The next frame, or nothing at the end of the file.
  /// @return  Errc::data when the file is damaged from here on; frames before are good
  Result<std::optional<SimFrame>> next();

  std::size_t skipped() const { return skipped_; }  ///< frames so far that are not GSMTAP SIM
  std::size_t damaged() const { return damaged_; }  ///< frames so far that were cut short or contradict themselves
  const Census& passed_over() const { return passed_over_; }  ///< both, by what they are
  const std::string& cut() const { return file_->cut(); }     ///< after the end: how the file was cut off

 private:
  explicit PcapReader(std::unique_ptr<PacketFile> file) : file_(std::move(file)) {}

  std::unique_ptr<PacketFile> file_;
  std::size_t skipped_ = 0;
  std::size_t damaged_ = 0;
  Census passed_over_;
};

}  // namespace dmsc::replay

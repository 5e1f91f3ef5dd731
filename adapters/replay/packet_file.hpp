// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "adapters/replay/octet_source.hpp"

namespace dmsc::replay {

/// One packet of a capture file.
struct Packet {
  std::size_t number = 0;    ///< in the file, from 1, as Wireshark counts
  std::int64_t time_ns = 0;  ///< nanoseconds since 1970-01-01 UTC, as the file says; 0 where it says none
  int link_type = 0;         ///< LINKTYPE_ value of its interface
  ByteView octets;           ///< as captured; valid until the next packet is read
};

/// The packets of a capture file, one at a time; each says its link type itself.
class PacketFile {
 public:
  virtual ~PacketFile() = default;

  /// The next packet, or nothing at the end.
  /// @return  Errc::data where the file is damaged from here on; packets before are good
  virtual Result<std::optional<Packet>> next() = 0;

  /// The link type of all packets, where the format has one for all.
  virtual std::optional<int> link_type() const { return {}; }

  /// After the end: how the file was cut off, where it ends within something; empty where it ends as it should.
  const std::string& cut() const { return cut_; }

 protected:
  explicit PacketFile(OctetSource source) : source_(std::move(source)) {}

  /// The end of a file `missing` octets before the end of what `where` names: a cut, unless the source had to stop.
  Result<std::optional<Packet>> end_within(const std::string& where, std::uint64_t missing);

  OctetSource source_;
  std::size_t packets_ = 0;  ///< read so far
  std::string cut_;
};

/// Octets of a packet that are kept; what is longer is no datagram and is passed over.
inline constexpr std::size_t most_packet_octets = std::size_t{1} << 18;

/// By its first octets, pcap (microseconds, nanoseconds, either order of octets, Kuznetsov's form) or pcapng.
/// @return  nothing where it is neither, Errc::data where its header cannot be read
Result<std::unique_ptr<PacketFile>> open_packet_file(OctetSource source);

/// Whether the octets begin as a capture file does.
bool is_packet_file(ByteView start);

}  // namespace dmsc::replay

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "adapters/replay/byte_order.hpp"
#include "adapters/replay/packet_file.hpp"

namespace dmsc::replay {

/// The format of blocks: sections, each with interfaces of its own, which may differ in link type, snapshot length and
/// unit of time. Blocks of unknown types are passed over.
/// Source: draft-ietf-opsawg-pcapng, 3 and 4
class PcapngFile : public PacketFile {
 public:
  static bool starts(ByteView start);

  explicit PcapngFile(OctetSource source) : PacketFile(std::move(source)) {}

  Result<std::optional<Packet>> next() override;

 private:
  struct Interface {
    int link_type = 0;
    std::uint64_t snap_length = 0;  ///< 0: no limit
    std::uint8_t resolution = 6;    ///< if_tsresol
    std::int64_t offset_s = 0;      ///< if_tsoffset
  };
  enum class Kind : std::uint8_t { section, interface, packet, simple_packet, enhanced_packet, other };
  struct Block;

  Result<Block> read_head(ByteView head);
  Result<std::optional<Packet>> read_block(const Block& block, bool& is_packet);
  tl::unexpected<Error> bad(const std::string& what) const;
  Result<std::optional<Packet>> take_body(const Block& block, ByteView body, bool& is_packet);
  void add_interface(ByteView body);
  Packet packet_in(const Block& block, ByteView body);
  std::int64_t time_ns(const Interface& interface, std::uint64_t units) const;
  std::uint64_t number(ByteView octets, std::size_t at, std::size_t width) const {
    return number_at(octets, at, width, order_);
  }

  ByteOrder order_{};
  std::vector<Interface> interfaces_;  ///< of this section
  std::size_t blocks_ = 0;
};

}  // namespace dmsc::replay

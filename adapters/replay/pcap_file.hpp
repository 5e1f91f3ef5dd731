// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "adapters/replay/byte_order.hpp"
#include "adapters/replay/packet_file.hpp"

namespace dmsc::replay {

/// The classic format: one header for the file, one a packet.
/// Source: draft-ietf-opsawg-pcap; libpcap, sf-pcap.c, for the form with longer packet headers (magic A1B2CD34)
class PcapFile : public PacketFile {
 public:
  static bool starts(ByteView start);

  /// @return  Errc::data where the file ends within its header
  static Result<std::unique_ptr<PacketFile>> open(OctetSource source);

  Result<std::optional<Packet>> next() override;
  std::optional<int> link_type() const override { return link_type_; }

 private:
  struct Form;
  static const Form* form_of(ByteView start, ByteOrder& order);
  PcapFile(OctetSource source, ByteOrder order, const Form& form);

  ByteOrder order_;
  bool nanoseconds_;
  std::size_t header_length_;  ///< of a packet
  int link_type_;
};

}  // namespace dmsc::replay

// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/packet_file.hpp"

#include "adapters/replay/pcap_file.hpp"
#include "adapters/replay/pcapng_file.hpp"

namespace dmsc::replay {

Result<std::optional<Packet>> PacketFile::end_within(const std::string& where, std::uint64_t missing) {
  const auto& failure = source_.failure();
  if (failure && failure->code != Errc::truncated) return tl::make_unexpected(*failure);
  const auto whole = packets_ == 1 ? std::string("1 whole packet") : std::to_string(packets_) + " whole packets";
  cut_ = "cut off within " + where + ", " + std::to_string(missing) + (missing == 1 ? " octet is" : " octets are") +
         " missing; " + whole + " before";
  if (failure) cut_ = failure->message + "; " + cut_;
  return std::optional<Packet>{};
}

bool is_packet_file(ByteView start) {
  return PcapFile::starts(start) || PcapngFile::starts(start);
}

Result<std::unique_ptr<PacketFile>> open_packet_file(OctetSource source) {
  const auto start = source.peek(4);
  if (PcapngFile::starts(start)) return std::make_unique<PcapngFile>(std::move(source));
  if (PcapFile::starts(start)) return PcapFile::open(std::move(source));
  return std::unique_ptr<PacketFile>{};
}

}  // namespace dmsc::replay

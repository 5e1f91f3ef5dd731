// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/pcap_reader.hpp"

namespace dmsc::replay {

Result<PcapReader> PcapReader::open(const std::string& path, const SourceLimits& limits) {
  auto source = OctetSource::open(path, limits);
  if (!source) return tl::make_unexpected(source.error());
  return of(std::move(*source));
}

Result<PcapReader> PcapReader::of(OctetSource source) {
  const auto path = source.path();
  auto file = open_packet_file(std::move(source));
  if (!file) return tl::make_unexpected(file.error());
  if (!*file) return fail(Errc::data, "is no capture file: it begins neither as pcap nor as pcapng", {}, path);
  const auto link_type = (*file)->link_type();
  if (link_type && !codec::is_read(*link_type)) {
    return fail(Errc::data,
                "link type " + std::to_string(*link_type) +
                    " carries no GSMTAP that can be read; 0, 1, 12, 14, 101, 108, 113, 228, 229, 252 or 276 expected",
                {}, path);
  }
  return PcapReader(std::move(*file));
}

Result<std::optional<SimFrame>> PcapReader::next() {
  for (;;) {
    const auto packet = file_->next();
    if (!packet) return tl::make_unexpected(packet.error());
    if (!*packet) return std::optional<SimFrame>{};
    const auto& [number, time_ns, link_type, octets] = **packet;
    if (link_type < 0) {
      ++damaged_;
      passed_over_.add("of an interface that is not described");
      continue;
    }
    if (!codec::is_read(link_type)) {
      ++skipped_;
      passed_over_.add("of link type " + std::to_string(link_type));
      continue;
    }
    const auto frame = codec::read_gsmtap(octets, static_cast<codec::LinkType>(link_type));
    if (frame) {
      return SimFrame{number, time_ns / 1000, time_ns, frame->sub_type, frame->half, to_octets(frame->payload)};
    }
    ++(frame.error().code == Errc::unknown ? skipped_ : damaged_);
    passed_over_.add(frame.error().message);
  }
}

}  // namespace dmsc::replay

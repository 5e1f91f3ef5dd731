// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/pcap_file.hpp"

#include <algorithm>

namespace dmsc::replay {
namespace {

constexpr std::size_t file_header_length = 24;
constexpr std::int64_t ns_per_second = 1'000'000'000;
constexpr std::uint64_t longest_packet = std::uint64_t{1} << 27;  // what libpcap takes at most, of any link type

}  // namespace

struct PcapFile::Form {
  std::uint64_t magic;
  bool nanoseconds;
  std::size_t header_length;
};

const PcapFile::Form* PcapFile::form_of(ByteView start, ByteOrder& order) {
  static constexpr Form forms[] = {{0xA1B2C3D4, false, 16}, {0xA1B23C4D, true, 16}, {0xA1B2CD34, false, 24}};
  if (start.size() < 4) return nullptr;
  for (const auto each : {ByteOrder::most_significant_first, ByteOrder::least_significant_first}) {
    const auto* form = std::ranges::find(forms, number_at(start, 0, 4, each), &Form::magic);
    if (form == std::end(forms)) continue;
    order = each;
    return form;
  }
  return nullptr;
}

bool PcapFile::starts(ByteView start) {
  ByteOrder order{};
  return form_of(start, order) != nullptr;
}

PcapFile::PcapFile(OctetSource source, ByteOrder order, const Form& form)
    : PacketFile(std::move(source)), order_(order), nanoseconds_(form.nanoseconds), header_length_(form.header_length) {
  constexpr std::size_t link_type_at = 20;
  constexpr std::uint64_t link_type_mask = 0xFFFF;  // the upper half tells of frame check sequences
  link_type_ = static_cast<int>(number_at(source_.take(file_header_length), link_type_at, 4, order) & link_type_mask);
}

Result<std::unique_ptr<PacketFile>> PcapFile::open(OctetSource source) {
  const auto header = source.peek(file_header_length);
  if (header.size() < file_header_length) {
    return fail(Errc::data, "cut off within the header of the capture file", header.size(), source.path());
  }
  ByteOrder order{};
  const auto* form = form_of(header, order);
  return std::unique_ptr<PacketFile>(new PcapFile(std::move(source), order, *form));
}

Result<std::optional<Packet>> PcapFile::next() {
  const auto header = source_.take(header_length_);
  const auto where = [&] { return "packet " + std::to_string(packets_ + 1); };
  if (header.size() < header_length_) {
    if (header.empty() && !source_.failure()) return std::optional<Packet>{};
    return end_within("the header of " + where(), header_length_ - header.size());
  }
  Packet packet;
  const auto seconds = static_cast<std::int64_t>(number_at(header, 0, 4, order_));
  const auto fraction = static_cast<std::int64_t>(number_at(header, 4, 4, order_));
  packet.time_ns = seconds * ns_per_second + (nanoseconds_ ? fraction : fraction * 1000);
  packet.link_type = link_type_;
  const auto length = number_at(header, 8, 4, order_);
  if (length > longest_packet) {
    return fail(Errc::data,
                where() + " says that it has " + std::to_string(length) + " octets; nothing behind it can be read", {},
                source_.path());
  }
  const auto kept = static_cast<std::size_t>(std::min<std::uint64_t>(length, most_packet_octets));
  auto there = source_.peek(kept).size();
  if (there < kept) return end_within(where(), length - there);
  const auto rest = length - kept;
  packet.octets = source_.take(kept);
  if (rest > 0) {  // no datagram is that long: nothing of it is needed
    packet.octets = {};
    const auto skipped = source_.skip(rest);
    if (skipped < rest) return end_within(where(), rest - skipped);
  }
  packet.number = ++packets_;
  return packet;
}

}  // namespace dmsc::replay

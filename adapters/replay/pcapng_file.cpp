// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/pcapng_file.hpp"

#include <algorithm>
#include <limits>

namespace dmsc::replay {
namespace {

constexpr std::uint64_t type_section = 0x0A0D0D0A;  // the same in either order of octets
constexpr std::uint64_t type_interface = 1;
constexpr std::uint64_t type_packet = 2;  // obsolete, and still in old files
constexpr std::uint64_t type_simple_packet = 3;
constexpr std::uint64_t type_enhanced_packet = 6;

constexpr std::size_t head_length = 8;  // type and total length
constexpr std::size_t tail_length = 4;  // total length again
constexpr std::size_t most_interfaces = 65536;
constexpr std::size_t most_body = most_packet_octets + 4096;

constexpr std::int64_t ns_per_second = 1'000'000'000;

}  // namespace

struct PcapngFile::Block {
  Kind kind = Kind::other;
  std::uint64_t type = 0;
  std::uint64_t length = 0;  // of all, head and tail too
  std::uint64_t body() const { return length - head_length - tail_length; }
};

bool PcapngFile::starts(ByteView start) {
  return start.size() >= 4 && number_at(start, 0, 4, ByteOrder::most_significant_first) == type_section;
}

tl::unexpected<Error> PcapngFile::bad(const std::string& what) const {
  return fail(Errc::data, "block " + std::to_string(blocks_) + " " + what + "; nothing behind it can be read", {},
              source_.path());
}

/// @param head  12 octets: a section has its byte-order magic behind type and length
Result<PcapngFile::Block> PcapngFile::read_head(ByteView head) {
  constexpr std::uint64_t byte_order_magic = 0x1A2B3C4D;
  ++blocks_;
  Block block;
  if (starts(head)) {
    if (number_at(head, head_length, 4, ByteOrder::most_significant_first) == byte_order_magic) {
      order_ = ByteOrder::most_significant_first;
    } else if (number_at(head, head_length, 4, ByteOrder::least_significant_first) == byte_order_magic) {
      order_ = ByteOrder::least_significant_first;
    } else {
      return bad("begins a section and has no byte-order magic");
    }
  } else if (blocks_ == 1) {
    return bad("begins no section");
  }
  block.type = number(head, 0, 4);
  block.length = number(head, 4, 4);
  if (block.length < head_length + tail_length || block.length % 4 != 0) {
    return bad("says that it has " + std::to_string(block.length) + " octets");
  }
  switch (block.type) {
    case type_section:
      block.kind = Kind::section;
      break;
    case type_interface:
      block.kind = Kind::interface;
      break;
    case type_packet:
      block.kind = Kind::packet;
      break;
    case type_simple_packet:
      block.kind = Kind::simple_packet;
      break;
    case type_enhanced_packet:
      block.kind = Kind::enhanced_packet;
      break;
    default:
      break;
  }
  return block;
}

/// Reads a block to its end. What is so long that nothing in it is of use is passed over.
Result<std::optional<Packet>> PcapngFile::read_block(const Block& block, bool& is_packet) {
  is_packet = block.kind == Kind::packet || block.kind == Kind::simple_packet || block.kind == Kind::enhanced_packet;
  const auto where = [&] {
    return is_packet ? "packet " + std::to_string(packets_ + 1) : "block " + std::to_string(blocks_);
  };
  source_.take(head_length);
  const bool useless = block.kind == Kind::other || block.body() > most_body;
  if (useless) {
    const auto rest = block.length - head_length;
    const auto skipped = source_.skip(rest);
    if (skipped < rest) return end_within(where(), rest - skipped);
    return take_body(block, {}, is_packet);
  }
  const auto length = static_cast<std::size_t>(block.body());
  const auto octets = source_.take(length + tail_length);
  if (octets.size() < length + tail_length) return end_within(where(), length + tail_length - octets.size());
  if (number(octets, length, tail_length) != block.length) return bad("has two lengths that contradict each other");
  return take_body(block, octets.first(length), is_packet);
}

Result<std::optional<Packet>> PcapngFile::take_body(const Block& block, ByteView body, bool& is_packet) {
  if (is_packet) return packet_in(block, body);
  if (block.kind == Kind::section) interfaces_.clear();
  if (block.kind != Kind::interface) return std::optional<Packet>{};
  constexpr std::size_t shortest = 8;
  if (body.size() < shortest) return bad("describes no interface");
  if (interfaces_.size() == most_interfaces) return bad("describes interface 65537 of a section");
  add_interface(body);
  return std::optional<Packet>{};
}

void PcapngFile::add_interface(ByteView body) {
  constexpr std::size_t fixed = 8;
  constexpr std::uint64_t option_resolution = 9;
  constexpr std::uint64_t option_offset = 14;
  Interface out;
  out.link_type = static_cast<int>(number(body, 0, 2));
  out.snap_length = number(body, 4, 4);
  for (std::size_t at = fixed; at + 4 <= body.size();) {
    const auto code = number(body, at, 2);
    const auto length = static_cast<std::size_t>(number(body, at + 2, 2));
    at += 4;
    if (code == 0 || body.size() - at < length) break;
    if (code == option_resolution && length == 1) out.resolution = body[at];
    if (code == option_offset && length == 8) out.offset_s = static_cast<std::int64_t>(number(body, at, 8));
    at += (length + 3) / 4 * 4;
  }
  interfaces_.push_back(out);
}

std::int64_t PcapngFile::time_ns(const Interface& interface, std::uint64_t units) const {
  const int exponent = interface.resolution & 0x7F;
  const bool binary = (interface.resolution & 0x80) != 0;
  long double seconds = 1;  // units a second
  for (int at = 0; at < exponent; ++at) seconds *= binary ? 2 : 10;
  // Whole numbers where nanoseconds are a multiple of the unit, as they are in files of the trade.
  if (!binary && exponent <= 9) {
    std::uint64_t factor = 1;
    for (int at = exponent; at < 9; ++at) factor *= 10;
    if (units <= std::numeric_limits<std::int64_t>::max() / 2 / factor) {
      const auto ns = static_cast<std::int64_t>(units * factor);
      constexpr std::int64_t most_offset = 1'000'000'000;
      const bool usable = interface.offset_s > -most_offset && interface.offset_s < most_offset;
      return ns + (usable ? interface.offset_s * ns_per_second : 0);
    }
    return 0;
  }
  const long double ns = static_cast<long double>(units) / seconds * ns_per_second +
                         static_cast<long double>(interface.offset_s) * ns_per_second;
  constexpr long double most = 4e18L;
  return ns > -most && ns < most ? static_cast<std::int64_t>(ns) : 0;
}

/// The packet in a block of any of the three kinds; link type -1 where its interface is not described.
Packet PcapngFile::packet_in(const Block& block, ByteView body) {
  const bool simple = block.kind == Kind::simple_packet;
  const std::size_t fixed = simple ? 4 : 20;
  Packet packet;
  packet.number = ++packets_;
  packet.link_type = -1;
  if (body.size() < fixed) return packet;
  const std::size_t which = simple ? 0 : static_cast<std::size_t>(number(body, 0, block.kind == Kind::packet ? 2 : 4));
  if (which >= interfaces_.size()) return packet;
  const auto& interface = interfaces_[which];
  packet.link_type = interface.link_type;
  std::uint64_t length = simple ? number(body, 0, 4) : number(body, 12, 4);
  if (simple && interface.snap_length != 0) length = std::min(length, interface.snap_length);
  if (simple) length = std::min<std::uint64_t>(length, body.size() - fixed);
  if (!simple) packet.time_ns = time_ns(interface, number(body, 4, 4) << 32 | number(body, 8, 4));
  if (length <= body.size() - fixed) packet.octets = body.subspan(fixed, static_cast<std::size_t>(length));
  return packet;
}

Result<std::optional<Packet>> PcapngFile::next() {
  for (;;) {
    const auto head = source_.peek(head_length + tail_length);
    if (head.empty() && !source_.failure()) return std::optional<Packet>{};
    if (head.size() < head_length + tail_length) {
      return end_within("block " + std::to_string(blocks_ + 1), head_length + tail_length - head.size());
    }
    const auto block = read_head(head);
    if (!block) return tl::make_unexpected(block.error());
    bool is_packet = false;
    auto packet = read_block(*block, is_packet);
    if (!packet || *packet || !cut_.empty()) return packet;
  }
}

}  // namespace dmsc::replay

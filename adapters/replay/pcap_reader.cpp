// SPDX-License-Identifier: Apache-2.0
#include "adapters/replay/pcap_reader.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <system_error>

namespace dmsc::replay {
namespace {

constexpr std::size_t header_length = 5;
constexpr std::size_t status_length = 2;
constexpr std::int64_t us_per_second = 1'000'000;

constexpr std::array link_types{codec::LinkType::ethernet, codec::LinkType::raw_ip, codec::LinkType::linux_sll,
                                codec::LinkType::ipv4, codec::LinkType::linux_sll2};

// libpcap numbers raw IP after the system it was built for; files always say 101.
codec::LinkType link_type_of(pcap_t* capture) {
  const int number = pcap_datalink(capture);
  return number == DLT_RAW ? codec::LinkType::raw_ip : static_cast<codec::LinkType>(number);
}

enum class Direction { in, out, unknown };

// Commands whose data go to the card; where an answer follows, T=0 fetches it by GET RESPONSE.
constexpr std::array<std::uint8_t, 32> data_in{0x04, 0x10, 0x14, 0x20, 0x24, 0x26, 0x28, 0x2A, 0x2C, 0x32, 0x44,
                                               0x50, 0x76, 0x82, 0x88, 0x89, 0xA2, 0xA4, 0xAA, 0xC2, 0xD4, 0xD6,
                                               0xD8, 0xDA, 0xDB, 0xDC, 0xE0, 0xE2, 0xE4, 0xE6, 0xE8, 0xF0};

// Commands whose data come from the card.
constexpr std::array<std::uint8_t, 7> data_out{0x12, 0x70, 0x84, 0xB0, 0xB2, 0xC0, 0xCA};

constexpr std::uint8_t ins_status = 0xF2;
constexpr std::uint8_t ins_retrieve_data = 0xCB;

template <std::size_t N>
bool contains(const std::array<std::uint8_t, N>& table, std::uint8_t ins) {
  return std::find(table.begin(), table.end(), ins) != table.end();
}

Direction direction_of(ByteView header) {
  const std::uint8_t ins = header[1];
  // STATUS has P1 00 to 02; GlobalPlatform's GET STATUS has the same INS, P1 10 to 80 and data that go to the card.
  if (ins == ins_status) return header[2] < 0x10 ? Direction::out : Direction::in;
  // Only the first block (P2, bits 8 and 7 are 10) names a tag; the following ones are only read.
  if (ins == ins_retrieve_data) return (header[3] & 0xC0) == 0x80 ? Direction::in : Direction::out;
  if (contains(data_in, ins)) return Direction::in;
  return contains(data_out, ins) ? Direction::out : Direction::unknown;
}

}  // namespace

Result<PcapReader> PcapReader::open(const std::string& path) {
  std::FILE* file = std::fopen(path.c_str(), "rbe");
  if (file == nullptr) return fail(Errc::no_input, std::generic_category().message(errno), {}, path);
  std::array<char, PCAP_ERRBUF_SIZE> text{};
  PcapReader out;
  out.path_ = path;
  out.capture_.reset(pcap_fopen_offline(file, text.data()));
  if (!out.capture_) {
    std::fclose(file);
    return fail(Errc::data, text.data(), {}, path);
  }
  out.link_type_ = link_type_of(out.capture_.get());
  if (std::find(link_types.begin(), link_types.end(), out.link_type_) == link_types.end()) {
    return fail(Errc::data,
                "link type " + std::to_string(static_cast<int>(out.link_type_)) +
                    " carries no GSMTAP that can be read; 1, 101, 113, 228 or 276 expected",
                {}, path);
  }
  return out;
}

Result<std::optional<SimFrame>> PcapReader::next() {
  pcap_pkthdr* header = nullptr;
  const u_char* data = nullptr;
  for (;;) {
    const int code = pcap_next_ex(capture_.get(), &header, &data);
    if (code == PCAP_ERROR_BREAK) return std::optional<SimFrame>{};
    if (code != 1) return fail(Errc::data, pcap_geterr(capture_.get()), {}, path_);
    const auto frame = codec::read_gsmtap(ByteView(data, header->caplen), link_type_);
    if (frame) {
      const std::int64_t time_us = std::int64_t{header->ts.tv_sec} * us_per_second + header->ts.tv_usec;
      return SimFrame{time_us, frame->sub_type, to_octets(frame->payload)};
    }
    ++(frame.error().code == Errc::unknown ? skipped_ : damaged_);
  }
}

Result<SplitApdu> split_apdu_payload(ByteView payload) {
  if (payload.size() < header_length + status_length) {
    return fail(Errc::truncated, "an APDU frame of " + std::to_string(payload.size()) + " octets, at least 7 expected",
                payload.size());
  }
  SplitApdu out;
  std::copy_n(payload.begin(), header_length, out.header.begin());
  const ByteView between = payload.subspan(header_length, payload.size() - header_length - status_length);
  const ByteView status = payload.last(status_length);
  out.status_word = static_cast<std::uint16_t>(status[0] << 8 | status[1]);
  const Direction direction = direction_of(payload);
  if (direction == Direction::out) {
    out.response_data = between;
    return out;
  }
  out.direction_known = direction == Direction::in || between.empty();
  // A card that refuses at the header takes fewer data than P3 says, often none.
  const std::size_t taken = std::min<std::size_t>(between.size(), out.header[4]);
  out.command_data = between.first(taken);
  out.response_data = between.subspan(taken);
  return out;
}

}  // namespace dmsc::replay

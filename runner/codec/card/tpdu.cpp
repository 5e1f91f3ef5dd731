// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/tpdu.hpp"

#include <algorithm>
#include <array>

#include "runner/codec/card/apdu_tree.hpp"
#include "runner/codec/card/authentication.hpp"
#include "runner/codec/cat/message.hpp"

namespace dmsc::codec {
namespace {

constexpr std::size_t header_length = 5;
constexpr std::size_t status_length = 2;
constexpr std::size_t at_p3 = 4;

// Commands whose data go to the card; where an answer follows, T=0 fetches it by GET RESPONSE.
constexpr std::array<std::uint8_t, 32> to_card{0x04, 0x10, 0x14, 0x20, 0x24, 0x26, 0x28, 0x2A, 0x2C, 0x32, 0x44,
                                               0x50, 0x76, 0x82, 0x88, 0x89, 0xA2, 0xA4, 0xAA, 0xC2, 0xD4, 0xD6,
                                               0xD8, 0xDA, 0xDB, 0xDC, 0xE0, 0xE2, 0xE4, 0xE6, 0xE8, 0xF0};

// Commands whose data come from the card.
constexpr std::array<std::uint8_t, 7> from_card{0x12, 0x70, 0x84, 0xB0, 0xB2, 0xC0, 0xCA};

constexpr std::uint8_t ins_authenticate = 0x88;
constexpr std::uint8_t ins_status = 0xF2;
constexpr std::uint8_t ins_retrieve_data = 0xCB;
constexpr std::uint8_t tag_proactive = 0xD0;
constexpr std::uint8_t tag_fcp = 0x62;

template <std::size_t N>
bool contains(const std::array<std::uint8_t, N>& table, std::uint8_t ins) {
  return std::find(table.begin(), table.end(), ins) != table.end();
}

StatusWord last_word(ByteView octets) {
  const auto tail = octets.last(status_length);
  return StatusWord{static_cast<std::uint16_t>(tail[0] << 8 | tail[1])};
}

bool ends_in_status(ByteView octets) {
  return octets.size() >= status_length && is_status(last_word(octets));
}

/// Octets behind the header that go to the card: what P3 says, or all that the extended form says.
std::size_t taken_by_card(ByteView header, ByteView between) {
  const std::size_t p3 = header[at_p3];
  if (p3 == 0 && between.size() > 2) {
    const std::size_t extended = std::size_t{between[0]} << 8 | between[1];
    if (extended == between.size() - 2) return between.size();
  }
  // A card that refuses at the header takes fewer data than P3 says, often none.
  return std::min(between.size(), p3);
}

/// Octets that a BER-TLV data object at the start takes, its tag of one octet; 0 where none fits in.
std::size_t object_length(ByteView octets) {
  if (octets.size() < 2) return 0;
  const std::size_t more = octets[1] > 0x80 ? octets[1] - 0x80U : 0;
  if (octets[1] == 0x80 || more > 2 || octets.size() < 2 + more) return 0;
  std::size_t length = more == 0 ? octets[1] : 0;
  for (std::size_t at = 0; at < more; ++at) length = length << 8 | octets[2 + at];
  const auto total = 2 + more + length;
  return total <= octets.size() ? total : 0;
}

std::string words_of(StatusWord status) {
  const auto* row = find_status(status);
  std::string words = row == nullptr ? "no known meaning" : row->name;
  const std::size_t octets = status.sw2() == 0 ? 256 : status.sw2();
  if (status.proactive() || status.more_data() || status.sw1() == 0x9F)
    words += ": " + std::to_string(octets) + " octets";
  return words;
}

/// What data from the card hold, by the command that they answer; nothing where no row says.
std::optional<Decoded> decode_answer(ByteView command, ByteView data) {
  if (data[0] == tag_proactive) return decode_proactive(data);
  if (command.size() > 1 && command[1] == ins_authenticate) return decode_authentication_answer(data);
  return {};
}

/// Data from the card, with what they hold.
Node data_node(ByteView command, ByteView data, std::size_t offset, Decoded& whole) {
  auto node = plain_node("response", "Response data", offset, data);
  if (auto inner = decode_answer(command, data)) {
    const auto error = nest(node, std::move(*inner));
    if (error && !whole.error) whole.error = error;
  }
  return node;
}

/// The answer's data and status word, behind the command. @param command  empty where it is not known
void add_response(ByteView command, ByteView response, Decoded& whole) {
  const auto data = response.size() < status_length ? ByteView{} : response.first(response.size() - status_length);
  if (!data.empty()) whole.fields.push_back(data_node(command, data, command.size(), whole));
  if (response.size() < status_length) return;
  const auto status = last_word(response);
  auto node = plain_node("sw", "Status word", command.size() + data.size(), response.last(status_length));
  node.note = words_of(status);
  whole.fields.push_back(std::move(node));
}

}  // namespace

DataWay data_way(ByteView command) {
  const std::uint8_t ins = command[1];
  // STATUS has P1 00 to 02; GlobalPlatform's GET STATUS has the same INS, P1 10 to 80 and data that go to the card.
  if (ins == ins_status) return command[2] < 0x10 ? DataWay::from_card : DataWay::to_card;
  // Only the first block (P2, bits 8 and 7 are 10) names a tag; the following ones are only read.
  if (ins == ins_retrieve_data) return (command[3] & 0xC0) == 0x80 ? DataWay::to_card : DataWay::from_card;
  if (contains(to_card, ins)) return DataWay::to_card;
  return contains(from_card, ins) ? DataWay::from_card : DataWay::unknown;
}

bool is_status(StatusWord status) {
  const auto sw1 = status.sw1();
  return (sw1 > 0x60 && sw1 <= 0x6F) || (sw1 >= 0x90 && sw1 <= 0x9F);
}

Result<Tpdu> split_tpdu(ByteView octets) {
  if (octets.size() < header_length + status_length) {
    return fail(Errc::truncated, "an APDU frame of " + std::to_string(octets.size()) + " octets, at least 7 expected",
                octets.size());
  }
  const auto between = octets.subspan(header_length, octets.size() - header_length - status_length);
  const auto way = data_way(octets);
  const auto taken = way == DataWay::from_card ? 0 : taken_by_card(octets, between);
  return Tpdu{octets.first(header_length + taken), octets.subspan(header_length + taken),
              way != DataWay::unknown || between.empty()};
}

bool is_exchange(ByteView octets) {
  constexpr std::size_t header_alone = 4;
  if (octets.size() <= header_length) return false;
  const bool ended = ends_in_status(octets);
  if (data_way(octets) == DataWay::from_card && octets.size() > header_length + 1) return true;
  if (!ended) return false;
  const bool is_command = read_command(octets).has_value();
  if (octets.size() == header_alone + status_length) return !is_command;
  const std::size_t between = octets.size() - header_length - status_length;
  const std::size_t p3 = octets[at_p3];
  // Both readings of seven octets whose fifth is 00 are well formed; nobody asks for 36,864 octets by an extended Le.
  if (p3 == 0 && between == 0) return true;
  return !is_command && (between == 0 || between >= p3);
}

Tpdu read_exchange(ByteView octets) {
  const std::size_t p3 = octets[at_p3];
  const std::size_t expected = p3 == 0 ? 256 : p3;
  if (octets.size() == header_length - 1 + status_length) {
    return {octets.first(header_length - 1), octets.last(status_length)};
  }
  const bool whole_data_alone = octets.size() - header_length == expected;
  if (octets.size() >= header_length + status_length && ends_in_status(octets) && !whole_data_alone) {
    return *split_tpdu(octets);
  }
  return {octets.first(header_length), octets.subspan(header_length)};
}

Decoded decode_exchange(ByteView command, ByteView response) {
  auto decoded = decode_apdu(command);
  const bool header_only = command.size() == header_length;
  if (header_only && data_way(command) == DataWay::to_card) {  // P3 says what would have gone to the card
    auto& p3 = decoded.fields.back();
    p3.key = "lc";
    p3.name = "Lc";
    p3.value = std::int64_t{command[at_p3]};
  }
  const bool ended = ends_in_status(response);
  if (ended) {
    add_response(command, response, decoded);
  } else {
    if (!response.empty()) decoded.fields.push_back(data_node(command, response, command.size(), decoded));
    decoded.anomalies.push_back({command.size() + response.size(), "no status word follows"});
  }
  return decoded;
}

Decoded decode_response(ByteView octets) {
  Decoded decoded;
  decoded.kind = "response";
  decoded.key = "response";
  decoded.name = "Response APDU";
  decoded.clause = "ETSI TS 102 221, 10.2";
  if (octets.size() < status_length) {
    decoded.error = Error{Errc::truncated, "a response APDU has at least 2 octets", octets.size(), {}};
    return decoded;
  }
  add_response({}, octets, decoded);
  const auto& first = decoded.fields.front();
  if (!first.fields.empty()) {
    decoded.key = first.key;
    decoded.name = "Response APDU with " + first.name;
  }
  return decoded;
}

bool looks_like_response(ByteView octets) {
  if (!ends_in_status(octets)) return false;
  const auto data = octets.first(octets.size() - status_length);
  if (data.empty()) return true;
  return (data[0] == tag_proactive || data[0] == tag_fcp) && object_length(data) == data.size();
}

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/profile.hpp"

#include <algorithm>
#include <charconv>

#include "runner/base/text.hpp"

namespace dmsc::codec {
namespace {

constexpr std::string_view octets_key = "octets";

std::string place_of(std::size_t byte, std::size_t bit) {
  return std::to_string(byte) + "." + std::to_string(bit);
}

Node bit_node(ByteView profile, std::size_t byte, std::string key, std::string name, Value value) {
  Node node;
  node.key = std::move(key);
  node.name = std::move(name);
  node.clause = "ETSI TS 102 223, 5.2";
  node.offset = byte - 1;
  node.octets = {profile[byte - 1]};
  node.value = std::move(value);
  return node;
}

/// The rows of one octet; the table is in their order.
std::span<const ProfileBit> rows_of(std::size_t byte) {
  const auto rows = profile_bits();
  return {std::ranges::lower_bound(rows, byte, {}, &ProfileBit::byte),
          std::ranges::upper_bound(rows, byte, {}, &ProfileBit::byte)};
}

/// Bits of one octet that a row names.
std::uint32_t named_bits(std::size_t byte) {
  std::uint32_t mask = 0;
  for (const auto& row : rows_of(byte)) mask |= ((1U << row.width) - 1) << (row.bit - 1);
  return mask;
}

void add_unnamed(ByteView profile, std::size_t byte, std::vector<Node>& nodes) {
  const std::uint32_t unnamed = profile[byte - 1] & ~named_bits(byte);
  for (std::size_t bit = 1; bit <= 8; ++bit) {
    if ((unnamed >> (bit - 1) & 1U) == 0) continue;
    nodes.push_back(bit_node(profile, byte, "bit_" + std::to_string(byte) + "_" + std::to_string(bit),
                             place_of(byte, bit) + " no row", true));
  }
}

struct Place {
  std::size_t byte;
  std::size_t bit;
  std::size_t width;
};

/// `bit_30_8` -> 30, 8
std::optional<Place> unnamed_place(std::string_view key) {
  const auto parts = split(key, '_');
  if (parts.size() != 3 || parts[0] != "bit") return {};
  Place place{0, 0, 1};
  const auto read = [](const std::string& text, std::size_t& out) {
    return std::from_chars(text.data(), text.data() + text.size(), out).ptr == text.data() + text.size();
  };
  if (!read(parts[1], place.byte) || !read(parts[2], place.bit)) return {};
  if (place.byte < 1 || place.byte > 255 || place.bit < 1 || place.bit > 8) return {};
  return place;
}

Result<Place> place_of_key(const std::string& key) {
  if (const auto* row = find_profile_bit(key)) return Place{row->byte, row->bit, row->width};
  if (const auto place = unnamed_place(key)) return *place;
  std::vector<std::string> known;
  for (const auto& row : profile_bits()) known.emplace_back(row.key);
  return fail(Errc::unknown, "\"" + key + "\" is no facility of a terminal profile" + did_you_mean(key, known), {},
              key);
}

Result<std::size_t> least_size(const Value& facilities) {
  const auto* size = facilities.find(octets_key);
  if (size == nullptr) return 1;
  const std::string place(octets_key);
  if (!size->is_int()) return fail(Errc::malformed, "is not a number", {}, place);
  if (size->as_int() < 1 || size->as_int() > 255) {
    return fail(Errc::range, std::to_string(size->as_int()) + " is outside 1 to 255", {}, place);
  }
  return static_cast<std::size_t>(size->as_int());
}

}  // namespace

Decoded decode_profile(ByteView octets) {
  Decoded decoded;
  decoded.kind = "profile";
  decoded.key = "terminal_profile";
  decoded.name = "TERMINAL PROFILE, " + std::to_string(octets.size()) + " octets";
  decoded.clause = "ETSI TS 102 223, 5.2";
  if (octets.empty()) decoded.error = Error{Errc::truncated, "a profile has at least one octet", 0, {}};
  Node size;
  size.key = octets_key;
  size.name = "octets";
  size.value = octets.size();
  decoded.fields.push_back(std::move(size));
  for (std::size_t byte = 1; byte <= octets.size(); ++byte) {
    for (const auto& row : rows_of(byte)) {
      const auto value = profile_value(octets, row);
      if (value == 0) continue;
      std::string name = place_of(row.byte, row.bit) + " " + row.name;
      if (*row.letter != '\0') name += std::string(" (class ") + row.letter + ")";
      decoded.fields.push_back(
          bit_node(octets, byte, row.key, std::move(name), row.width == 1 ? Value(true) : Value(std::int64_t{value})));
    }
    add_unnamed(octets, byte, decoded.fields);
  }
  return decoded;
}

Result<Octets> encode_profile(const Value& facilities) {
  if (!facilities.is_map()) return fail(Errc::malformed, "a profile is a map of facilities");
  const auto least = least_size(facilities);
  if (!least) return tl::make_unexpected(least.error());
  Octets out(*least);
  for (const auto& [key, value] : facilities.as_map()) {
    if (key == octets_key) continue;
    const auto place = place_of_key(key);
    if (!place) return tl::make_unexpected(place.error());
    if (!value.is_bool() && !value.is_int()) return fail(Errc::malformed, "is neither a flag nor a number", {}, key);
    const std::int64_t number = value.is_bool() ? (value.as_bool() ? 1 : 0) : value.as_int();
    const std::int64_t most = (std::int64_t{1} << place->width) - 1;
    if (number < 0 || number > most) {
      return fail(Errc::range, std::to_string(number) + " is outside 0 to " + std::to_string(most), {}, key);
    }
    if (out.size() < place->byte) out.resize(place->byte);
    out[place->byte - 1] |= static_cast<std::uint8_t>(number << (place->bit - 1));
  }
  return out;
}

std::uint32_t profile_value(ByteView profile, const ProfileBit& row) {
  if (profile.size() < row.byte) return 0;
  return profile[row.byte - 1] >> (row.bit - 1) & ((1U << row.width) - 1);
}

bool profile_has(ByteView profile, std::string_view key) {
  const auto* row = find_profile_bit(key);
  return row != nullptr && profile_value(profile, *row) != 0;
}

const ProfileBit* find_profile_bit(std::string_view key) {
  const auto rows = profile_bits();
  const auto found = std::find_if(rows.begin(), rows.end(), [&](const ProfileBit& row) { return row.key == key; });
  return found == rows.end() ? nullptr : &*found;
}

}  // namespace dmsc::codec

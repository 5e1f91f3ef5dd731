// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/card/authentication.hpp"

#include <algorithm>

#include "runner/codec/wire/cursor.hpp"

namespace dmsc::codec {
namespace {

/// One value and the lengths that it usually has, in octets.
struct Item {
  const char* key;
  const char* name;
  std::size_t least;
  std::size_t most;
};
constexpr Item rand_item = {"rand", "RAND", 16, 16};
constexpr Item autn_item = {"autn", "AUTN", 16, 16};
constexpr Item res_item = {"res", "RES", 4, 16};
constexpr Item ck_item = {"ck", "CK", 16, 16};
constexpr Item ik_item = {"ik", "IK", 16, 16};
constexpr Item kc_item = {"kc", "Kc", 8, 8};
constexpr Item auts_item = {"auts", "AUTS", 14, 14};
constexpr Item sres_item = {"sres", "SRES", 4, 4};

constexpr Item umts_challenge[] = {rand_item, autn_item};
constexpr Item gsm_challenge[] = {rand_item};
constexpr Item success[] = {res_item, ck_item, ik_item, kc_item};
constexpr Item out_of_step[] = {auts_item};
constexpr Item gsm_answer[] = {sres_item, kc_item};

constexpr std::uint8_t success_tag = 0xDB;
constexpr std::uint8_t out_of_step_tag = 0xDC;

class Reader {
 public:
  Reader(ByteView octets, const char* key, const char* name) : octets_(octets), cursor_(octets) {
    out_.kind = "authentication";
    out_.key = key;
    out_.name = name;
    out_.clause = "3GPP TS 31.102, 7.1.2";
  }

  /// Values behind their lengths, as many as there are octets for.
  Decoded items(std::span<const Item> rows) {
    for (const auto& row : rows) {
      if (!cursor_.empty()) item(row);
    }
    return rest("more");
  }

  /// Values without lengths.
  Decoded plain(std::span<const Item> rows) {
    out_.clause = "3GPP TS 51.011, 9.2.16";
    for (const auto& row : rows) {
      const auto offset = cursor_.offset();
      if (const auto value = cursor_.take(row.most)) add(row.key, row.name, offset, *value, *value);
    }
    return rest("more");
  }

  Reader& tag(const char* meaning) {
    const auto octet = octets_.first(1);
    (void)cursor_.u8();
    add("tag", "tag", 0, octet, octet).note = meaning;
    return *this;
  }

  /// What no row describes.
  Decoded rest(const char* key) {
    const auto offset = cursor_.offset();
    if (const auto octets = cursor_.take_rest(); !octets.empty()) add(key, key, offset, octets, octets);
    return std::move(out_);
  }

 private:
  Node& add(const char* key, const char* name, std::size_t offset, ByteView octets, ByteView value) {
    auto& node = out_.fields.emplace_back();
    node.key = key;
    node.name = name;
    node.offset = offset;
    node.octets = to_octets(octets);
    node.value = to_hex(value);
    return node;
  }

  void item(const Item& row) {
    const auto start = cursor_.offset();
    const std::size_t length = *cursor_.u8();
    const auto left = cursor_.left();
    const auto value = *cursor_.take(std::min(length, left));
    auto& node = add(row.key, row.name, start, octets_.subspan(start, 1 + value.size()), value);
    if (length > left) {
      node.anomalies.push_back(
          {start, "length says " + std::to_string(length) + " octets, " + std::to_string(left) + " are left"});
    } else if (length < row.least || length > row.most) {
      const auto usual = row.least == row.most
                             ? "not " + std::to_string(row.least)
                             : "outside " + std::to_string(row.least) + " to " + std::to_string(row.most);
      node.anomalies.push_back({start, "length " + std::to_string(length) + " is " + usual});
    }
  }

  ByteView octets_;
  Cursor cursor_;
  Decoded out_;
};

}  // namespace

Decoded decode_authentication(const Command& command) {
  constexpr std::uint8_t gsm_class = 0xA0;
  constexpr std::uint8_t context_bits = 0x07;
  Reader reader(command.data, "authentication", "Challenge");
  if (command.cla == gsm_class) return reader.plain(gsm_challenge);
  switch (command.p2 & context_bits) {
    case 0:
      return reader.items(gsm_challenge);
    case 1:
      return reader.items(umts_challenge);
    default:
      return reader.rest("data");
  }
}

Decoded decode_authentication_answer(ByteView octets) {
  Reader reader(octets, "authentication_answer", "Answer to a challenge");
  const std::size_t plain_size = sres_item.most + kc_item.most;
  if (octets.size() == plain_size) return reader.plain(gsm_answer);
  if (!octets.empty() && octets[0] == success_tag) return reader.tag("success").items(success);
  if (!octets.empty() && octets[0] == out_of_step_tag) return reader.tag("out of step").items(out_of_step);
  if (octets.size() == plain_size + 2 && octets[0] == sres_item.most) return reader.items(gsm_answer);
  return reader.rest("data");
}

}  // namespace dmsc::codec

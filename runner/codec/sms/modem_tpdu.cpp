// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/sms/modem_tpdu.hpp"

#include <algorithm>

#include "runner/codec/wire/layout.hpp"
#include "runner/codec/wire/text.hpp"

namespace dmsc::codec {
namespace {

constexpr const char* centre_key = "service_centre";

/// An address of a TPDU without its length: that counts octets here.
Result<Octets> write_centre(const Value& centre) {
  if (!centre.is_map()) return fail(Errc::malformed, "is no map of an address", {}, centre_key);
  if (auto raw = raw_of(centre, centre_key)) return *raw;
  if (centre.as_map().empty()) return Octets{0};
  auto octets = encode_address(centre, centre_key);
  if (!octets) return octets;
  (*octets)[0] = static_cast<std::uint8_t>(octets->size() - 1);
  return octets;
}

/// @param octets  the length, and as many octets as it says
Node read_centre(ByteView octets) {
  Node node;
  node.key = centre_key;
  node.name = "service centre";
  node.clause = "3GPP TS 24.011, 8.2.5.1";
  node.octets = to_octets(octets);
  node.value = Value::Map{};
  if (octets.size() < 2) {
    node.note = "none, the one that the modem knows";
    return node;
  }
  const auto digits = octets.subspan(2);
  auto type = read_layout(address_type_fields(), octets.subspan(1, 1), 1);
  node.value = std::move(type.value);
  if (node.value.bool_or("no_extension", true)) node.value = without(node.value, "no_extension");
  node.fields = std::move(type.nodes);
  if (!digits.empty()) {
    node.value["number"] = decode_digits(digits);
    auto& number = node.fields.emplace_back();
    number.key = number.name = "number";
    number.offset = 2;
    number.octets = to_octets(digits);
    number.value = *node.value.find("number");
    number.anomalies = digit_oddities(digits, 2);
  }
  const auto back = write_centre(node.value);
  node.value = keeping_raw(std::move(node.value), octets, back);
  return node;
}

Decoded read_without(ByteView octets, const TpduSpec& row) {
  auto decoded = decode_tpdu(octets, row.way);
  if (!decoded.error && decoded.key != row.key) {
    decoded.error = Error{Errc::malformed, "is " + decoded.name + ", not " + row.name, 0, {}};
  }
  return decoded;
}

/// Nothing where the first octet is no length of an address, or nothing follows it.
std::optional<Decoded> read_with(ByteView octets, const TpduSpec& row) {
  if (octets.empty() || octets[0] > service_centre_most || octets.size() <= octets[0] + std::size_t{1}) return {};
  const std::size_t size = octets[0] + std::size_t{1};
  auto decoded = read_without(octets.subspan(size), row);
  shift_nodes(decoded.fields, size);
  for (auto& anomaly : decoded.anomalies) anomaly.offset += size;
  if (decoded.error) decoded.error->offset = decoded.error->offset.value_or(0) + size;
  decoded.fields.insert(decoded.fields.begin(), read_centre(octets.first(size)));
  return decoded;
}

/// How bad a reading is: it fails, its user data are not as long as they say, something else is odd, nothing is.
int badness(const Decoded& decoded) {
  if (decoded.error) return 3;
  const bool length_lies = std::ranges::any_of(
      decoded.fields, [](const Node& node) { return node.key == "user_data_length" && !node.anomalies.empty(); });
  if (length_lies) return 2;
  return decoded.clean() ? 0 : 1;
}

}  // namespace

Decoded decode_modem_tpdu(ByteView octets, const TpduSpec& row) {
  auto bare = read_without(octets, row);
  if (badness(bare) == 0) return bare;
  auto with = read_with(octets, row);
  return with && badness(*with) < badness(bare) ? std::move(*with) : std::move(bare);
}

Result<Octets> encode_modem_tpdu(const TpduSpec& row, const Value& members) {
  const auto* centre = members.find(centre_key);
  if (centre == nullptr) return encode_tpdu(row, members);
  auto out = write_centre(*centre);
  if (!out) return out;
  const auto tpdu = encode_tpdu(row, without(members, centre_key));
  if (!tpdu) return tpdu;
  append(*out, *tpdu);
  return out;
}

}  // namespace dmsc::codec

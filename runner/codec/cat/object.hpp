// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/cat/spec.hpp"
#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

struct DecodedObjects {
  std::vector<Node> nodes;
  std::optional<Error> error;  ///< the first TLV or field that could not be read; reading goes on behind a bad field
  bool cut = false;            ///< the octets ended before the last object did
};

/// Objects that one message may have; no message that fits into an APDU of 255 octets comes near.
inline constexpr std::size_t most_objects = 1000;

/// Reads comprehension-TLVs, `most_objects` at most: more is an error. An object that no row knows keeps its value in
/// hexadecimal as `unknown_XX`; one that does not fit its row does so under its own key, with an error. An object that
/// says it is longer than what is left is the last one: its value is `raw`, what is left.
DecodedObjects decode_objects(ByteView data, std::size_t offset);

/// Reads one object by its row.
Node decode_object(const Tlv& tlv, std::optional<Error>& error);

/// Writes one object. `value` may lie: `{"raw": hex}` gives the octets of the value as they are, and a member `length`
/// beside the fields (or beside `raw`) states another length than the value has (0 to 127).
/// @return  errors as encode_fields, a member of no field too (Errc::unknown); `place` starts with the key of the row
Result<Octets> encode_object(const ObjectSpec& row, const Value& value, bool comprehension);

/// Writes again what was read; the lengths come out minimal, that of an object that was cut off as it was stated.
/// Errc::malformed for a node that is no data object.
Result<Octets> encode_node(const Node& node);

}  // namespace dmsc::codec

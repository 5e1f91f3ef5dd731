// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/node.hpp"
#include "runner/codec/wire/spec.hpp"

namespace dmsc::codec {

struct DecodedFields {
  Value value;
  std::vector<Node> nodes;
  std::optional<Error> error;
};

/// Reads the value of a data object by its fields.
/// A text that would not encode back to the same octets becomes `{"text": …, "raw": hex}`, so nothing is ever lost.
/// @param offset  of the value in the whole input
DecodedFields decode_fields(std::span<const Field> fields, ByteView value, std::size_t offset);

/// Writes the value of a data object.
/// @return  Errc::malformed for a missing or mistyped member, Errc::range for a number that does not fit,
///          Errc::unknown for a name that is in no table; `place` is the member
Result<Octets> encode_fields(std::span<const Field> fields, const Value& value);

/// Key of the row with this code, or the code itself.
Value name_or_number(Names names, std::uint32_t code);

/// Code of a key or of a plain number.
Result<std::uint32_t> code_of(Names names, const Value& value, std::string_view place);

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/bits.hpp"
#include "runner/codec/wire/node.hpp"
#include "runner/codec/wire/spec.hpp"

/// Layouts: rows of fields that need not begin at an octet, and that may depend on the fields before them. Messages
/// that are no TLVs are written down this way: TPDUs, elements of a user data header, parameters of CDMA messages.
namespace dmsc::codec {

struct LayoutField;
class LayoutReader;

/// A field of its own making; it may have several members.
struct Composite {
  /// @return  an error when the field cannot be read; what is merely odd becomes an anomaly of a node
  Result<void> (*read)(LayoutReader& reader, const LayoutField& field);
  /// @param members  of the whole layout
  Result<void> (*write)(const Value& members, const LayoutField& field, BitWriter& out);
  std::span<const char* const> keys = {};  ///< of its members; empty: the one of the field's key
};

enum class LayoutKind : std::uint8_t {
  number,     ///< `bits` bits                                    -> integer
  flag,       ///< one bit                                        -> boolean
  code,       ///< `bits` bits with `names`                       -> key, or integer where no row fits
  reserved,   ///< `bits` bits that are 0 when sent               -> integer, only where it is not 0
  octets,     ///< to the end, from the next octet on             -> hexadecimal
  composite,  ///< as `composite` says
};

struct LayoutField {
  const char* key;
  LayoutKind kind;
  std::uint8_t bits = 8;
  Names names = {};
  const Composite* composite = nullptr;
  bool (*when)(const Value& members) = nullptr;  ///< the field is there only when this holds for those before it
  bool optional = false;                         ///< may be absent when the octets end before it
};

struct Layout {
  Value value = Value::Map{};
  std::vector<Node> nodes;
  std::optional<Error> error;
};

/// Where a composite reads.
class LayoutReader {
 public:
  LayoutReader(ByteView octets, std::size_t offset) : in_(octets, offset) {}

  BitReader& in() { return in_; }
  const Value& members() const { return out_.value; }
  /// Adds a member with the octets from the bit `position` on up to here. The reference holds until the next one.
  Node& add(const char* key, std::size_t position, Value value, std::string note = {});
  void read(const LayoutField& field);
  bool failed() const { return out_.error.has_value(); }
  Layout finish() { return std::move(out_); }

 private:
  void read_simple(const LayoutField& field);

  BitReader in_;
  Layout out_;
};

/// Reads by the rows; what follows the last one stays unread and is no error.
/// @param offset  of `octets` in the whole input
Layout read_layout(std::span<const LayoutField> fields, ByteView octets, std::size_t offset);

/// As read_layout, and octets behind the last field are an error.
Layout read_whole_layout(std::span<const LayoutField> fields, ByteView octets, std::size_t offset);

/// Writes by the rows; bits that the last row leaves open are 0.
/// @return  Errc::malformed for a missing or mistyped member, Errc::range for a number that does not fit,
///          Errc::unknown for a member or a name that no row has; `place` is the member
Result<Octets> write_layout(std::span<const LayoutField> fields, const Value& members);

/// Keys of all members that the rows may have.
std::vector<std::string> keys_of(std::span<const LayoutField> fields);
/// Words of a coded member; empty where it has none.
std::vector<std::string> words_of(std::span<const LayoutField> fields, std::string_view key);

/// A value that does not encode back to the octets it was read from keeps them as `raw`.
Value keeping_raw(Value value, ByteView octets, const Result<Octets>& back);
/// A map without one of its members.
Value without(const Value& members, std::string_view key);
/// The octets of a `raw` member; nothing where there is none.
std::optional<Result<Octets>> raw_of(const Value& value, std::string_view place);

namespace fields {

constexpr LayoutField number(const char* key, std::uint8_t bits = 8, bool (*when)(const Value&) = nullptr) {
  return {.key = key, .kind = LayoutKind::number, .bits = bits, .when = when};
}
constexpr LayoutField flag(const char* key) {
  return {.key = key, .kind = LayoutKind::flag, .bits = 1};
}
constexpr LayoutField code(const char* key, std::uint8_t bits, Names names, bool (*when)(const Value&) = nullptr) {
  return {.key = key, .kind = LayoutKind::code, .bits = bits, .names = names, .when = when};
}
constexpr LayoutField reserved(const char* key, std::uint8_t bits) {
  return {.key = key, .kind = LayoutKind::reserved, .bits = bits};
}
constexpr LayoutField rest(const char* key) {
  return {.key = key, .kind = LayoutKind::octets, .bits = 0};
}
constexpr LayoutField composite(const char* key, const Composite& how, bool (*when)(const Value&) = nullptr) {
  return {.key = key, .kind = LayoutKind::composite, .bits = 0, .composite = &how, .when = when};
}
constexpr LayoutField optional(LayoutField field) {
  field.optional = true;
  return field;
}

}  // namespace fields

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/layout.hpp"

namespace dmsc::codec {

/// One element of a user data header. Source: 3GPP TS 23.040, 9.2.3.24
struct ElementSpec {
  std::uint8_t id;
  const char* key;
  const char* name;
  std::uint8_t length;                  ///< of its data in octets; 0: as it comes
  std::span<const LayoutField> fields;  ///< empty: the data stay hexadecimal, under `data`
  const char* sample;                   ///< whole element, worked by hand from the clause
};
std::span<const ElementSpec> header_elements();
const ElementSpec* find_element(std::uint8_t id);

/// Reads the elements of a header, its length octet taken off. Each is a map: `element` (key, or number where no row
/// fits) and its fields, or `data`; one that is cut off keeps all its octets as `raw`.
struct DecodedHeader {
  Value::List elements;
  std::vector<Node> nodes;
};
DecodedHeader decode_header(ByteView elements, std::size_t offset);

/// A whole header with its length octet; one that is cut off is written as the `raw` it was read as. @return
/// Errc::range above 255 octets of elements; else as write_layout
Result<Octets> encode_header(const Value& elements);

/// What the layers above need of a header.
struct HeaderSummary {
  std::optional<std::uint16_t> destination_port;
  std::optional<std::uint16_t> source_port;
  std::optional<std::uint16_t> reference;
  bool wide_reference = false;  ///< 16 bits
  std::uint8_t total = 1;
  std::uint8_t sequence = 1;
};
HeaderSummary summary_of(const Value& elements);

/// Members of all elements, for the words of the cases.
std::vector<std::string> element_keys();

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"
#include "runner/codec/wire/tlv.hpp"

namespace dmsc::codec {

/// One thing found in octets: a data object, a field of one, or the header of an APDU.
struct Node {
  std::string key;     ///< row key
  std::string name;    ///< what people read
  std::string clause;  ///< where the row comes from; empty for fields
  std::optional<std::uint32_t> tag;
  bool three_octet = false;
  bool comprehension = false;
  bool repeats = false;    ///< its slot takes several: the member is a list though it came once
  bool message = false;    ///< `fields` are those of a message of another layer
  std::size_t offset = 0;  ///< of `octets` in the whole input
  Octets octets;           ///< of an object: tag, length and value
  Value value;
  std::string note;          ///< label of a coded value
  std::vector<Node> fields;  ///< empty where the object is a single unnamed field
  std::vector<Anomaly> anomalies;
};

/// Octets that stand for themselves: the value is their hexadecimal form.
Node plain_node(std::string key, std::string name, std::size_t offset, ByteView octets);

/// Moves nodes that were read on their own to their place in a larger input.
void shift_nodes(std::vector<Node>& nodes, std::size_t by);

/// A whole input, as far as it was understood.
struct Decoded {
  std::string kind;     ///< proactive, terminal-response, envelope, profile, apdu or tlv
  std::string key;      ///< row key of the message: open_channel, terminal_applications ...
  std::string variant;  ///< layout of a command that has several; empty elsewhere
  std::string name;
  std::string clause;
  std::vector<Node> fields;
  std::vector<Anomaly> anomalies;    ///< of the message itself: missing objects, a length that is too long
  std::optional<std::uint32_t> tag;  ///< BER tag around the objects, where the message has one
  std::optional<Error> error;        ///< the first thing that could not be read; `fields` holds what could
  bool cut = false;                  ///< the octets ended before the message did: what is missing cannot be told

  /// Members by key; where a key comes more than once, or its slot repeats, the member is a list. `mode` is the
  /// variant.
  Value value() const;

  /// Value of the first object with this key, null where there is none.
  const Value* find(std::string_view key) const;

  /// Whether the octets were well formed throughout: no error, no anomaly anywhere.
  bool clean() const;

  /// All anomalies, those of the fields included, in the order of their offsets.
  std::vector<Anomaly> all_anomalies() const;

  /// Those of the message and its data objects alone, not of what other layers put into an object.
  std::vector<Anomaly> own_anomalies() const;
};

/// Hangs a message that was read on its own under the octets it was read from. `node` takes over what it is called and
/// what it says. @return  its error, at its place in the whole input
std::optional<Error> nest(Node& node, Decoded&& inner);

/// `{"kind":…, "name":…, "fields":[{"key":…,"tag":"F1","comprehension":true,"offset":n,"length":n,"hex":…,"value":…,
/// "anomalies":[…]}], "anomalies":[…]}`; "error" with offset and message where there is one. `offset` and `length` name
/// the octets in `hex`: a whole object with its tag and length.
Value to_json(const Decoded& decoded);

/// The same tree, indented, for people: names, values, clause and octets.
std::string to_text(const Decoded& decoded);

}  // namespace dmsc::codec

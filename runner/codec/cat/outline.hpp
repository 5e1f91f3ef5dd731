// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <vector>

#include "runner/codec/cat/spec.hpp"
#include "runner/codec/wire/leaf.hpp"

namespace dmsc::codec {

/// A data object where it lies in a message.
struct ObjectPlace {
  const ObjectSpec* row;  ///< null where no row knows the tag
  const Slot* slot;       ///< its place in the message; null where it has none
  std::uint32_t tag;
  std::size_t offset;  ///< of `octets` in the whole input
  ByteView octets;     ///< tag, length and value
  ByteView value;

  std::size_t value_offset() const { return offset + octets.size() - value.size(); }
};

/// What a message is and where its objects lie: nothing is copied or converted, and the vector is used again from one
/// message to the next. It is for messages as they should be. Of all others (an outer tag or length that is odd, an
/// object that is, one whose length fits no row, command details or an event list of another length, a command, event
/// or envelope without a row) it says that they are not regular, and what they hold is for decode_* to tell.
class Outline {
 public:
  /// @param octets  as decode_proactive, decode_terminal_response and decode_envelope take them; must outlive this
  /// @return  whether the message is regular
  bool read(MessageKind kind, ByteView octets);

  const MessageSpec& row() const { return *row_; }  ///< of a regular message; its key and variant are the message's
  const std::vector<ObjectPlace>& objects() const { return objects_; }

 private:
  bool read_objects(ByteView inside, std::size_t offset);
  bool choose_row(MessageKind kind, std::uint8_t code, int event);

  const MessageSpec* row_ = nullptr;
  std::vector<ObjectPlace> objects_;
};

/// Gives each value of an object to `sink`; an object without fields gives none, its octets are its value.
/// @return  as read_leaves
template <class Sink>
std::optional<Error> read_leaves(const ObjectPlace& object, Sink&& sink) {
  if (object.row == nullptr || object.row->fields.empty()) return {};
  const bool single = object.row->fields.size() == 1 && *object.row->fields[0].key == '\0';
  if (object.value.empty() && object.row->min_length == 0 && !single) return {};
  return read_leaves(fields_of(*object.row, object.value.size()), object.value, object.value_offset(), sink);
}

}  // namespace dmsc::codec

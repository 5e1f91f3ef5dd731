// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/spec.hpp"

/// The rows of the card application toolkit: one a data object, one a message, one a bit of TERMINAL PROFILE.
namespace dmsc::codec {

/// Fields of an object whose layout only its length tells.
struct OtherLayout {
  std::uint32_t min_length;  ///< of the value, in octets
  std::uint32_t max_length;
  std::span<const Field> fields;
};

struct Decoded;

/// One comprehension-TLV data object.
struct ObjectSpec {
  std::uint16_t tag;  ///< without the comprehension bit
  const char* key;
  const char* name;
  const char* clause;
  std::uint32_t min_length;  ///< of the value, in octets
  std::uint32_t max_length;
  std::span<const Field> fields;  ///< empty: the object has no value, or (max_length > 0) an opaque one
  const char* sample;             ///< whole object, hexadecimal
  const char* origin;             ///< who made the sample: never our encoder
  /// A message of another layer in an opaque value: decoded for whoever looks, while the value stays hexadecimal.
  Decoded (*inside)(ByteView octets) = nullptr;
  std::span<const OtherLayout> others = {};  ///< `fields` are those of every other length
};

enum class Need : std::uint8_t { required, optional };

/// A place for an object in a message, in sending order.
struct Slot {
  const char* key;     ///< member of the message; differs from the object's key where one object has two places
  const char* object;  ///< ObjectSpec::key
  Need need = Need::required;
  bool comprehension = true;  ///< the bit as it is usually sent; either value is accepted
  bool repeat = false;        ///< one or more: the member is a list
};

enum class MessageKind : std::uint8_t { proactive, terminal_response, envelope };

/// One message. Proactive commands and envelopes are BER-TLVs (D0, D1 to DF), terminal responses are bare objects.
struct MessageSpec {
  MessageKind kind;
  std::uint8_t code;  ///< proactive, terminal_response: type of command; envelope: BER tag
  int event;          ///< envelope D6: event code; -1 elsewhere
  const char* key;
  const char* variant;  ///< "" or the mode of a command that has several layouts (OPEN CHANNEL)
  const char* name;
  const char* clause;
  std::uint8_t source;       ///< device identities as usually sent
  std::uint8_t destination;  ///< 0x21 stands for any channel
  std::span<const Slot> slots;
  std::span<const Part> qualifier;  ///< meaning of the qualifier of command details; may be empty
  const char* sample;               ///< proactive, envelope: from the BER tag on; terminal_response: body of the APDU
  const char* origin;
};

/// One bit (or number) of TERMINAL PROFILE.
struct ProfileBit {
  std::uint8_t byte;  ///< 1-based, as the documents count
  std::uint8_t bit;   ///< 1-based, of its lowest bit
  std::uint8_t width;
  const char* key;
  const char* name;
  const char* letter;  ///< class of TS 102 223, "" for none
  bool assertable;     ///< false where only memory or one weak source stands behind the row
};

std::span<const ObjectSpec> objects();
std::span<const MessageSpec> proactive_commands();
std::span<const MessageSpec> terminal_responses();
std::span<const MessageSpec> envelopes();  ///< event downloads included, one row an event
std::span<const ProfileBit> profile_bits();

Names device_names();
Names command_names();  ///< types of command
Names event_names();
bool performed(std::string_view general_result);             ///< a result 0X: performed, in whole or in part
Names result_names();                                        ///< general result
Names additional_result_names(std::uint8_t general_result);  ///< empty where the general result has none
Names coding_scheme_names();

const ObjectSpec* find_object(std::uint32_t tag);
const ObjectSpec* find_object(std::string_view key);
/// Fields of a value of so many octets.
std::span<const Field> fields_of(const ObjectSpec& row, std::size_t length);
/// Whether a field, or a part of one, has this key.
bool has_key(std::span<const Field> fields, std::string_view key);

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

/// What an event is made of: its members, what each can be, and where that is written.
namespace dmsc::model {

/// What a member is. One that came off the wire is a map with `raw` where its octets do not fit its row.
enum class MemberKind : std::uint8_t {
  text,    ///< any string
  number,  ///< an integer
  flag,    ///< true or false; one of `words` where the answer is neither
  words,   ///< one of `words`; a number where the member is `open`
  octets,  ///< hexadecimal, in capitals
  map,     ///< `members`
  any,     ///< more than one of these
};
std::string_view name_of(MemberKind kind);

/// Keys that no row has, and that come all the same.
enum class Unnamed : std::uint8_t {
  none,
  objects,     ///< `unknown_XX`: a data object by its tag
  parameters,  ///< `parameter_XX`: a parameter of a CDMA message by its number
  bits,        ///< `bit_B_N`: a bit of a terminal profile by octet and bit
  any,         ///< whatever the peer says: headers of HTTP, elements of SyncML
};

struct Member {
  std::string key;
  MemberKind kind = MemberKind::text;
  bool list = false;                    ///< several of `kind`
  bool open = false;                    ///< of a code without a row, its number
  bool wire = false;                    ///< read by a row: may be `raw`
  std::vector<std::string> words = {};  ///< all it can be, where that is known
  std::vector<Member> members = {};
  Unnamed unnamed = Unnamed::none;  ///< further members
  std::string origin = {};          ///< clause of the row; empty: said here, see the event
};

struct EventShape {
  std::string key;
  std::string name = {};    ///< what people read
  std::string origin = {};  ///< clause of the row, or who makes the event
  std::vector<Member> members = {};
  Unnamed unnamed = Unnamed::none;
};

/// The member with this key, whether a row or a rule for what has no row names it; null where neither does.
const Member* member_of(const EventShape& event, std::string_view key);
const Member* member_of(const Member& member, std::string_view key);
/// By a path such as `result.general`.
const Member* member_at(const EventShape& event, std::string_view path);

/// Keys of members that have a name.
std::vector<std::string> keys_of(const std::vector<Member>& members);

/// Adds a member, or, where its key is there, what it can be besides.
void merge(std::vector<Member>& members, Member member);

/// So many hexadecimal digits in capitals.
bool is_hex(std::string_view text, std::size_t digits);

}  // namespace dmsc::model

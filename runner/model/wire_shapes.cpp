// SPDX-License-Identifier: Apache-2.0
#include "runner/model/wire_shapes.hpp"

#include <algorithm>

#include "runner/codec/cat/message.hpp"
#include "runner/codec/sms/cdma_sms.hpp"
#include "runner/codec/sms/sms.hpp"

namespace dmsc::model {
namespace {

using codec::FieldKind;
using codec::LayoutKind;

std::vector<std::string> words_of(codec::Names names) {
  std::vector<std::string> words;
  for (const auto& name : names) words.emplace_back(name.key);
  return words;
}

MemberKind kind_of(FieldKind kind) {
  switch (kind) {
    case FieldKind::number:
    case FieldKind::bcd:
      return MemberKind::number;
    case FieldKind::code:
    case FieldKind::code_list:
      return MemberKind::words;
    case FieldKind::hex:
    case FieldKind::paths:
      return MemberKind::octets;
    case FieldKind::parts:
      return MemberKind::map;
    default:
      return MemberKind::text;
  }
}

/// Words of a field that has others for each value of the field before it.
std::vector<std::string> chosen_words(const codec::Field& field, const codec::Field& before) {
  Member all{.key = field.key};
  std::vector<Member> one;
  for (const auto& name : before.names) {
    Member member{.key = field.key};
    member.words = words_of(field.choose(name.code));
    merge(one, std::move(member));
  }
  return one.empty() ? std::vector<std::string>{} : one.front().words;
}

Member part_member(const codec::Part& part) {
  const bool flag = part.width == 1 && part.names.empty();
  Member member{.key = part.key, .wire = true};
  member.kind = flag ? MemberKind::flag : part.names.empty() ? MemberKind::number : MemberKind::words;
  member.words = words_of(part.names);
  member.open = !part.names.empty();
  return member;
}

void add_fields(std::span<const codec::Field> fields, std::vector<Member>& members) {
  for (std::size_t at = 0; at < fields.size(); ++at) {
    const auto& field = fields[at];
    for (const auto& part : field.parts) merge(members, part_member(part));
    if (field.kind == FieldKind::parts) continue;
    Member member{.key = field.key, .kind = kind_of(field.kind), .wire = true};
    member.list = field.kind == FieldKind::code_list || field.kind == FieldKind::paths;
    member.words = field.choose != nullptr && at > 0 ? chosen_words(field, fields[at - 1]) : words_of(field.names);
    member.open = member.kind == MemberKind::words;
    merge(members, std::move(member));
  }
}

/// A parameter whose members are rows of a layout; of one field, its value is the parameter's.
Member layout_member(std::string_view key, std::span<const codec::LayoutField> fields);

MemberKind kind_of(const codec::LayoutField& field) {
  switch (field.kind) {
    case LayoutKind::flag:
      return MemberKind::flag;
    case LayoutKind::octets:
      return MemberKind::octets;
    case LayoutKind::composite:
      return MemberKind::any;
    case LayoutKind::code:
      return MemberKind::words;
    default:
      return MemberKind::number;
  }
}

/// What is written by hand in the codec and has no kind there.
const std::vector<Member>& composite_members() {
  static const auto all = [] {
    const Member number{.key = "number", .kind = MemberKind::text, .wire = true};
    std::vector<Member> address = {number, {.key = "length", .kind = MemberKind::number, .wire = true}};
    for (const auto& key : codec::keys_of(codec::address_type_fields())) {
      merge(address, {.key = key,
                      .kind = key == "no_extension" ? MemberKind::flag : MemberKind::words,
                      .open = true,
                      .wire = true,
                      .words = codec::words_of(codec::address_type_fields(), key)});
    }
    std::vector<Member> rows;
    for (const auto* key : {"originator", "destination", "recipient"}) {
      rows.push_back({.key = key, .kind = MemberKind::map, .wire = true, .members = address});
    }
    for (const auto* key : {"dcs", "user_data_length", "command_length"}) {
      rows.push_back({.key = key, .kind = MemberKind::number, .wire = true});
    }
    for (const auto* key : {"data", "command_data"}) {
      rows.push_back({.key = key, .kind = MemberKind::octets, .wire = true});
    }
    rows.push_back({.key = "text", .kind = MemberKind::text, .wire = true});
    rows.push_back({.key = "header", .kind = MemberKind::map, .list = true, .wire = true, .unnamed = Unnamed::any});
    return rows;
  }();
  return all;
}

void add_layout(std::span<const codec::LayoutField> fields, std::vector<Member>& members) {
  for (const auto& field : fields) {
    if (field.kind != LayoutKind::composite) {
      Member member{.key = field.key, .kind = kind_of(field), .wire = true};
      member.words = words_of(field.names);
      member.open = member.kind == MemberKind::words;
      merge(members, std::move(member));
      continue;
    }
    for (const auto& key : codec::keys_of(std::span(&field, 1))) {
      const auto by_hand = std::ranges::find(composite_members(), key, &Member::key);
      merge(members, by_hand != composite_members().end()
                         ? *by_hand
                         : Member{.key = key, .kind = MemberKind::any, .wire = true, .unnamed = Unnamed::any});
    }
  }
}

Member layout_member(std::string_view key, std::span<const codec::LayoutField> fields) {
  std::vector<Member> members;
  add_layout(fields, members);
  if (fields.size() == 1) {
    auto only = members.front();
    only.key = key;
    return only;
  }
  Member member{.key = std::string(key), .kind = MemberKind::map, .wire = true, .members = std::move(members)};
  if (fields.empty()) member.kind = MemberKind::octets;
  return member;
}

Member parameter_member(const codec::CdmaParameter& row) {
  if (row.content == codec::CdmaContent::user_data) {
    return {.key = row.key, .kind = MemberKind::map, .wire = true, .unnamed = Unnamed::any};
  }
  if (row.content != codec::CdmaContent::bearer_data) return layout_member(row.key, row.fields);
  Member data{.key = row.key, .kind = MemberKind::map, .wire = true, .unnamed = Unnamed::parameters};
  for (const auto& below : codec::bearer_parameters()) merge(data.members, parameter_member(below));
  return data;
}

}  // namespace

Member object_member(std::string_view key, const codec::ObjectSpec& object) {
  std::vector<Member> members;
  add_fields(object.fields, members);
  for (const auto& other : object.others) add_fields(other.fields, members);
  Member member{.key = std::string(key), .kind = MemberKind::map, .wire = true, .origin = object.clause};
  const bool single = object.fields.size() == 1 && *object.fields[0].key == '\0';
  if (single) {
    auto only = std::move(members.front());
    only.key = key;
    only.origin = object.clause;
    return only;
  }
  if (object.fields.empty()) member.kind = MemberKind::octets;
  member.members = std::move(members);
  return member;
}

std::vector<Member> message_members(codec::MessageKind kind, std::string_view key) {
  std::vector<Member> members;
  for (const auto& row : codec::messages(kind)) {
    if (row.key != key) continue;
    if (*row.variant != '\0') {
      merge(members, {.key = "mode", .kind = MemberKind::words, .words = {row.variant}, .origin = row.clause});
    }
    for (const auto& slot : row.slots) {
      auto member = object_member(slot.key, *codec::find_object(slot.object));
      member.list = member.list || slot.repeat;
      merge(members, std::move(member));
    }
  }
  return members;
}

std::vector<Member> any_object_members() {
  std::vector<Member> members;
  for (const auto& object : codec::objects()) members.push_back(object_member(object.key, object));
  return members;
}

Member facilities_member() {
  Member member{
      .key = "facilities", .kind = MemberKind::map, .unnamed = Unnamed::bits, .origin = "ETSI TS 102 223, 5.2"};
  member.members.push_back({.key = "octets", .kind = MemberKind::number});
  for (const auto& row : codec::profile_bits()) {
    member.members.push_back({.key = row.key, .kind = row.width == 1 ? MemberKind::flag : MemberKind::number});
  }
  return member;
}

std::vector<Member> short_message_rows() {
  std::vector<Member> members;
  for (const auto& row : codec::tpdus()) add_layout(row.fields, members);
  for (const auto& row : codec::transport_parameters()) {
    auto member = parameter_member(row);
    if (member.origin.empty()) member.origin = "3GPP2 C.S0015";
    merge(members, std::move(member));
  }
  return members;
}

}  // namespace dmsc::model

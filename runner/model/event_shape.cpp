// SPDX-License-Identifier: Apache-2.0
#include "runner/model/event_shape.hpp"

#include <algorithm>

namespace dmsc::model {
namespace {

const Member octets_member{.key = "raw", .kind = MemberKind::octets};
const Member text_member{.key = "text", .kind = MemberKind::text};
const Member flag_member{.key = "bit", .kind = MemberKind::flag};
const Member any_member{.key = "any", .kind = MemberKind::any, .unnamed = Unnamed::any};

const Member* find_named(const std::vector<Member>& members, std::string_view key) {
  const auto found = std::ranges::find(members, key, &Member::key);
  return found == members.end() ? nullptr : &*found;
}

bool is_number(std::string_view text, int least, int most) {
  if (text.empty() || text.size() > 3 || text.front() == '0') return false;
  int number = 0;
  for (const char c : text) {
    if (c < '0' || c > '9') return false;
    number = number * 10 + (c - '0');
  }
  return number >= least && number <= most;
}

/// `bit_B_N`, both from 1 on.
bool is_bit(std::string_view key) {
  constexpr std::string_view prefix = "bit_";
  if (!key.starts_with(prefix)) return false;
  key.remove_prefix(prefix.size());
  const auto middle = key.find('_');
  return middle != std::string_view::npos && is_number(key.substr(0, middle), 1, 255) &&
         is_number(key.substr(middle + 1), 1, 8);
}

const Member* find_unnamed(Unnamed rule, std::string_view key) {
  constexpr std::string_view object = "unknown_";
  constexpr std::string_view parameter = "parameter_";
  switch (rule) {
    case Unnamed::none:
      return nullptr;
    case Unnamed::objects:
      if (!key.starts_with(object)) return nullptr;
      return is_hex(key.substr(object.size()), 2) || is_hex(key.substr(object.size()), 4) ? &octets_member : nullptr;
    case Unnamed::parameters:
      return key.starts_with(parameter) && is_hex(key.substr(parameter.size()), 2) ? &octets_member : nullptr;
    case Unnamed::bits:
      return is_bit(key) ? &flag_member : nullptr;
    case Unnamed::any:
      break;
  }
  return &any_member;
}

}  // namespace

std::string_view name_of(MemberKind kind) {
  constexpr std::string_view names[] = {"text", "number", "flag", "words", "octets", "map", "any"};
  return names[static_cast<std::size_t>(kind)];
}

bool is_hex(std::string_view text, std::size_t digits) {
  return text.size() == digits && text.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

const Member* member_of(const EventShape& event, std::string_view key) {
  const auto* named = find_named(event.members, key);
  return named != nullptr ? named : find_unnamed(event.unnamed, key);
}

const Member* member_of(const Member& member, std::string_view key) {
  if (const auto* named = find_named(member.members, key)) return named;
  if (member.wire && key == "raw") return &octets_member;
  if (member.wire && member.kind == MemberKind::text && key == "text") return &text_member;
  return find_unnamed(member.unnamed, key);
}

const Member* member_at(const EventShape& event, std::string_view path) {
  auto dot = path.find('.');
  const auto* member = member_of(event, path.substr(0, dot));
  while (member != nullptr && dot != std::string_view::npos) {
    path.remove_prefix(dot + 1);
    dot = path.find('.');
    member = member_of(*member, path.substr(0, dot));
  }
  return member;
}

std::vector<std::string> keys_of(const std::vector<Member>& members) {
  std::vector<std::string> keys;
  for (const auto& member : members) keys.push_back(member.key);
  return keys;
}

void merge(std::vector<Member>& members, Member member) {
  const auto known = std::ranges::find(members, member.key, &Member::key);
  if (known == members.end()) {
    members.push_back(std::move(member));
    return;
  }
  for (auto& word : member.words) {
    if (std::ranges::find(known->words, word) == known->words.end()) known->words.push_back(std::move(word));
  }
  for (auto& below : member.members) merge(known->members, std::move(below));
  if (known->kind != member.kind || known->list != member.list) {
    known->kind = MemberKind::any;
    known->list = false;
    known->unnamed = Unnamed::any;
  }
}

}  // namespace dmsc::model

// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/change.hpp"

#include <algorithm>

#include "runner/base/octets.hpp"
#include "runner/base/text.hpp"

namespace dmsc::reference {
namespace {

using peer::Outgoing;

/// Whether the message is written by a row of the codec, where only a null member leaves a required object out.
bool is_message(const std::string& key) {
  return key.starts_with("proactive.") || key.starts_with("envelope.") || key.starts_with("terminal_response.");
}

/// Member at a dotted path; where a part is missing it is added.
Value& member_at(Value& root, std::string_view path) {
  auto* here = &root;
  for (const auto& key : split(path, '.')) here = &(*here)[key];
  return *here;
}

void remove_member(Value& root, const std::string& path, bool is_message = false) {
  auto keys = split(path, '.');
  const auto last = keys.back();
  keys.pop_back();
  auto* here = &root;
  for (const auto& key : keys) {
    here = here->find(key);
    if (here == nullptr) return;
  }
  if (keys.empty() && is_message) {
    (*here)[last] = Value{};  // a null member leaves a required object out too
  } else if (here->is_map()) {
    std::erase_if(here->as_map(), [&](const auto& member) { return member.first == last; });
  }
}

bool fits(const Value* where, const Outgoing& message) {
  if (where == nullptr) return true;
  return std::all_of(where->as_map().begin(), where->as_map().end(), [&](const auto& wanted) {
    const auto* member = message.members.at_path(wanted.first);
    return member != nullptr && *member == wanted.second;
  });
}

bool has_members(const Value& item, const Value& wanted) {
  return wanted.is_map() && std::all_of(wanted.as_map().begin(), wanted.as_map().end(), [&](const auto& member) {
           const auto* found = item.find(member.first);
           return found != nullptr && *found == member.second;
         });
}

/// Takes out the items of a list that have these members.
void remove_items(Value& members, std::string_view list, const Value& fitting) {
  auto* items = members.find(list);
  if (items == nullptr || !items->is_list()) return;
  std::erase_if(items->as_list(), [&](const Value& item) { return has_members(item, fitting); });
}

/// `{"where": members, "set": members, "drop": [keys]}` for the items of a list.
void edit_items(Value& members, std::string_view list, const Value& how) {
  auto* items = members.find(list);
  const auto* where = how.find("where");
  if (items == nullptr || !items->is_list() || where == nullptr) return;
  for (auto& item : items->as_list()) {
    if (!has_members(item, *where)) continue;
    if (const auto* set = how.find("set")) {
      for (const auto& [key, value] : set->as_map()) item[key] = value;
    }
    if (const auto* drop = how.find("drop")) {
      for (const auto& key : drop->as_list()) remove_member(item, key.as_string());
    }
  }
}

/// XX of 91XX is so many octets more, or this value in hexadecimal.
void announce_otherwise(const Value& how, Value& members) {
  const auto sw = members.text_or("sw", "");
  if (!sw.starts_with("91")) return;
  const auto length = parse_hex(sw.substr(2)).value_or(Octets{});
  if (length.size() != 1) return;
  const auto more = how.is_int() ? how.as_int() : 0;
  members["sw"] =
      "91" + (how.is_string() ? how.as_string() : hex_number(static_cast<std::uint8_t>(length[0] + more), 2));
}

}  // namespace

void apply_change(const Value& change, Outgoing& message) {
  if (!glob_match(change.text_or("on", ""), message.key) || !fits(change.find("where"), message)) return;
  if (const auto* set = change.find("set")) {
    for (const auto& [path, value] : set->as_map()) member_at(message.members, path) = value;
  }
  if (const auto* add = change.find("add")) {
    for (const auto& [path, value] : add->as_map()) member_at(message.members, path) = value;
  }
  if (const auto* drop = change.find("drop")) {
    for (const auto& path : drop->as_list()) remove_member(message.members, path.as_string(), is_message(message.key));
  }
  if (const auto* remove = change.find("remove")) {
    for (const auto& [list, fitting] : remove->as_map()) remove_items(message.members, list, fitting);
  }
  if (const auto* append = change.find("append")) {
    for (const auto& [list, items] : append->as_map()) {
      auto& all = message.members[list];
      if (!all.is_list()) all = Value::List{};
      for (const auto& item : items.as_list()) all.as_list().push_back(item);
    }
  }
  if (const auto* edit = change.find("edit")) {
    for (const auto& [list, how] : edit->as_map()) edit_items(message.members, list, how);
  }
  if (const auto* before = change.find("before")) {
    if (!message.before.is_list()) message.before = Value::List{};
    for (const auto& extra : before->as_list()) message.before.as_list().push_back(extra);
  }
  if (const auto* announce = change.find("announce")) announce_otherwise(*announce, message.members);
  message.copies += static_cast<int>(change.int_or("duplicate", 0));
  message.delay += static_cast<int>(change.int_or("delay", 0));
  if (change.bool_or("swallow", false)) message.copies = 0;
  if (change.bool_or("deafen", false)) message.deafens = true;
}

}  // namespace dmsc::reference

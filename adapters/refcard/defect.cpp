// SPDX-License-Identifier: Apache-2.0
#include "adapters/refcard/defect.hpp"

#include <algorithm>

#include "runner/base/json.hpp"
#include "runner/base/octets.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/message.hpp"

namespace dmsc::refcard {
namespace {

using peer::Outgoing;
using peer::Policy;

constexpr std::pair<std::string_view, Policy> policies[] = {
    {"wakes_on_power_on", Policy::wakes_on_power_on}, {"wakes_on_timer", Policy::wakes_on_timer},
    {"wakes_on_status", Policy::wakes_on_status},     {"wakes_on_call", Policy::wakes_on_call},
    {"wakes_on_location", Policy::wakes_on_location}, {"asks_within_profile", Policy::asks_within_profile},
    {"checks_transport", Policy::checks_transport},   {"checks_timer", Policy::checks_timer},
    {"checks_number", Policy::checks_number},         {"checks_roaming", Policy::checks_roaming},
    {"lets_call_pass", Policy::lets_call_pass},       {"triggers_again", Policy::triggers_again},
    {"awaits_registry", Policy::awaits_registry},     {"keeps_fetched_command", Policy::keeps_fetched_command},
};

/// Member at a dotted path; where a part is missing it is added.
Value& member_at(Value& root, std::string_view path) {
  auto* here = &root;
  for (const auto& key : split(path, '.')) here = &(*here)[key];
  return *here;
}

void remove_member(Value& root, const std::string& path) {
  auto keys = split(path, '.');
  const auto last = keys.back();
  keys.pop_back();
  auto* here = &root;
  for (const auto& key : keys) {
    here = here->find(key);
    if (here == nullptr) return;
  }
  if (keys.empty()) {
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

void apply(const Value& change, Outgoing& message) {
  if (!glob_match(change.text_or("on", ""), message.key) || !fits(change.find("where"), message)) return;
  if (const auto* set = change.find("set")) {
    for (const auto& [path, value] : set->as_map()) member_at(message.members, path) = value;
  }
  if (const auto* add = change.find("add")) {
    for (const auto& [path, value] : add->as_map()) member_at(message.members, path) = value;
  }
  if (const auto* drop = change.find("drop")) {
    for (const auto& path : drop->as_list()) remove_member(message.members, path.as_string());
  }
  message.copies += static_cast<int>(change.int_or("duplicate", 0));
  message.delay += static_cast<int>(change.int_or("delay", 0));
  if (change.bool_or("swallow", false)) message.copies = 0;
}

bool names_a_message(const std::string& pattern) {
  constexpr std::string_view prefix = "proactive.";
  if (pattern.starts_with("response.") || pattern.find('*') != std::string::npos) return true;
  return pattern.starts_with(prefix) &&
         codec::find_message(codec::MessageKind::proactive, pattern.substr(prefix.size())) != nullptr;
}

tl::unexpected<Error> broken(const std::string& file, const std::string& pointer, std::string sentence) {
  return fail(Errc::data, std::move(sentence), {}, file + ": " + pointer);
}

Result<Defect> read_defect(const Value& document, const std::string& file, const std::string& pointer) {
  Defect defect;
  defect.id = document.text_or("id", "");
  defect.title = document.text_or("title", "");
  const bool named = defect.id.starts_with("card:") || defect.id.starts_with("device:");
  if (!named || defect.title.empty())
    return broken(file, pointer, "needs \"id\" card:NAME or device:NAME and \"title\"");
  if (const auto* list = document.find("switch_off")) {
    for (const auto& name : list->as_list()) {
      const auto policy = policy_of(name.as_string());
      if (!policy) {
        std::vector<std::string> known;
        for (const auto& row : policies) known.emplace_back(row.first);
        return broken(file, pointer + "/switch_off",
                      "\"" + name.as_string() + "\" is no policy" + did_you_mean(name.as_string(), known));
      }
      defect.switched_off.insert(*policy);
    }
  }
  const auto* changes = document.find("changes");
  if (changes == nullptr && defect.switched_off.empty()) return broken(file, pointer, "changes nothing");
  if (changes == nullptr) return defect;
  for (const auto& change : changes->as_list()) {
    const auto on = change.text_or("on", "");
    if (!names_a_message(on)) return broken(file, pointer + "/changes", "\"" + on + "\" names no outgoing message");
  }
  defect.tamper = [list = changes->as_list()](Outgoing& message) {
    for (const auto& change : list) apply(change, message);
  };
  return defect;
}

}  // namespace

std::optional<Policy> policy_of(std::string_view name) {
  for (const auto& [key, policy] : policies) {
    if (key == name) return policy;
  }
  return {};
}

Result<std::vector<Defect>> load_defects(const std::filesystem::path& folder) {
  std::vector<std::filesystem::path> files;
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(folder, trouble)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Defect> defects;
  for (const auto& file : files) {
    const auto document = load_json(file);
    if (!document) return tl::make_unexpected(document.error());
    const auto* list = document->find("defects");
    if (list == nullptr || !list->is_list()) return broken(file.string(), "/", "\"defects\" is no list");
    for (std::size_t at = 0; at < list->as_list().size(); ++at) {
      const auto pointer = "/defects/" + std::to_string(at);
      auto defect = read_defect(list->as_list()[at], file.string(), pointer);
      if (!defect) return tl::make_unexpected(defect.error());
      const bool twice =
          std::any_of(defects.begin(), defects.end(), [&](const Defect& one) { return one.id == defect->id; });
      if (twice) return broken(file.string(), pointer, "\"" + defect->id + "\" comes twice");
      defects.push_back(std::move(*defect));
    }
  }
  return defects;
}

}  // namespace dmsc::refcard

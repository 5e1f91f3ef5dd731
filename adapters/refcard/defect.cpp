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
    {"wakes_on_power_on", Policy::wakes_on_power_on},
    {"wakes_on_timer", Policy::wakes_on_timer},
    {"wakes_on_status", Policy::wakes_on_status},
    {"wakes_on_call", Policy::wakes_on_call},
    {"wakes_on_location", Policy::wakes_on_location},
    {"asks_within_profile", Policy::asks_within_profile},
    {"checks_transport", Policy::checks_transport},
    {"checks_timer", Policy::checks_timer},
    {"checks_number", Policy::checks_number},
    {"checks_roaming", Policy::checks_roaming},
    {"lets_call_pass", Policy::lets_call_pass},
    {"triggers_again", Policy::triggers_again},
    {"awaits_registry", Policy::awaits_registry},
    {"keeps_fetched_command", Policy::keeps_fetched_command},
    {"wakes_on_scws_event", Policy::wakes_on_scws_event},
    {"matches_response", Policy::matches_response},
    {"fresh_session_id", Policy::fresh_session_id},
    {"closes_channel", Policy::closes_channel},
    {"gives_up_refused", Policy::gives_up_refused},
    {"survives_refusal", Policy::survives_refusal},
    {"survives_link_drop", Policy::survives_link_drop},
    {"type_07_only", Policy::type_07_only},
    {"takes_new_registry", Policy::takes_new_registry},
    {"awaits_last_envelope", Policy::awaits_last_envelope},
    {"takes_any_coding", Policy::takes_any_coding},
    {"takes_modification", Policy::takes_modification},
    {"queues_wake_up", Policy::queues_wake_up},
    {"survives_close_refusal", Policy::survives_close_refusal},
    {"takes_listen_event", Policy::takes_listen_event},
    {"requires_tls", Policy::requires_tls},
    {"serves_localuicc", Policy::serves_localuicc},
    {"forgets_lost_clients", Policy::forgets_lost_clients},
    {"takes_psk", Policy::takes_psk},
    {"reads_chunked", Policy::reads_chunked},
    {"checks_channel", Policy::checks_channel},
    {"checks_path", Policy::checks_path},
    {"survives_unknown_instruction", Policy::survives_unknown_instruction},
    {"survives_receive_error", Policy::survives_receive_error},
    {"survives_stray_response", Policy::survives_stray_response},
    {"serves_ipv6", Policy::serves_ipv6},
    {"serves_localhost", Policy::serves_localhost},
    {"refuses_plain_dm", Policy::refuses_plain_dm},
    {"knows_its_paths", Policy::knows_its_paths},
    {"reopens_listener", Policy::reopens_listener},
    {"reads_all_pieces", Policy::reads_all_pieces},
    {"keeps_request_pieces", Policy::keeps_request_pieces},
    {"survives_bad_http", Policy::survives_bad_http},
    {"checks_credentials", Policy::checks_credentials},
    {"asks_for_credentials", Policy::asks_for_credentials},
    {"renews_client_nonce", Policy::renews_client_nonce},
    {"takes_server_nonce", Policy::takes_server_nonce},
    {"sends_credentials", Policy::sends_credentials},
    {"survives_abort", Policy::survives_abort},
    {"survives_unknown_command", Policy::survives_unknown_command},
    {"refuses_malformed", Policy::refuses_malformed},
    {"refuses_unknown_type", Policy::refuses_unknown_type},
    {"splits_packages", Policy::splits_packages},
    {"asks_for_next_message", Policy::asks_for_next_message},
    {"keeps_sessions_apart", Policy::keeps_sessions_apart},
    {"refuses_large_objects", Policy::refuses_large_objects},
    {"ends_session", Policy::ends_session},
    {"speaks_wbxml", Policy::speaks_wbxml},
    {"recovers_from_garbage", Policy::recovers_from_garbage},
    {"ignores_unknown_events", Policy::ignores_unknown_events},
    {"keeps_one_profile", Policy::keeps_one_profile},
};

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

void apply(const Value& change, Outgoing& message) {
  if (!glob_match(change.text_or("on", ""), message.key) || !fits(change.find("where"), message)) return;
  if (const auto* set = change.find("set")) {
    for (const auto& [path, value] : set->as_map()) member_at(message.members, path) = value;
  }
  if (const auto* add = change.find("add")) {
    for (const auto& [path, value] : add->as_map()) member_at(message.members, path) = value;
  }
  if (const auto* drop = change.find("drop")) {
    for (const auto& path : drop->as_list())
      remove_member(message.members, path.as_string(), message.key.starts_with("proactive."));
  }
  if (const auto* remove = change.find("remove")) {
    for (const auto& [list, fitting] : remove->as_map()) remove_items(message.members, list, fitting);
  }
  if (const auto* edit = change.find("edit")) {
    for (const auto& [list, how] : edit->as_map()) edit_items(message.members, list, how);
  }
  message.copies += static_cast<int>(change.int_or("duplicate", 0));
  message.delay += static_cast<int>(change.int_or("delay", 0));
  if (change.bool_or("swallow", false)) message.copies = 0;
}

bool names_a_message(const std::string& pattern) {
  constexpr std::string_view prefix = "proactive.";
  const bool session = pattern == "dm.notification" || pattern == "dm.message" || pattern == "http.response";
  if (session || pattern.starts_with("response.") || pattern.find('*') != std::string::npos) return true;
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
  defect.certificate = document.text_or("certificate", "");
  defect.legacy_tls = document.bool_or("legacy_tls", false);
  const auto* changes = document.find("changes");
  const bool elsewhere = !defect.certificate.empty() || defect.legacy_tls;
  if (changes == nullptr && defect.switched_off.empty() && !elsewhere) return broken(file, pointer, "changes nothing");
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

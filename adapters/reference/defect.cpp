// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/defect.hpp"

#include <algorithm>

#include "adapters/reference/change.hpp"
#include "adapters/reference/policies.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/message.hpp"
#include "runner/peer/terminal/habit.hpp"

namespace dmsc::reference {
namespace {

using codec::MessageKind;

tl::unexpected<Error> broken(const std::string& file, const std::string& pointer, std::string sentence) {
  return fail(Errc::data, std::move(sentence), {}, file + ": " + pointer);
}

/// Whether a pattern can fit an outgoing message of a card, or of a device.
bool names_a_message(const std::string& pattern, bool of_card) {
  struct Row {
    std::string_view prefix;
    MessageKind kind;
    bool of_card;
  };
  static constexpr Row rows[] = {{"proactive.", MessageKind::proactive, true},
                                 {"envelope.", MessageKind::envelope, false},
                                 {"terminal_response.", MessageKind::terminal_response, false}};
  static constexpr std::string_view of_cards[] = {"dm.notification", "dm.server_message", "http.response",
                                                  "wap.push",        "sms.submit",        "cdma.sms"};
  static constexpr std::string_view of_devices[] = {"terminal_profile", "http.request", "dm.client_message"};
  if (pattern.find('*') != std::string::npos || pattern.starts_with(of_card ? "response." : "command.")) return true;
  for (const auto& row : rows) {
    if (!pattern.starts_with(row.prefix)) continue;
    return row.of_card == of_card && codec::find_message(row.kind, pattern.substr(row.prefix.size())) != nullptr;
  }
  const auto fits = [&](std::string_view name) { return name == pattern; };
  return of_card ? std::any_of(std::begin(of_cards), std::end(of_cards), fits)
                 : std::any_of(std::begin(of_devices), std::end(of_devices), fits);
}

Result<void> read_rules(const Value& list, Defect& defect, const std::string& file, const std::string& pointer) {
  for (const auto& item : list.as_list()) {
    const auto& name = item.as_string();
    const bool known = defect.of_card() ? policy_of(name).has_value() : peer::habit_of(name).has_value();
    if (!known) {
      const auto names = defect.of_card() ? policy_names() : peer::habit_names();
      return broken(
          file, pointer,
          "\"" + name + (defect.of_card() ? "\" is no policy" : "\" is no habit") + did_you_mean(name, names));
    }
    defect.switched_off.push_back(name);
  }
  return {};
}

Result<Defect> read_defect(const Value& document, const std::string& file, const std::string& pointer) {
  Defect defect;
  defect.id = document.text_or("id", "");
  defect.title = document.text_or("title", "");
  const bool named = defect.of_card() || defect.id.starts_with("device:");
  if (!named || defect.title.empty())
    return broken(file, pointer, "needs \"id\" card:NAME or device:NAME and \"title\"");
  if (const auto* list = document.find("switch_off")) {
    const auto read = read_rules(*list, defect, file, pointer + "/switch_off");
    if (!read) return tl::make_unexpected(read.error());
  }
  defect.certificate = document.text_or("certificate", "");
  defect.legacy_tls = document.bool_or("legacy_tls", false);
  const auto* changes = document.find("changes");
  const bool elsewhere = !defect.certificate.empty() || defect.legacy_tls;
  if (changes == nullptr && defect.switched_off.empty() && !elsewhere) return broken(file, pointer, "changes nothing");
  if (changes == nullptr) return defect;
  for (const auto& change : changes->as_list()) {
    const auto on = change.text_or("on", "");
    if (names_a_message(on, defect.of_card())) continue;
    return broken(file, pointer + "/changes", "\"" + on + "\" names no outgoing message");
  }
  defect.tamper = [list = changes->as_list()](peer::Outgoing& message) {
    for (const auto& change : list) apply_change(change, message);
  };
  return defect;
}

}  // namespace

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

Result<Defect> find_defect(const std::filesystem::path& folder, const std::string& kind, const std::string& name) {
  const auto defects = load_defects(folder);
  if (!defects) return tl::make_unexpected(defects.error());
  std::vector<std::string> names;
  for (const auto& one : *defects) {
    if (!one.id.starts_with(kind + ":")) continue;
    if (one.name() == name) return one;
    names.push_back(one.name());
  }
  return fail(Errc::usage, "\"" + name + "\" is no defect of the reference " + kind + did_you_mean(name, names));
}

}  // namespace dmsc::reference

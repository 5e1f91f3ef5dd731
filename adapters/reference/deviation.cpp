// SPDX-License-Identifier: Apache-2.0
#include "adapters/reference/deviation.hpp"

#include <algorithm>

#include "adapters/reference/change.hpp"
#include "adapters/reference/personalities.hpp"
#include "adapters/reference/policies.hpp"
#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/peer/terminal/habit.hpp"

namespace dmsc::reference {
namespace {

using codec::MessageKind;
using Kind = Deviation::Kind;

tl::unexpected<Error> broken(const std::string& file, const std::string& pointer, std::string sentence) {
  return fail(Errc::data, std::move(sentence), {}, file + ": " + pointer);
}

/// Whether a pattern can fit an outgoing message of a card, or of a device.
bool names_a_message(const std::string& pattern, bool of_card) {
  // What the terminal sends, as the card hears it.
  constexpr std::string_view received = "received.";
  if (of_card && pattern == "received.envelope.empty") return true;
  if (of_card && pattern.starts_with(received)) return names_a_message(pattern.substr(received.size()), false);
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
  static constexpr std::string_view of_devices[] = {
      "terminal_profile",       "http.request",          "dm.client_message", "dm.account",        "sms.submit",
      "received.short_message", "received.notification", "received.push",     "received.handshake"};
  if (pattern.find('*') != std::string::npos || pattern.starts_with(of_card ? "response." : "command.")) return true;
  for (const auto& row : rows) {
    if (!pattern.starts_with(row.prefix)) continue;
    return row.of_card == of_card && codec::find_message(row.kind, pattern.substr(row.prefix.size())) != nullptr;
  }
  const auto fits = [&](std::string_view name) { return name == pattern; };
  return of_card ? std::any_of(std::begin(of_cards), std::end(of_cards), fits)
                 : std::any_of(std::begin(of_devices), std::end(of_devices), fits);
}

/// One entry of a catalogue on its way in.
class Reader {
 public:
  Reader(const Value& document, Kind kind, std::string file, std::string pointer)
      : document_(document), file_(std::move(file)), pointer_(std::move(pointer)) {
    out_.kind = kind;
  }

  Result<Deviation> read() {
    out_.id = document_.text_or("id", "");
    out_.title = document_.text_or("title", "");
    out_.clause = document_.text_or("clause", "");
    const bool variant = out_.kind == Kind::variant;
    const bool named = out_.of_card() || out_.id.starts_with("device:");
    if (!named || out_.title.empty() || (variant && out_.clause.empty())) {
      return complaint("", variant ? R"(needs "id" card:NAME or device:NAME, "title" and "clause")"
                                   : R"(needs "id" card:NAME or device:NAME and "title")");
    }
    for (const auto step : {&Reader::check_members, &Reader::read_rules, &Reader::read_personality,
                            &Reader::read_causes, &Reader::read_changes}) {
      if (const auto done = (this->*step)(); !done) return tl::make_unexpected(done.error());
    }
    const bool elsewhere = !out_.certificate.empty() || out_.legacy_tls || !out_.personality.is_null();
    if (!out_.tamper && out_.switched_off.empty() && !elsewhere) return complaint("", "changes nothing");
    return std::move(out_);
  }

 private:
  tl::unexpected<Error> complaint(const std::string& member, std::string sentence) const {
    return broken(file_, pointer_ + member, std::move(sentence));
  }

  Result<void> known(const std::string& place, const std::string& name, const char* what,
                     const std::vector<std::string>& names) const {
    if (std::find(names.begin(), names.end(), name) != names.end()) return {};
    return complaint(place, "\"" + name + "\" is no " + what + did_you_mean(name, names));
  }

  Result<void> check_members() {
    std::vector<std::string> members = {"id",          "title",      "switch_off", "changes",
                                        "certificate", "legacy_tls", "personality"};
    if (out_.kind == Kind::variant) {
      for (const auto* more : {"clause", "of", "ics", "pixit"}) members.emplace_back(more);
    } else {
      members.emplace_back("causes");
      members.emplace_back(out_.of_card() ? "wake_up" : "bearer");
    }
    for (const auto& [key, value] : document_.as_map()) {
      if (const auto fine = known("", key, "member", members); !fine) return fine;
    }
    out_.of = document_.text_or("of", "");
    out_.certificate = document_.text_or("certificate", "");
    out_.legacy_tls = document_.bool_or("legacy_tls", false);
    for (const auto& [key, place] : {std::pair("ics", &out_.ics), std::pair("pixit", &out_.pixit)}) {
      const auto* given = document_.find(key);
      if (given == nullptr) continue;
      if (!given->is_map()) return complaint(std::string("/") + key, "is no object");
      *place = *given;
    }
    return {};
  }

  Result<void> read_rules() {
    const auto* list = document_.find("switch_off");
    if (list == nullptr) return {};
    if (!list->is_list()) return complaint("/switch_off", "is no list");
    const auto names = out_.of_card() ? policy_names() : peer::habit_names();
    for (const auto& item : list->as_list()) {
      const auto& name = item.as_string();
      const auto fine = known("/switch_off", name, out_.of_card() ? "policy" : "habit", names);
      if (!fine) return fine;
      out_.switched_off.push_back(name);
    }
    return read_limits();
  }

  /// What the rules are off for, where that is not everything.
  Result<void> read_limits() {
    out_.bearer = document_.text_or("bearer", "");
    out_.wake_up = document_.text_or("wake_up", "");
    if (document_.find("bearer") != nullptr) return known("/bearer", out_.bearer, "bearer", {"bip", "3gpp", "3gpp2"});
    if (document_.find("wake_up") == nullptr) return {};
    return known("/wake_up", out_.wake_up, "kind of wake-up",
                 {"power_on", "timer", "status", "call", "location", "scws", "sms", "menu"});
  }

  Result<void> read_personality() {
    const auto* members = document_.find("personality");
    if (members == nullptr) return {};
    if (!members->is_map()) return complaint("/personality", "is no object");
    for (const auto& [key, value] : members->as_map()) {
      const auto fine = known("/personality", key, "member of a personality", personality_members(out_.of_card()));
      if (!fine) return fine;
    }
    out_.personality = *members;
    return {};
  }

  Result<void> read_changes() {
    const auto* changes = document_.find("changes");
    if (changes == nullptr) return {};
    if (!changes->is_list()) return complaint("/changes", "is no list");
    for (const auto& change : changes->as_list()) {
      if (const auto fine = check_change(change); !fine) return fine;
    }
    out_.tamper = [list = changes->as_list()](peer::Outgoing& message) {
      for (const auto& change : list) apply_change(change, message);
    };
    return {};
  }

  /// A reading that is taken, in place of a verdict: `AMB-22=R2`.
  static bool is_reading(const std::string& word) {
    const auto at = word.find("=R");
    return word.starts_with("AMB-") && at != std::string::npos && at + 3 == word.size();
  }

  /// What a defect must come to in a case, where that is no FAIL.
  Result<void> read_causes() {
    const auto* causes = document_.find("causes");
    if (causes == nullptr) return {};
    if (!causes->is_map()) return complaint("/causes", "is no object");
    static const std::vector<std::string> words = {"fail", "advisory", "inconclusive"};
    for (const auto& [id, what] : causes->as_map()) {
      if (!what.is_string()) return complaint("/causes", "holds what is no text");
      if (is_reading(what.as_string())) {
        out_.causes[id] = what.as_string();
        continue;
      }
      if (const auto fine = known("/causes", what.as_string(), "verdict of a broken peer", words); !fine) return fine;
      out_.causes[id] = what.as_string();
    }
    return {};
  }

  Result<void> check_change(const Value& change) const {
    static const std::vector<std::string> members = {"on",     "where",    "set",       "add",   "drop",
                                                     "remove", "edit",     "duplicate", "delay", "swallow",
                                                     "before", "announce", "append",    "deafen"};
    if (!change.is_map()) return complaint("/changes", "holds what is no object");
    const auto on = change.text_or("on", "");
    if (!names_a_message(on, out_.of_card()))
      return complaint("/changes", "\"" + on + "\" names no message of the peer");
    for (const auto& [key, value] : change.as_map()) {
      if (const auto fine = known("/changes", key, "member of a change", members); !fine) return fine;
    }
    const auto* before = change.find("before");
    if (before == nullptr) return {};
    if (!before->is_list()) return complaint("/changes/before", "is no list");
    for (const auto& extra : before->as_list()) {
      if (const auto fine = check_extra(extra); !fine) return fine;
    }
    return {};
  }

  /// What goes out before a message: a proactive command that can be written, or a command APDU.
  Result<void> check_extra(const Value& extra) const {
    constexpr std::size_t shortest = 4;
    if (!out_.of_card()) {
      const auto apdu = parse_hex(extra.text_or("apdu", ""));
      if (!apdu || apdu->size() < shortest) return complaint("/changes/before", "needs \"apdu\", a command APDU");
      return {};
    }
    const auto command = extra.text_or("command", "");
    const auto* row = codec::find_message(MessageKind::proactive, command);
    if (row == nullptr) return complaint("/changes/before", "\"" + command + "\" is no proactive command");
    const auto* fields = extra.find("fields");
    const auto octets = codec::encode_message(*row, fields == nullptr ? Value(Value::Map{}) : *fields);
    if (!octets) return complaint("/changes/before", octets.error().text());
    return {};
  }

  const Value& document_;
  std::string file_;
  std::string pointer_;
  Deviation out_;
};

Result<std::vector<Deviation>> load(const std::filesystem::path& folder, Kind kind) {
  const std::string member = kind == Kind::defect ? "defects" : "variants";
  std::vector<std::filesystem::path> files;
  std::error_code trouble;
  for (const auto& entry : std::filesystem::directory_iterator(folder, trouble)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::sort(files.begin(), files.end());
  std::vector<Deviation> out;
  for (const auto& file : files) {
    const auto document = load_json(file);
    if (!document) return tl::make_unexpected(document.error());
    const auto* list = document->find(member);
    if (list == nullptr || !list->is_list()) return broken(file.string(), "/", "\"" + member + "\" is no list");
    for (std::size_t at = 0; at < list->as_list().size(); ++at) {
      const auto pointer = "/" + member + "/" + std::to_string(at);
      if (!list->as_list()[at].is_map()) return broken(file.string(), pointer, "is no object");
      auto one = Reader(list->as_list()[at], kind, file.string(), pointer).read();
      if (!one) return tl::make_unexpected(one.error());
      const bool twice = std::any_of(out.begin(), out.end(), [&](const Deviation& had) { return had.id == one->id; });
      if (twice) return broken(file.string(), pointer, "\"" + one->id + "\" comes twice");
      out.push_back(std::move(*one));
    }
  }
  return out;
}

Result<Deviation> find(const Result<std::vector<Deviation>>& all, const std::string& kind, const std::string& name,
                       const char* what) {
  if (!all) return tl::make_unexpected(all.error());
  std::vector<std::string> names;
  for (const auto& one : *all) {
    if (!one.id.starts_with(kind + ":")) continue;
    if (one.name() == name) return one;
    names.push_back(one.name());
  }
  return fail(Errc::usage, "\"" + name + "\" is no " + what + " of the reference " + kind + did_you_mean(name, names));
}

/// Maps are laid over one another member by member, whatever else replaces what was there.
Value laid_over(Value under, const Value& over) {
  if (!under.is_map() || !over.is_map()) return over;
  for (const auto& [key, value] : over.as_map()) {
    auto& member = under[key];
    member = laid_over(std::move(member), value);
  }
  return under;
}

}  // namespace

Result<std::vector<Deviation>> load_defects(const std::filesystem::path& folder) {
  return load(folder, Kind::defect);
}

Result<std::vector<Deviation>> load_variants(const std::filesystem::path& folder) {
  return load(folder, Kind::variant);
}

Result<std::vector<Deviation>> find_deviations(const Choice& choice) {
  std::vector<Deviation> out;
  if (!choice.variant.empty()) {
    auto variant = find(load_variants(choice.variants), choice.kind, choice.variant, "variant");
    if (!variant) return tl::make_unexpected(variant.error());
    out.push_back(std::move(*variant));
  }
  if (!choice.defect.empty()) {
    auto defect = find(load_defects(choice.defects), choice.kind, choice.defect, "defect");
    if (!defect) return tl::make_unexpected(defect.error());
    out.push_back(std::move(*defect));
  }
  return out;
}

Value personality_with(Value document, const std::vector<Deviation>& deviations) {
  for (const auto& one : deviations) {
    if (!one.personality.is_null()) document = laid_over(std::move(document), one.personality);
  }
  return document;
}

peer::Tamper tamper_of(const std::vector<Deviation>& deviations) {
  std::vector<peer::Tamper> tampers;
  for (const auto& one : deviations) {
    if (one.tamper) tampers.push_back(one.tamper);
  }
  if (tampers.empty()) return {};
  return [tampers](peer::Outgoing& message) {
    for (const auto& tamper : tampers) tamper(message);
  };
}

}  // namespace dmsc::reference

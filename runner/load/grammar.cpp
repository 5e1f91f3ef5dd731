// SPDX-License-Identifier: Apache-2.0
#include "runner/load/grammar.hpp"

#include "runner/base/octets.hpp"
#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::load {
namespace {

using model::Member;
using model::MemberKind;
using model::Unnamed;

Value list_of(const std::vector<std::string>& words) {
  Value::List list;
  for (const auto& word : words) list.emplace_back(word);
  return list;
}

const char* rule_of(Unnamed rule) {
  constexpr const char* names[] = {"", "unknown_XX", "parameter_XX", "bit_B_N", "*"};
  return names[static_cast<std::size_t>(rule)];
}

Value members_json(const std::vector<Member>& members);

Value member_json(const Member& member) {
  Value out;
  out["key"] = member.key;
  out["kind"] = std::string(name_of(member.kind));
  if (member.list) out["list"] = true;
  if (member.open) out["open"] = true;
  if (member.wire) out["wire"] = true;
  if (!member.words.empty()) out["words"] = list_of(member.words);
  if (!member.members.empty()) out["members"] = members_json(member.members);
  if (member.unnamed != Unnamed::none) out["unnamed"] = rule_of(member.unnamed);
  if (!member.origin.empty()) out["origin"] = member.origin;
  return out;
}

Value members_json(const std::vector<Member>& members) {
  Value::List list;
  for (const auto& member : members) list.push_back(member_json(member));
  return list;
}

Value event_json(const model::EventShape& event) {
  Value out;
  out["key"] = event.key;
  out["name"] = event.name;
  out["origin"] = event.origin;
  out["members"] = members_json(event.members);
  if (event.unnamed != Unnamed::none) out["unnamed"] = rule_of(event.unnamed);
  return out;
}

Value stimulus_json(const model::Stimulus& row) {
  Value out;
  out["name"] = row.name;
  out["dut"] = std::string(name_of(row.dut));
  out["meaning"] = row.meaning;
  if (*row.verb != '\0') out["verb"] = row.verb;
  Value::List parameters;
  for (const auto& parameter : row.parameters) {
    Value one;
    one["key"] = parameter.key;
    one["kind"] = parameter.kind;
    one["required"] = parameter.required;
    one["meaning"] = parameter.meaning;
    Value::List words;
    for (const auto word : parameter.words) words.emplace_back(std::string(word));
    if (!words.empty()) one["words"] = std::move(words);
    parameters.push_back(std::move(one));
  }
  out["parameters"] = std::move(parameters);
  return out;
}

Value names_json(codec::Names names) {
  Value::List list;
  for (const auto& name : names) {
    list.push_back(Value::Map{{"code", std::int64_t{name.code}}, {"key", name.key}, {"label", name.label}});
  }
  return list;
}

Value fields_json(std::span<const codec::Field> fields) {
  Value::List list;
  for (const auto& field : fields) {
    Value one;
    one["key"] = field.key;
    one["kind"] = name_of(field.kind);
    one["octets"] = std::int64_t{field.width};
    if (field.optional) one["optional"] = true;
    if (!field.names.empty()) one["names"] = names_json(field.names);
    Value::List parts;
    for (const auto& part : field.parts) {
      Value bits;
      bits["key"] = part.key;
      bits["shift"] = std::int64_t{part.shift};
      bits["bits"] = std::int64_t{part.width};
      if (!part.names.empty()) bits["names"] = names_json(part.names);
      parts.push_back(std::move(bits));
    }
    if (!parts.empty()) one["parts"] = std::move(parts);
    list.push_back(std::move(one));
  }
  return list;
}

Value object_json(const codec::ObjectSpec& row) {
  Value out;
  out["key"] = row.key;
  out["tag"] = hex_number(row.tag, row.tag > 0x7F ? 4 : 2);
  out["name"] = row.name;
  out["clause"] = row.clause;
  out["min_length"] = std::int64_t{row.min_length};
  out["max_length"] = std::int64_t{row.max_length};
  out["fields"] = fields_json(row.fields);
  Value::List others;
  for (const auto& other : row.others) {
    others.push_back(Value::Map{{"min_length", std::int64_t{other.min_length}},
                                {"max_length", std::int64_t{other.max_length}},
                                {"fields", fields_json(other.fields)}});
  }
  if (!others.empty()) out["others"] = std::move(others);
  return out;
}

Value message_json(const codec::MessageSpec& row, const char* kind) {
  Value out;
  out["kind"] = kind;
  out["key"] = row.key;
  if (*row.variant != '\0') out["mode"] = row.variant;
  out["code"] = hex_number(row.code, 2);
  if (row.event >= 0) out["event"] = hex_number(static_cast<std::uint64_t>(row.event), 2);
  out["name"] = row.name;
  out["clause"] = row.clause;
  Value::List slots;
  for (const auto& slot : row.slots) {
    slots.push_back(Value::Map{{"key", slot.key},
                               {"object", slot.object},
                               {"required", slot.need == codec::Need::required},
                               {"repeat", slot.repeat}});
  }
  out["slots"] = std::move(slots);
  return out;
}

constexpr std::pair<codec::MessageKind, const char*> message_kinds[] = {
    {codec::MessageKind::proactive, "proactive"},
    {codec::MessageKind::terminal_response, "terminal_response"},
    {codec::MessageKind::envelope, "envelope"}};

/// `one of a, b`; of a large table as many as tell what it is.
std::string words_text(const Member& member, std::size_t most) {
  auto words = member.words;
  const auto all = words.size();
  if (all > most) words.resize(most);
  return join(words, ", ") + (all > most ? " and " + std::to_string(all - most) + " more" : "");
}

std::string kind_text(const Member& member, std::size_t most) {
  std::string out = member.list ? "list of " : "";
  out += name_of(member.kind);
  if (!member.words.empty()) out += ": " + words_text(member, most);
  if (member.open) out += ", or the number of a code without a name";
  return out;
}

std::string below_text(const Member& member, std::size_t most) {
  std::vector<std::string> out;
  for (const auto& below : member.members) {
    out.push_back(below.key + (below.kind == MemberKind::text ? "" : " (" + kind_text(below, most) + ")"));
  }
  if (member.unnamed != Unnamed::none) out.emplace_back(rule_of(member.unnamed));
  return join(out, "; ");
}

std::string parameter_text(const model::Parameter& parameter) {
  std::vector<std::string> words;
  for (const auto word : parameter.words) words.emplace_back(word);
  return std::string(parameter.kind) + (parameter.required ? ", required" : "") + ": " + parameter.meaning +
         (words.empty() ? "" : " [" + join(words, ", ") + "]");
}

}  // namespace

const char* name_of(codec::FieldKind kind) {
  constexpr const char* names[] = {"number", "code", "code_list", "parts", "bcd",    "digits", "plmn",
                                   "hex",    "text", "alpha",     "ascii", "labels", "paths",  "cbs_text"};
  return names[static_cast<std::size_t>(kind)];
}

Value grammar() {
  Value::List events;
  for (const auto& key : model::event_keys()) events.push_back(event_json(*model::find_event(key)));
  Value::List unknown;
  for (const auto& rule : model::unknown_events()) {
    unknown.push_back(Value::Map{{"prefix", std::string(rule.prefix)}, {"code", std::string(rule.what)}});
  }
  Value::List stimuli;
  for (const auto& row : model::stimuli()) stimuli.push_back(stimulus_json(row));
  Value::List objects;
  for (const auto& row : codec::objects()) objects.push_back(object_json(row));
  Value::List messages;
  for (const auto& [kind, name] : message_kinds) {
    for (const auto& row : codec::messages(kind)) messages.push_back(message_json(row, name));
  }
  Value out;
  out["events"] = std::move(events);
  out["unknown_events"] = std::move(unknown);
  out["stimuli"] = std::move(stimuli);
  out["objects"] = std::move(objects);
  out["messages"] = std::move(messages);
  return out;
}

std::string grammar_page() {
  constexpr std::size_t most = 8;
  std::string out =
      "# Events and stimuli\n\n"
      "Written by `dmsc vocabulary --markdown`; a test compares. Clauses are those of the rows. A member that came off "
      "the wire is `{\"raw\": octets}` where its octets do not fit its row. All words of a table: "
      "`dmsc vocabulary --json`.\n\n## Stimuli\n";
  for (const auto& row : model::stimuli()) {
    out += std::string("\n### ") + row.name + "\n\n" + row.meaning + ". On the side of a " +
           std::string(name_of(row.dut)) +
           (*row.verb == '\0' ? "" : std::string("; the adapter needs `") + row.verb + "`") + ".\n";
    if (!row.parameters.empty()) out += "\n";
    for (const auto& parameter : row.parameters) {
      out += std::string("- `") + parameter.key + "` " + parameter_text(parameter) + "\n";
    }
  }
  out += "\n## Events\n";
  for (const auto& key : model::event_keys()) {
    const auto& event = *model::find_event(key);
    out += "\n### " + key + "\n\n" + event.name + ". Source: " + event.origin + ".\n\n";
    if (event.members.size() > 100) {
      out += "- any data object\n";
      continue;
    }
    for (const auto& member : event.members) {
      const auto below = below_text(member, most);
      out += "- `" + member.key + "` " + kind_text(member, most) + (below.empty() ? "" : ": " + below) + "\n";
    }
  }
  out += "\n## Events without a row\n\n";
  for (const auto& rule : model::unknown_events()) {
    out += "- `" + std::string(rule.prefix) + "XX`, by the " + std::string(rule.what) + "\n";
  }
  return out;
}

std::string grammar_list(std::string_view pattern) {
  const auto wanted = [&](std::string_view name) { return pattern.empty() || glob_match(pattern, name); };
  std::string out;
  for (const auto& row : model::stimuli()) {
    if (!wanted(row.name)) continue;
    out += std::string("do ") + row.name + " (" + std::string(name_of(row.dut)) + "): " + row.meaning + "\n";
    for (const auto& parameter : row.parameters) {
      out += std::string("  ") + parameter.key + "  " + parameter_text(parameter) + "\n";
    }
  }
  const auto add = [&](const model::EventShape& event) {
    out += event.key + ": " + event.name + " [" + event.origin + "]\n";
    for (const auto& member : event.members) {
      const auto below = below_text(member, 1000);
      out += "  " + member.key + "  " + kind_text(member, 1000) + (below.empty() ? "" : ": " + below) + "\n";
    }
  };
  for (const auto& key : model::event_keys()) {
    if (wanted(key)) add(*model::find_event(key));
  }
  if (out.empty() && model::find_event(pattern) != nullptr) add(*model::find_event(pattern));
  return out;
}

}  // namespace dmsc::load

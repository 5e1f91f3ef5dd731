// SPDX-License-Identifier: Apache-2.0
#include "runner/load/dissector.hpp"

#include "runner/base/text.hpp"
#include "runner/codec/cat/message.hpp"
#include "runner/codec/dm/package0.hpp"
#include "runner/codec/wap/wsp.hpp"
#include "runner/codec/wire/text.hpp"
#include "runner/load/dissector_text.hpp"
#include "runner/load/grammar.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::load {
namespace {

/// A string of Lua.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (code < 0x20) {
      const auto digits = std::to_string(code);
      out += "\\" + std::string(3 - digits.size(), '0') + digits;
    } else {
      out += c;
    }
  }
  return out + "\"";
}

std::string names_table(codec::Names names) {
  std::string out = "{";
  for (const auto& name : names) out += "[" + std::to_string(name.code) + "]=" + quoted(name.key) + ",";
  return out + "}";
}

std::string part_table(const codec::Part& part) {
  std::string out =
      "{key=" + quoted(part.key) + ",shift=" + std::to_string(part.shift) + ",width=" + std::to_string(part.width);
  if (part.width == 1 && part.names.empty()) out += ",flag=true";
  if (!part.names.empty()) out += ",names=" + names_table(part.names);
  return out + "}";
}

/// Octets of a field; 0 for one that takes the rest.
int width_of(const codec::Field& field) {
  switch (field.kind) {
    case codec::FieldKind::plmn:
      return 3;
    case codec::FieldKind::code_list:
    case codec::FieldKind::digits:
    case codec::FieldKind::text:
    case codec::FieldKind::alpha:
    case codec::FieldKind::labels:
    case codec::FieldKind::paths:
    case codec::FieldKind::cbs_text:
      return 0;
    default:
      return field.width;
  }
}

std::string fields_table(std::span<const codec::Field> fields) {
  std::string out = "{";
  for (const auto& field : fields) {
    out += "{kind=" + quoted(name_of(field.kind)) + ",width=" + std::to_string(width_of(field));
    if (*field.key != '\0') out += ",key=" + quoted(field.key);
    if (field.optional) out += ",optional=true";
    if (!field.names.empty()) out += ",names=" + names_table(field.names);
    if (field.kind == codec::FieldKind::parts) {
      out += ",parts={";
      for (const auto& part : field.parts) out += part_table(part) + ",";
      out += "}";
    }
    out += "},";
  }
  return out + "}";
}

std::string objects_table() {
  std::string out = "local objects = {\n";
  for (const auto& row : codec::objects()) {
    out += "  [" + std::to_string(row.tag) + "]={key=" + quoted(row.key) + ",name=" + quoted(row.name) +
           ",fields=" + fields_table(row.fields);
    if (!row.others.empty()) out += ",others={";
    for (const auto& other : row.others) {
      out += "{least=" + std::to_string(other.min_length) + ",most=" + std::to_string(other.max_length) +
             ",fields=" + fields_table(other.fields) + "},";
    }
    out += row.others.empty() ? "},\n" : "}},\n";
  }
  return out + "}\n";
}

std::string words_table(const char* name, const std::vector<std::string>& words, std::size_t from) {
  std::string out = std::string("local ") + name + " = {";
  for (std::size_t at = 0; at < words.size(); ++at) {
    out += "[" + std::to_string(at + from) + "]=" + quoted(words[at]) + ",";
  }
  return out + "}\n";
}

std::string tag_of(const char* envelope) {
  return std::to_string(codec::find_message(codec::MessageKind::envelope, envelope)->code);
}

/// Keys of a notification, as its decoder names them.
std::vector<std::string> notification_keys() {
  std::vector<std::string> keys;
  for (const auto& node : codec::decode_package0(Octets(24, 0)).fields) keys.push_back(node.key);
  return keys;
}

/// Characters of the default alphabet, those behind the escape, and the alphabet of each coding scheme.
std::string alphabet_tables() {
  constexpr const char* names[] = {"packed", "octets", "ucs2", "reserved"};
  constexpr std::uint8_t escape = 0x1B;
  std::vector<std::string> characters;
  std::vector<std::string> extension;
  std::vector<std::string> alphabets;
  for (int code = 0; code <= 0xFF; ++code) {
    const auto octet = static_cast<std::uint8_t>(code);
    alphabets.emplace_back(names[static_cast<std::size_t>(codec::alphabet_of(octet))]);
    if (code > 0x7F) continue;
    characters.push_back(codec::decode_gsm_octets(Octets{octet}));
    extension.push_back(codec::decode_gsm_octets(Octets{escape, octet}));
  }
  return words_table("gsm7", characters, 0) + words_table("gsm7_extension", extension, 0) +
         words_table("alphabets", alphabets, 0);
}

std::vector<std::string> words_of(const char* event, const char* member) {
  return model::member_of(*model::find_event(event), member)->words;
}

}  // namespace

std::string dissector() {
  auto results = words_of("response.envelope.call_control", "control_result");
  results.resize(3);  // those that have a code
  std::string out = "-- SPDX-License-Identifier: Apache-2.0\n-- Made of the codec's rows by dmsc vocabulary --lua.\n";
  out += objects_table();
  out += "local envelopes = {";
  for (const auto* key : {"terminal_applications", "call_control"}) {
    out += "[" + tag_of(key) + "]=" + quoted(key) + ",";
  }
  out += "}\nlocal call_control_tag, sms_download_tag = " + tag_of("call_control") + ", " + tag_of("sms_pp_download") +
         "\n";
  out += words_table("notification_keys", notification_keys(), 1);
  out += words_table("ui_modes", words_of("dm.notification", "ui_mode"), 0);
  out += words_table("initiators", words_of("dm.notification", "initiator"), 0);
  out += words_table("control_results", results, 0);
  out += alphabet_tables();
  out += "local push_port, notification_mime = " + std::to_string(codec::wap_push_port) + ", " +
         quoted(codec::notification_mime) + "\n";
  return out + dissector_text;
}

}  // namespace dmsc::load

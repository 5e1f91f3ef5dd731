// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/dm/syncml.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <span>

#include "runner/base/text.hpp"

namespace dmsc::codec {
namespace {

enum class Kind {
  text,
  data,     ///< text or markup; `data_hex` where it is no XML text
  number,   ///< text where it is no number
  flag,     ///< true where the element is present
  texts,    ///< each element one text
  group,    ///< its fields stand in the map around it
  map,      ///< its fields stand in a map of their own
  maps,     ///< each element one map
  commands  ///< the commands among the children
};

struct Field {
  std::string_view key;
  std::string_view element;
  Kind kind = Kind::text;
  std::span<const Field> fields = {};
};

using Fields = std::span<const Field>;

constexpr Field target_fields[] = {{"target", "LocURI"}, {"target_name", "LocName"}};
constexpr Field source_fields[] = {{"source", "LocURI"}, {"source_name", "LocName"}};
constexpr Field source_parent_fields[] = {{"source_parent", "LocURI"}};
constexpr Field target_parent_fields[] = {{"target_parent", "LocURI"}};

constexpr Field meta_fields[] = {
    {"format", "Format"},
    {"type", "Type"},
    {"mark", "Mark"},
    {"size", "Size", Kind::number},
    {"version", "Version"},
    {"next_nonce", "NextNonce"},
    {"max_msg_size", "MaxMsgSize", Kind::number},
    {"max_obj_size", "MaxObjSize", Kind::number},
    {"emi", "EMI"},
};

constexpr Field cred_meta_fields[] = {{"format", "Format"}, {"type", "Type"}};
constexpr Field cred_fields[] = {{{}, "Meta", Kind::group, cred_meta_fields}, {"data", "Data", Kind::data}};
constexpr Field chal_meta_fields[] = {{"format", "Format"}, {"type", "Type"}, {"next_nonce", "NextNonce"}};
constexpr Field chal_fields[] = {{{}, "Meta", Kind::group, chal_meta_fields}};

constexpr Field item_fields[] = {
    {{}, "Target", Kind::group, target_fields},
    {{}, "Source", Kind::group, source_fields},
    {{}, "SourceParent", Kind::group, source_parent_fields},
    {{}, "TargetParent", Kind::group, target_parent_fields},
    {"meta", "Meta", Kind::map, meta_fields},
    {"data", "Data", Kind::data},
    {"more_data", "MoreData", Kind::flag},
};

constexpr Field header_meta_fields[] = {{"max_msg_size", "MaxMsgSize", Kind::number},
                                        {"max_obj_size", "MaxObjSize", Kind::number}};
constexpr Field header_fields[] = {
    {"ver_dtd", "VerDTD"},
    {"ver_proto", "VerProto"},
    {"session_id", "SessionID"},
    {"msg_id", "MsgID"},
    {{}, "Target", Kind::group, target_fields},
    {{}, "Source", Kind::group, source_fields},
    {"resp_uri", "RespURI"},
    {"no_resp", "NoResp", Kind::flag},
    {"cred", "Cred", Kind::map, cred_fields},
    {{}, "Meta", Kind::group, header_meta_fields},
};
constexpr Field body_fields[] = {{"commands", {}, Kind::commands}, {"final", "Final", Kind::flag}};

// Fields that several commands have, in the order of the DTD.
constexpr Field cmd_id{"cmd_id", "CmdID"};
constexpr Field no_resp{"no_resp", "NoResp", Kind::flag};
constexpr Field cred{"cred", "Cred", Kind::map, cred_fields};
constexpr Field meta{"meta", "Meta", Kind::map, meta_fields};
constexpr Field items{"items", "Item", Kind::maps, item_fields};
constexpr Field correlator{"correlator", "Correlator"};
constexpr Field msg_ref{"msg_ref", "MsgRef"};
constexpr Field cmd_ref{"cmd_ref", "CmdRef"};
constexpr Field target_refs{"target_refs", "TargetRef", Kind::texts};
constexpr Field source_refs{"source_refs", "SourceRef", Kind::texts};
constexpr Field data{"data", "Data", Kind::data};

constexpr Field status_fields[] = {cmd_id,      msg_ref,     cmd_ref, {"cmd", "Cmd"},
                                   target_refs, source_refs, cred,    {"chal", "Chal", Kind::map, chal_fields},
                                   data,        items};
constexpr Field alert_fields[] = {cmd_id, no_resp, cred, data, correlator, items};
constexpr Field get_fields[] = {cmd_id, no_resp, {"lang", "Lang"}, cred, meta, items};
constexpr Field change_fields[] = {cmd_id, no_resp, cred, meta, items};  // Add, Replace and Copy
constexpr Field delete_fields[] = {
    cmd_id, no_resp, {"archive", "Archive", Kind::flag}, {"soft_delete", "SftDel", Kind::flag}, cred, meta, items};
constexpr Field exec_fields[] = {cmd_id, no_resp, cred, meta, correlator, items};
constexpr Field results_fields[] = {cmd_id, msg_ref, cmd_ref, meta, target_refs, source_refs, items};
constexpr Field container_fields[] = {cmd_id, no_resp, meta, {"commands", {}, Kind::commands}};
constexpr Field unknown_fields[] = {cmd_id};

struct CommandRow {
  std::string_view key;
  std::string_view element;
  Fields fields;
};

constexpr CommandRow command_rows[] = {
    {"status", "Status", status_fields},
    {"alert", "Alert", alert_fields},
    {"get", "Get", get_fields},
    {"add", "Add", change_fields},
    {"replace", "Replace", change_fields},
    {"delete", "Delete", delete_fields},
    {"copy", "Copy", change_fields},
    {"exec", "Exec", exec_fields},
    {"results", "Results", results_fields},
    {"sequence", "Sequence", container_fields},
    {"atomic", "Atomic", container_fields},
};
constexpr CommandRow unknown_command{"unknown", {}, unknown_fields};

const CommandRow* command_of(std::string_view element) {
  const auto* row = std::ranges::find(command_rows, element, &CommandRow::element);
  return row == std::end(command_rows) ? nullptr : row;
}

// ---- reading ------------------------------------------------------------------------------------------------------

constexpr std::string_view white_space = " \t\r\n";

/// A number as it is usually written, so that it is written again as it was read.
std::optional<std::int64_t> plain_number(std::string_view text) {
  std::int64_t number = 0;
  const auto [stop, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc{} || stop != text.data() + text.size() || text != std::to_string(number)) return {};
  return number;
}

Value read_command(const SyncmlElement& element);

class MapReader {
 public:
  explicit MapReader(Value::Map& out) : out_(out) {}

  /// Reads the children into the map; those without a place are named in `unread`.
  void read(const SyncmlElement& element, Fields fields) {
    for (const auto& field : fields) {
      if (field.kind == Kind::commands) {
        read_commands(element, fields);
        continue;
      }
      Value::List list;
      bool first = true;
      for (const auto& child : element.children) {
        if (child.name.empty() || child.local_name() != field.element) continue;
        if (field.kind == Kind::texts) {
          list.emplace_back(text_of(child));
        } else if (field.kind == Kind::maps) {
          list.emplace_back(map_of(child, field.fields));
        } else if (first) {
          read_field(child, field);
        } else {
          unread_.emplace_back(child.local_name());
        }
        first = false;
      }
      if (!list.empty()) out_.emplace_back(field.key, std::move(list));
    }
    name_strangers(element, fields);
  }

  void finish() {
    if (!unread_.empty()) out_.emplace_back("unread", std::move(unread_));
  }

  void add_unread(std::string_view name) { unread_.emplace_back(name); }

 private:
  void read_field(const SyncmlElement& child, const Field& field) {
    if (field.kind == Kind::group) {
      const auto before = out_.size();
      read(child, field.fields);
      if (out_.size() == before) unread_.emplace_back(child.local_name());
    } else if (field.kind == Kind::map) {
      out_.emplace_back(field.key, map_of(child, field.fields));
    } else if (field.kind == Kind::data) {
      read_data(child);
    } else if (field.kind == Kind::flag) {
      out_.emplace_back(field.key, true);
      name_strangers(child, {});
    } else {
      auto text = text_of(child);
      const auto number = field.kind == Kind::number ? plain_number(text) : std::nullopt;
      out_.emplace_back(field.key, number ? Value(*number) : Value(std::move(text)));
    }
  }

  void read_data(const SyncmlElement& element) {
    auto text = content_of(element);
    if (is_xml_text(text)) {
      out_.emplace_back("data", std::move(text));
    } else {
      out_.emplace_back("data_hex", to_hex({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}));
    }
  }

  void read_commands(const SyncmlElement& element, Fields fields) {
    Value::List commands;
    for (const auto& child : element.children) {
      if (child.name.empty()) continue;
      const bool is_field = std::ranges::any_of(fields, [&](const Field& field) {
        return field.kind != Kind::commands && field.element == child.local_name();
      });
      if (!is_field) commands.push_back(read_command(child));
    }
    out_.emplace_back("commands", std::move(commands));
  }

  std::string text_of(const SyncmlElement& element) {
    std::string out;
    for (const auto& child : element.children) {
      if (child.name.empty()) {
        out += child.text;
      } else {
        unread_.emplace_back(child.local_name());
      }
    }
    return out;
  }

  static Value map_of(const SyncmlElement& element, Fields fields) {
    Value::Map map;
    MapReader reader(map);
    reader.read(element, fields);
    reader.finish();
    return map;
  }

  void name_strangers(const SyncmlElement& element, Fields fields) {
    const bool has_commands = std::ranges::any_of(fields, [](const Field& f) { return f.kind == Kind::commands; });
    for (const auto& child : element.children) {
      if (child.name.empty()) {
        if (child.text.find_first_not_of(white_space) != std::string::npos) unread_.emplace_back("#text");
      } else if (!has_commands && std::ranges::find(fields, child.local_name(), &Field::element) == fields.end()) {
        unread_.emplace_back(child.local_name());
      }
    }
  }

  Value::Map& out_;
  Value::List unread_;
};

Value read_command(const SyncmlElement& element) {
  Value::Map map;
  const auto* row = command_of(element.local_name());
  if (row == nullptr) {
    map.emplace_back("command", "unknown");
    map.emplace_back("name", element.local_name());
    MapReader(map).read(element, unknown_fields);  // what else it holds has no names here
    return map;
  }
  map.emplace_back("command", row->key);
  MapReader reader(map);
  reader.read(element, row->fields);
  reader.finish();
  return map;
}

const SyncmlElement* first_of(const SyncmlElement& root, std::string_view name) {
  const auto found = std::ranges::find(root.children, name, &SyncmlElement::local_name);
  return found == root.children.end() ? nullptr : &*found;
}

Result<Value> read_message(const SyncmlElement& root) {
  if (root.local_name() != "SyncML") return fail(Errc::malformed, "a document other than SyncML", root.offset);
  const auto* header = first_of(root, "SyncHdr");
  const auto* body = first_of(root, "SyncBody");
  if (header == nullptr) return fail(Errc::malformed, "SyncML without SyncHdr", root.offset);
  if (body == nullptr) return fail(Errc::malformed, "SyncML without SyncBody", root.offset);
  Value::Map map;
  MapReader reader(map);
  reader.read(*header, header_fields);
  reader.read(*body, body_fields);
  for (const auto& child : root.children) {
    const bool stray_text = child.name.empty() && child.text.find_first_not_of(white_space) != std::string::npos;
    if (stray_text) reader.add_unread("#text");
    if (!child.name.empty() && &child != header && &child != body) reader.add_unread(child.local_name());
  }
  reader.finish();
  return map;
}

// ---- writing ------------------------------------------------------------------------------------------------------

using Written = Result<void>;

tl::unexpected<Error> wrong(const std::string& place, std::string message) {
  return fail(Errc::data, std::move(message), {}, place.empty() ? "/" : place);
}

std::string quoted(std::string_view text) {
  return '"' + std::string(text) + '"';
}

SyncmlElement named(std::string_view name) {
  SyncmlElement out;
  out.name = name;
  return out;
}

SyncmlElement with_text(std::string_view name, std::string text) {
  auto out = named(name);
  SyncmlElement content;
  content.text = std::move(text);
  out.children.push_back(std::move(content));
  return out;
}

void collect_keys(Fields fields, std::vector<std::string>& keys) {
  for (const auto& field : fields) {
    if (field.kind == Kind::group) {
      collect_keys(field.fields, keys);
    } else {
      keys.emplace_back(field.key);
      if (field.kind == Kind::data) keys.emplace_back("data_hex");
    }
  }
}

Written check_keys(const Value& map, const std::vector<std::string>& keys, const std::string& place) {
  if (!map.is_map()) return wrong(place, "must be an object");
  std::vector<std::string_view> seen;
  for (const auto& [key, value] : map.as_map()) {
    if (std::ranges::find(keys, key) == keys.end()) {
      return wrong(place + "/" + key, "unknown member " + quoted(key) + did_you_mean(key, keys));
    }
    if (std::ranges::find(seen, key) != seen.end()) return wrong(place + "/" + key, "a member given twice");
    seen.push_back(key);
  }
  return {};
}

bool is_name(std::string_view text) {
  const auto may_stand = [](unsigned char c) { return std::isalnum(c) != 0 || c == '_' || c == '-' || c == '.'; };
  return !text.empty() && (std::isalpha(static_cast<unsigned char>(text[0])) != 0 || text[0] == '_') &&
         std::ranges::all_of(text, may_stand);
}

class MapWriter {
 public:
  explicit MapWriter(SyncmlCoding coding) : coding_(coding) {}

  /// Adds the elements of a map whose members have been checked.
  Written write(const Value& map, Fields fields, const std::string& place, SyncmlElement& out) const {
    for (const auto& field : fields) {
      const auto done = field.kind == Kind::group  ? write_group(map, field, place, out)
                        : field.kind == Kind::data ? write_data(map, field, place, out)
                                                   : write_field(map, field, place, out);
      if (!done) return done;
    }
    return {};
  }

  Written write_checked(const Value& map, Fields fields, const std::string& place, SyncmlElement& out) const {
    std::vector<std::string> keys;
    collect_keys(fields, keys);
    if (const auto known = check_keys(map, keys, place); !known) return known;
    return write(map, fields, place, out);
  }

 private:
  Written write_group(const Value& map, const Field& field, const std::string& place, SyncmlElement& out) const {
    auto element = named(field.element);
    if (const auto done = write(map, field.fields, place, element); !done) return done;
    if (!element.children.empty()) add(out, std::move(element));
    return {};
  }

  Written write_data(const Value& map, const Field& field, const std::string& place, SyncmlElement& out) const {
    const auto* octets = map.find("data_hex");
    if (octets == nullptr) return write_field(map, field, place, out);
    const auto here = place + "/data_hex";
    if (map.find("data") != nullptr) return wrong(here, "\"data\" and \"data_hex\" exclude each other");
    if (!octets->is_string()) return wrong(here, "must be text");
    const auto parsed = parse_hex(octets->as_string());
    if (!parsed) return wrong(here, parsed.error().message);
    return add_text(out, field.element, {parsed->begin(), parsed->end()}, here);
  }

  Written write_field(const Value& map, const Field& field, const std::string& place, SyncmlElement& out) const {
    const auto* value = map.find(field.key);
    if (value == nullptr) return {};
    const auto here = place + "/" + std::string(field.key);
    switch (field.kind) {
      case Kind::flag:
        if (!value->is_bool()) return wrong(here, "must be true or false");
        if (value->as_bool()) add(out, named(field.element));
        return {};
      case Kind::number:
        if (value->is_int()) return add_text(out, field.element, std::to_string(value->as_int()), here);
        if (!value->is_string()) return wrong(here, "must be a number or text");
        return add_text(out, field.element, value->as_string(), here);
      case Kind::map:
        return write_map(*value, field, here, out);
      case Kind::texts:
      case Kind::maps:
      case Kind::commands:
        return write_list(*value, field, here, out);
      default:
        if (!value->is_string()) return wrong(here, "must be text");
        return add_text(out, field.element, value->as_string(), here);
    }
  }

  Written write_map(const Value& value, const Field& field, const std::string& here, SyncmlElement& out) const {
    auto element = named(field.element);
    if (const auto done = write_checked(value, field.fields, here, element); !done) return done;
    add(out, std::move(element));
    return {};
  }

  Written write_list(const Value& value, const Field& field, const std::string& here, SyncmlElement& out) const {
    if (!value.is_list()) return wrong(here, "must be a list");
    for (std::size_t at = 0; at < value.as_list().size(); ++at) {
      const auto& entry = value.as_list()[at];
      const auto place = here + "/" + std::to_string(at);
      Written done;
      if (field.kind == Kind::commands) {
        done = write_command(entry, place, out);
      } else if (field.kind == Kind::maps) {
        done = write_map(entry, field, place, out);
      } else if (entry.is_string()) {
        done = add_text(out, field.element, entry.as_string(), place);
      } else {
        done = wrong(place, "must be text");
      }
      if (!done) return done;
    }
    return {};
  }

  Written write_command(const Value& command, const std::string& place, SyncmlElement& out) const {
    if (!command.is_map()) return wrong(place, "must be an object");
    const auto key = command.text_or("command", "");
    const auto* row = std::ranges::find(command_rows, std::string_view(key), &CommandRow::key);
    if (row == std::end(command_rows)) row = key == unknown_command.key ? &unknown_command : nullptr;
    if (row == nullptr) {
      std::vector<std::string> known;
      for (const auto& each : command_rows) known.emplace_back(each.key);
      return wrong(place + "/command", "unknown command " + quoted(key) + did_you_mean(key, known));
    }
    std::vector<std::string> keys{"command"};
    collect_keys(row->fields, keys);
    auto element = named(row->element);
    if (row == &unknown_command) {
      keys.emplace_back("name");
      element.name = command.text_or("name", "");
      if (!is_name(element.name)) return wrong(place + "/name", "must be the name of an element");
    }
    if (const auto known = check_keys(command, keys, place); !known) return known;
    if (const auto done = write(command, row->fields, place, element); !done) return done;
    out.children.push_back(std::move(element));
    return {};
  }

  Written add_text(SyncmlElement& out, std::string_view name, std::string text, const std::string& place) const {
    if (coding_ == SyncmlCoding::xml && !is_xml_text(text)) return wrong(place, "octets that XML cannot carry");
    add(out, with_text(name, std::move(text)));
    return {};
  }

  /// The children of Meta are of the namespace of meta information.
  static void add(SyncmlElement& out, SyncmlElement element) {
    if (out.name == "Meta") element.attributes = " xmlns=\"syncml:metinf\"";
    out.children.push_back(std::move(element));
  }

  SyncmlCoding coding_;
};

Result<Octets> write_raw(const Value& message) {
  if (message.as_map().size() != 1) return wrong("", "raw octets stand alone");
  const auto& [key, value] = message.as_map().front();
  if (!value.is_string()) return wrong("/" + key, "must be text");
  if (key == "raw") return Octets{value.as_string().begin(), value.as_string().end()};
  auto octets = parse_hex(value.as_string());
  if (!octets) return wrong("/" + key, octets.error().message);
  return octets;
}

}  // namespace

std::string_view media_type(SyncmlCoding coding) {
  return coding == SyncmlCoding::xml ? "application/vnd.syncml.dm+xml" : "application/vnd.syncml.dm+wbxml";
}

std::optional<SyncmlCoding> coding_of(std::string_view type) {
  type = type.substr(0, type.find(';'));
  const auto first = type.find_first_not_of(white_space);
  if (first == std::string_view::npos) return {};
  type = type.substr(first, type.find_last_not_of(white_space) + 1 - first);
  for (const auto coding : {SyncmlCoding::xml, SyncmlCoding::wbxml}) {
    const auto same = [](unsigned char a, unsigned char b) { return std::tolower(a) == b; };
    if (std::ranges::equal(type, media_type(coding), same)) return coding;
  }
  return {};
}

Result<Value> read_syncml(ByteView octets, SyncmlCoding coding, const SyncmlLimits& limits) {
  return (coding == SyncmlCoding::xml ? read_xml_elements(octets, limits) : read_wbxml_elements(octets, limits))
      .and_then(read_message);
}

Result<Octets> write_syncml(const Value& message, SyncmlCoding coding) {
  if (message.find("raw") != nullptr || message.find("raw_hex") != nullptr) return write_raw(message);
  std::vector<std::string> keys;
  collect_keys(header_fields, keys);
  collect_keys(body_fields, keys);
  if (const auto known = check_keys(message, keys, ""); !known) return tl::make_unexpected(known.error());
  auto root = named("SyncML");
  root.attributes = " xmlns=\"SYNCML:SYNCML1.2\"";
  root.children = {named("SyncHdr"), named("SyncBody")};
  const MapWriter writer(coding);
  if (const auto done = writer.write(message, header_fields, "", root.children[0]); !done) {
    return tl::make_unexpected(done.error());
  }
  if (const auto done = writer.write(message, body_fields, "", root.children[1]); !done) {
    return tl::make_unexpected(done.error());
  }
  return coding == SyncmlCoding::xml ? write_xml_elements(root) : write_wbxml_elements(root);
}

}  // namespace dmsc::codec

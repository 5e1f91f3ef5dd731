// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/message.hpp"

#include <algorithm>

#include "runner/codec/cat/object.hpp"
#include "runner/codec/wire/fields.hpp"

namespace dmsc::codec {
namespace {

constexpr std::uint32_t proactive_tag = 0xD0;
constexpr std::uint32_t event_download_tag = 0xD6;

const Node* find_node(const std::vector<Node>& nodes, std::string_view key) {
  const auto found = std::find_if(nodes.begin(), nodes.end(), [&](const Node& node) { return node.key == key; });
  return found == nodes.end() ? nullptr : &*found;
}

Distinction distinction_of(const std::vector<Node>& nodes) {
  Distinction seen;
  seen.bearer_description = find_node(nodes, "bearer_description") != nullptr;
  seen.cdma_sms_tpdu = find_node(nodes, "cdma_sms_tpdu") != nullptr;
  const auto* level = find_node(nodes, "transport_level");
  seen.transport_level = level != nullptr;
  const auto* field = level == nullptr ? nullptr : find_node(level->fields, "protocol");  // a cut object has no members
  if (field != nullptr && field->value.is_string()) seen.protocol = field->value.as_string();
  return seen;
}

template <class Test>
const MessageSpec* choose_row(std::span<const MessageSpec> rows, const std::vector<Node>& nodes, Test test) {
  const MessageSpec* first = nullptr;
  const auto seen = distinction_of(nodes);
  for (const auto& row : rows) {
    if (!test(row)) continue;
    if (first == nullptr) first = &row;
    if (row.variant == variant_of(row.key, seen)) return &row;
  }
  return first;
}

/// Gives each object the key of its slot: the first free one at or behind the last slot used, else any free one.
void assign_slots(const MessageSpec& row, Decoded& decoded) {
  std::vector<bool> used(row.slots.size(), false);
  std::size_t from = 0;
  for (auto& node : decoded.fields) {
    for (std::size_t step = 0; step < row.slots.size(); ++step) {
      const std::size_t at = (from + step) % row.slots.size();
      const auto& slot = row.slots[at];
      if (node.key != slot.object || (used[at] && !slot.repeat)) continue;
      used[at] = true;
      node.key = slot.key;
      from = at;
      break;
    }
  }
  for (auto& node : decoded.fields) {
    node.repeats =
        std::ranges::any_of(row.slots, [&](const Slot& slot) { return slot.repeat && node.key == slot.key; });
  }
  if (decoded.cut) return;  // the rest may have been there
  for (std::size_t at = 0; at < row.slots.size(); ++at) {
    if (used[at] || row.slots[at].need != Need::required) continue;
    decoded.anomalies.push_back({0, "object \"" + std::string(row.slots[at].key) + "\" is missing"});
  }
}

std::string bits_note(std::span<const Part> parts, std::uint32_t octet) {
  std::string note;
  for (const auto& part : parts) {
    const auto bits = octet >> part.shift & ((1U << part.width) - 1);
    const auto* name = find_name(part.names, bits);
    if (name == nullptr && bits == 0) continue;
    if (!note.empty()) note += ", ";
    note += name != nullptr ? name->label : part.key;
    if (name == nullptr && part.width > 1) note.append(" ").append(std::to_string(bits));
  }
  return note;
}

void note_qualifier(const MessageSpec& row, std::vector<Node>& nodes) {
  for (auto& node : nodes) {
    if (node.key != "command_details") continue;
    for (auto& field : node.fields) {
      if (field.key == "qualifier" && !field.octets.empty()) field.note = bits_note(row.qualifier, field.octets[0]);
    }
  }
}

void apply_row(const MessageSpec* row, Decoded& decoded, std::string_view fallback) {
  if (row == nullptr) {
    decoded.key = fallback;
    decoded.name = fallback;
    return;
  }
  decoded.key = row->key;
  // Nothing that was read tells the layouts apart, and what does may have been cut off.
  const bool known = !decoded.cut || row->key != std::string_view("open_channel") ||
                     find_node(decoded.fields, "bearer_description") != nullptr ||
                     find_node(decoded.fields, "transport_level") != nullptr;
  decoded.variant = known ? row->variant : "";
  decoded.name = row->name;
  decoded.clause = row->clause;
  assign_slots(*row, decoded);
  note_qualifier(*row, decoded.fields);
}

std::optional<std::uint32_t> command_type(const std::vector<Node>& nodes) {
  const auto* details = find_node(nodes, "command_details");
  if (details == nullptr) return {};
  const auto* type = details->value.find("type");
  if (type == nullptr) return {};
  const auto code = code_of(command_names(), *type, "type");
  return code ? std::optional(*code) : std::nullopt;
}

void name_command(std::span<const MessageSpec> rows, Decoded& decoded) {
  const auto type = command_type(decoded.fields);
  if (!type) {
    if (!decoded.error) decoded.error = Error{Errc::malformed, "command details are missing", 0, {}};
    apply_row(nullptr, decoded, "unknown_command");
    return;
  }
  apply_row(choose_row(rows, decoded.fields, [&](const MessageSpec& row) { return row.code == *type; }), decoded,
            "unknown_command_" + hex_number(*type, 2));
}

std::string tag_hex(std::uint32_t tag) {
  return hex_number(tag, tag > 0xFFFF ? 6 : tag > 0xFF ? 4 : 2);
}

/// Reads the BER object around a message and its objects.
void read_wrapped(ByteView octets, Decoded& decoded) {
  Cursor cursor(octets);
  const auto outer = read_tlv(cursor, TlvForm::ber);
  ByteView inside;
  std::size_t offset = 0;
  auto& tag = decoded.tag;
  decoded.cut = !outer;
  if (outer) {
    tag = outer->tag;
    inside = outer->value;
    offset = outer->value_offset();
    decoded.anomalies = outer->anomalies;
  } else {
    decoded.error = outer.error();
    if (octets.empty()) return;
    if (octets.size() < 2) {
      tag = octets[0];
      return;
    }
    tag = octets[0];  // show what a cut-off message still holds
    const bool several = octets[1] >= 0x81 && octets[1] <= 0x83;
    offset = std::min<std::size_t>(several ? 2 + (octets[1] & 0x7F) : 2, octets.size());
    inside = octets.subspan(offset);
  }
  auto objects = decode_objects(inside, offset);
  decoded.fields = std::move(objects.nodes);
  if (!decoded.error) decoded.error = objects.error;
  decoded.cut = decoded.cut || objects.cut;
  if (outer && !cursor.empty() && !decoded.error) {
    decoded.error =
        Error{Errc::malformed, std::to_string(cursor.left()) + " octets follow the message", cursor.offset(), {}};
  }
}

const Value* member_of(const Value& members, std::string_view key) {
  const auto* member = members.find(key);
  return member == nullptr || member->is_null() ? nullptr : member;
}

Value with_defaults(const MessageSpec& row, const Slot& slot, const Value* given) {
  const std::string_view object = slot.object;
  if (object == "command_details" && row.kind != MessageKind::envelope) {
    Value details;
    details["number"] = 1;
    details["type"] = std::int64_t{row.code};
    details["qualifier"] = 0;
    if (given == nullptr) return details;
    if (given->find("raw") != nullptr || !given->is_map()) return *given;
    for (const auto& [key, value] : given->as_map()) details[key] = value;
    return details;
  }
  if (given != nullptr) return *given;
  if (object == "device_identities") {
    Value devices;
    devices["source"] = std::int64_t{row.source};
    devices["destination"] = std::int64_t{row.destination};
    return devices;
  }
  if (object == "event_list" && row.event >= 0) return Value::List{Value(std::int64_t{row.event})};
  return {};
}

/// Whether a list stands for as many objects, and is not the value of one.
bool is_several(const Slot& slot, const ObjectSpec& object, const Value& value) {
  if (!value.is_list()) return false;
  const bool list_object = object.fields.size() == 1 && object.fields[0].kind == FieldKind::code_list;
  if (slot.repeat || !list_object) return true;
  const auto& items = value.as_list();
  return !items.empty() && std::ranges::all_of(items, [](const Value& item) { return item.is_list(); });
}

/// Length octet of a header with the form 81 XX in place of the short one. @param at  of the length octet
void lengthen(Octets& object, std::size_t at) {
  constexpr std::uint8_t one_more = 0x81;
  if (at < object.size() && object[at] < 0x80)
    object.insert(object.begin() + static_cast<std::ptrdiff_t>(at), one_more);
}

/// How to write what may be written in several ways.
struct WireHints {
  std::vector<std::string> order;  ///< keys of objects behind the minimum set
  bool long_lengths = false;
  bool long_ber = false;

  static Result<WireHints> of(const Value& members) {
    WireHints out;
    const auto* wire = members.find("wire");
    if (wire == nullptr) return out;
    if (!wire->is_map()) return fail(Errc::malformed, "is not a map", {}, "wire");
    for (const auto& [key, value] : wire->as_map()) {
      const auto place = "wire." + key;
      if (key == "order") {
        if (!value.is_list()) return fail(Errc::malformed, "is not a list", {}, place);
        for (const auto& object : value.as_list()) {
          const bool known = object.is_string() && find_object(object.as_string()) != nullptr;
          if (!known) return fail(Errc::unknown, "names no object", {}, place);
          out.order.push_back(object.as_string());
        }
        continue;
      }
      if (key != "long_lengths" && key != "long_ber") return fail(Errc::unknown, "is no hint", {}, place);
      if (!value.is_bool()) return fail(Errc::malformed, "is not a boolean", {}, place);
      (key == "long_ber" ? out.long_ber : out.long_lengths) = value.as_bool();
    }
    return out;
  }

  std::size_t rank(std::string_view key) const {
    return static_cast<std::size_t>(std::ranges::find(order, key) - order.begin());
  }
};

bool in_minimum_set(std::string_view object) {
  return object == "command_details" || object == "device_identities" || object == "result";
}

class MessageWriter {
 public:
  MessageWriter(const MessageSpec& row, const Value& members) : row_(row), members_(members) {}

  Result<Octets> write() {
    if (!members_.is_map() && !members_.is_null()) return fail(Errc::malformed, "a message is a map of objects");
    if (const auto checked = check_comprehension(); !checked) return tl::make_unexpected(checked.error());
    auto hints = WireHints::of(members_);
    if (!hints) return tl::make_unexpected(hints.error());
    hints_ = std::move(*hints);
    for (const auto& slot : row_.slots) {
      const auto written = write_slot(slot);
      if (!written) return tl::make_unexpected(written.error());
    }
    const auto extra = write_extras();
    if (!extra) return tl::make_unexpected(extra.error());
    auto body = joined();
    if (row_.kind == MessageKind::terminal_response) return body;
    auto message = write_ber(row_.kind == MessageKind::proactive ? proactive_tag : row_.code, body);
    if (hints_.long_ber) lengthen(message, 1);  // these tags have one octet
    return message;
  }

 private:
  struct Piece {
    std::string_view object;
    Octets octets;
  };

  /// The objects in their order: what stands behind the minimum set may stand in another.
  Octets joined() {
    const bool all = std::ranges::any_of(hints_.order, in_minimum_set);
    const auto last = all ? pieces_.rend() : std::find_if(pieces_.rbegin(), pieces_.rend(), [](const Piece& piece) {
      return in_minimum_set(piece.object);
    });
    std::ranges::stable_sort(last.base(), pieces_.end(), {},
                             [&](const Piece& piece) { return hints_.rank(piece.object); });
    Octets body;
    for (const auto& piece : pieces_) append(body, piece.octets);
    return body;
  }

  bool has_slot(std::string_view key) const {
    return std::ranges::any_of(row_.slots, [&](const Slot& slot) { return slot.key == key; });
  }

  Result<void> check_comprehension() const {
    const auto* bits = members_.find("comprehension");
    if (bits == nullptr) return {};
    if (!bits->is_map()) return fail(Errc::malformed, "is not a map", {}, "comprehension");
    for (const auto& [key, bit] : bits->as_map()) {
      if (!bit.is_bool()) return fail(Errc::malformed, "is not a boolean", {}, "comprehension." + key);
      if (!has_slot(key) && find_object(key) == nullptr) {
        return fail(Errc::unknown, "is no object of this message", {}, "comprehension." + key);
      }
    }
    return {};
  }

  Result<void> write_slot(const Slot& slot) {
    const auto* given = member_of(members_, slot.key);
    if (members_.find(slot.key) != nullptr && given == nullptr) return {};  // null leaves the object out
    const auto value = with_defaults(row_, slot, given);
    const auto* object = find_object(slot.object);
    if (given == nullptr && value.is_null()) {
      if (slot.need == Need::optional) return {};
      if (object->max_length != 0) return fail(Errc::malformed, "is missing", {}, slot.key);
    }
    if (is_several(slot, *object, value)) {
      for (const auto& item : value.as_list()) {
        const auto written = write_object(*object, slot, item);
        if (!written) return written;
      }
      return {};
    }
    return write_object(*object, slot, value);
  }

  Result<void> write_object(const ObjectSpec& object, const Slot& slot, const Value& value) {
    bool comprehension = slot.comprehension;
    if (const auto* bits = members_.find("comprehension")) comprehension = bits->bool_or(slot.key, comprehension);
    auto octets = encode_object(object, value, comprehension);
    if (!octets) {
      octets.error().place.replace(0, std::string_view(object.key).size(), slot.key);
      return tl::make_unexpected(octets.error());
    }
    constexpr std::uint8_t three_octet_tag = 0x7F;
    if (hints_.long_lengths) lengthen(*octets, (octets->front() & three_octet_tag) == three_octet_tag ? 3 : 1);
    pieces_.push_back({object.key, std::move(*octets)});
    return {};
  }

  Result<void> write_extras() {
    if (members_.is_null()) return {};
    for (const auto& [key, value] : members_.as_map()) {
      if (key == "comprehension" || key == "mode" || key == "wire" || value.is_null()) continue;
      if (has_slot(key)) continue;
      if (key == "append") {
        if (!value.is_string()) return fail(Errc::malformed, "is not hexadecimal", {}, key);
        const auto octets = parse_hex(value.as_string());
        if (!octets) return fail(octets.error().code, octets.error().message, octets.error().offset, key);
        pieces_.push_back({"append", *octets});
        continue;
      }
      const auto* object = find_object(key);
      if (object == nullptr) return fail(Errc::unknown, "is no object of this message", {}, key);
      const auto written = write_slot({object->key, object->key, Need::optional});
      if (!written) return written;
    }
    return {};
  }

  const MessageSpec& row_;
  const Value& members_;
  WireHints hints_;
  std::vector<Piece> pieces_;
};

}  // namespace

Decoded decode_proactive(ByteView octets) {
  Decoded decoded;
  decoded.kind = "proactive";
  read_wrapped(octets, decoded);
  if (decoded.tag && *decoded.tag != proactive_tag && !decoded.error) {
    decoded.error = Error{Errc::malformed, "tag " + tag_hex(*decoded.tag) + " is not D0, proactive command", 0, {}};
  }
  name_command(proactive_commands(), decoded);
  return decoded;
}

Decoded decode_terminal_response(ByteView octets) {
  Decoded decoded;
  decoded.kind = "terminal-response";
  auto objects = decode_objects(octets, 0);
  decoded.fields = std::move(objects.nodes);
  decoded.error = objects.error;
  decoded.cut = objects.cut;
  name_command(terminal_responses(), decoded);
  return decoded;
}

Decoded decode_envelope(ByteView octets) {
  Decoded decoded;
  decoded.kind = "envelope";
  read_wrapped(octets, decoded);
  const auto& tag = decoded.tag;
  if (!tag) {
    apply_row(nullptr, decoded, "unknown_envelope");
    return decoded;
  }
  int event = -1;
  if (*tag == event_download_tag) {
    const auto* list = find_node(decoded.fields, "event_list");
    if (list != nullptr && list->value.is_list() && list->value.as_list().size() == 1) {
      event = static_cast<int>(code_of(event_names(), list->value.as_list()[0], "event_list").value_or(0xFF));
    } else if (!decoded.error) {
      decoded.error = Error{Errc::malformed, "an event download names one event", 0, {}};
    }
  }
  apply_row(choose_row(envelopes(), decoded.fields,
                       [&](const MessageSpec& row) { return row.code == *tag && row.event == event; }),
            decoded,
            event >= 0 ? "unknown_event_" + hex_number(std::uint64_t(event), 2) : "unknown_envelope_" + tag_hex(*tag));
  return decoded;
}

Decoded decode_tlvs(ByteView octets) {
  Decoded decoded;
  decoded.kind = "tlv";
  decoded.key = "tlv";
  decoded.name = "Comprehension-TLVs";
  auto objects = decode_objects(octets, 0);
  decoded.fields = std::move(objects.nodes);
  decoded.error = objects.error;
  decoded.cut = objects.cut;
  return decoded;
}

std::vector<const Node*> misplaced_objects(const Decoded& message) {
  static constexpr std::pair<std::string_view, MessageKind> kinds[] = {
      {"proactive", MessageKind::proactive},
      {"envelope", MessageKind::envelope},
      {"terminal-response", MessageKind::terminal_response}};
  std::vector<const Node*> out;
  for (const auto& [name, kind] : kinds) {
    const auto* row = name == message.kind ? find_message(kind, message.key, message.variant) : nullptr;
    if (row == nullptr) continue;
    for (const auto& node : message.fields) {
      const auto* object = node.tag ? find_object(*node.tag) : nullptr;
      const bool placed = object != nullptr && std::ranges::any_of(row->slots, [&](const Slot& slot) {
                            return std::string_view(slot.object) == object->key;
                          });
      if (node.comprehension && !placed) out.push_back(&node);
    }
  }
  return out;
}

Result<Octets> encode_message(const MessageSpec& row, const Value& members) {
  return MessageWriter(row, members).write();
}

Result<Octets> encode_decoded(const Decoded& decoded) {
  Octets body;
  for (const auto& node : decoded.fields) {
    const auto octets = encode_node(node);
    if (!octets) return octets;
    append(body, *octets);
  }
  return decoded.tag ? write_ber(*decoded.tag, body) : body;
}

std::string_view variant_of(std::string_view key, const Distinction& seen) {
  if (key == "sms_pp_download" && seen.cdma_sms_tpdu) return "cdma";
  if (key != "open_channel") return {};
  if (seen.bearer_description || !seen.transport_level) return "packet";
  if (seen.protocol == "tcp_server") return "uicc_server";
  const bool terminal = seen.protocol == "udp_local" || seen.protocol == "tcp_local" || seen.protocol == "direct";
  return terminal ? "terminal_server" : "packet";
}

std::span<const MessageSpec> messages(MessageKind kind) {
  switch (kind) {
    case MessageKind::proactive:
      return proactive_commands();
    case MessageKind::terminal_response:
      return terminal_responses();
    case MessageKind::envelope:
      break;
  }
  return envelopes();
}

const MessageSpec* find_message(MessageKind kind, std::string_view key, std::string_view variant) {
  const MessageSpec* first = nullptr;
  for (const auto& row : messages(kind)) {
    if (row.key != key) continue;
    if (row.variant == variant) return &row;
    if (first == nullptr) first = &row;
  }
  return first;
}

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/cat/outline.hpp"

#include <algorithm>
#include <array>

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/object.hpp"

namespace dmsc::codec {
namespace {

constexpr std::uint8_t proactive_tag = 0xD0;
constexpr std::uint8_t event_download_tag = 0xD6;
constexpr std::size_t details_length = 3;
constexpr std::size_t transport_level_length = 3;
constexpr int no_event = -1;

/// Tag and length of one object in the shortest form, with so many octets behind them.
struct Head {
  std::uint32_t tag;
  std::size_t size;  ///< of tag and length
  std::size_t length;
};

/// A length of one octet, or 81 and one that needs it. @return nothing where it is written in another way
std::optional<Head> short_head(ByteView octets, std::uint32_t tag, std::size_t tag_size) {
  if (octets.size() < tag_size + 1) return {};
  const auto first = octets[tag_size];
  Head head{tag, tag_size + 1, first};
  if (first > 0x7F) {
    if (first != 0x81 || octets.size() < tag_size + 2 || octets[tag_size + 1] < 0x80) return {};
    head = {tag, tag_size + 2, octets[tag_size + 1]};
  }
  if (head.length > octets.size() - head.size) return {};
  return head;
}

std::optional<Head> object_head(ByteView octets) {
  const auto first = octets[0];
  if (first == 0x00 || first == 0x80 || first == 0xFF) return {};
  if (first != 0x7F) return short_head(octets, first & 0x7FU, 1);
  if (octets.size() < 3) return {};
  return short_head(octets, (octets[1] & 0x7FU) << 8 | octets[2], 3);
}

/// A row of a message with the rows of its slots' objects, so that nothing is compared by name.
struct IndexedRow {
  const MessageSpec* row;
  std::vector<const ObjectSpec*> objects;
};

/// Rows of one kind by their code.
struct RowIndex {
  std::array<std::vector<IndexedRow>, 256> rows;

  explicit RowIndex(std::span<const MessageSpec> all) {
    for (const auto& row : all) {
      auto& indexed = rows[row.code].emplace_back(IndexedRow{&row, {}});
      for (const auto& slot : row.slots) indexed.objects.push_back(find_object(slot.object));
    }
  }
};

const std::vector<IndexedRow>& rows_of(MessageKind kind, std::uint8_t code) {
  static const std::array<RowIndex, 3> indices{RowIndex(messages(MessageKind::proactive)),
                                               RowIndex(messages(MessageKind::terminal_response)),
                                               RowIndex(messages(MessageKind::envelope))};
  return indices[static_cast<std::size_t>(kind)].rows[code];
}

/// The objects that tell what a message is.
struct KnownObjects {
  const ObjectSpec* command_details = find_object("command_details");
  const ObjectSpec* event_list = find_object("event_list");
  const ObjectSpec* transport_level = find_object("transport_level");
  const ObjectSpec* bearer_description = find_object("bearer_description");
  const ObjectSpec* cdma_sms_tpdu = find_object("cdma_sms_tpdu");
};

const KnownObjects& known() {
  static const KnownObjects objects;
  return objects;
}

/// The first object of a row; null where there is none.
const ObjectPlace* find(const std::vector<ObjectPlace>& objects, const ObjectSpec* row) {
  const auto found = std::ranges::find(objects, row, &ObjectPlace::row);
  return found == objects.end() ? nullptr : &*found;
}

/// Gives each object its slot, as the tree has it: the first free one at or behind the last slot used, else any free
/// one.
void assign_slots(const IndexedRow& indexed, std::vector<ObjectPlace>& objects) {
  const auto slots = indexed.row->slots;
  std::uint64_t used = 0;  // no message has more slots than bits
  std::size_t from = 0;
  for (auto& object : objects) {
    if (object.row == nullptr) continue;
    for (std::size_t step = 0; step < slots.size(); ++step) {
      const std::size_t at = from + step < slots.size() ? from + step : from + step - slots.size();
      if (indexed.objects[at] != object.row || ((used >> at & 1U) != 0 && !slots[at].repeat)) continue;
      used |= std::uint64_t{1} << at;
      object.slot = &slots[at];
      from = at;
      break;
    }
  }
}

}  // namespace

bool Outline::read(MessageKind kind, ByteView octets) {
  row_ = nullptr;
  objects_.clear();
  if (kind == MessageKind::terminal_response) {
    if (!read_objects(octets, 0)) return false;
  } else {
    const auto outer = octets.empty() ? std::nullopt : short_head(octets, octets[0], 1);
    if (!outer || outer->size + outer->length != octets.size()) return false;
    if (!read_objects(octets.subspan(outer->size), outer->size)) return false;
  }
  if (kind != MessageKind::envelope) {
    if (kind == MessageKind::proactive && octets[0] != proactive_tag) return false;
    const auto* details = find(objects_, known().command_details);
    if (details == nullptr || details->value.size() != details_length) return false;
    return choose_row(kind, details->value[1], no_event);
  }
  if (octets[0] != event_download_tag) return choose_row(kind, octets[0], no_event);
  const auto* list = find(objects_, known().event_list);
  return list != nullptr && list->value.size() == 1 && choose_row(kind, octets[0], list->value[0]);
}

bool Outline::read_objects(ByteView inside, std::size_t offset) {
  while (!inside.empty()) {
    const auto head = object_head(inside);
    if (!head || objects_.size() >= most_objects) return false;
    const auto* row = find_object(head->tag);
    if (row != nullptr && (head->length < row->min_length || head->length > row->max_length)) return false;
    const auto whole = head->size + head->length;
    objects_.push_back(
        {row, nullptr, head->tag, offset, inside.first(whole), inside.subspan(head->size, head->length)});
    inside = inside.subspan(whole);
    offset += whole;
  }
  return true;
}

bool Outline::choose_row(MessageKind kind, std::uint8_t code, int event) {
  const auto& rows = rows_of(kind, code);
  if (rows.empty()) return false;
  Distinction seen;
  if (const auto* level = find(objects_, known().transport_level)) {
    if (level->value.size() != transport_level_length) return false;
    seen.transport_level = true;
    (void)read_leaves(*level, [&](const Leaf& leaf) {
      const auto* name = leaf.key == std::string_view("protocol") ? find_name(leaf.names, leaf.number) : nullptr;
      if (name != nullptr) seen.protocol = name->key;
    });
  }
  seen.bearer_description = find(objects_, known().bearer_description) != nullptr;
  seen.cdma_sms_tpdu = find(objects_, known().cdma_sms_tpdu) != nullptr;
  const IndexedRow* chosen = nullptr;
  for (const auto& indexed : rows) {
    if (indexed.row->event != event && kind == MessageKind::envelope) continue;
    if (chosen == nullptr) chosen = &indexed;
    if (indexed.row->variant != variant_of(indexed.row->key, seen)) continue;
    chosen = &indexed;
    break;
  }
  if (chosen == nullptr) return false;
  row_ = chosen->row;
  assign_slots(*chosen, objects_);
  return true;
}

}  // namespace dmsc::codec

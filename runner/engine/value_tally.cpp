// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/value_tally.hpp"

#include "runner/codec/cat/message.hpp"
#include "runner/codec/cat/profile.hpp"

namespace dmsc::engine {
namespace {

constexpr std::uint8_t ins_terminal_profile = 0x10;

}  // namespace

void ValueTally::add_number(std::uint64_t number) {
  ++values_;
  sum_ += number;
}

void ValueTally::add_octets(ByteView octets) {
  std::uint64_t sum = 0;
  for (const auto octet : octets) sum += octet;
  add_number(sum);
}

void ValueTally::add_leaf(const codec::Leaf& leaf) {
  using codec::FieldKind;
  if (leaf.part != nullptr || leaf.field->kind == FieldKind::code) {
    const auto* name = codec::find_name(leaf.names, leaf.number);
    return add_number(name == nullptr ? leaf.number : static_cast<std::uint64_t>(*name->key));
  }
  switch (leaf.field->kind) {
    case FieldKind::number:
      return add_number(leaf.number);
    case FieldKind::hex:
      return add_octets(leaf.octets);
    default:
      return add_value(codec::value_of(leaf));  // texts, lists and BCD digits
  }
}

void ValueTally::add_value(const Value& value) {
  if (value.is_map()) {
    for (const auto& [key, member] : value.as_map()) add_value(member);
  } else if (value.is_list()) {
    for (const auto& item : value.as_list()) add_value(item);
  } else {
    add_number(value.is_int()      ? static_cast<std::uint64_t>(value.as_int())
               : value.is_string() ? value.as_string().size()
                                   : 1);
  }
}

void ValueTally::add_message(const Showing& showing) {
  if (showing.outline == nullptr) {
    switch (showing.kind) {
      case Showing::Kind::envelope:
        return add_value(codec::decode_envelope(showing.octets).value());
      case Showing::Kind::terminal_response:
        return add_value(codec::decode_terminal_response(showing.octets).value());
      default:
        return add_value(codec::decode_proactive(showing.octets).value());
    }
  }
  for (const auto& object : showing.outline->objects()) {
    if (object.row == nullptr || object.row->fields.empty()) {
      add_octets(object.value);
    } else {
      (void)codec::read_leaves(object, [this](const codec::Leaf& leaf) { add_leaf(leaf); });
    }
  }
}

void ValueTally::add_profile(ByteView profile) {
  for (const auto& row : codec::profile_bits()) {
    if (const auto value = codec::profile_value(profile, row); value != 0) add_number(value);
  }
}

void ValueTally::add(const Showing& showing) {
  switch (showing.kind) {
    case Showing::Kind::reset:
      return add_octets(showing.octets);
    case Showing::Kind::command:
      add_number(showing.header[2]);
      add_number(showing.header[3]);
      add_octets(showing.data);
      if (showing.le) add_number(*showing.le);
      if (showing.ins == ins_terminal_profile) add_profile(showing.data);
      return;
    case Showing::Kind::response: {
      add_number(showing.status.value);
      const auto* row = codec::find_status(showing.status);
      add_number(row == nullptr ? 0 : row->bits);
      add_octets(showing.octets);
      add_number(showing.status.proactive() ? 1 : 0);
      return;
    }
    default:
      return add_message(showing);
  }
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/layout.hpp"

#include <algorithm>

#include "runner/base/text.hpp"
#include "runner/codec/wire/fields.hpp"

namespace dmsc::codec {
namespace {

tl::unexpected<Error> wrong(const char* key, std::string message, Errc code = Errc::malformed) {
  return fail(code, std::move(message), {}, key);
}

bool applies(const LayoutField& field, const Value& members) {
  return field.when == nullptr || field.when(members);
}

Result<void> write_simple(const LayoutField& field, const Value& member, BitWriter& out) {
  if (field.kind == LayoutKind::octets) {
    if (!member.is_string()) return wrong(field.key, "is not hexadecimal");
    const auto octets = parse_hex(member.as_string());
    if (!octets) return fail(octets.error().code, octets.error().message, octets.error().offset, field.key);
    out.align();
    out.put_octets(*octets);
    return {};
  }
  std::uint32_t number = 0;
  if (field.kind == LayoutKind::flag) {
    if (!member.is_bool()) return wrong(field.key, "is neither true nor false");
    number = member.as_bool() ? 1 : 0;
  } else {
    const auto code = code_of(field.names, member, field.key);
    if (!code) return tl::make_unexpected(code.error());
    number = *code;
  }
  if (field.bits < 32 && number >> field.bits != 0) {
    return wrong(field.key, std::to_string(number) + " does not fit in " + std::to_string(field.bits) + " bits",
                 Errc::range);
  }
  out.put(number, field.bits);
  return {};
}

Result<void> write_field(const LayoutField& field, const Value& members, BitWriter& out) {
  if (!applies(field, members)) return {};
  if (field.kind == LayoutKind::composite) return field.composite->write(members, field, out);
  const auto* member = members.find(field.key);
  if (member == nullptr || member->is_null()) {
    if (field.optional || field.kind == LayoutKind::octets) return {};
    if (field.kind != LayoutKind::reserved) return wrong(field.key, "is missing");
    out.put(0, field.bits);
    return {};
  }
  return write_simple(field, *member, out);
}

}  // namespace

Node& LayoutReader::add(const char* key, std::size_t position, Value value, std::string note) {
  auto& node = out_.nodes.emplace_back();
  node.key = key;
  node.name = key;
  node.offset = in_.origin() + position / 8;
  node.octets = to_octets(in_.covered(position));
  node.note = std::move(note);
  out_.value[key] = value;
  node.value = std::move(value);
  return node;
}

void LayoutReader::read_simple(const LayoutField& field) {
  const auto position = in_.position();
  if (field.kind == LayoutKind::octets) {
    in_.align();
    const auto start = in_.position();
    const auto octets = to_octets(in_.rest());
    (void)in_.take_octets(octets.size());
    if (!octets.empty() || !field.optional) add(field.key, start, to_hex(octets));
    return;
  }
  const auto bits = in_.take(field.bits);
  if (!bits) {
    out_.error = Error{Errc::truncated,
                       "field \"" + std::string(field.key) + "\" needs " + std::to_string(field.bits) + " bits, " +
                           std::to_string(in_.left()) + " are left",
                       in_.offset(),
                       {}};
    return;
  }
  switch (field.kind) {
    case LayoutKind::flag:
      add(field.key, position, *bits != 0);
      return;
    case LayoutKind::reserved:
      if (*bits == 0) return;
      add(field.key, position, std::int64_t{*bits})
          .anomalies.push_back({in_.origin() + position / 8, "reserved bits are set"});
      return;
    default: {
      const auto* name = find_name(field.names, *bits);
      add(field.key, position, name_or_number(field.names, *bits), name == nullptr ? "" : name->label);
    }
  }
}

void LayoutReader::read(const LayoutField& field) {
  if (failed() || !applies(field, out_.value) || (field.optional && in_.empty())) return;
  if (field.kind != LayoutKind::composite) {
    read_simple(field);
    return;
  }
  const auto done = field.composite->read(*this, field);
  if (!done) out_.error = done.error();
}

Layout read_layout(std::span<const LayoutField> fields, ByteView octets, std::size_t offset) {
  LayoutReader reader(octets, offset);
  for (const auto& field : fields) reader.read(field);
  return reader.finish();
}

Layout read_whole_layout(std::span<const LayoutField> fields, ByteView octets, std::size_t offset) {
  LayoutReader reader(octets, offset);
  for (const auto& field : fields) reader.read(field);
  const auto rest = reader.in().rest().size();
  const auto at = reader.in().offset() + (reader.in().aligned() ? 0 : 1);
  auto out = reader.finish();
  if (!out.error && rest > 0) {
    out.error = Error{Errc::malformed, std::to_string(rest) + " octets follow the last field", at, {}};
  }
  return out;
}

Result<Octets> write_layout(std::span<const LayoutField> fields, const Value& members) {
  if (!members.is_map()) return fail(Errc::malformed, "is not a map");
  const auto known = keys_of(fields);
  for (const auto& [key, member] : members.as_map()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    return fail(Errc::unknown, "is no member" + did_you_mean(key, known), {}, key);
  }
  BitWriter out;
  for (const auto& field : fields) {
    const auto written = write_field(field, members, out);
    if (!written) return tl::make_unexpected(written.error());
  }
  return out.finish();
}

std::vector<std::string> keys_of(std::span<const LayoutField> fields) {
  std::vector<std::string> keys;
  for (const auto& field : fields) {
    if (field.composite == nullptr || field.composite->keys.empty()) {
      keys.emplace_back(field.key);
    } else {
      keys.insert(keys.end(), field.composite->keys.begin(), field.composite->keys.end());
    }
  }
  return keys;
}

std::vector<std::string> words_of(std::span<const LayoutField> fields, std::string_view key) {
  std::vector<std::string> words;
  for (const auto& field : fields) {
    if (field.key != key) continue;
    for (const auto& name : field.names) words.emplace_back(name.key);
  }
  return words;
}

Value keeping_raw(Value value, ByteView octets, const Result<Octets>& back) {
  if (!back || !same(*back, octets)) value["raw"] = to_hex(octets);
  return value;
}

Value without(const Value& members, std::string_view key) {
  Value out = Value::Map{};
  for (const auto& [name, member] : members.as_map()) {
    if (name != key) out[name] = member;
  }
  return out;
}

std::optional<Result<Octets>> raw_of(const Value& value, std::string_view place) {
  const auto* raw = value.find("raw");
  if (raw == nullptr) return {};
  if (!raw->is_string()) return fail(Errc::malformed, "\"raw\" is not a string", {}, std::string(place));
  auto octets = parse_hex(raw->as_string());
  if (!octets) octets.error().place = place;
  return octets;
}

}  // namespace dmsc::codec

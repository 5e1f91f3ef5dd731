// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/fields.hpp"

#include <algorithm>

#include "runner/base/text.hpp"
#include "runner/codec/wire/file_paths.hpp"
#include "runner/codec/wire/leaf.hpp"
#include "runner/codec/wire/sms_coding.hpp"
#include "runner/codec/wire/text.hpp"
#include "runner/codec/wire/text_coder.hpp"

namespace dmsc::codec {
namespace {

constexpr std::string_view raw_key = "raw";

/// Makes tree and value of the leaves.
class TreeSink {
 public:
  void operator()(const Leaf& leaf) {
    auto& node = out_.nodes.emplace_back();
    node.key = leaf.key;
    node.name = leaf.key;
    node.offset = leaf.offset;
    node.octets = to_octets(leaf.octets);
    node.note = note_of(leaf);
    node.value = value_of(leaf);
    node.anomalies = oddities_of(leaf);
    if (*leaf.key == '\0') {
      out_.value = node.value;
    } else {
      out_.value[leaf.key] = node.value;
    }
    if (leaf.field->kind == FieldKind::paths) add_paths(leaf);
  }

  DecodedFields finish(std::optional<Error> error) {
    out_.error = std::move(error);
    return std::move(out_);
  }

 private:
  void add_paths(const Leaf& leaf) {
    const auto paths = split_paths(leaf.octets);
    auto offset = leaf.offset;
    for (const auto& path : paths) {
      out_.nodes.back().fields.push_back(plain_node("path", "path", offset, path));
      offset += path.size();
    }
    const auto* told = out_.value.find("number_of_files");
    if (told == nullptr || told->as_int() == static_cast<std::int64_t>(paths.size())) return;
    auto& count = out_.nodes[out_.nodes.size() - 2];
    count.anomalies.push_back({count.offset, "says " + std::to_string(told->as_int()) + " files, " +
                                                 std::to_string(paths.size()) + " paths are there"});
  }

  DecodedFields out_;
};

tl::unexpected<Error> wrong(const char* key, std::string message, Errc code = Errc::malformed) {
  return fail(code, std::move(message), {}, key);
}

class FieldWriter {
 public:
  explicit FieldWriter(const Value& value) : value_(value) {}

  Result<void> write(const Field& field) {
    if (field.kind == FieldKind::parts) return write_parts(field);
    const auto* member = *field.key == '\0' ? &value_ : value_.find(field.key);
    if (member == nullptr || member->is_null()) {
      if (field.optional) return {};
      return wrong(field.key, "is missing");
    }
    if (const auto* raw = member->find(raw_key)) {
      if (!raw->is_string()) return wrong(field.key, "\"raw\" is not a string");
      const auto octets = parse_hex(raw->as_string());
      if (!octets) return fail(octets.error().code, octets.error().message, octets.error().offset, field.key);
      append(out_, *octets);
      return {};
    }
    return write_value(field, *member);
  }

  Octets finish() { return std::move(out_); }

 private:
  Result<void> write_parts(const Field& field) {
    std::uint32_t octet = 0;
    for (const auto& part : field.parts) {
      const auto* member = value_.find(part.key);
      if (member == nullptr || member->is_null()) continue;  // a bit-field left out is zero
      std::uint32_t bits = 0;
      if (member->is_bool()) {
        bits = member->as_bool() ? 1 : 0;
      } else {
        const auto code = code_of(part.names, *member, part.key);
        if (!code) return tl::make_unexpected(code.error());
        bits = *code;
      }
      if (bits >> part.width != 0) {
        return wrong(part.key, std::to_string(bits) + " does not fit in " + std::to_string(part.width) + " bits",
                     Errc::range);
      }
      octet |= bits << part.shift;
    }
    out_.push_back(static_cast<std::uint8_t>(octet));
    return {};
  }

  Result<void> write_value(const Field& field, const Value& member) {
    switch (field.kind) {
      case FieldKind::number:
        if (std::string_view(field.key) == "dcs")
          coding_scheme_ = static_cast<std::uint8_t>(member.is_int() ? member.as_int() : 0);
        return write_number(field, member, field.width, 0xFFFFFFFFU >> (32 - 8 * field.width));
      case FieldKind::paths:
        return write_paths(field, member);
      case FieldKind::bcd: {
        const auto code = code_of({}, member, field.key);
        if (!code) return tl::make_unexpected(code.error());
        if (*code > 99) return wrong(field.key, std::to_string(*code) + " is outside 0 to 99", Errc::range);
        out_.push_back(static_cast<std::uint8_t>((*code % 10) << 4 | *code / 10));
        return {};
      }
      case FieldKind::code: {
        const auto code =
            code_of(field.choose != nullptr ? field.choose(code_before_) : field.names, member, field.key);
        if (!code) return tl::make_unexpected(code.error());
        if (*code > 0xFF) return wrong(field.key, std::to_string(*code) + " is outside 0 to 255", Errc::range);
        code_before_ = *code;
        if (std::string_view(field.key) == "dcs") coding_scheme_ = static_cast<std::uint8_t>(*code);
        out_.push_back(static_cast<std::uint8_t>(*code));
        return {};
      }
      case FieldKind::code_list:
        return write_list(field, member);
      default:
        return write_text(field, member);
    }
  }

  Result<void> write_number(const Field& field, const Value& member, int width, std::uint32_t most) {
    if (!member.is_int()) return wrong(field.key, "is not a number");
    if (member.as_int() < 0 || member.as_int() > most) {
      return wrong(field.key, std::to_string(member.as_int()) + " is outside 0 to " + std::to_string(most),
                   Errc::range);
    }
    for (int shift = 8 * (width - 1); shift >= 0; shift -= 8) {
      out_.push_back(static_cast<std::uint8_t>(member.as_int() >> shift));
    }
    return {};
  }

  Result<void> write_list(const Field& field, const Value& member) {
    if (!member.is_list()) return wrong(field.key, "is not a list");
    for (const auto& item : member.as_list()) {
      const auto code = code_of(field.names, item, field.key);
      if (!code) return tl::make_unexpected(code.error());
      if (*code > 0xFF) return wrong(field.key, std::to_string(*code) + " is outside 0 to 255", Errc::range);
      out_.push_back(static_cast<std::uint8_t>(*code));
    }
    return {};
  }

  /// A list of paths, or all of them in one string.
  Result<void> write_paths(const Field& field, const Value& member) {
    for (const auto& path : member.is_list() ? member.as_list() : Value::List{member}) {
      if (!path.is_string()) return wrong(field.key, "is neither hexadecimal nor a list of it");
      const auto octets = parse_hex(path.as_string());
      if (!octets) return fail(octets.error().code, octets.error().message, octets.error().offset, field.key);
      append(out_, *octets);
    }
    return {};
  }

  Result<Octets> cbs_octets(std::string_view text) const {
    const auto coding = cbs_coding(coding_scheme_);
    if (coding.alphabet == Alphabet::gsm7_packed) return encode_gsm_packed(text);
    return coding.alphabet == Alphabet::ucs2 ? encode_ucs2(text) : parse_hex(text);
  }

  Result<void> write_text(const Field& field, const Value& member) {
    if (!member.is_string()) return wrong(field.key, "is not a string");
    const auto& text = member.as_string();
    const auto* coder = text_coder(field.kind);
    const auto octets = coder != nullptr                    ? coder->encode(text)
                        : field.kind == FieldKind::text     ? encode_text(coding_scheme_, text)
                        : field.kind == FieldKind::cbs_text ? cbs_octets(text)
                                                            : parse_hex(text);
    if (!octets) return fail(octets.error().code, octets.error().message, octets.error().offset, field.key);
    const auto width = width_of(field);
    if (width != 0 && octets->size() != width) {
      return wrong(field.key, "is of " + std::to_string(octets->size()) + " octets, not " + std::to_string(width),
                   Errc::range);
    }
    append(out_, *octets);
    return {};
  }

  const Value& value_;
  std::uint32_t code_before_ = 0;
  std::uint8_t coding_scheme_ = 0;
  Octets out_;
};

}  // namespace

Value name_or_number(Names names, std::uint32_t code) {
  const auto* name = find_name(names, code);
  return name != nullptr ? Value(name->key) : Value(std::int64_t{code});
}

Result<std::uint32_t> code_of(Names names, const Value& value, std::string_view place) {
  const std::string where(place);
  if (value.is_int()) {
    if (value.as_int() < 0 || value.as_int() > 0xFFFFFFFF)
      return fail(Errc::range, "number is out of range", {}, where);
    return static_cast<std::uint32_t>(value.as_int());
  }
  if (!value.is_string()) return fail(Errc::malformed, "is neither a name nor a number", {}, where);
  if (const auto* name = find_name(names, value.as_string())) return name->code;
  std::vector<std::string> known;
  for (const auto& name : names) known.emplace_back(name.key);
  return fail(Errc::unknown, "\"" + value.as_string() + "\" is not known" + did_you_mean(value.as_string(), known), {},
              where);
}

DecodedFields decode_fields(std::span<const Field> fields, ByteView value, std::size_t offset) {
  TreeSink tree;
  auto error = read_leaves(fields, value, offset, tree);
  return tree.finish(std::move(error));
}

Result<Octets> encode_fields(std::span<const Field> fields, const Value& value) {
  const bool named = fields.size() > 1 || (fields.size() == 1 && *fields[0].key != '\0');
  if (named && !value.is_map()) return fail(Errc::malformed, "is not a map");
  FieldWriter writer(value);
  for (const auto& field : fields) {
    const auto written = writer.write(field);
    if (!written) return tl::make_unexpected(written.error());
  }
  return writer.finish();
}

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/fields.hpp"

#include <algorithm>

#include "runner/base/text.hpp"
#include "runner/codec/wire/file_paths.hpp"
#include "runner/codec/wire/labels.hpp"
#include "runner/codec/wire/sms_coding.hpp"
#include "runner/codec/wire/text.hpp"

namespace dmsc::codec {
namespace {

constexpr std::string_view raw_key = "raw";
constexpr std::uint8_t packed_scheme = 0x00;  ///< of a text string in the packed default alphabet

Names names_of(const Field& field, const Value& before) {
  return field.choose != nullptr ? field.choose(before) : field.names;
}

std::string label_of(Names names, std::uint32_t code) {
  const auto* name = find_name(names, code);
  return name == nullptr ? std::string{} : name->label;
}

std::string decode_ascii(ByteView octets) {
  std::string out;
  for (const auto octet : octets) out += octet >= 0x20 && octet <= 0x7E ? static_cast<char>(octet) : '.';
  return out;
}

Result<Octets> encode_ascii(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] < 0x20 || text[at] > 0x7E) return fail(Errc::range, "character is not printable ASCII", at);
  }
  return Octets(text.begin(), text.end());
}

struct TextCoder {
  std::string (*decode)(ByteView);
  Result<Octets> (*encode)(std::string_view);
  std::vector<Anomaly> (*oddities)(ByteView, std::size_t offset) = nullptr;
};

/// Coders of the kinds that are text without a coding scheme; null for others.
const TextCoder* text_coder(FieldKind kind) {
  static constexpr TextCoder digits{[](ByteView octets) { return decode_digits(octets); }, encode_digits,
                                    digit_oddities};
  static constexpr TextCoder plmn{decode_plmn, encode_plmn};
  static constexpr TextCoder alpha{decode_alpha, encode_alpha, alpha_oddities};
  static constexpr TextCoder ascii{decode_ascii, encode_ascii};
  static constexpr TextCoder labels{decode_labels, encode_labels, label_oddities};
  switch (kind) {
    case FieldKind::digits:
      return &digits;
    case FieldKind::plmn:
      return &plmn;
    case FieldKind::alpha:
      return &alpha;
    case FieldKind::ascii:
      return &ascii;
    case FieldKind::labels:
      return &labels;
    default:
      return nullptr;
  }
}

Value text_value(std::string text, ByteView octets, const Result<Octets>& back) {
  if (back && same(*back, octets)) return text;
  Value value;
  value["text"] = std::move(text);
  value[raw_key] = to_hex(octets);
  return value;
}

std::size_t width_of(const Field& field) {
  switch (field.kind) {
    case FieldKind::plmn:
      return 3;
    case FieldKind::code_list:
    case FieldKind::digits:
    case FieldKind::text:
    case FieldKind::alpha:
    case FieldKind::labels:
    case FieldKind::paths:
    case FieldKind::cbs_text:
      return 0;
    default:
      return field.width;
  }
}

class FieldReader {
 public:
  FieldReader(ByteView value, std::size_t offset) : cursor_(value, offset) {}

  /// @return  whether to go on
  bool read(const Field& field) {
    if (cursor_.empty() && field.optional) return true;
    const auto width = width_of(field);
    const auto octets = width == 0 ? cursor_.take_rest() : cursor_.take(width).value_or(ByteView{});
    if (octets.size() < width) {
      const auto what = *field.key == '\0' ? "the value" : "field \"" + std::string(field.key) + "\"";
      out_.error =
          Error{Errc::truncated,
                what + " needs " + std::to_string(width) + " octets, " + std::to_string(cursor_.left()) + " are left",
                cursor_.offset(),
                {}};
      return false;
    }
    read_octets(field, octets);
    return true;
  }

  DecodedFields finish() {
    if (!out_.error && !cursor_.empty()) {
      out_.error = Error{
          Errc::malformed, std::to_string(cursor_.left()) + " octets follow the last field", cursor_.offset(), {}};
    }
    return std::move(out_);
  }

 private:
  void read_octets(const Field& field, ByteView octets) {
    const std::size_t offset = cursor_.offset() - octets.size();
    if (field.kind == FieldKind::parts) {
      for (const auto& part : field.parts) {
        const std::uint32_t bits = octets[0] >> part.shift & ((1U << part.width) - 1);
        const bool flag = part.width == 1 && part.names.empty();
        add(part.key, octets, offset, flag ? Value(bits != 0) : name_or_number(part.names, bits),
            label_of(part.names, bits));
      }
      return;
    }
    std::string note;
    auto value = read_value(field, octets, note);
    add(field.key, octets, offset, std::move(value), std::move(note));
    add_oddities(field, octets, offset);
  }

  void add_oddities(const Field& field, ByteView octets, std::size_t offset) {
    auto& node = out_.nodes.back();
    if (const auto* coder = text_coder(field.kind); coder != nullptr && coder->oddities != nullptr) {
      node.anomalies = coder->oddities(octets, offset);
    }
    if (field.kind == FieldKind::text) node.anomalies = text_oddities(coding_scheme_, octets, offset);
    if (field.kind == FieldKind::cbs_text && cbs_coding(coding_scheme_).alphabet == Alphabet::gsm7_packed) {
      node.anomalies = text_oddities(packed_scheme, octets, offset);
    }
    if (field.kind == FieldKind::paths) add_paths(octets, offset);
  }

  void add_paths(ByteView octets, std::size_t offset) {
    const auto paths = split_paths(octets);
    for (const auto& path : paths) {
      auto& child = out_.nodes.back().fields.emplace_back();
      child.key = child.name = "path";
      child.offset = offset;
      child.octets = to_octets(path);
      child.value = to_hex(path);
      offset += path.size();
    }
    if (octets.size() % 2 != 0) out_.nodes.back().anomalies.push_back({offset - 1, "half of a file identifier"});
    const auto* told = out_.value.find("number_of_files");
    if (told == nullptr || told->as_int() == static_cast<std::int64_t>(paths.size())) return;
    auto& count = out_.nodes[out_.nodes.size() - 2];
    count.anomalies.push_back({count.offset, "says " + std::to_string(told->as_int()) + " files, " +
                                                 std::to_string(paths.size()) + " paths are there"});
  }

  Value read_value(const Field& field, ByteView octets, std::string& note) {
    if (const auto* coder = text_coder(field.kind)) {
      auto text = coder->decode(octets);
      auto back = coder->encode(text);
      return text_value(std::move(text), octets, back);
    }
    switch (field.kind) {
      case FieldKind::number:
        if (std::string_view(field.key) == "dcs") coding_scheme_ = octets[0];
        return static_cast<std::int64_t>(*Cursor(octets).number(octets.size()));
      case FieldKind::bcd: {
        const int tens = octets[0] & 0x0F;
        const int ones = octets[0] >> 4;
        if (tens <= 9 && ones <= 9) return tens * 10 + ones;
        return Value::Map{{std::string(raw_key), to_hex(octets)}};
      }
      case FieldKind::code: {
        if (std::string_view(field.key) == "dcs") coding_scheme_ = octets[0];
        const auto names = names_of(field, out_.value);
        note = label_of(names, octets[0]);
        return name_or_number(names, octets[0]);
      }
      case FieldKind::code_list: {
        Value::List list;
        for (const auto octet : octets) list.push_back(name_or_number(field.names, octet));
        return list;
      }
      case FieldKind::cbs_text:
        return read_cbs_text(octets);
      case FieldKind::paths: {
        Value::List list;
        for (const auto& path : split_paths(octets)) list.push_back(to_hex(path));
        return list;
      }
      case FieldKind::text: {
        auto text = decode_text(coding_scheme_, octets);
        auto back = encode_text(coding_scheme_, text);
        return text_value(std::move(text), octets, back);
      }
      default:
        return to_hex(octets);
    }
  }

  Value read_cbs_text(ByteView octets) const {
    const auto coding = cbs_coding(coding_scheme_);
    const auto text = octets.subspan(std::min(coding.before, octets.size()));
    if (coding.alphabet == Alphabet::gsm7_packed) {
      auto characters = decode_gsm_packed(text);
      const auto back = encode_gsm_packed(characters);
      return text_value(std::move(characters), octets, back);
    }
    if (coding.alphabet != Alphabet::ucs2) return to_hex(octets);
    auto characters = decode_ucs2(text);
    const auto back = encode_ucs2(characters);
    return text_value(std::move(characters), octets, back);
  }

  void add(const char* key, ByteView octets, std::size_t offset, Value value, std::string note) {
    Node node;
    node.key = key;
    node.name = key;
    node.offset = offset;
    node.octets = to_octets(octets);
    node.note = std::move(note);
    node.value = value;
    if (*key == '\0') {
      out_.value = std::move(value);
    } else {
      out_.value[key] = std::move(value);
    }
    out_.nodes.push_back(std::move(node));
  }

  Cursor cursor_;
  std::uint8_t coding_scheme_ = 0;
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
        const auto code = code_of(names_of(field, value_), member, field.key);
        if (!code) return tl::make_unexpected(code.error());
        if (*code > 0xFF) return wrong(field.key, std::to_string(*code) + " is outside 0 to 255", Errc::range);
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
  FieldReader reader(value, offset);
  for (const auto& field : fields) {
    if (!reader.read(field)) break;
  }
  return reader.finish();
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

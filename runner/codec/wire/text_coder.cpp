// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/text_coder.hpp"

#include "runner/codec/wire/labels.hpp"
#include "runner/codec/wire/text.hpp"

namespace dmsc::codec {
namespace {

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

}  // namespace

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

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/labels.hpp"

#include <algorithm>

#include "runner/base/text.hpp"

namespace dmsc::codec {
namespace {

constexpr std::size_t label_most = 63;

bool is_printable(std::uint8_t octet) {
  return octet >= 0x20 && octet <= 0x7E;
}

void put_characters(ByteView octets, std::string& out) {
  for (const auto octet : octets) out += is_printable(octet) ? static_cast<char>(octet) : '.';
}

std::string counted(std::size_t number, const char* one, const char* many) {
  return std::to_string(number) + " " + (number == 1 ? one : many);
}

/// Goes over the labels; both readers see the same ones.
struct LabelWalk {
  std::string text;
  std::vector<Anomaly> odd;

  LabelWalk(ByteView octets, std::size_t offset) {
    for (std::size_t at = 0; at < octets.size();) {
      const std::size_t length = octets[at];
      const std::size_t left = octets.size() - at - 1;
      if (!text.empty()) text += '.';
      if (length > label_most) {
        note({offset + at, "label length " + std::to_string(length) + " is above 63"});
        put_characters(octets.subspan(is_printable(octets[at]) ? at : at + 1), text);
        return;
      }
      if (length == 0) note({offset + at, "label of no octets"});
      if (length > left) {
        note({offset + at, "label says " + counted(length, "octet", "octets") + ", " +
                               (left == 1 ? "1 is" : std::to_string(left) + " are") + " left"});
      }
      take(octets.subspan(at + 1, std::min(length, left)), offset + at + 1);
      at += 1 + length;
    }
  }

 private:
  void note(Anomaly anomaly) {
    if (odd.size() < oddities_most) odd.push_back(std::move(anomaly));
  }

  void take(ByteView label, std::size_t offset) {
    for (std::size_t at = 0; at < label.size(); ++at) {
      if (is_printable(label[at]) && label[at] != '.') continue;
      note({offset + at, "octet " + hex_number(label[at], 2) + " in a label"});
    }
    put_characters(label, text);
  }
};

}  // namespace

std::string decode_labels(ByteView octets) {
  return LabelWalk(octets, 0).text;
}

std::vector<Anomaly> label_oddities(ByteView octets, std::size_t offset) {
  return LabelWalk(octets, offset).odd;
}

Result<Octets> encode_labels(std::string_view text) {
  Octets out;
  if (text.empty()) return out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!is_printable(static_cast<std::uint8_t>(text[at]))) {
      return fail(Errc::range, "character is not printable ASCII", at);
    }
  }
  std::size_t at = 0;
  for (const auto& label : split(text, '.')) {
    if (label.empty() || label.size() > label_most) {
      return fail(Errc::range, "label is not of 1 to 63 characters", at);
    }
    out.push_back(static_cast<std::uint8_t>(label.size()));
    out.insert(out.end(), label.begin(), label.end());
    at += label.size() + 1;
  }
  return out;
}

}  // namespace dmsc::codec

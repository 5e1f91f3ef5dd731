// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/dm/syncml_tree.hpp"

#include <algorithm>

namespace dmsc::codec {
namespace {

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// The text of an element: as it is where it is text, else its octets.
Value text_of(const std::string& text) {
  if (is_xml_text(text)) return text;
  return to_hex(ByteView(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()));
}

Node node_of(const SyncmlElement& element) {
  Node node;
  node.key = element.name.empty() ? "#text" : std::string(element.local_name());
  node.name = node.key + element.attributes;
  node.offset = element.offset;
  const bool text_alone = std::all_of(element.children.begin(), element.children.end(),
                                      [](const SyncmlElement& child) { return child.name.empty(); });
  if (element.name.empty()) {
    node.value = text_of(element.text);
  } else if (text_alone) {
    std::string text;
    for (const auto& child : element.children) text += child.text;
    if (!text.empty()) node.value = text_of(text);
  } else {
    for (const auto& child : element.children) {
      if (!child.name.empty() || !is_blank(child.text)) node.fields.push_back(node_of(child));
    }
  }
  return node;
}

}  // namespace

Decoded decode_syncml(ByteView octets, SyncmlCoding coding) {
  Decoded decoded;
  decoded.kind = coding == SyncmlCoding::xml ? "syncml" : "wbxml";
  decoded.key = "syncml";
  decoded.name = "SyncML message";
  decoded.clause = "OMA SyncML Representation Protocol DM 1.2";
  const auto root = coding == SyncmlCoding::xml ? read_xml_elements(octets, {}) : read_wbxml_elements(octets, {});
  if (!root) {
    decoded.error = root.error();
    return decoded;
  }
  decoded.fields.push_back(node_of(*root));
  return decoded;
}

}  // namespace dmsc::codec

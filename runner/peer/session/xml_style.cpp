// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/session/xml_style.hpp"

#include <pugixml.hpp>
#include <sstream>

namespace dmsc::peer {
namespace {

/// Elements of a namespace of their own keep it: theirs is the default one.
void put_prefix(pugi::xml_node element, const std::string& prefix) {
  const bool root = element.parent().type() == pugi::node_document;
  if (!root && element.attribute("xmlns")) return;
  if (root) element.attribute("xmlns").set_name(("xmlns:" + prefix).c_str());
  element.set_name((prefix + ":" + element.name()).c_str());
  for (auto child = element.first_child(); child; child = child.next_sibling()) {
    if (child.type() == pugi::node_element) put_prefix(child, prefix);
  }
}

}  // namespace

Octets styled(const XmlStyle& style, Octets document) {
  pugi::xml_document tree;
  const auto options = pugi::parse_default | pugi::parse_declaration | pugi::parse_doctype;
  if (style.plain() || !tree.load_buffer(document.data(), document.size(), options)) return document;
  if (style.doctype && !tree.document_element().empty()) {
    tree.insert_child_before(pugi::node_doctype, tree.document_element()).set_value(tree.document_element().name());
  }
  if (!style.prefix.empty()) put_prefix(tree.document_element(), style.prefix);
  std::ostringstream out;
  tree.save(out, "  ", style.indent ? pugi::format_indent : pugi::format_raw, pugi::encoding_utf8);
  const auto text = out.str();
  return {text.begin(), text.end()};
}

}  // namespace dmsc::peer

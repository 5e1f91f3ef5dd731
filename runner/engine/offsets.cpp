// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/offsets.hpp"

#include <algorithm>
#include <cctype>

#include "runner/base/text.hpp"
#include "runner/codec/dm/syncml.hpp"

namespace dmsc::engine {
namespace {

using codec::Node;

/// Follows the keys as far as there are nodes for them.
const Node* walk(const std::vector<Node>& nodes, const std::vector<std::string>& keys, std::size_t at) {
  for (const auto& node : nodes) {
    if (node.key != keys[at]) continue;
    const auto* deeper = at + 1 < keys.size() ? walk(node.fields, keys, at + 1) : nullptr;
    return deeper != nullptr ? deeper : &node;
  }
  return nullptr;
}

/// The first node of that key, wherever it is: members of what a message carries are lifted to the event.
const Node* anywhere(const std::vector<Node>& nodes, const std::string& key) {
  for (const auto& node : nodes) {
    if (node.key == key) return &node;
    if (const auto* found = anywhere(node.fields, key)) return found;
  }
  return nullptr;
}

/// The element of a DM message behind a member of the event.
struct Element {
  const char* member;
  const char* path;  ///< names of elements, the innermost last
};
constexpr Element elements[] = {
    {"ver_dtd", "VerDTD"},
    {"ver_proto", "VerProto"},
    {"session_id", "SessionID"},
    {"msg_id", "MsgID"},
    {"target", "Target.LocURI"},
    {"target_name", "Target.LocName"},
    {"source", "Source.LocURI"},
    {"source_name", "Source.LocName"},
    {"resp_uri", "RespURI"},
    {"cred", "Cred"},
    {"max_msg_size", "MaxMsgSize"},
    {"commands", "SyncBody"},
    {"final", "Final"},
    {"next_nonce", "NextNonce"},
    {"server_credentials", "Cred"},
    {"client_credentials", "Cred"},
};

const codec::SyncmlElement* element_of(const codec::SyncmlElement& root, const std::vector<std::string>& path,
                                       std::size_t at) {
  for (const auto& child : root.children) {
    if (child.local_name() == path[at]) {
      if (at + 1 == path.size()) return &child;
      if (const auto* found = element_of(child, path, at + 1)) return found;
    }
    if (const auto* found = element_of(child, path, at)) return found;
  }
  return nullptr;
}

std::optional<std::size_t> offset_in_syncml(const model::Event& event, const std::string& member) {
  const auto row =
      std::find_if(std::begin(elements), std::end(elements), [&](const Element& one) { return member == one.member; });
  if (row == std::end(elements)) return {};
  const bool wbxml = event.fields.text_or("coding", "") == "wbxml";
  const auto root = wbxml ? codec::read_wbxml_elements(event.octets, {}) : codec::read_xml_elements(event.octets, {});
  if (!root) return {};
  const auto* found = element_of(*root, split(row->path, '.'), 0);
  if (found == nullptr) return {};
  return found->children.empty() ? found->offset : found->children.front().offset;
}

/// The start line holds the status, or the target, behind its first space; a header stands on its own line.
std::optional<std::size_t> offset_in_http(const model::Event& event, const std::string& member) {
  const std::string text(event.octets.begin(), event.octets.end());
  const auto end = text.find("\r\n\r\n");
  if (end == std::string::npos) return {};
  const bool request = !text.starts_with("HTTP/");
  const auto second = std::min(text.find(' ') + 1, end);
  if (member == "version") return request ? std::min(text.find(' ', second) + 1, end) : 0;
  if (member == "method") return 0;
  if (member == "status" || member == "reason" || member == "target") return second;
  if (member == "body" || member == "length") return end + 4;
  std::string head = text.substr(0, end);
  std::transform(head.begin(), head.end(), head.begin(), [](unsigned char c) { return std::tolower(c); });
  const bool type = member == "content_type" || member == "media_type";
  const auto at = head.find("\r\n" + (type ? std::string("content-type") : member) + ":");
  return at == std::string::npos ? std::nullopt : std::optional(at + 2);
}

}  // namespace

std::optional<std::size_t> offset_of(const model::Event& event, const std::string& path) {
  if (path.empty()) return {};
  const auto keys = split(path, '.');
  if (event.decoded != nullptr) {
    const auto* node = walk(event.decoded->fields, keys, 0);
    if (node == nullptr) node = anywhere(event.decoded->fields, keys.back());
    return node == nullptr ? std::nullopt : std::optional(node->offset);
  }
  if (event.key == "dm.server_message" || event.key == "dm.client_message")
    return offset_in_syncml(event, keys.front());
  if (event.key == "http.response" || event.key == "http.request")
    return offset_in_http(event, keys.front() == "headers" ? keys.back() : keys.front());
  return {};
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/terminal/management_tree.hpp"

namespace dmsc::peer {
namespace {

constexpr const char* ok = "200";
constexpr const char* not_found = "404";
constexpr const char* not_allowed = "405";
constexpr const char* uri_too_long = "414";
constexpr const char* exists = "418";
constexpr const char* full = "420";
constexpr const char* permission_denied = "425";

std::string parent_of(const std::string& uri) {
  const auto slash = uri.rfind('/');
  return slash == std::string::npos || slash == 0 ? std::string{} : uri.substr(0, slash);
}

/// `./A/B` and `A/B` are the same node.
std::string absolute(const std::string& uri) {
  return uri == "." || uri.starts_with("./") ? uri : "./" + uri;
}

}  // namespace

ManagementTree::ManagementTree(const std::string& device_id, const std::string& server_id, const std::string& address) {
  const auto interior = [&](const std::string& uri) { nodes_[uri] = {true, {}, true, false, false}; };
  const auto leaf = [&](const std::string& uri, const std::string& value) { nodes_[uri] = {false, value}; };
  interior(".");
  interior("./DevInfo");
  leaf("./DevInfo/DevId", device_id);
  leaf("./DevInfo/Man", "dmsc");
  leaf("./DevInfo/Mod", "reference");
  leaf("./DevInfo/DmV", "1.2");
  leaf("./DevInfo/Lang", "en");
  interior("./DevDetail");
  leaf("./DevDetail/FwV", "1");
  leaf("./DevDetail/SwV", "1");
  leaf("./DevDetail/HwV", "1");
  leaf("./DevDetail/DevTyp", "test");
  leaf("./DevDetail/OEM", "dmsc");
  leaf("./DevDetail/LrgObj", "false");
  interior("./DMAcc");
  const std::string account = "./DMAcc/dmsc";
  interior(account);
  leaf(account + "/AppID", "w7");
  leaf(account + "/ServerID", server_id);
  interior(account + "/AppAddr");
  interior(account + "/AppAddr/1");
  leaf(account + "/AppAddr/1/Addr", address);
  leaf(account + "/AppAddr/1/AddrType", "URI");
  interior(account + "/AppAuth");
  for (const auto* level : {"SRVCRED", "CLCRED"}) {
    const auto auth = account + "/AppAuth/" + level;
    interior(auth);
    leaf(auth + "/AAuthLevel", level);
    leaf(auth + "/AAuthType", "DIGEST");
    leaf(auth + "/AAuthSecret", "");
    nodes_[auth + "/AAuthSecret"].get = false;
  }
  nodes_["./Provisioning"] = {true, {}, true, false, true};
}

void ManagementTree::reveal(const std::string& server_secret, const std::string& client_secret) {
  nodes_["./DMAcc/dmsc/AppAuth/SRVCRED/AAuthSecret"] = {false, server_secret};
  nodes_["./DMAcc/dmsc/AppAuth/CLCRED/AAuthSecret"] = {false, client_secret};
}

std::string ManagementTree::get(const std::string& uri, std::string& value, bool& interior) const {
  const auto path = absolute(uri);
  const auto found = nodes_.find(path);
  if (found == nodes_.end()) return not_found;
  if (!found->second.get) return permission_denied;
  interior = found->second.interior;
  value = found->second.value;
  if (!interior) return ok;
  for (const auto& [child, node] : nodes_) {  // an interior node is its children's names
    if (child != path && parent_of(child) == path) value += (value.empty() ? "" : "/") + child.substr(path.size() + 1);
  }
  return ok;
}

std::string ManagementTree::add(const std::string& uri, const std::string& value, bool interior) {
  const auto path = absolute(uri);
  if (path.size() > longest_uri) return uri_too_long;
  if (path.ends_with('/')) return not_found;
  if (nodes_.contains(path)) return exists;
  const auto parent = nodes_.find(parent_of(path));
  if (parent == nodes_.end()) return not_found;
  if (!parent->second.interior) return not_allowed;
  if (!parent->second.add) return permission_denied;
  if (nodes_.size() >= most_nodes) return full;
  nodes_[path] = {interior, value, true, true, interior};
  return ok;
}

std::string ManagementTree::replace(const std::string& uri, const std::string& value) {
  const auto found = nodes_.find(absolute(uri));
  if (found == nodes_.end()) return not_found;
  if (found->second.interior) return not_allowed;
  if (!found->second.change) return permission_denied;
  found->second.value = value;
  return ok;
}

std::string ManagementTree::remove(const std::string& uri) {
  const auto path = absolute(uri);
  const auto found = nodes_.find(path);
  if (found == nodes_.end()) return not_found;
  if (!found->second.change) return permission_denied;
  std::erase_if(nodes_, [&](const auto& node) { return node.first == path || node.first.starts_with(path + "/"); });
  return ok;
}

Value::List ManagementTree::device_information() const {
  Value::List items;
  for (const auto* name : {"DevId", "Man", "Mod", "DmV", "Lang"}) {
    const auto uri = std::string("./DevInfo/") + name;
    items.push_back(Value::Map{{"source", uri}, {"data", nodes_.at(uri).value}});
  }
  return items;
}

}  // namespace dmsc::peer

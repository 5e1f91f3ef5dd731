// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <optional>
#include <string>

#include "runner/base/value.hpp"

namespace dmsc::peer {

/// The DM Client's management tree, as small as the sessions need it: DevInfo and DevDetail (read only), DMAcc (its
/// secrets cannot be read), and ./Provisioning, below which a server may do what it likes.
/// Source: OMA DM Tree and Description 1.2; OMA DM Standardized Objects 1.2; dm.md 4.1 and 5
class ManagementTree {
 public:
  static constexpr std::size_t most_nodes = 1000;
  static constexpr std::size_t longest_uri = 255;

  struct Node {
    bool interior = false;
    std::string value;
    bool get = true;      // the ACL, for the one server there is
    bool change = false;  // Replace and Delete
    bool add = false;     // below an interior node
  };

  /// @param server_id  owner of the account
  ManagementTree(const std::string& device_id, const std::string& server_id, const std::string& address);

  /// Lets anyone read the secrets of the account, as no device may.
  void reveal(const std::string& server_secret, const std::string& client_secret);

  // Each returns the status of the command: 200, 404, 405, 414, 418, 420, 425.
  std::string get(const std::string& uri, std::string& value, bool& interior) const;
  std::string add(const std::string& uri, const std::string& value, bool interior);
  std::string replace(const std::string& uri, const std::string& value);
  std::string remove(const std::string& uri);

  /// The five nodes of ./DevInfo that a session begins with, by their URIs.
  Value::List device_information() const;

 private:
  std::map<std::string, Node> nodes_;
};

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "runner/base/octets.hpp"

namespace dmsc::peer {

/// How SyncML is written in XML where XML leaves a choice. Source: XML 1.0, 2.8 and 2.10; Namespaces in XML 1.0, 4
struct XmlStyle {
  std::string prefix{};  ///< of every element in place of the default namespace; meta information has its own
  bool doctype = false;  ///< a document type declaration, without a subset
  bool indent = false;   ///< every element on a line of its own

  bool plain() const { return prefix.empty() && !doctype && !indent; }
};

/// The document in that style; octets that are no XML as they are.
Octets styled(const XmlStyle& style, Octets document);

}  // namespace dmsc::peer

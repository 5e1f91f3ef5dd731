// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/results.hpp"

#include <algorithm>

#include "runner/codec/cat/spec.hpp"

namespace dmsc::peer {

bool performed(const codec::Decoded& response) {
  const auto* result = response.find("result");
  return result != nullptr && codec::performed(result->text_or("general", ""));
}

bool has_stranger(const codec::Decoded& message) {
  return std::any_of(message.fields.begin(), message.fields.end(),
                     [](const codec::Node& node) { return node.key.starts_with("unknown"); });
}

}  // namespace dmsc::peer

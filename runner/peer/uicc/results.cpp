// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/results.hpp"

#include "runner/codec/spec.hpp"

namespace dmsc::peer {

bool performed(const codec::Decoded& response) {
  const auto* result = response.find("result");
  return result != nullptr && codec::performed(result->text_or("general", ""));
}

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#include "runner/codec/wire/spec.hpp"

#include <algorithm>

namespace dmsc::codec {

const Name* find_name(Names names, std::uint32_t code) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.code == code; });
  return found == names.end() ? nullptr : &*found;
}

const Name* find_name(Names names, std::string_view key) {
  const auto found = std::find_if(names.begin(), names.end(), [&](const Name& name) { return name.key == key; });
  return found == names.end() ? nullptr : &*found;
}

}  // namespace dmsc::codec

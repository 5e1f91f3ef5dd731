// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runner/codec/wire/spec.hpp"
#include "runner/codec/wire/tlv.hpp"

namespace dmsc::codec {

/// A kind of text that needs no coding scheme: octets to UTF-8 and back.
struct TextCoder {
  std::string (*decode)(ByteView);
  Result<Octets> (*encode)(std::string_view);
  std::vector<Anomaly> (*oddities)(ByteView, std::size_t offset) = nullptr;
};

/// Null for a kind that is no such text.
const TextCoder* text_coder(FieldKind kind);

}  // namespace dmsc::codec

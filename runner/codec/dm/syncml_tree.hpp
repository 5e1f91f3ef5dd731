// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/dm/syncml.hpp"
#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

/// A SyncML message as a tree for people: each element with its text, attributes and place. Which elements may stand
/// where is not asked.
Decoded decode_syncml(ByteView octets, SyncmlCoding coding);

}  // namespace dmsc::codec

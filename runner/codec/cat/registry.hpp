// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

/// Type of application of a DM Client in registry application data. Source: DM_SC 7.1 phase 1
inline constexpr std::int64_t dm_client_type = 0x07;

/// ENVELOPE (Terminal Applications) read with the type before the coding scheme in each registry object, the order in
/// which DM_SC 7.1 lists them.
/// @param octets  the data of the ENVELOPE
/// @param usual   what decode_envelope makes of them
/// @return  nothing unless a DM Client is there by this order and none by the usual one
std::optional<Decoded> decode_registry_type_first(ByteView octets, const Decoded& usual);

}  // namespace dmsc::codec

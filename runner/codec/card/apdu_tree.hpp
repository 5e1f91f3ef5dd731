// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

/// Command APDU: its header, and the data of TERMINAL PROFILE, ENVELOPE, TERMINAL RESPONSE and AUTHENTICATE decoded
/// inside. Source: ETSI TS 102 221, 10.1
Decoded decode_apdu(ByteView octets);

}  // namespace dmsc::codec

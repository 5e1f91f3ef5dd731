// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/wire/node.hpp"

/// Data of AUTHENTICATE (INS 88), both ways. Source: 3GPP TS 31.102, 7.1.2, as pySim has it (pySim/commands.py); TS
/// 51.011, 9.2.16 (class A0)
namespace dmsc::codec {

/// What is sent: `rand` and `autn`, each behind its length; `rand` alone in the GSM context (P2 80), without a length
/// in class A0. Other contexts (GBA, VGCS, MBMS) stay octets under `data`. A length that is not the usual one, or says
/// more than is left, is an anomaly at its octet; what follows is `more`.
Decoded decode_authentication(const Command& command);

/// What comes back: tag DB with `res`, `ck`, `ik` and `kc` where it is there; DC with `auts`; `sres` and `kc` of the
/// GSM context and of class A0, which the lengths tell. Anything else is octets under `data`.
Decoded decode_authentication_answer(ByteView octets);

}  // namespace dmsc::codec

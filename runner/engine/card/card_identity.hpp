// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/engine/bench.hpp"
#include "runner/port/card_link.hpp"

namespace dmsc::engine {

/// Powers the card up and reads EF.ICCID of its MF; a card without one is known by its ATR. Every command enters the
/// trace. Source: ETSI TS 102 221, 13.2
/// @param deadline  of each command
/// @return  errors of the link; Errc::unavailable for a card that is no UICC: it refuses the class or the instruction
///          of whatever it is asked
Result<Holder> read_card_identity(port::CardLink& link, Trace& trace, std::chrono::milliseconds deadline);

/// The digits of EF.ICCID, low nibble first, filled up with F.
/// @return  nothing for what is no number of 10 to 20 digits. Source: ITU-T E.118; ETSI TS 102 221, 13.2
std::optional<std::string> iccid_digits(ByteView octets);

}  // namespace dmsc::engine

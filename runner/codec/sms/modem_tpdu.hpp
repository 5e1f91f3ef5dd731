// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/sms/sms.hpp"

/// TPDUs as modems take and print them, the address of the service centre in front. Source: 3GPP TS 27.005, 3.1
/// (<pdu>); TS 24.011, 8.2.5.1 and 8.2.5.2 (the address)
namespace dmsc::codec {

/// Most octets of the address behind its length: type of number, and 20 digits.
inline constexpr std::size_t service_centre_most = 11;

/// A TPDU of the kind that is asked for, with or without a service centre in front: the reading that is the better one,
/// and where both are as good, the one without. One of another kind is an error, with the tree of what it is.
/// `service_centre` is a map of type_of_number, numbering_plan and number, as an address of a TPDU; empty where the
/// modem has its own (length 0).
Decoded decode_modem_tpdu(ByteView octets, const TpduSpec& row);

/// Writes what was read: a TPDU, behind the service centre where there is a member of that name.
/// @return  errors as encode_tpdu
Result<Octets> encode_modem_tpdu(const TpduSpec& row, const Value& members);

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/layout.hpp"

/// Short messages of the 3GPP world as TPDUs. Source: 3GPP TS 23.040, 9.2; dm.md 3
namespace dmsc::codec {

/// Who sends the TPDU: its first two bits mean one thing on the way to the service centre and another on the way back.
enum class SmsWay : std::uint8_t { from_terminal, to_terminal };

/// One kind of TPDU.
struct TpduSpec {
  SmsWay way;
  std::uint8_t code;  ///< TP-Message-Type-Indicator
  const char* key;    ///< deliver, submit, deliver_report, submit_report, status_report, command
  const char* name;
  const char* clause;
  std::span<const LayoutField> fields;
  const char* sample;
  const char* origin;  ///< who made the sample: never our encoder
};
std::span<const TpduSpec> tpdus();
const TpduSpec* find_tpdu(std::string_view key);

/// The TPDU with its layers: user data header, WSP push, DM Notification. Any octets give a tree; the inner layers have
/// anomalies, never the error of the whole.
/// Members by row keys. `user_data_length` is TP-UDL as sent; `header` the elements of the user data header; `text`
/// where the alphabet has one, else `data`, in hexadecimal.
Decoded decode_tpdu(ByteView octets, SmsWay way);

/// Writes a TPDU. `user_data_length` may be left out or lie; `raw` in an address or a time stamp gives its octets.
/// @return  errors as write_layout
Result<Octets> encode_tpdu(const TpduSpec& row, const Value& members);

/// Writes an address: its length in digits, type and digits. @param place  named in errors
/// Source: 3GPP TS 23.040, 9.1.2.5
Result<Octets> encode_address(const Value& address, std::string_view place);
/// The octet with type of number and numbering plan.
std::span<const LayoutField> address_type_fields();

/// Most octets of TP-User-Data.
inline constexpr std::size_t user_data_most = 140;

/// What a TPDU carries, header taken off: octets as they are, or the septets packed as in the TPDU.
Octets payload_of(const Value& members);

}  // namespace dmsc::codec

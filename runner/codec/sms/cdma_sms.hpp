// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/wire/layout.hpp"

/// Short messages of the 3GPP2 world. Source: 3GPP2 C.S0015, 3.4 (transport layer) and 4.5 (bearer data); dm.md 3.5
namespace dmsc::codec {

inline constexpr std::uint16_t wap_teleservice = 4100;

enum class CdmaContent : std::uint8_t { octets, fields, bearer_data, user_data };

/// A parameter of the transport layer, or a sub-parameter of the bearer data.
struct CdmaParameter {
  std::uint8_t id;
  const char* key;
  const char* name;
  CdmaContent content;
  std::span<const LayoutField> fields;  ///< of one field: its value is the parameter's
  const char* sample;                   ///< whole parameter: id, length, value
  const char* origin;                   ///< who made the sample: never our encoder
};
std::span<const CdmaParameter> transport_parameters();
std::span<const CdmaParameter> bearer_parameters();

/// A transport layer message with its layers: bearer data, WDP adaptation (teleservice 4100), push, DM Notification.
/// Members: message_type, then parameters by key (`parameter_XX` with hexadecimal where no row fits); bearer_data holds
/// its sub-parameters likewise. user_data: encoding, fields (their number as sent), header, text or data. A parameter
/// that does not encode back to its octets keeps them as `raw`.
Decoded decode_cdma_sms(ByteView octets);

/// The sub-parameters alone.
Decoded decode_bearer_data(ByteView octets);

/// Writes a message, parameters in the order of the members.
/// @return  errors as write_layout; Errc::range for a parameter of more than 255 octets
Result<Octets> encode_cdma_sms(const Value& members);
Result<Octets> encode_bearer_data(const Value& members);

/// Most octets of one message's datagram: what the field counts of C.S0015 allow is 255, what a forward channel carries
/// is less. 130 fits every carrier that was looked at and leaves room for the other sub-parameters.
inline constexpr std::size_t cdma_segment_most = 130;

}  // namespace dmsc::codec

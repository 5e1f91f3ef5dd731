// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "runner/base/octets.hpp"
#include "runner/codec/wire/tlv.hpp"

/// Names of labels, each behind an octet with its length: access point names. Source: 3GPP TS 23.003, 9.1
namespace dmsc::codec {

/// The labels with dots between them. Total: a length that does not fit takes what is left, and an octet that can be no
/// length (above 63) is shown as the character that it is.
std::string decode_labels(ByteView octets);

/// What decode_labels had to overlook, at the length octet: a label longer than what is left, a length above 63, a
/// label of no octets; and octets in a label that are a dot or no printable character.
std::vector<Anomaly> label_oddities(ByteView octets, std::size_t offset);

/// @return  Errc::range with the place in `text` for a label that is not of 1 to 63 printable ASCII characters
Result<Octets> encode_labels(std::string_view text);

}  // namespace dmsc::codec

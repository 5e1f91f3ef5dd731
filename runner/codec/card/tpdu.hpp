// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/codec/card/apdu.hpp"
#include "runner/codec/wire/node.hpp"

namespace dmsc::codec {

/// Where the data of an instruction go on T=0, whose octets do not tell it.
enum class DataWay : std::uint8_t { to_card, from_card, unknown };

/// @param command  CLA INS P1 P2 at least; P1 and P2 tell STATUS from GET STATUS and the blocks of RETRIEVE DATA apart
/// Source: ETSI TS 102 221, table 10.5, 7.3.1.1 and 11.3.1; GlobalPlatform Card Specification 2.3, chapter 11
DataWay data_way(ByteView command);

/// Whether a value can be a status word at all: SW1 of 61 to 6F or 90 to 9F. Source: ISO/IEC 7816-3, 10.3.3
bool is_status(StatusWord status);

/// One exchange as a sniffer shows it, taken apart. The views point into the octets.
struct Tpdu {
  ByteView command;             ///< CLA INS P1 P2 P3 and the data that go to the card, without Le
  ByteView response;            ///< data from the card, SW1 SW2
  bool direction_known = true;  ///< false: INS is in no table, and the data between were taken for the card's input
};

/// Takes apart CLA INS P1 P2 P3, command data, response data, SW1 SW2.
/// @return  Errc::truncated for fewer than 7 octets
Result<Tpdu> split_tpdu(ByteView octets);

/// Whether octets in one line are such an exchange, rather than a command alone: they end in a status word that the
/// lengths leave over, or the data behind their header can only be an answer.
bool is_exchange(ByteView octets);

/// The same, where the status word may be missing because the line was cut.
Tpdu read_exchange(ByteView octets);

/// A command with its answer: the header, the data of either way decoded inside, and the status word.
/// @param command   4 octets or more, in the form of any case or of a Tpdu
/// @param response  response data and status word; empty where none was seen, which is an anomaly
Decoded decode_exchange(ByteView command, ByteView response);
inline Decoded decode_exchange(const Tpdu& tpdu) {
  return decode_exchange(tpdu.command, tpdu.response);
}

/// An answer alone: its data, decoded where they are a proactive command, and the status word; 2 octets or more.
Decoded decode_response(ByteView octets);

/// Whether octets are an answer with its status word, or a status word alone, by what they say of their own length.
bool looks_like_response(ByteView octets);

}  // namespace dmsc::codec

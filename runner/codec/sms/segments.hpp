// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <deque>
#include <optional>

#include "runner/codec/sms/sms.hpp"

/// Datagrams above short messages, of either world. Source: 3GPP TS 23.040, 9.2.3.24; WAP-259-WDP, 6.5; dm.md 2.5, 2.6
namespace dmsc::codec {

enum class SmsBearer : std::uint8_t { gsm, cdma };

/// `3gpp` or `3gpp2`.
const char* name_of(SmsBearer bearer);
std::optional<SmsBearer> sms_bearer_of(std::string_view name);

/// One message of either world. @param way  of a TPDU; a CDMA message says itself which it is
Decoded decode_short_message(SmsBearer bearer, SmsWay way, ByteView octets);

struct Datagram {
  std::uint16_t source_port = 0;
  std::uint16_t destination_port = 0;
  Octets data;
};

/// One part of a datagram, as a short message carries it.
struct Segment {
  std::optional<std::uint16_t> source_port;  ///< 3GPP: in every part; 3GPP2: in the first alone
  std::optional<std::uint16_t> destination_port;
  std::uint32_t reference = 0;  ///< 3GPP: of the concatenation; 3GPP2: the message id
  bool concatenated = false;    ///< 3GPP: has an element for it; 3GPP2: more than one segment
  bool wide_reference = false;
  int total = 1;
  int sequence = 1;  ///< counts from 1, for either world
  std::string peer;  ///< number of the other end: the originator, or the destination of a message that is sent
  Octets data;
};

/// What a TPDU (SUBMIT or DELIVER) or a CDMA message says of its segment.
/// @return  nothing for a message that carries no datagram: no ports, another teleservice
std::optional<Segment> segment_of(SmsBearer bearer, const Decoded& message);

struct SplitOptions {
  std::uint32_t reference = 1;
  bool wide_reference = false;  ///< 3GPP: element 08 in place of 00
  std::size_t most = 0;         ///< octets of the datagram in one message; 0: as many as fit
  bool always = false;          ///< concatenated even if it fits in one
};

/// The members `header` and `data` of each TPDU. @return  Errc::range above 255 parts
Result<Value::List> split_for_tpdus(const Datagram& datagram, const SplitOptions& options);

/// The user data of each CDMA message: octets with their adaptation header.
/// @param most  octets of the datagram in one message; 0: as many as fit
/// @return  Errc::range above 255 segments
Result<std::vector<Octets>> split_for_cdma(const Datagram& datagram, std::size_t most = 0);

/// Puts datagrams together from segments in any order. Another copy of a part changes nothing. Of all that is not
/// complete, the oldest goes when there is too much.
class Reassembly {
 public:
  static constexpr std::size_t most_open = 16;

  struct Whole {
    Datagram datagram;
    int parts = 1;
    bool in_order = true;
  };
  /// @return  the datagram that this segment completes
  std::optional<Whole> add(const Segment& segment);
  std::size_t open() const { return open_.size(); }
  void clear() { open_.clear(); }

 private:
  struct Open {
    std::string key;
    std::vector<std::optional<Octets>> parts;
    std::size_t missing = 0;
    int last = 0;
    bool in_order = true;
    std::uint16_t source_port = 0;
    std::uint16_t destination_port = 0;
  };
  std::deque<Open> open_;
};

}  // namespace dmsc::codec

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>

namespace dmsc::peer {

/// How a terminal does what it may do in several ways.
struct Ways {
  std::size_t registry_most = 230;   ///< octets of registry objects in one envelope, so that Lc stays below 256
  std::int64_t buffer_most = 0;      ///< octets granted to a channel at most, with result 07; 0: what was asked for
  std::size_t receive_most = 237;    ///< octets given for one RECEIVE DATA at most
  int first_channel = 1;             ///< number that is given first
  bool tells_limited = false;        ///< result 06 in place of 00 while the service is limited
  bool registry_type_first = false;  ///< registry items in the order of DM_SC 7.1 (AMB-17, R2)
  bool zero_as_text = false;         ///< credentials after a lost nonce take it as ten characters (AMB-4, R2)
};

}  // namespace dmsc::peer

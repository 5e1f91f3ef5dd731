// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "runner/base/value.hpp"

namespace dmsc::peer {

/// A message on its way out of a peer, before it is written as octets, or on its way in, once it is read: the place
/// where a defect takes hold.
struct Outgoing {
  std::string key;       ///< such as proactive.KEY, response.INS; received. in front of what comes in
  Value members;         ///< of a proactive command by row keys; of a response `sw` and `data` in hexadecimal
  int copies = 1;        ///< 0 swallows the message
  int delay = 0;         ///< commands of the terminal that pass before the message leaves
  Value before{};        ///< list of what goes out before it: of a card {command, fields}, of a terminal {apdu}
  bool deafens = false;  ///< of a message that came in: nothing that comes after it is heard
};

/// May change anything of the message. Empty: nothing is changed.
using Tamper = std::function<void(Outgoing&)>;

}  // namespace dmsc::peer

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/base/value.hpp"

namespace dmsc::peer {

/// Something a session layer learnt, on its way into the trace: tls.handshake, tls.alert, …
struct Fact {
  std::string key;
  Value fields;
  Octets octets;
};

/// Where a layer leaves its facts. Empty: nobody wants them.
using FactSink = std::function<void(Fact)>;

}  // namespace dmsc::peer

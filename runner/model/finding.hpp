// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>

#include "runner/base/octets.hpp"
#include "runner/model/verdict.hpp"

namespace dmsc::model {

/// What the device under test did wrong, or what kept us from judging it.
struct Finding {
  Verdict verdict{};
  std::size_t step = 0;  ///< 1-based; 0 where no step is to blame
  std::string requirement;
  std::string clause;
  std::string level;
  std::string expected;
  std::string observed;
  Octets octets;                      ///< the message that shows it, if there is one
  std::optional<std::size_t> offset;  ///< of the first octet to blame in `octets`
  std::string cause;                  ///< what explains it, where that is not what was observed
};

}  // namespace dmsc::model

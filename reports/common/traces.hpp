// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/model/result.hpp"

namespace dmsc::reports {

/// Of which cases a trace is kept as a capture. The journal has what each of them exchanged, whatever this says.
enum class Traces { failed, all, none };

/// @return  of `failed`: whether the case ended in any other way than by a pass
inline bool keeps(Traces traces, const model::CaseResult& result) {
  const bool fine = result.verdict == model::Verdict::pass;
  return !result.exchanges.empty() && (traces == Traces::all || (traces == Traces::failed && !fine));
}

}  // namespace dmsc::reports

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

namespace dmsc::model {

/// What became of one case. Recorded once and never rewritten.
enum class Verdict {
  pass,
  advisory,        ///< a SHOULD was missed, or the evidence is too weak for more
  inconclusive,    ///< stimulus or precondition never came about
  fail,            ///< the device under test broke a requirement
  error,           ///< we, the reader or the adapter failed
  not_applicable,  ///< by ICS, with the item
  skipped,         ///< by the user
  not_run,
};

inline constexpr std::array all_verdicts = {Verdict::pass,    Verdict::advisory, Verdict::inconclusive,
                                            Verdict::fail,    Verdict::error,    Verdict::not_applicable,
                                            Verdict::skipped, Verdict::not_run};

constexpr std::string_view name_of(Verdict verdict) {
  switch (verdict) {
    case Verdict::pass:
      return "pass";
    case Verdict::advisory:
      return "advisory";
    case Verdict::inconclusive:
      return "inconclusive";
    case Verdict::fail:
      return "fail";
    case Verdict::error:
      return "error";
    case Verdict::not_applicable:
      return "not_applicable";
    case Verdict::skipped:
      return "skipped";
    case Verdict::not_run:
      return "not_run";
  }
  return {};
}

/// Of two verdicts of one case, the one that counts: error, fail, inconclusive, advisory, pass.
constexpr Verdict worse(Verdict a, Verdict b) {
  const auto rank = [](Verdict verdict) {
    switch (verdict) {
      case Verdict::error:
        return 5;
      case Verdict::fail:
        return 4;
      case Verdict::inconclusive:
        return 3;
      case Verdict::advisory:
        return 2;
      default:
        return 1;
    }
  };
  return rank(a) >= rank(b) ? a : b;
}

}  // namespace dmsc::model

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace dmsc::model {

/// Where the documents leave a choice, and what it is.
struct Ambiguity {
  std::string id;
  std::string text;
  std::vector<std::pair<std::string, std::string>> readings = {};  ///< id and words
  std::string how = {};                                            ///< how readings show that no step tells
};

/// What the ledger says of one requirement.
struct Requirement {
  std::string id;
  std::string clause;  ///< as a report cites it: "DM_SC 7.1 phase 2" or "TS 102 223, 8.56"
  std::string level;   ///< the document's own word; `info` for what only describes
  std::string on;      ///< sides that must comply: C, D, CD, or - for none
  std::string statement;
  std::string confidence = "norm";         ///< norm, vectors, independent, single or memory: what carries the statement
  std::string evidence = {};               ///< source and place
  std::string status = "tested";           ///< tested, untestable, out of scope, precondition or ambiguous
  std::string why = {};                    ///< why not tested
  std::vector<std::string> readings = {};  ///< ambiguities that the statement holds

  /// Whether a miss of this can be a FAIL: what is information, MAY or SHOULD, or rests on memory, cannot.
  bool can_fail() const { return level == "MUST" && confidence != "memory"; }

  /// Whether it is asked of that side, `C` or `D`.
  bool asks(char side) const { return on.find(side) != std::string::npos; }
};

/// Of the words MUST, SHOULD, MAY and any that asks for nothing (`info`, `inferred`), in either case, the one that asks
/// for less: what a case asks may be less than its row, never more.
std::string_view weaker(std::string_view one, std::string_view other);

/// The ledger as a whole, as it was frozen.
struct Edition {
  std::string name;    ///< DM_SC-1.0/1
  std::string digest;  ///< `sha256:` over the ledger as canonical JSON
};

}  // namespace dmsc::model

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "runner/base/value.hpp"
#include "runner/model/test_case.hpp"

namespace dmsc::model {

/// One question that an ICS answers, from testcases/ics/items.json.
struct IcsItem {
  std::string id;
  Dut dut{};
  std::string text;
  std::string clause;
  std::string scr;          ///< as OMA numbers static conformance requirements: DM_SC-TERM-C-005-C.1
  std::string status;       ///< M, O, O.n (one of the group n) or C.n (`then`, where the condition holds; else O)
  Value condition;          ///< tree of ICS items; null: none
  std::string then;         ///< M or O.n
  std::string requirement;  ///< row of the ledger; empty: nothing is asked
  bool first = false;       ///< no earlier item has its group

  /// Whether the static review has a row for it: it is mandatory, or the first of its group.
  bool leads() const { return status != "O" && first; }
};

/// What no statement can leave open or deny without contradicting itself.
struct Consistency {
  Dut dut{};
  Value holds;  ///< tree of ICS items
  std::string text;
};

/// An item of earlier suites; a statement may still answer it.
struct RetiredItem {
  std::string id;
  Dut dut{};
  std::string instead;
};

/// Implementation conformance statement: what the device under test supports.
struct Ics {
  std::string file;
  std::string title;
  Dut dut{};
  std::map<std::string, bool, std::less<>> items;  ///< every known item; those not stated are false
  std::vector<std::string> notes = {};             ///< answers that are not heeded any more
};

/// Implementation extra information for testing: the values a case needs, defaults filled in.
struct Pixit {
  std::string file;
  std::string title;
  Value values;
};

/// Whether a `needs` tree holds, and why not: the items that decided.
struct Applicability {
  bool applicable = true;
  std::string reason;  ///< `ICS C_WAKE_TIMER=false`
};

/// Whether the statement says yes to an item; what it does not know is a no.
bool claims(const Ics& ics, std::string_view item);

/// The same, with the item that decided.
Applicability judge_item(const std::string& item, const Ics& ics);

/// Every item and value that a tree names, in its order.
std::vector<std::string> leaves_of(const Value& tree);

/// How a leaf of a tree is judged, one that is neither {"all": [...]} nor {"any": [...]} nor {"not": tree}.
using JudgeLeaf = std::function<Applicability(const Value& leaf)>;

/// Holds a tree of conditions; null holds.
Applicability judge_tree(const Value& tree, const JudgeLeaf& judge_leaf);

}  // namespace dmsc::model

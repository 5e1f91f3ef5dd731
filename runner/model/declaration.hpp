// SPDX-License-Identifier: Apache-2.0
#pragma once

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
};

/// Implementation conformance statement: what the device under test supports.
struct Ics {
  std::string file;
  std::string title;
  Dut dut{};
  std::map<std::string, bool, std::less<>> items;  ///< every known item; those not stated are false
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

/// A tree is an item, {"all": [...]}, {"any": [...]} or {"not": tree}; null holds.
Applicability judge_needs(const Value& needs, const Ics& ics);

}  // namespace dmsc::model

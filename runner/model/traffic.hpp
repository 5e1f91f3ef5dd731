// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include "runner/model/finding.hpp"
#include "runner/model/test_case.hpp"

/// What must hold over all traffic of a run: the rows, and what became of each as counts that can be added.
namespace dmsc::model {

/// One rule. Its check stands in engine/traffic under the same name.
struct TrafficRule {
  const char* name;         ///< as a traffic case names it in place of steps
  Dut sender;               ///< whose messages it is about
  const char* requirement;  ///< of the ledger; clause and level of a finding are this row's
  Verdict weight;           ///< the worst that a breach can cost: fail or advisory
  const char* occasion;     ///< what is counted, in the plural: `fetched commands`
  const char* expected;     ///< what holds, as the first half of a finding
  const char* source;       ///< what carries the weight
  bool takes_away = false;  ///< a breach leaves the other end without what it needs, so it explains what is missing
};

std::span<const TrafficRule> traffic_rules();
const TrafficRule* find_traffic_rule(std::string_view name);

/// One kind of breach, however often it came.
struct TrafficBreach {
  Finding finding;           ///< of the first, by case and then by exchange
  std::size_t count = 0;     ///< how often
  std::string id;            ///< the expanded case that shows it first
  std::size_t exchange = 0;  ///< in that case
  std::size_t cases = 0;     ///< in how many cases it came
};

/// What a rule saw.
struct TrafficCount {
  std::size_t occasions = 0;
  std::map<std::string, TrafficBreach> breaches;  ///< by kind

  /// Adds what another part of the run saw; the order of the parts does not matter.
  void add(const TrafficCount& other);
};

/// By name of the rule. Two runs, shards or repetitions are joined by adding.
using TrafficTally = std::map<std::string, TrafficCount>;
void add(TrafficTally& to, const TrafficTally& from);

/// The worst verdict among the breaches; pass where there is none.
Verdict worst_of(const TrafficCount& count);

}  // namespace dmsc::model

// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "runner/base/value.hpp"

namespace dmsc::model {

enum class Dut { card, device };
enum class Level { must, should, may, robustness };

std::string_view name_of(Dut dut);
std::string_view name_of(Level level);
std::optional<Dut> dut_of(std::string_view name);
std::optional<Level> level_of(std::string_view name);

enum class StepKind { act, expect, forbid, answer };  ///< written `do`, `expect`, `forbid`, `answer`

struct Step {
  StepKind kind{};
  std::string what;  ///< stimulus, or key of an event
  Value with;        ///< parameters of a stimulus or an answer
  Value where;       ///< matcher on the fields of an event
  Value readings;    ///< list of {of, id, where}: any of them satisfies the step
  Value when;        ///< list of {if, where}: the first that holds lays its `where` over the step's
  Value window;      ///< `within` or `for`: duration or reference; null: only what has happened already
  std::string save_as;
  std::optional<Level> level;  ///< replaces the level of the case
  std::string requirement;     ///< the one this step proves; empty: the first of the case
  std::string weak;            ///< why a miss is no more than an advisory; empty: it is not weak
  Value needs;                 ///< tree of ICS items; null: always
  std::int64_t times = 0;      ///< of an answer; 0: until the case ends
  Value more_than;             ///< of a forbid: so many events are allowed; number or reference, null: none
  std::string note;
};

/// A case as written; expanded cases come from it by `for_each`.
struct TestCase {
  std::string file;
  std::string id;
  std::string title;
  std::string purpose;
  Dut dut{};
  Level level{};
  std::vector<std::string> requirements;
  std::vector<std::string> tags;
  Value needs;
  Value for_each;    ///< map of parameter -> list of values, or map of label -> value
  Value needs_each;  ///< map of parameter -> value or label -> needs of the expanded cases with that value
  std::string control;
  std::vector<std::string> preconditions;
  std::vector<Step> steps;
  std::string traffic;   ///< a traffic rule, in place of steps: judged over all that the other cases saw
  std::string declared;  ///< an item of the ICS, in place of steps: a row of the static review
  std::vector<std::string> readings;
  std::vector<std::string> refuted_by;
};

/// What tells the expanded cases of a parameter apart: its labels where it has some, else its values.
Value::List labels_of(const Value& parameter);

/// The value behind a label.
Value value_of(const Value& parameter, const Value& label);

/// `1500 ms`, `30 s`, `2 min`.
std::optional<std::chrono::milliseconds> duration_of(const Value& value);

}  // namespace dmsc::model

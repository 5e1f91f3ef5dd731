// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "runner/model/event.hpp"

/// What a step wants to see, or not to see, in a trace.
namespace dmsc::engine {

/// One way to satisfy a step.
struct Alternative {
  std::string ambiguity;  ///< empty: the step has no readings
  std::string reading;
  Value matcher;  ///< references resolved
};

struct Wanted {
  std::string key;
  std::vector<Alternative> alternatives;
  std::string condition;  ///< under which the matchers hold, in words; empty: under any
  model::Moment window{};
  std::size_t allowed = 0;  ///< events of a forbid that do not break it
  bool silence = false;     ///< of a forbid
  bool answers_us = false;  ///< the first event of the key decides: it is the answer to what we asked
};

/// The alternative that the event fits, or null.
const Alternative* fitting(const Wanted& wanted, const model::Event& event);

/// Of the events of the key from `from` on the one that comes nearest: most members that fit, `mode` before all.
/// @return  null where none of the key is there
const model::Event* nearest(const Wanted& wanted, const std::vector<model::Event>& events, std::size_t from);

/// `none; 3 proactive.open_channel with mode uicc_server were seen` where every candidate is of another kind; else
/// nothing.
std::optional<std::string> all_of_another_kind(const Wanted& wanted, const std::vector<model::Event>& events,
                                               std::size_t from);

/// A member of the event that made it fit the matcher, with its value: `destination_port 49154`.
struct Member {
  std::string path;
  std::string value;
};
/// Those that a matcher speaks of, the least expected first: what it excludes or only wants to be there, then literals.
std::vector<Member> members_in_question(const Value& matcher, const Value& fields);

/// The matcher without the members that the event leaves undecided (peer::unconfirmed_nonce), and whether there were
/// any.
struct Decidable {
  Value matcher;
  bool whole = true;
};
Decidable decidable_part(const Value& matcher, const Value& fields);

/// Members of `over` laid on those of `under`, level by level; a matcher replaces what it stands for.
Value laid_over(Value under, const Value& over);

}  // namespace dmsc::engine

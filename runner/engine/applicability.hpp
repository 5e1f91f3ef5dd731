// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/model/declaration.hpp"

namespace dmsc::engine {

/// What is declared of a device under test. The references must outlive it.
struct Declared {
  const model::Ics& ics;
  const model::Pixit& pixit;
};

/// Holds a `needs` tree against the declarations: an ICS item, {"pixit": {NAME: matcher}}, {"all": [...]},
/// {"any": [...]} or {"not": tree}; null holds.
model::Applicability judge_needs(const Value& needs, const Declared& declared);

/// A tree as words: `(C_OFFLINE and not C_EEM)`; `nothing` for null.
std::string needs_in_words(const Value& needs);

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/finding.hpp"

namespace dmsc::engine {

model::Finding finding_of(const load::Library& library, const char* requirement, const model::Event& event,
                          std::size_t step) {
  model::Finding out;
  out.verdict = model::Verdict::fail;
  out.step = step;
  out.requirement = requirement;
  if (const auto* row = library.find_requirement(requirement)) {
    out.clause = row->clause;
    out.level = row->level;
  }
  out.octets = event.octets;
  return out;
}

}  // namespace dmsc::engine

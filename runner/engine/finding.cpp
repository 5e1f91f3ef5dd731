// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/finding.hpp"

namespace dmsc::engine {

namespace {

std::string with_article(const std::string& noun) {
  return (std::string("aeiou").find(noun.front()) == std::string::npos ? "a " : "an ") + noun;
}

}  // namespace

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

void judge_form(const load::Library& library, const model::Event& event, const char* expected, std::size_t step,
                std::vector<model::Finding>& findings) {
  if (event.decoded->error) {
    auto out = finding_of(library, "CAT-4", event, step);
    out.expected = expected;
    out.observed = event.decoded->error->text();
    out.offset = event.decoded->error->offset;
    findings.push_back(std::move(out));
    return;
  }
  for (const auto& anomaly : event.decoded->own_anomalies()) {
    auto out = finding_of(library, "CAT-4", event, step);
    out.verdict = model::Verdict::advisory;
    out.expected =
        with_article(std::string(expected).substr(std::string("a well-formed ").size())) + " without anomalies";
    out.observed = event.key.substr(event.key.find('.') + 1) + ": " + anomaly.text;
    out.offset = anomaly.offset;
    findings.push_back(std::move(out));
  }
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/card_traffic.hpp"

#include <algorithm>

#include "runner/codec/profile.hpp"
#include "runner/codec/spec.hpp"
#include "runner/engine/facility.hpp"
#include "runner/engine/finding.hpp"

namespace dmsc::engine {
namespace {

constexpr std::string_view proactive_prefix = "proactive.";

// The official suite raises the channel events without SET UP EVENT LIST in the profile; cat.md 11, 9b.
constexpr std::string_view free_events[] = {"data_available", "channel_status"};

bool missing(ByteView profile, const std::string& facility) {
  const auto* row = codec::find_profile_bit(facility);
  return row != nullptr && row->assertable && codec::profile_value(profile, *row) == 0;
}

void judge_profile(const load::Library& library, const model::Event& event, ByteView profile, std::size_t step,
                   std::vector<model::Finding>& findings) {
  const auto complain = [&](const std::string& what) {
    auto out = finding_of(library, "CAT-2", event, step);
    out.expected = "only what the terminal profile allows";
    out.observed = what;
    findings.push_back(std::move(out));
  };
  const auto command = facility_of(event.fields, event.key.substr(proactive_prefix.size()));
  if (missing(profile, command)) complain(command + ", which the profile does not claim");
  const auto* events = event.fields.find("event_list");
  if (events == nullptr || !events->is_list()) return;
  for (const auto& wanted : events->as_list()) {
    if (!wanted.is_string()) continue;
    const auto& name = wanted.as_string();
    if (std::find(std::begin(free_events), std::end(free_events), name) != std::end(free_events)) continue;
    if (missing(profile, "event_" + name)) complain("event " + name + ", which the profile does not claim");
  }
}

}  // namespace

std::vector<model::Finding> judge_card_traffic(const load::Library& library, const std::vector<model::Event>& events,
                                               std::size_t first, ByteView profile, std::size_t step) {
  std::vector<model::Finding> findings;
  for (std::size_t at = first; at < events.size(); ++at) {
    const auto& event = events[at];
    if (!event.key.starts_with(proactive_prefix) || event.decoded == nullptr) continue;
    judge_form(library, event, "a well-formed proactive command", step, findings);
    if (!profile.empty()) judge_profile(library, event, profile, step, findings);
  }
  return findings;
}

}  // namespace dmsc::engine

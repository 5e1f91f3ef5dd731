// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/device/device_traffic.hpp"

#include <algorithm>
#include <utility>

#include "runner/base/json.hpp"
#include "runner/codec/profile.hpp"
#include "runner/engine/facility.hpp"
#include "runner/engine/finding.hpp"

namespace dmsc::engine {
namespace {

constexpr std::string_view response_prefix = "terminal_response.";

/// Whether the profile claims what the command asks for beside itself: the transport of OPEN CHANNEL, the events of SET
/// UP EVENT LIST.
bool claims_rest(const model::Event* fetched, ByteView profile) {
  if (fetched == nullptr) return true;
  if (const auto* protocol = fetched->fields.at_path("transport_level.protocol"); protocol && protocol->is_string()) {
    const auto& name = protocol->as_string();
    return codec::profile_has(profile, name == "tcp_server" ? "tcp_uicc_server" : name);
  }
  const auto* events = fetched->fields.find("event_list");
  if (events == nullptr || !events->is_list()) return true;
  const auto& list = events->as_list();
  return std::all_of(list.begin(), list.end(), [&](const Value& event) {
    return event.is_string() && codec::profile_has(profile, "event_" + event.as_string());
  });
}

void judge_truth(const load::Library& library, const model::Event& event, const model::Event* fetched, ByteView profile,
                 std::size_t step, std::vector<model::Finding>& findings) {
  const auto key = event.key.substr(response_prefix.size());
  const auto command = fetched == nullptr ? key : facility_of(fetched->fields, key);
  const auto* row = codec::find_profile_bit(command);
  const auto* general = event.fields.at_path("result.general");
  if (row == nullptr || !row->assertable || codec::profile_value(profile, *row) == 0) return;
  if (!claims_rest(fetched, profile)) return;
  if (general == nullptr || !general->is_string()) return;
  const auto& word = general->as_string();
  if (word != "beyond_terminal_capabilities" && word != "command_type_not_understood") return;
  auto out = finding_of(library, "CAT-3", event, step);
  out.expected = command + " is performed, because the profile claims it";
  out.observed = "result " + word;
  findings.push_back(std::move(out));
}

/// The response must be one to the command that was fetched last.
void judge_match(const load::Library& library, const model::Event& event, const model::Event* fetched, std::size_t step,
                 std::vector<model::Finding>& findings) {
  const auto* asked = fetched == nullptr ? nullptr : fetched->fields.find("command_details");
  const auto* named = event.fields.find("command_details");
  const bool same = asked != nullptr && named != nullptr &&
                    event.key.substr(event.key.find('.')) == fetched->key.substr(fetched->key.find('.')) &&
                    asked->int_or("number", -1) == named->int_or("number", -2);
  if (same || event.decoded->error) return;
  auto out = finding_of(library, "CAT-9", event, step);
  out.expected = fetched == nullptr ? "no terminal response, because no command was fetched"
                                    : "a terminal response with the command details of the fetched " +
                                          fetched->key.substr(fetched->key.find('.') + 1);
  out.observed = event.key.substr(response_prefix.size()) + " with command details " +
                 (named == nullptr ? std::string("missing") : write_json(*named));
  findings.push_back(std::move(out));
}

}  // namespace

std::vector<model::Finding> judge_device_traffic(const load::Library& library, const std::vector<model::Event>& events,
                                                 std::size_t first, ByteView profile, std::size_t step) {
  std::vector<model::Finding> findings;
  const model::Event* fetched = nullptr;
  for (std::size_t at = 0; at < events.size(); ++at) {
    const auto& event = events[at];
    if (event.key.starts_with("proactive.")) fetched = &event;
    if (event.key == "card.reset") fetched = nullptr;
    if (at < first) {
      if (event.key.starts_with(response_prefix)) fetched = nullptr;
      continue;
    }
    const bool response = event.key.starts_with(response_prefix);
    if (event.decoded == nullptr || (!response && !event.key.starts_with("envelope."))) continue;
    judge_form(library, event, response ? "a well-formed terminal response" : "a well-formed envelope", step, findings);
    if (!response) continue;
    judge_truth(library, event, fetched, profile, step, findings);
    judge_match(library, event, std::exchange(fetched, nullptr), step, findings);
  }
  return findings;
}

}  // namespace dmsc::engine

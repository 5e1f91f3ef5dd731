// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/table1_proof.hpp"

#include <algorithm>

namespace dmsc::engine {
namespace {

using model::Dut;
using model::Step;

bool is_one_of(std::string_view word, std::initializer_list<std::string_view> words) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

bool asks_for(const Step& step, std::initializer_list<const char*> members) {
  return std::all_of(members.begin(), members.end(),
                     [&](const char* member) { return step.where.is_map() && step.where.find(member) != nullptr; });
}

bool shows_trigger(Dut dut, const Step& step) {
  if (dut == Dut::card) {
    return is_one_of(step.what, {"proactive.open_channel", "proactive.send_short_message", "dm.notification"});
  }
  return is_one_of(step.what, {"terminal_response.open_channel", "terminal_response.send_data",
                               "terminal_response.send_short_message", "dm.notification"});
}

bool shows_notification(Dut dut, const Step& step) {
  if (dut == Dut::card) return step.what == "dm.notification" && asks_for(step, {"server_id", "digest_valid"});
  return step.what == "dm.client_message" && asks_for(step, {"session_id"});
}

bool shows_session(Dut dut, const Step& step) {
  if (dut == Dut::card) return step.what == "dm.session" && asks_for(step, {"outcome"});
  return step.what == "dm.client_message" || step.what == "dm.session";
}

struct Proof {
  std::string_view name;
  bool (*is_shown)(Dut dut, const Step& step);
};

constexpr Proof proofs[] = {
    {"trigger", shows_trigger},
    {"notification", shows_notification},
    {"session", shows_session},
};

}  // namespace

bool is_about(const model::PlannedCase& planned, const model::Table1Cell& cell) {
  const auto& ids = planned.test->requirements;
  if (std::find(ids.begin(), ids.end(), cell.requirement) == ids.end()) return false;
  const auto wake_up = planned.parameters.text_or("wake_up", "");
  return wake_up.empty() || std::find(cell.wake_ups.begin(), cell.wake_ups.end(), wake_up) != cell.wake_ups.end();
}

std::vector<std::string_view> proofs_of(const model::TestCase& test) {
  std::vector<std::string_view> out;
  for (const auto& proof : proofs) {
    const bool shown = std::any_of(test.steps.begin(), test.steps.end(), [&](const Step& step) {
      return step.kind == model::StepKind::expect && proof.is_shown(test.dut, step);
    });
    if (shown) out.push_back(proof.name);
  }
  return out;
}

}  // namespace dmsc::engine

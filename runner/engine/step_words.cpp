// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/step_words.hpp"

#include "runner/base/json.hpp"
#include "runner/base/text.hpp"
#include "runner/engine/applicability.hpp"
#include "runner/engine/matcher.hpp"

namespace dmsc::engine {
namespace {

std::string words_of_bound(const Value& bound) {
  return bound.is_string() ? bound.as_string() : write_json(bound);
}

/// ` (AMB-3 R1: transport_level (protocol udp_local); AMB-3 R2: ...)`
std::string readings_in_words(const Value& readings) {
  if (!readings.is_list()) return {};
  std::vector<std::string> parts;
  for (const auto& reading : readings.as_list()) {
    parts.push_back(reading.text_or("of", "") + " " + reading.text_or("id", "") + ": " +
                    in_words(*reading.find("where")));
  }
  return " (" + join(parts, "; ") + ")";
}

/// `; where C_TLS_PSK: credential psk`
std::string branches_in_words(const Value& when) {
  std::string out;
  if (!when.is_list()) return out;
  for (const auto& row : when.as_list()) {
    out += "; where " + condition_in_words(*row.find("if")) + ": " + in_words(*row.find("where"));
  }
  return out;
}

}  // namespace

std::string condition_in_words(const Value& condition) {
  const auto* reading = condition.find("reading");
  return reading == nullptr ? needs_in_words(condition) : reading->as_string();
}

std::string describe(const model::Step& step) {
  const auto window = step.window.is_string() ? step.window.as_string() : std::string{};
  switch (step.kind) {
    case model::StepKind::act:
      return "do " + step.what + (step.with.is_null() ? "" : " with " + write_json(step.with));
    case model::StepKind::expect:
      return "expect " + step.what + (step.where.is_null() ? "" : " with " + in_words(step.where)) +
             readings_in_words(step.readings) + (window.empty() ? "" : " within " + window) +
             branches_in_words(step.when);
    case model::StepKind::forbid:
      return "forbid " + step.what + (step.where.is_null() ? "" : " with " + in_words(step.where)) +
             (step.more_than.is_null() ? "" : " more often than " + words_of_bound(step.more_than)) + " for " + window +
             branches_in_words(step.when);
    case model::StepKind::answer:
      return "answer " + step.what + " with " + write_json(step.with);
  }
  return {};
}

}  // namespace dmsc::engine

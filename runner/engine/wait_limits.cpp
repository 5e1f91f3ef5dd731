// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/wait_limits.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>

namespace dmsc::engine {
namespace {

using namespace std::chrono_literals;

constexpr WaitLimit rows[] = {
    {"adapter_deadline", 90s}, {"apdu_deadline", 5s},   {"boot_wait", 60s},     {"fetch_wait", 30s},
    {"late_wait", 8s},         {"occasion_period", 1s}, {"response_wait", 30s}, {"settle_most", 30s},
    {"settle_wait", 1s},       {"sms_wait", 30s},       {"toolkit_wait", 60s},  {"trigger_wait", 30s},
};

}  // namespace

std::span<const WaitLimit> wait_limits() {
  return rows;
}

std::chrono::milliseconds wait_limit(const model::Pixit& pixit, std::string_view item) {
  const auto* row = std::ranges::find(rows, item, &WaitLimit::item);
  if (row == std::end(rows)) throw std::logic_error("no wait is called " + std::string(item));
  const auto* value = pixit.values.find(item);
  return value == nullptr ? row->usual : model::duration_of(*value).value_or(row->usual);
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/model/table1.hpp"

namespace dmsc::model {
namespace {

constexpr std::string_view of_users[] = {"call"};
constexpr std::string_view of_servers[] = {"power_on", "timer", "status", "location", "scws", "sms"};

constexpr Table1Cell cells[] = {
    {"User initiated", "off-line", "DMSC-5.3-2", of_users},
    {"User initiated", "on-line", "DMSC-5.3-3", of_users},
    {"Client initiated", "", "DMSC-5.3-6", {}},
    {"Server initiated", "off-line", "DMSC-5.3-4", of_servers},
    {"Server initiated", "on-line", "DMSC-5.3-5", of_servers},
};

}  // namespace

std::span<const Table1Cell> table1() {
  return cells;
}

}  // namespace dmsc::model

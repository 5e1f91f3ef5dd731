// SPDX-License-Identifier: Apache-2.0
#include "runner/peer/uicc/instruction.hpp"

#include <algorithm>
#include <iterator>

namespace dmsc::peer {
namespace {

constexpr Instruction instructions[] = {
    {0x10, "terminal_profile", basic_channel, P3::data},
    {0x12, "fetch", basic_channel, P3::whole_answer},
    {0x14, "terminal_response", basic_channel, P3::data},
    {0x20, "verify_pin", interindustry, P3::data_or_none},
    {0x70, "manage_channel", interindustry, P3::whole_answer},
    {0x88, "authenticate", interindustry, P3::data_then_answer},
    {0xA4, "select", interindustry, P3::data_then_answer},
    {0xAA, "terminal_capability", proprietary, P3::data},
    {0xB0, "read_binary", interindustry, P3::part_of_answer},
    {0xB2, "read_record", interindustry, P3::whole_answer},  // it "reads one complete record", 11.1.5
    // ISO/IEC 7816-4 has it in the class of the command before it, TS 102 221 in 0X; terminals do the one or the other.
    {0xC0, "get_response", interindustry | proprietary, P3::whole_answer},
    {0xC2, "envelope", basic_channel, P3::data_then_answer},
    {0xD6, "update_binary", interindustry, P3::data},
    {0xDC, "update_record", interindustry, P3::data},
    {0xF2, "status", proprietary, P3::whole_answer},
};

static_assert(std::is_sorted(std::begin(instructions), std::end(instructions),
                             [](const Instruction& a, const Instruction& b) { return a.ins < b.ins; }));

}  // namespace

std::optional<ClassOctet> read_class(std::uint8_t cla) {
  const std::uint8_t own = (cla & 0x80) != 0 ? proprietary : interindustry;
  const bool further = (cla & 0x40) != 0;  // channels 4 to 19
  if ((cla & 0x10) != 0 || (!further && (cla & 0x20) != 0)) return {};
  ClassOctet out;
  out.classes = cla == 0x80 ? own | basic_channel : own;
  out.channel = further ? 4 + (cla & 0x0FU) : cla & 0x03U;
  out.secure = further ? (cla & 0x20) != 0 : (cla & 0x0C) != 0;
  return out;
}

const Instruction* find_instruction(std::uint8_t ins) {
  const auto found = std::lower_bound(std::begin(instructions), std::end(instructions), ins,
                                      [](const Instruction& row, std::uint8_t wanted) { return row.ins < wanted; });
  return found == std::end(instructions) || found->ins != ins ? nullptr : &*found;
}

}  // namespace dmsc::peer

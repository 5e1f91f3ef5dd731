// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

namespace dmsc::load {

/// A dissector in Lua for what Wireshark leaves raw: ENVELOPE (Terminal Applications) and (Call Control) with the
/// card's answer, and the DM Notification in channel data and in a short message that is whole. Tables are made of the
/// codec's rows; values are written as `dmsc decode --json` writes them.
/// Used by: tshark -X lua_script:FILE
std::string dissector();

}  // namespace dmsc::load

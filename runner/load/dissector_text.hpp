// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace dmsc::load {

/// runner/load/dissector.lua: what stands behind the tables.
extern const char* const dissector_text;

}  // namespace dmsc::load

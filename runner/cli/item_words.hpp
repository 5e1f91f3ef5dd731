// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/load/items.hpp"

namespace dmsc::cli {

/// `C.2: M where (D_ISO or D_ICCD), else O`
std::string status_in_words(const model::IcsItem& item);

/// `number, 1 to 7, channels`: kind, format, words or range, and unit of a value.
std::string format_in_words(const load::PixitItem& value);

/// `every card`, or the items that need a value: `(D_SMS_3GPP or D_SMS_3GPP2)`; empty where a side never does.
std::string need_in_words(const load::PixitItem& value, model::Dut dut);

}  // namespace dmsc::cli

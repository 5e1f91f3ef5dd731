// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "runner/model/test_case.hpp"

namespace dmsc::engine {

/// A step as a sentence of a procedure: `expect proactive.open_channel with transport_level (port 32769) within 30 s`.
std::string describe(const model::Step& step);

/// The `if` of a row of `when`: `C_TLS_PSK`, `AMB-6 R2`.
std::string condition_in_words(const Value& condition);

}  // namespace dmsc::engine

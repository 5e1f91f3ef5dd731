// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "runner/load/library.hpp"

namespace dmsc::load {

/// The named rules behind the schema: what a case says must mean something.
/// @param document  the case as JSON, valid by schema
/// @return  the first broken rule, Errc::data, `place: /pointer: sentence`
Result<void> check_rules(const Value& document, const Vocabulary& vocabulary, const std::string& place);

/// JSON, valid by schema and rules -> model.
model::TestCase build_case(const Value& document);

}  // namespace dmsc::load

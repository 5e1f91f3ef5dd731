// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/stimuli.hpp"

#include "runner/base/catch.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::engine {

TEST_CASE("a handler stands behind each stimulus of the vocabulary", "[stimuli]") {
  REQUIRE(model::stimuli().size() >= 10);
  for (const auto& row : model::stimuli()) {
    INFO(row.name);
    CHECK(has_handler(row.name));
  }
  CHECK_FALSE(has_handler("terminal.explode"));
}

}  // namespace dmsc::engine

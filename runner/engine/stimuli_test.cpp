// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/card/card_stimuli.hpp"

#include "runner/base/catch.hpp"
#include "runner/engine/device/device_stimuli.hpp"
#include "runner/model/vocabulary.hpp"

namespace dmsc::engine {

TEST_CASE("a handler stands behind each stimulus of the vocabulary", "[stimuli]") {
  REQUIRE(model::stimuli().size() >= 10);
  for (const auto& row : model::stimuli()) {
    INFO(row.name);
    CHECK(has_card_handler(row.name) == (row.dut == model::Dut::card));
    CHECK(has_device_handler(row.name) == (row.dut == model::Dut::device));
  }
  CHECK_FALSE(has_card_handler("terminal.explode"));
  CHECK_FALSE(has_device_handler("device.explode"));
}

}  // namespace dmsc::engine

// SPDX-License-Identifier: Apache-2.0
#include "runner/engine/wait_limits.hpp"

#include "runner/base/catch.hpp"
#include "runner/base/json.hpp"

using namespace dmsc;
using namespace dmsc::engine;
using namespace std::chrono_literals;

TEST_CASE("what a wait is where nobody stated it stands in the items of the PIXIT", "[wait_limits]") {
  const auto document = load_json(std::filesystem::path(DMSC_SOURCE_DIR) / "testcases/ics/pixit-items.json");
  REQUIRE(document);
  const auto* items = document->find("items");
  REQUIRE(items != nullptr);
  for (const auto& limit : wait_limits()) {
    INFO(limit.item);
    std::optional<std::chrono::milliseconds> stated;
    for (const auto& item : items->as_list()) {
      const auto* usual = item.text_or("id", "") == limit.item ? item.find("default") : nullptr;
      if (usual != nullptr) stated = model::duration_of(*usual);
    }
    CHECK(stated == limit.usual);
  }
}

TEST_CASE("a wait is what the PIXIT says", "[wait_limits]") {
  model::Pixit pixit;
  pixit.values = Value::Map{{"settle_wait", "200 ms"}, {"sms_wait", "soon"}};
  CHECK(wait_limit(pixit, "settle_wait") == 200ms);
  CHECK(wait_limit(pixit, "sms_wait") == 30s);
  CHECK(wait_limit({}, "adapter_deadline") == 90s);
  CHECK_THROWS_AS(wait_limit(pixit, "no_wait"), std::logic_error);
}
